//! The server: a thread of its own that accepts connections on loopback until it is told to stop.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_util::future::select;
use http::Request;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::refusal::Refusal;
use crate::route;
use crate::state::State;

/// A running server; dropping it closes the port and all connections.
///
/// It has a thread and a runtime of its own, so that neither a blocked test nor a paused clock
/// stops it, and that nothing of it is left when the drop returns.
#[derive(Debug)]
pub(crate) struct Server {
    endpoint: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on 127.0.0.1; port 0 is any that is free.
    pub(crate) async fn start(port: u16, state: Arc<State>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let (up, ready) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("aoai-emulator".to_owned())
            .spawn(move || run(listener, state, up, stopped))?;
        ready
            .await
            .map_err(|_| io::Error::other("the emulator's thread ended at once"))??;
        Ok(Self {
            endpoint,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // An error is a panic of the thread, which has been reported where it happened.
            drop(thread.join());
        }
    }
}

fn run(
    listener: TcpListener,
    state: Arc<State>,
    up: oneshot::Sender<io::Result<()>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return drop(up.send(Err(error))),
    };
    runtime.block_on(async {
        match tokio::net::TcpListener::from_std(listener) {
            Err(error) => drop(up.send(Err(error))),
            Ok(listener) => {
                drop(up.send(Ok(())));
                select(pin!(accept(listener, state)), stopped).await;
            }
        }
    });
}

async fn accept(listener: tokio::net::TcpListener, state: Arc<State>) {
    loop {
        // What fails here is one connection, given up by its client before it was taken.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, state.clone()));
        }
    }
}

async fn connection(stream: TcpStream, state: Arc<State>) {
    // Every piece of a stream shall go out when it is written.
    drop(stream.set_nodelay(true));
    let service = service_fn(|request: Request<Incoming>| {
        let state = state.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = match Limited::new(body, MOST).collect().await {
                Ok(body) => Ok(body.to_bytes()),
                Err(_) => Err(Refusal::too_large(MOST)),
            };
            route::answer(&state, &parts, body).await
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error is a client that went away, or a fault that breaks the connection off.
    drop(connection.await);
}

/// The longest body that is read.
const MOST: usize = 64 << 20;
