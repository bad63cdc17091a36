//! What really left the process and came back: the last request of each call, the last stream.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_auth::Clock;
use aoai_http::{ByteStream, Next, Policy, Result, WireBody, WireRequest, WireResponse};
use aoai_types::Query;
use aoai_types::operation::Body;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::tape::Tape;
use crate::parse::form;
use crate::redact::Redactor;
use crate::result::Sent;

/// A policy that notes what passes between one cell and the service.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    redactor: Arc<Redactor>,
    clock: Arc<dyn Clock>,
    /// The credential's name, to stand in its place.
    credential: String,
    tape: Option<Tape>,
    seen: Arc<Mutex<Seen>>,
}

/// What has passed since it was last asked for.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The last request.
    pub(super) sent: Option<Sent>,
    /// What came of the stream that answered it: each read of the socket, and when it was.
    pub(super) chunks: Vec<(Duration, Bytes)>,
}

impl Recorder {
    pub(super) fn new(redactor: Arc<Redactor>, clock: Arc<dyn Clock>, tape: Option<Tape>) -> Self {
        Self {
            redactor,
            clock,
            credential: String::new(),
            tape,
            seen: Arc::default(),
        }
    }

    /// The same record, for requests with this credential.
    pub(super) fn of_credential(&self, name: &str) -> Self {
        Self {
            credential: name.to_owned(),
            ..self.clone()
        }
    }

    pub(super) fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.redactor)
    }

    /// What has been noted, once.
    pub(super) fn take(&self) -> Seen {
        std::mem::take(&mut self.seen())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sent(&self, request: &WireRequest) -> Sent {
        let mut headers = self.headers(&request.headers);
        if let Some(media_type) = media_type(&request.body) {
            let content_type = http::header::CONTENT_TYPE.to_string();
            headers
                .entry(content_type)
                .or_insert_with(|| media_type.to_owned());
        }
        Sent {
            method: request.method.to_string(),
            headers,
            body: body(&request.body),
            ..target(&request.target)
        }
    }

    /// The stream, with a note of each read as it happens.
    fn watched(&self, stream: ByteStream) -> ByteStream {
        let recorder = self.clone();
        ByteStream::new(stream.inspect(move |chunk| {
            if let Ok(bytes) = chunk {
                let now = recorder.clock.elapsed();
                recorder.seen().chunks.push((now, bytes.clone()));
            }
        }))
    }

    fn headers(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        let mut shown = BTreeMap::new();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            // A credential is shown by its name, whether or not anyone registered it as a secret.
            let text = match (value.is_sensitive(), text.split_once(' ')) {
                (true, Some((scheme, _))) => format!("{scheme} <{}>", self.credential),
                (true, None) => format!("<{}>", self.credential),
                (false, _) => self.redactor.redact(&text).into_owned(),
            };
            shown
                .entry(name.as_str().to_owned())
                .and_modify(|all: &mut String| {
                    all.push_str(", ");
                    all.push_str(&text);
                })
                .or_insert(text.clone());
        }
        shown
    }
}

#[async_trait]
impl Policy for Recorder {
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let sent = self.sent(&request);
        *self.seen() = Seen {
            sent: Some(sent.clone()),
            chunks: Vec::new(),
        };
        let mut response = match &self.tape {
            Some(tape) => tape.exchange(&sent, request, next).await?,
            None => next.run(request).await?,
        };
        if is_stream(&response.headers) {
            response.body = match response.body {
                WireBody::Stream(stream) => WireBody::Stream(self.watched(stream)),
                whole => whole,
            };
        }
        Ok(response)
    }
}

/// Whether an answer says that it is a stream of events.
pub(super) fn is_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(http::header::CONTENT_TYPE);
    let media_type = media_type.and_then(|media_type| media_type.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("text/event-stream"))
}

fn target(target: &str) -> Sent {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut told = Map::new();
    for (name, value) in Query::parse(query).iter() {
        match told.get_mut(name) {
            None => drop(told.insert(name.to_owned(), value.into())),
            Some(Value::Array(all)) => all.push(value.into()),
            Some(first) => *first = Value::from(vec![first.take(), value.into()]),
        }
    }
    Sent {
        path: path.to_owned(),
        query: told,
        ..Sent::default()
    }
}

/// What a transport calls a body that the request itself does not; the boundary of a form, which it
/// makes up, is left out.
fn media_type(body: &Body) -> Option<&'static str> {
    match body {
        Body::Json(_) => Some("application/json"),
        Body::Multipart(_) => Some("multipart/form-data"),
        _ => None,
    }
}

fn body(body: &Body) -> Option<Value> {
    match body {
        Body::Json(bytes) => Some(decode(bytes)),
        Body::Multipart(parts) => Some(form::shown(parts)),
        _ => None,
    }
}

/// JSON if it is, else text.
pub(crate) fn decode(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes).into_owned()))
}
