//! A server that says exactly what it is told, byte by byte, and remembers what it heard.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::ApiKey;
use aoai_auth::testing::ManualClock;
use aoai_http::{Client, ClientBuilder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does about one request.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Written at once, one write each.
    pub(crate) writes: Vec<Vec<u8>>,
    pub(crate) then: Then,
}

/// What the server does with the connection afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// Waits for the next request on it.
    Keep,
    /// Closes it.
    Close,
    /// Breaks it off with a reset.
    Reset,
    /// Says nothing more until the client goes away.
    Hang,
}

impl Act {
    pub(crate) fn new(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self {
            writes: vec![bytes.into()],
            then,
        }
    }

    /// A JSON answer with extra header lines.
    pub(crate) fn json(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::new(
            format!(
                "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n{headers}\
                 content-length: {length}\r\n\r\n{body}"
            ),
            Then::Keep,
        )
    }

    /// A stream of events, each its own HTTP chunk, with its end.
    pub(crate) fn events(events: &[&str]) -> Self {
        let mut bytes = STREAM_HEAD.to_owned();
        for event in events {
            bytes.push_str(&chunk(event));
        }
        bytes.push_str("0\r\n\r\n");
        Self::new(bytes, Then::Keep)
    }

    /// A stream of events that never comes to its end.
    pub(crate) fn open_events(events: &[&str], then: Then) -> Self {
        let mut bytes = STREAM_HEAD.to_owned();
        for event in events {
            bytes.push_str(&chunk(event));
        }
        Self::new(bytes, then)
    }
}

/// One HTTP chunk.
pub(crate) fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

pub(crate) const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
     apim-request-id: apim-1\r\nx-request-id: req-1\r\ntransfer-encoding: chunked\r\n\r\n";

#[derive(Debug, Default)]
struct Heard {
    requests: Vec<String>,
    connections: usize,
    /// Connections that the client closed while the server hung.
    left: usize,
}

pub(crate) struct Server {
    pub(crate) endpoint: String,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers each request with the next act, and every one after the last with the last.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Heard::default()));
        let told = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            let acts = Arc::new(acts);
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                told.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&acts), Arc::clone(&told)));
            }
        });
        Self {
            endpoint,
            heard,
            task,
        }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.heard.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.heard.lock().unwrap().connections
    }

    /// Waits until so many requests have come.
    pub(crate) async fn heard(&self, count: usize) {
        while self.requests().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the client has closed this many connections that hung.
    pub(crate) async fn left(&self, count: usize) {
        while self.heard.lock().unwrap().left < count {
            tokio::task::yield_now().await;
        }
    }

    /// A client on connections that many tries share: making the first costs time.
    pub(crate) fn client_on(&self, connections: &reqwest::Client) -> Client {
        let (builder, _) = self.builder();
        builder
            .http_client(connections.clone())
            .max_retries(0)
            .build()
            .unwrap()
    }

    /// A client whose waits take no time.
    pub(crate) fn builder(&self) -> (ClientBuilder, ManualClock) {
        let clock = ManualClock::automatic();
        let builder = Client::builder(&self.endpoint)
            .credential(ApiKey::new("not-a-real-key"))
            .clock(Arc::new(clock.clone()));
        (builder, clock)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().0.build().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, acts: Arc<Vec<Act>>, heard: Arc<Mutex<Heard>>) {
    let mut buffer = Vec::new();
    while let Some(request) = next_request(&mut stream, &mut buffer).await {
        let turn = {
            let mut heard = heard.lock().unwrap();
            heard.requests.push(request);
            heard.requests.len() - 1
        };
        let act = &acts[turn.min(acts.len() - 1)];
        for write in &act.writes {
            if stream.write_all(write).await.is_err() {
                return;
            }
            stream.flush().await.unwrap();
            tokio::task::yield_now().await;
        }
        match act.then {
            Then::Keep => {}
            Then::Close => return,
            Then::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Then::Hang => {
                let mut rest = [0; 64];
                while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
                heard.lock().unwrap().left += 1;
                return;
            }
        }
    }
}

/// Head and body of the next request; `None` where the client is gone.
async fn next_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let whole = end + 4 + length.map_or(0, |length| length.parse().unwrap());
            if buffer.len() >= whole {
                let request: Vec<u8> = buffer.drain(..whole).collect();
                return Some(String::from_utf8(request).unwrap());
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => buffer.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
}

/// A client of the caller's own, as [`ClientBuilder::http_client`] wants it.
pub(crate) fn connections() -> reqwest::Client {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(none).build().unwrap()
}

/// Fails a test that hangs, instead of hanging with it.
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it hangs")
}
