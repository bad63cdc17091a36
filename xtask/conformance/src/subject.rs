//! What is put to the test: an operation's types behind plain functions.

use aoai_types::error::ErrorBody;
use aoai_types::operation::{Body, DecodeError, EncodeError, Part, PartBody};
use aoai_types::{
    ENDPOINTS, Encode, Endpoint, Operation, Payload, Query, StreamEvent, Streaming, Surface,
    Visitor, visit,
};
use serde_json::{Value, json};

/// One operation's types: each function decodes and encodes.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Subject {
    /// The operation.
    pub endpoint: &'static Endpoint,
    pub(crate) request: fn(&Value, Surface) -> Result<Request, Refusal>,
    pub(crate) response: Trip,
    pub(crate) event: Option<Trip>,
}

/// Decodes and encodes.
pub(crate) type Trip = fn(&Value) -> Result<Value, Refusal>;

impl Subject {
    /// Every operation of the types crate.
    pub fn all() -> Vec<Self> {
        let built = ENDPOINTS.iter().map(|endpoint| visit(endpoint.id, Build));
        built.flatten().collect()
    }

    /// An operation that answers whole only.
    pub fn unary<O: Operation>() -> Self {
        Self {
            endpoint: O::ENDPOINT,
            request: request::<O>,
            response: response::<O>,
            event: None,
        }
    }

    /// An operation that also answers as events.
    pub fn streaming<O: Streaming>() -> Self {
        Self {
            event: Some(event::<O>),
            ..Self::unary::<O>()
        }
    }
}

struct Build;

impl Visitor for Build {
    type Out = Subject;

    fn unary<O: Operation>(self) -> Subject {
        Subject::unary::<O>()
    }

    fn streaming<O: Streaming>(self) -> Subject {
        Subject::streaming::<O>()
    }
}

/// A request that went through its type.
pub(crate) struct Request {
    /// The type's own JSON.
    pub(crate) own: Value,
    /// What would be sent for a whole answer.
    pub(crate) sent: Sent,
    /// The body that would be sent for events.
    pub(crate) streamed: Sent,
}

/// What would be sent.
pub(crate) struct Sent {
    pub(crate) query: Query,
    pub(crate) body: SentBody,
}

pub(crate) enum SentBody {
    Empty,
    Json(Value),
    /// Names of the parts, with the text of those that are text.
    Form(Vec<(String, Option<String>)>),
}

/// Why a type would not take an instance, or not write it.
pub(crate) struct Refusal {
    pub(crate) path: String,
    pub(crate) message: String,
}

fn request<O: Operation>(instance: &Value, surface: Surface) -> Result<Request, Refusal> {
    let request: O = DecodeError::read(&instance.to_string())?;
    let cx = Encode::new(surface);
    Ok(Request {
        own: serde_json::to_value(&request).map_err(EncodeError::new)?,
        sent: send(&request, &cx)?,
        streamed: send(&request, &cx.streaming())?,
    })
}

fn send<O: Operation>(request: &O, cx: &Encode<'_>) -> Result<Sent, Refusal> {
    let parts = request.encode(cx)?;
    let body = match parts.body {
        Body::Json(bytes) => SentBody::Json(parsed(&bytes)?),
        Body::Multipart(parts) => SentBody::Form(parts.iter().map(text_of).collect()),
        _ => SentBody::Empty,
    };
    Ok(Sent {
        query: parts.query,
        body,
    })
}

fn text_of(part: &Part) -> (String, Option<String>) {
    let text = match (&part.file_name, &part.body) {
        (None, PartBody::Bytes(bytes)) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    };
    (part.name.clone(), text)
}

fn response<O: Operation>(instance: &Value) -> Result<Value, Refusal> {
    let decoded = O::Response::decode(&instance.to_string().into())?;
    let bytes = decoded.encode()?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    parsed(&bytes)
}

/// Reads and writes the body of an error.
pub(crate) fn error(instance: &Value) -> Result<Value, Refusal> {
    let error = match ErrorBody::read(instance.to_string().into()) {
        ErrorBody::Api(error) => serde_json::to_value(error).map_err(EncodeError::new)?,
        ErrorBody::Json(value) => return Ok(value),
        _ => Value::Null,
    };
    let is_wrapped = instance.get("error").is_some();
    Ok(if is_wrapped {
        json!({"error": error})
    } else {
        error
    })
}

fn event<O: Streaming>(instance: &Value) -> Result<Value, Refusal> {
    let event = <O::Event as StreamEvent>::decode(&instance.to_string())?;
    Ok(serde_json::to_value(&event).map_err(EncodeError::new)?)
}

fn parsed(bytes: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| Refusal {
        path: String::new(),
        message: format!("what it writes is not JSON: {error}"),
    })
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        let path = match error.path() {
            "." => "",
            path => path,
        };
        let message = error.to_string();
        let prefix = format!("{path}: ");
        let message = message.strip_prefix(&prefix).unwrap_or(&message);
        // Where in the text it was says nothing: the text was made for the occasion.
        let end = message.rfind(" at line ").unwrap_or(message.len());
        Self {
            path: without_indices(path),
            message: message[..end].to_owned(),
        }
    }
}

impl From<EncodeError> for Refusal {
    fn from(error: EncodeError) -> Self {
        Self {
            path: String::new(),
            message: error.to_string(),
        }
    }
}

/// `a[3].b` as `a[].b`.
fn without_indices(path: &str) -> String {
    let digits = |c: char| c.is_ascii_digit();
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |written, part| {
        written + "[" + part.trim_start_matches(digits)
    })
}
