//! A client that hides nothing: it writes requests as text and keeps every byte of the answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use aoai_emulator::{Config, Emulator, Identity, Instructions};
use serde_json::Value;

/// The dated route of chat on the deployment `chat`.
pub(crate) const CHAT: &str =
    "POST /openai/deployments/chat/chat/completions?api-version=2024-10-21";

pub(crate) async fn start() -> Emulator {
    Emulator::start(Config::default()).await.unwrap()
}

/// With a tenant, a vault and Resource Manager beside it.
pub(crate) async fn start_with_identity() -> Emulator {
    let mut config = Config::default();
    config.identity = Some(Identity::default());
    Emulator::start(config).await.unwrap()
}

/// One request on its way.
pub(crate) struct Request<'a> {
    emulator: &'a Emulator,
    line: &'a str,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// A request like `GET /openai/v1/models`, with the first key.
pub(crate) fn request<'a>(emulator: &'a Emulator, line: &'a str) -> Request<'a> {
    let [key, _] = emulator.keys();
    Request {
        emulator,
        line,
        headers: vec![("api-key".into(), key)],
        body: None,
    }
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a token in place of the key.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.without_key()
            .header("authorization", format!("Bearer {token}"))
    }

    /// Without the key that is there by default.
    pub(crate) fn without_key(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "api-key");
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    pub(crate) fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into().into_bytes());
        self
    }

    /// As a form; each part is its `content-disposition` after the name, further headers after a
    /// line's end, and the content.
    pub(crate) fn form(mut self, parts: &[(&str, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend(b"--limit\r\ncontent-disposition: form-data; name=");
            body.extend(head.as_bytes());
            body.extend(b"\r\n\r\n");
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--limit--\r\n");
        self.body = Some(body);
        self.header("content-type", "multipart/form-data; boundary=limit")
    }

    /// With instructions for this one call.
    pub(crate) fn instructed(self, id: &str, instructions: Instructions) -> Self {
        self.emulator.instruct(id, instructions);
        self.header("x-ms-client-request-id", id)
    }

    pub(crate) fn send(&self) -> Answer {
        Answer::parse(&self.raw())
    }

    /// All bytes until the emulator closes the connection.
    pub(crate) fn raw(&self) -> Vec<u8> {
        let mut socket = self.open();
        let mut bytes = Vec::new();
        // A connection that is broken off may end in an error; what came before it counts.
        let _ = socket.read_to_end(&mut bytes);
        bytes
    }

    /// The connection, with the request written to it.
    pub(crate) fn open(&self) -> TcpStream {
        let address = self.emulator.endpoint().strip_prefix("http://").unwrap();
        let mut socket = TcpStream::connect(address).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut text = format!(
            "{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n",
            self.line
        );
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() {
            write!(text, "content-length: {}\r\n", body.len()).unwrap();
        }
        text.push_str("\r\n");
        socket.write_all(text.as_bytes()).unwrap();
        socket.write_all(body).unwrap();
        socket
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// Whether the body came to its end.
    pub(crate) complete: bool,
}

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, rest) = text.split_once("\r\n\r\n").expect("an answer has a head");
        let mut lines = head.lines();
        let (_, status) = lines.next().unwrap().split_once(' ').unwrap();
        let (status, reason) = status.split_once(' ').unwrap();
        let headers: BTreeMap<String, String> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (body, complete) = match headers.get("content-length") {
            Some(length) => (
                rest.to_owned(),
                rest.len() == length.parse::<usize>().unwrap(),
            ),
            None => unchunk(rest),
        };
        Self {
            status: status.parse().unwrap(),
            reason: reason.to_owned(),
            headers,
            body,
            complete,
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The data of the events, `[DONE]` among them.
    pub(crate) fn events(&self) -> Vec<String> {
        let frames = self.body.split_inclusive("\n\n");
        frames
            .map(|frame| {
                let data = frame
                    .strip_prefix("data: ")
                    .and_then(|rest| rest.strip_suffix("\n\n"));
                data.unwrap_or_else(|| panic!("{frame:?} is no event"))
                    .to_owned()
            })
            .collect()
    }

    /// The decoded events of a stream, each under the name that its data has as `type`.
    pub(crate) fn named_events(&self) -> Vec<Value> {
        let frames = self.body.split_inclusive("\n\n");
        frames
            .map(|frame| {
                let lines = frame
                    .strip_prefix("event: ")
                    .and_then(|it| it.split_once("\ndata: "));
                let (name, data) = lines.unwrap_or_else(|| panic!("{frame:?} has no name"));
                let data: Value = serde_json::from_str(data).unwrap();
                assert_eq!(data["type"], name);
                data
            })
            .collect()
    }

    /// The decoded events of a stream that ends as it should.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let mut events = self.events();
        assert_eq!(events.pop().as_deref(), Some("[DONE]"), "{self:?}");
        assert!(self.complete, "{self:?}");
        events
            .iter()
            .map(|event| serde_json::from_str(event).unwrap())
            .collect()
    }

    /// The names of the headers, in alphabetical order.
    pub(crate) fn header_names(&self) -> Vec<&str> {
        self.headers.keys().map(String::as_str).collect()
    }
}

fn unchunk(mut rest: &str) -> (String, bool) {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        let Some(chunk) = after.get(..size) else {
            body.push_str(after);
            return (body, false);
        };
        body.push_str(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}
