//! The server: a thread of its own that accepts connections on loopback until it is told to stop.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::clock;
use crate::config::Config;
use crate::received::{self, Unread};
use crate::respond;
use crate::route;
use crate::state::State;
use crate::stream::Broken;

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
    /// Opens the doors that the configuration asks for, and serves whoever comes through them.
    pub(crate) async fn start(config: Config) -> io::Result<(Self, Arc<State>)> {
        let (stop, stopped) = oneshot::channel();
        let (up, ready) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("aoai-emulator".to_owned())
            .spawn(move || run(config, up, stopped))?;
        let ready = ready.await;
        let (endpoint, state) =
            ready.map_err(|_| io::Error::other("the emulator's thread ended at once"))??;
        let server = Self {
            endpoint,
            stop: Some(stop),
            thread: Some(thread),
        };
        Ok((server, state))
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

/// What a thread that serves has to tell: its endpoint, and the memory that it shares.
type Up = io::Result<(String, Arc<State>)>;

fn run(config: Config, up: oneshot::Sender<Up>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return drop(up.send(Err(error))),
    };
    runtime.block_on(async {
        drop(up.send(serve(config).await));
        // Whatever was spawned ends with the runtime. An error is the server that is dropped.
        drop(stopped.await);
    });
}

/// Accepts connections from now on.
async fn serve(config: Config) -> Up {
    let listener = listen(config.port).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let state = State::new(config);
    #[cfg(feature = "identity")]
    let (state, secure) = match SecureDoor::open(&state.config).await? {
        None => (state, None),
        Some(door) => (state.with_directory(&door), Some(door)),
    };
    let state = Arc::new(state);
    #[cfg(feature = "identity")]
    if let Some(SecureDoor {
        listener, acceptor, ..
    }) = secure
    {
        let handshake = move |stream| {
            let acceptor = acceptor.clone();
            async move { acceptor.accept(stream).await }
        };
        tokio::spawn(accept(listener, Arc::clone(&state), handshake));
    }
    let plain = |stream| async { io::Result::Ok(stream) };
    tokio::spawn(accept(listener, Arc::clone(&state), plain));
    Ok((endpoint, state))
}

/// The socket on which TLS is spoken, and the name that it has.
#[cfg(feature = "identity")]
pub(crate) struct SecureDoor {
    listener: TcpListener,
    acceptor: tokio_rustls::TlsAcceptor,
    /// `https://localhost:PORT`.
    pub(crate) authority: String,
    /// As PEM.
    pub(crate) certificate: String,
}

#[cfg(feature = "identity")]
impl SecureDoor {
    async fn open(config: &Config) -> io::Result<Option<Self>> {
        let Some(identity) = &config.identity else {
            return Ok(None);
        };
        let listener = listen(identity.port).await?;
        let (certificate, acceptor) = crate::identity::tls::certificate()?;
        Ok(Some(Self {
            authority: format!("https://localhost:{}", listener.local_addr()?.port()),
            listener,
            acceptor,
            certificate,
        }))
    }
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

async fn accept<F, Fut, S>(listener: TcpListener, state: Arc<State>, handshake: F)
where
    F: Fn(TcpStream) -> Fut,
    Fut: Future<Output = io::Result<S>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Where no more files can be opened, the next try fails as well until one is closed.
            clock::wait(Some(PAUSE)).await;
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
        Box::pin(async move {
            match received::read(request).await {
                Ok((parts, body)) => route::answer(&state, &parts, body).await,
                Err(Unread::Refused(refusal)) => {
                    Ok(respond::refused(*refusal, &state.config.region))
                }
                Err(Unread::Half) => Err(Broken::Cut),
            }
        })
    });
    let mut connection = http1::Builder::new()
        // Who has sent a request may say that no more will come, and wait for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    // An error is a client that went away, or a fault.
    if let Err(error) = (&mut connection).await
        && error.source().and_then(<dyn Error>::downcast_ref) == Some(&Broken::Silent)
    {
        // A client that is gone would show where something is written; here it has to be looked for.
        let mut stream = connection.into_parts().io.into_inner();
        drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await);
    }
}

/// How long nobody is let in after that has failed.
const PAUSE: Duration = Duration::from_millis(10);
