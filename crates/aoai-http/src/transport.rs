//! What crosses the wire, and what carries it.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use aoai_types::operation::Body;
use aoai_types::{Endpoint, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Method, StatusCode};
use uuid::Uuid;

use crate::attempt::Attempt;
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind, Result};
use crate::policies::request_id;
use crate::redact::{self, Sent};

pub use self::byte_stream::ByteStream;
pub(crate) use self::byte_stream::Watch;
pub(crate) use self::form::Progress;
pub use self::service::ServiceTransport;

mod byte_stream;
mod form;
pub(crate) mod reqwest;
mod service;

/// Carries one request to the service and brings the answer back.
///
/// A transport does not retry, does not follow redirects and does not judge statuses. An [`Error`] means that
/// there is no answer; [`Error::not_sent`] tells the client that the service has seen nothing.
///
/// It adds what the body needs: a `content-type` where the headers have none, `application/json` or that
/// of the form, and a `content-length`. An answer that it asked for packed, it unpacks.
#[async_trait]
pub trait Transport: Debug + Send + Sync + 'static {
    /// Sends the request and returns when the head of the answer is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Connection`] where there was no connection or it broke,
    /// [`ErrorKind::Timeout`] where nobody answered.
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        (**self).exchange(request).await
    }
}

/// A request on its way to the service.
#[derive(Clone)]
#[non_exhaustive]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// Path and query below the client's endpoint, from the first slash on.
    pub target: String,
    /// The headers, but for those that the transport adds: `host`, and what the body needs.
    pub headers: HeaderMap,
    /// The body; sent again unchanged where the request is.
    pub body: Body,
    /// The operation; `None` for a raw request.
    pub endpoint: Option<&'static Endpoint>,
    /// The surface that the operation was encoded for; `None` for a raw request.
    pub surface: Option<Surface>,
    /// The deployment that it is for, where it is for one.
    pub deployment: Option<Arc<str>>,
    pub(crate) call: Call,
}

/// What a request carries through the policies besides itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) base: Option<Arc<BaseUrl>>,
    /// What the call is named, unless its headers say.
    pub(crate) id: Option<Uuid>,
    /// Whether a successful answer is read to its end before it counts as one.
    pub(crate) whole: bool,
    /// Whether this request of its operation must not be done twice.
    pub(crate) once: bool,
    /// When the call began, by the client's clock.
    pub(crate) began: Option<Duration>,
    /// When it must be over, by the client's clock.
    pub(crate) deadline: Option<Duration>,
    /// What was sent before, where a stream failed before it brought anything or another backend
    /// did.
    pub(crate) prior: Option<Box<Prior>>,
    /// The backend that it goes to, where there are several.
    pub(crate) backend: Option<Arc<str>>,
    /// How far this attempt's form has got.
    pub(crate) progress: Option<Arc<Progress>>,
}

/// The history of a call that is taken up again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prior {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) retries: u32,
    pub(crate) waited: Duration,
}

impl WireRequest {
    /// A raw request: `target` is path and query below the client's endpoint,
    /// `/openai/v1/models`.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            endpoint: None,
            surface: None,
            deployment: None,
            call: Call::default(),
        }
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Json(body.into());
        self
    }

    /// A copy to be sent, with room for what is added to each attempt.
    pub(crate) fn again(&self) -> Self {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + ADDED_HEADERS);
        headers.extend(
            self.headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        let mut again = Self {
            method: self.method.clone(),
            target: self.target.clone(),
            headers,
            body: self.body.clone(),
            endpoint: self.endpoint,
            surface: self.surface,
            deployment: self.deployment.clone(),
            call: self.call.clone(),
        };
        request_id::write(&mut again);
        again
    }

    /// The whole URL, percent-encoded, as far as the client has set its endpoint; in a policy or a
    /// transport it has.
    pub fn url(&self) -> String {
        match &self.call.base {
            Some(base) => base.url(&self.target).into(),
            None => self.target.clone(),
        }
    }

    pub(crate) fn operation(&self) -> Option<(&'static Endpoint, Surface)> {
        self.endpoint.zip(self.surface)
    }

    /// The operation's id, or method and path of a raw request.
    pub(crate) fn name(&self) -> String {
        match self.endpoint {
            Some(endpoint) => endpoint.id.to_owned(),
            None => format!("{} {}", self.method, redact::Target(&self.target)),
        }
    }

    /// Whether sending it twice leaves the service as sending it once would.
    pub(crate) fn safe_to_repeat(&self) -> bool {
        match self.endpoint {
            Some(endpoint) => endpoint.safe_to_repeat && !self.call.once,
            None => self.method.is_idempotent(),
        }
    }
}

