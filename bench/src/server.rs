//! The canned server: a process of its own on a core of its own, so that only the client is
//! measured.
//!
//! It reads a request's head and length and looks at nothing else but the scenario in the path and,
//! for embeddings, the form asked for; answers are made once and kept.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream as BlockingStream};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::payload;
use crate::scenario::{Delivery, Scenario, StreamPlan};

/// The canned server as a child process; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts this very program again as `serve`.
    pub fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().context("the server told no address")?;
        Ok(Self { child, address })
    }

    /// `http://127.0.0.1:port`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections have carried a request so far.
    pub fn connections(&self) -> Result<usize> {
        let mut stream = BlockingStream::connect(self.address)?;
        stream.write_all(format!("GET {CONNECTIONS} HTTP/1.1\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.trim().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where the child has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process is ended; tells its address on the first line of its output.
pub async fn serve() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", listener.local_addr()?)?;
    stdout.flush()?;
    let state = State::default();
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                // A client that goes away ends its connection with an error, as it should.
                tokio::task::spawn_local(connection(stream, state.clone()));
            }
        })
        .await
}

#[derive(Clone, Default)]
struct State {
    connections: Rc<Cell<usize>>,
    answers: Rc<RefCell<Answers>>,
}

/// The answers that were made, by scenario and whether a stream was asked for.
type Answers = HashMap<(Scenario, bool), Rc<Answer>>;

/// An answer ready to be written.
enum Answer {
    Whole(Vec<u8>),
    Events {
        plan: StreamPlan,
        head: Vec<u8>,
        chunks: Vec<Vec<u8>>,
    },
}

impl State {
    fn answer(&self, scenario: Scenario, base64: bool) -> Rc<Answer> {
        let mut answers = self.answers.borrow_mut();
        let answer = answers
            .entry((scenario, base64))
            .or_insert_with(|| Rc::new(Answer::new(scenario, base64)));
        Rc::clone(answer)
    }
}

impl Answer {
    fn new(scenario: Scenario, base64: bool) -> Self {
        match scenario {
            Scenario::Chat { text, headers } => Self::json(&payload::chat(text), headers),
            Scenario::Embeddings { inputs } if base64 => {
                Self::json(&payload::embeddings_as_base64(inputs), 0)
            }
            Scenario::Embeddings { inputs } => {
                Self::json(&payload::embeddings_as_numbers(inputs), 0)
            }
            Scenario::Stream(plan) => Self::events(plan),
        }
    }

    fn json(body: &str, more_headers: usize) -> Self {
        let headers = payload::headers(more_headers);
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             {headers}\r\n{body}"
        );
        Self::Whole(answer.into_bytes())
    }

    fn events(plan: StreamPlan) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
             transfer-encoding: chunked\r\n{}\r\n",
            payload::headers(0)
        );
        let mut events = payload::chat_events(plan.events, plan.text, plan.obfuscated);
        if let Delivery::Held { .. } = plan.delivery {
            events.truncate(events.len() - ENDING);
        }
        let pieces: Vec<Vec<u8>> = match plan.delivery {
            Delivery::Chunks(bytes) => {
                let whole = events.concat().into_bytes();
                whole.chunks(bytes).map(<[u8]>::to_vec).collect()
            }
            Delivery::LateEnd => vec![events.concat().into_bytes()],
            Delivery::Held { burst: true } => {
                let mut first = Vec::new();
                let mut events = events.into_iter().map(String::into_bytes);
                while first.len() < BURST {
                    match events.next() {
                        Some(event) => first.extend(event),
                        None => break,
                    }
                }
                std::iter::once(first).chain(events).collect()
            }
            _ => events.into_iter().map(String::into_bytes).collect(),
        };
        let chunks = pieces.iter().map(|piece| {
            let size = format!("{:x}\r\n", piece.len());
            [size.as_bytes(), piece, b"\r\n"].concat()
        });
        Self::Events {
            plan,
            head: head.into_bytes(),
            chunks: chunks.collect(),
        }
    }
}

async fn connection(mut stream: TcpStream, state: State) -> Result<()> {
    let mut counted = false;
    let mut read = Vec::with_capacity(16 * 1024);
    loop {
        let Some(request) = next_request(&mut stream, &mut read).await? else {
            return Ok(());
        };
        if request.path == CONNECTIONS {
            let count = state.connections.get().to_string();
            return Ok(stream.write_all(count.as_bytes()).await?);
        }
        if !counted {
            state.connections.set(state.connections.get() + 1);
            counted = true;
        }
        let segment = request.path.split('/').nth(1).unwrap_or_default();
        let answer = state.answer(segment.parse()?, request.base64);
        match &*answer {
            Answer::Whole(bytes) => stream.write_all(bytes).await?,
            Answer::Events { plan, head, chunks } => {
                send_events(&mut stream, plan.delivery, head, chunks).await?;
            }
        }
    }
}

