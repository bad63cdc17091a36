//! What really left the process: the last request of each call.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aoai_http::{Next, Policy, Result, WireRequest, WireResponse};
use aoai_types::Query;
use aoai_types::operation::Body;
use async_trait::async_trait;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::parse::form;
use crate::redact::Redactor;
use crate::result::Sent;

/// A policy that notes each request under the name of its call.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    redactor: Arc<Redactor>,
    /// The credential's name, to stand in its place.
    credential: String,
    sent: Arc<Mutex<HashMap<String, Sent>>>,
}

impl Recorder {
    pub(crate) fn new(redactor: Arc<Redactor>) -> Self {
        Self {
            redactor,
            credential: String::new(),
            sent: Arc::default(),
        }
    }

    /// The same record, for requests with this credential.
    pub(crate) fn of_credential(&self, name: &str) -> Self {
        Self {
            credential: name.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.redactor)
    }

    /// The last request of a call, once.
    pub(crate) fn take(&self, call: &str) -> Option<Sent> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.remove(call)
    }

    fn note(&self, request: &WireRequest) {
        let Some(call) = request
            .headers
            .get(CALL)
            .and_then(|call| call.to_str().ok())
        else {
            return;
        };
        let sent = Sent {
            method: request.method.to_string(),
            headers: self.headers(&request.headers),
            body: body(&request.body),
            ..target(&request.target)
        };
        let mut all = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(call.to_owned(), sent);
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
        self.note(&request);
        next.run(request).await
    }
}

fn target(target: &str) -> Sent {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = Query::parse(query);
    let query = query
        .iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)));
    Sent {
        path: path.to_owned(),
        query: query.collect::<Map<_, _>>(),
        ..Sent::default()
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

/// The header that names a call.
pub(crate) const CALL: &str = "x-ms-client-request-id";