impl Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("url", &format_args!("{}", redact::Target(&self.url())))
            .field("headers", &redact::Headers(&self.headers))
            .finish_non_exhaustive()
    }
}

/// An answer.
#[non_exhaustive]
pub struct WireResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body: above the transport, that of any status but a 2xx is whole.
    pub body: WireBody,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) sent: Sent,
    /// What the client knows about a refusal.
    pub(crate) refused: Option<Box<Refused>>,
}

/// What the client knows about a refusal besides the answer.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) request: WireRequest,
    pub(crate) note: Option<String>,
    pub(crate) retryable: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl WireResponse {
    /// An answer.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<WireBody>) -> Self {
        Self {
            status,
            headers,
            body: body.into(),
            attempts: Vec::new(),
            sent: Sent::default(),
            refused: None,
        }
    }

    /// What was sent before this answer came, and this.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The answer itself where its status is a success.
    ///
    /// # Errors
    ///
    /// It is not: the error is the one that a typed call would report.
    pub fn accepted(self) -> Result<Self> {
        crate::client::accepted(self)
    }

    /// How the body is packed, where nobody has unpacked it: `gzip`.
    pub(crate) fn packed(&self) -> Option<&str> {
        let coding = self.headers.get(CONTENT_ENCODING)?;
        let coding = coding.to_str().unwrap_or("unknown");
        // Servers of event streams say `none` so that nobody on the way packs them.
        let is_plain = |plain: &&str| coding.trim().eq_ignore_ascii_case(plain);
        let plain = ["identity", "none", ""].iter().any(is_plain);
        (!plain).then_some(coding)
    }

    /// The body, read to its end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] or [`ErrorKind::Timeout`] where its end does not come,
    /// [`ErrorKind::TooLarge`] where it is longer than `limit` bytes.
    pub async fn bytes(&mut self, limit: usize) -> Result<Bytes> {
        if let WireBody::Stream(stream) = &mut self.body {
            let length = self.headers.get(CONTENT_LENGTH);
            let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
            let bytes = stream.read_whole(length, limit).await?;
            self.body = WireBody::Whole(bytes);
        }
        match &self.body {
            WireBody::Whole(bytes) if bytes.len() > limit => Err(too_large(limit)),
            WireBody::Whole(bytes) => Ok(bytes.clone()),
            WireBody::Stream(_) => Ok(Bytes::new()),
        }
    }
}

impl Debug for WireResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireResponse")
            .field("status", &self.status)
            .field("headers", &redact::Headers(&self.headers))
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The body of an answer.
#[non_exhaustive]
pub enum WireBody {
    /// Read to its end.
    Whole(Bytes),
    /// Still to come.
    Stream(ByteStream),
}

impl Debug for WireBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(body) => write!(f, "Whole({} bytes)", body.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl From<Bytes> for WireBody {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

impl From<ByteStream> for WireBody {
    fn from(stream: ByteStream) -> Self {
        Self::Stream(stream)
    }
}

/// The call's name, credential and media type, and the transport's own.
const ADDED_HEADERS: usize = 8;

fn too_large(limit: usize) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        format!("the answer is longer than the limit of {limit} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_copy_to_be_sent_is_the_request_with_room_for_more() {
        let mut request = WireRequest::new(Method::POST, "/openai/v1/x?y=1").json("{}");
        for text in ["one", "two"] {
            let value = HeaderValue::from_static(text);
            request.headers.append("x-twice", value);
        }
        request.deployment = Some("gpt".into());
        request.call.once = true;
        let copy = request.again();
        assert_eq!(format!("{copy:?}"), format!("{request:?}"));
        assert_eq!(copy.headers, request.headers);
        assert_eq!(copy.deployment, request.deployment);
        assert!(matches!(copy.body, Body::Json(json) if json == "{}"));
        assert!(copy.call.once);
        assert!(copy.headers.capacity() >= request.headers.keys_len() + ADDED_HEADERS);
    }
}