async fn send_events(
    stream: &mut TcpStream,
    delivery: Delivery,
    head: &[u8],
    chunks: &[Vec<u8>],
) -> Result<()> {
    match delivery {
        Delivery::Lockstep => {
            stream.write_all(head).await?;
            let ends = (stream.peer_addr()?, stream.local_addr()?);
            for chunk in chunks {
                // Streams that are read this way wait for each other. The pause is shorter than a
                // timer of the runtime could make it, and looking without a pause would slow the
                // client down: the kernel locks what it is asked about.
                loop {
                    std::thread::sleep(Duration::from_micros(30));
                    if !unread(ends.0, ends.1)? {
                        break;
                    }
                }
                stream.write_all(chunk).await?;
            }
        }
        Delivery::Eager => {
            stream.write_all(head).await?;
            for chunk in chunks {
                stream.write_all(chunk).await?;
            }
        }
        Delivery::Chunks(_) => {
            stream.write_all(head).await?;
            stream
                .write_all(&[&chunks.concat()[..], END].concat())
                .await?;
            return Ok(());
        }
        Delivery::Paced(micros) => {
            stream.write_all(head).await?;
            let mut ticks = tokio::time::interval(Duration::from_micros(micros));
            for chunk in chunks {
                ticks.tick().await;
                stream.write_all(chunk).await?;
            }
        }
        Delivery::Held { .. } => {
            let (first, rest) = chunks.split_first().context("a stream without events")?;
            stream.write_all(&[head, first].concat()).await?;
            for chunk in rest {
                tokio::time::sleep(Duration::from_millis(1)).await;
                stream.write_all(chunk).await?;
            }
            // Nothing more comes from either side until the client goes away.
            let _ = stream.read_u8().await?;
            return Ok(());
        }
        Delivery::LateEnd => {
            stream.write_all(&[head, &chunks.concat()].concat()).await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    Ok(stream.write_all(END).await?)
}

struct Request {
    path: String,
    base64: bool,
}

/// The next request of a connection; what has been read beyond it stays in `read`.
async fn next_request(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<Option<Request>> {
    loop {
        if let Some(head) = memchr::memmem::find(read, b"\r\n\r\n") {
            let text = std::str::from_utf8(&read[..head])?;
            let path = text.split(' ').nth(1).context("a request has a path")?;
            let path = path.to_owned();
            let length = content_length(text)?;
            let whole = head + 4 + length;
            while read.len() < whole {
                if stream.read_buf(read).await? == 0 {
                    return Ok(None);
                }
            }
            let body = &read[head + 4..whole];
            let base64 = memchr::memmem::find(body, br#""base64""#).is_some();
            read.drain(..whole);
            return Ok(Some(Request { path, base64 }));
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
}

fn content_length(head: &str) -> Result<usize> {
    let length = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    Ok(length.map_or(Ok(0), |value| value.trim().parse())?)
}

/// Whether the client's end of a connection still holds bytes that it has not read.
///
/// The kernel tells it in a table of all connections: the sixth field of a line is the queue of
/// bytes received and not yet read.
fn unread(client: SocketAddr, server: SocketAddr) -> Result<bool> {
    let local = format!(" {} {} ", kernel_form(client)?, kernel_form(server)?);
    let table = fs::read_to_string("/proc/net/tcp")?;
    let line = table.lines().find(|line| line.contains(&local));
    let queue = line.and_then(|line| line.split_whitespace().nth(4));
    Ok(queue.is_some_and(|queue| !queue.ends_with(":00000000")))
}

fn kernel_form(address: SocketAddr) -> Result<String> {
    let SocketAddr::V4(address) = address else {
        anyhow::bail!("the server listens on IPv4 only");
    };
    let bits = u32::from_ne_bytes(address.ip().octets());
    Ok(format!("{bits:08X}:{:04X}", address.port()))
}

const BURST: usize = 10 * 1024;
/// The events that end an answer: the stop and `[DONE]`.
const ENDING: usize = 2;
const CONNECTIONS: &str = "/connections";
const END: &[u8] = b"0\r\n\r\n";
