//! The server: a thread of its own that accepts connections on loopback until it is told to stop.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use http::Request;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::config::Config;
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
    /// Serves whoever comes through the doors.
    pub(crate) async fn start(doors: Doors, state: Arc<State>) -> io::Result<Self> {
        let endpoint = doors.endpoint.clone();
        let (stop, stopped) = oneshot::channel();
        let (up, ready) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("aoai-emulator".to_owned())
            .spawn(move || run(doors, &state, up, stopped))?;
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

/// The sockets on which an emulator listens.
pub(crate) struct Doors {
    listener: TcpListener,
    /// `http://127.0.0.1:PORT`.
    endpoint: String,
    #[cfg(feature = "identity")]
    pub(crate) secure: Option<SecureDoor>,
}

/// The socket on which it speaks TLS.
#[cfg(feature = "identity")]
pub(crate) struct SecureDoor {
    listener: TcpListener,
    acceptor: tokio_rustls::TlsAcceptor,
    /// `https://localhost:PORT`.
    pub(crate) authority: String,
    /// As PEM.
    pub(crate) certificate: String,
}

impl Doors {
    /// Opens those that the configuration asks for, on 127.0.0.1.
    pub(crate) fn open(config: &Config) -> io::Result<Self> {
        let listener = listen(config.port)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        Ok(Self {
            listener,
            endpoint,
            #[cfg(feature = "identity")]
            secure: config.identity.as_ref().map(SecureDoor::open).transpose()?,
        })
    }
}

#[cfg(feature = "identity")]
impl SecureDoor {
    fn open(identity: &crate::config::Identity) -> io::Result<Self> {
        let listener = listen(identity.port)?;
        let (certificate, acceptor) = crate::identity::tls::certificate()?;
        Ok(Self {
            authority: format!("https://localhost:{}", listener.local_addr()?.port()),
            listener,
            acceptor,
            certificate,
        })
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn run(
    doors: Doors,
    state: &Arc<State>,
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
        let served = serve(doors, state);
        drop(up.send(served));
        // Whatever was spawned ends with the runtime. An error is the server that is dropped.
        drop(stopped.await);
    });
}

/// Accepts connections from now on.
fn serve(doors: Doors, state: &Arc<State>) -> io::Result<()> {
    #[cfg(feature = "identity")]
    if let Some(door) = doors.secure {
        let listener = tokio::net::TcpListener::from_std(door.listener)?;
        let handshake = move |stream| {
            let acceptor = door.acceptor.clone();
            async move { acceptor.accept(stream).await }
        };
        tokio::spawn(accept(listener, Arc::clone(state), handshake));
    }
    let listener = tokio::net::TcpListener::from_std(doors.listener)?;
    let plain = |stream| async { io::Result::Ok(stream) };
    tokio::spawn(accept(listener, Arc::clone(state), plain));
    Ok(())
}

async fn accept<F, Fut, S>(listener: tokio::net::TcpListener, state: Arc<State>, handshake: F)
where
    F: Fn(TcpStream) -> Fut,
    Fut: Future<Output = io::Result<S>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    loop {
        // What fails here is one connection, given up by its client before it was taken.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // Every piece of a stream shall go out when it is written.
        drop(stream.set_nodelay(true));
        let (handshake, state) = (handshake(stream), Arc::clone(&state));
        tokio::spawn(async move {
            if let Ok(stream) = handshake.await {
                connection(stream, state).await;
            }
        });
    }
}

async fn connection<S>(stream: S, state: Arc<State>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
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
