//! From an operation to what goes on the wire.

use bytes::Bytes;

use super::{Body, EncodeError, Extra, Operation, Part};
use crate::endpoint::{InvalidTarget, Query, Scope, Surface};
use crate::overlay::{Inserted, Overlay};

/// How a request is to be encoded.
///
/// ```
/// use aoai_types::models::ListModels;
/// use aoai_types::{Encode, Operation, Surface};
///
/// let cx = Encode::new(Surface::LATEST_DATED);
/// let wire = ListModels::new().to_wire(&cx)?;
/// assert_eq!(wire.target, "/openai/models?api-version=2024-10-21");
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Encode<'a> {
    /// The surface it is for.
    pub surface: Surface,
    /// Whether the answer is wanted whole or as events.
    pub mode: Mode,
    /// Another deployment than the request's own.
    pub deployment: Option<&'a str>,
    /// Members to add to the body, over those of the request.
    pub extra: Option<&'a Extra>,
}

/// Whether an answer is wanted whole or as events.
///
/// ```
/// use aoai_types::operation::{Encode, Mode};
/// use aoai_types::Surface;
///
/// let cx = Encode::new(Surface::V1);
/// assert_eq!(cx.mode, Mode::Unary);
/// assert_eq!(cx.streaming().mode, Mode::Streaming);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the service knows these two and no third"
)]
pub enum Mode {
    /// Whole.
    Unary,
    /// As server-sent events.
    Streaming,
}

impl<'a> Encode<'a> {
    /// Whole answers on `surface`.
    pub const fn new(surface: Surface) -> Self {
        Self {
            surface,
            mode: Mode::Unary,
            deployment: None,
            extra: None,
        }
    }

    /// The same, answered as events.
    #[must_use]
    pub const fn streaming(mut self) -> Self {
        self.mode = Mode::Streaming;
        self
    }

    /// The same, for another deployment than the request's own.
    #[must_use]
    pub const fn deployment(mut self, deployment: Option<&'a str>) -> Self {
        self.deployment = deployment;
        self
    }

    /// The same, with members added to the body.
    #[must_use]
    pub const fn extra(mut self, extra: Option<&'a Extra>) -> Self {
        self.extra = extra;
        self
    }
}

/// What goes on the wire besides method and path.
///
/// ```
/// use aoai_types::files::ListFiles;
/// use aoai_types::operation::{Body, Encode, Operation};
/// use aoai_types::Surface;
///
/// let mut list = ListFiles::new();
/// list.limit = Some(2);
/// let parts = list.encode(&Encode::new(Surface::V1))?;
/// assert_eq!(parts.query.get("limit"), Some("2"));
/// assert!(matches!(parts.body, Body::Empty));
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Parts {
    /// Query parameters, `api-version` excepted.
    pub query: Query,
    /// Headers, `content-type` excepted.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

/// A request for one surface: [`Parts`] with the target written.
///
/// ```
/// use aoai_types::embeddings::CreateEmbedding;
/// use aoai_types::operation::{Body, Encode, Operation};
/// use aoai_types::Surface;
///
/// let request = CreateEmbedding::new("contoso-vectors", "The sea.");
/// let wire = request.to_wire(&Encode::new(Surface::V1))?;
/// assert_eq!(wire.target, "/openai/v1/embeddings");
/// let Body::Json(body) = wire.body else { panic!("not JSON") };
/// assert!(body.starts_with(br#"{"model":"contoso-vectors""#));
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Wire {
    /// Path and query, from the first slash on.
    pub target: String,
    /// Headers, `content-type` excepted.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Parts {
    /// A JSON body: the operation's members without those of the path, with `model` where the
    /// surface wants it there, `stream` where events are wanted, and the extra members.
    ///
    /// # Errors
    ///
    /// The operation has no JSON form.
    pub fn json<O: Operation>(operation: &O, cx: &Encode<'_>) -> Result<Self, EncodeError> {
        let mut without: Vec<&str> = O::ENDPOINT.path_params().collect();
        let mut last = Vec::new();
        let names_model = operation.deployment().is_some();
        match cx.surface {
            Surface::Dated(_) if names_model && in_path::<O>() => without.push("model"),
            _ => {
                if let (true, Some(deployment)) = (names_model, cx.deployment) {
                    without.push("model");
                    last.push(("model", Inserted::Text(deployment)));
                }
            }
        }
        if cx.mode == Mode::Streaming {
            last.push(("stream", Inserted::Bool(true)));
        }
        for (name, value) in [operation.extra(), cx.extra]
            .into_iter()
            .flatten()
            .flatten()
        {
            last.retain(|(written, _)| written != name);
            last.push((name, Inserted::Json(value)));
            without.push(name);
        }
        let mut body = Vec::with_capacity(1024);
        let inner = &mut serde_json::Serializer::new(&mut body);
        operation
            .serialize(Overlay {
                inner,
                first: &[],
                last: &last,
                without: &without,
            })
            .map_err(|error| EncodeError::json::<O>(&error))?;
        Ok(Self {
            body: Body::Json(Bytes::from(body)),
            ..Self::bodyless::<O>()
        })
    }

    /// No body: the operation's members, those of the path excepted, are the query.
    ///
    /// A list becomes one parameter per entry, named `name[]`; `null` is left out.
    ///
    /// # Errors
    ///
    /// The operation has no JSON form, or has a member that no parameter can carry.
    pub fn query<O: Operation>(operation: &O) -> Result<Self, EncodeError> {
        let mut parts = Self::bodyless::<O>();
        let members =
            serde_json::to_value(operation).map_err(|error| EncodeError::json::<O>(&error))?;
        let serde_json::Value::Object(members) = members else {
            return Ok(parts);
        };
        // In one order, whatever the order of maps in this build.
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, value) in members {
            if O::ENDPOINT.path_params().any(|param| param == name) {
                continue;
            }
            parts.push_query::<O>(name, value)?;
        }
        Ok(parts)
    }

    /// A form body, with the headers that every request of the operation carries.
    pub fn multipart<O: Operation>(parts: Vec<Part>) -> Self {
        Self {
            body: Body::Multipart(parts),
            ..Self::bodyless::<O>()
        }
    }

    fn bodyless<O: Operation>() -> Self {
        let headers = O::ENDPOINT.headers.iter();
        Self {
            headers: headers.map(|(k, v)| (*k, (*v).to_owned())).collect(),
            ..Self::default()
        }
    }

    fn push_query<O: Operation>(
        &mut self,
        name: String,
        value: serde_json::Value,
    ) -> Result<(), EncodeError> {
        use serde_json::Value;
        match value {
            Value::Null => {}
            Value::String(text) => self.query.push(name, text),
            Value::Bool(_) | Value::Number(_) => self.query.push(name, value.to_string()),
            Value::Array(entries) => {
                for entry in entries {
                    self.push_query::<O>(format!("{name}[]"), entry)?;
                }
            }
            Value::Object(_) => return Err(EncodeError::parameter::<O>(&name)),
        }
        Ok(())
    }
}

impl From<InvalidTarget> for EncodeError {
    fn from(invalid: InvalidTarget) -> Self {
        Self::new(invalid)
    }
}

fn in_path<O: Operation>() -> bool {
    O::ENDPOINT.scope == Scope::Deployment
}
