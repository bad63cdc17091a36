//! Why a call failed, and what to do about it.

use std::fmt;
use std::time::Duration;

use aoai_types::content_filter::ContentFilterOutcome;
use aoai_types::error::ApiError;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::attempt::Attempt;
use crate::head::{Head, head_methods};
use crate::redact::Sent;
use crate::transport::{WireBody, WireRequest, WireResponse};

pub use self::kind::{ErrorKind, UnknownErrorKind};
pub(crate) use self::refusal::Refusal;

mod classify;
mod kind;
mod message;
mod refusal;

/// What aoai-http's fallible functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// [`kind`](Self::kind) is for deciding what to do; the rest is for telling people. Neither its text
/// nor its `Debug` shows the credential that was sent, not even where the service echoed it;
/// [`body`](Self::body) and [`api`](Self::api) are as they came.
pub struct Error(Box<Inner>);

#[derive(Default)]
struct Inner {
    kind: Option<ErrorKind>,
    operation: Option<String>,
    message: String,
    note: Option<String>,
    head: Option<Head>,
    body: Option<Bytes>,
    api: Option<Box<ApiError>>,
    retry_after: Option<Duration>,
    retryable: bool,
    not_sent: bool,
    lasts: bool,
    attempts: Vec<Attempt>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a message that fits after "failed to", for transports and policies.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: Some(kind),
            message: message.into(),
            ..Inner::default()
        }))
    }

    /// The same, caused by another.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same, known to have happened before the service saw anything.
    #[must_use]
    pub fn not_sent(mut self) -> Self {
        self.0.not_sent = true;
        self
    }

    /// The same, known to go on until somebody changes something.
    pub(crate) fn lasting(mut self) -> Self {
        self.0.lasts = true;
        self
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Request)
    }

    /// The operation's id, or method and path of a raw request.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The status of the answer; `None` where there was none.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.head.as_ref().map(|head| head.status)
    }

    /// The headers of the answer; `None` where there was none.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.head.as_ref().map(|head| &head.headers)
    }

    /// What the service said: message, code, details.
    pub fn api(&self) -> Option<&ApiError> {
        self.0.api.as_deref()
    }

    /// What the content filter found, where it was the one to refuse.
    pub fn content_filter(&self) -> Option<ContentFilterOutcome> {
        let outcome = self.api()?.content_filter_outcome();
        (outcome != ContentFilterOutcome::default()).then_some(outcome)
    }

    /// The body of the answer, or the event of the stream that told of the error.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    head_methods!();

    /// How long the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What was sent, the last failure included.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// Whether the same call may succeed later without any change.
    pub fn is_transient(&self) -> bool {
        let auth = std::error::Error::source(self)
            .and_then(|source| Some(source.downcast_ref::<aoai_auth::Error>()?.kind()));
        // A gateway that redirects or forbids goes on doing so.
        let is_final = |status: StatusCode| status.is_redirection() || status.is_client_error();
        let turned_away = self.kind() == ErrorKind::Gateway && self.status().is_some_and(is_final);
        let passes = self.kind().is_transient() && !turned_away && !self.0.lasts;
        passes || auth == Some(aoai_auth::ErrorKind::Unavailable)
    }

    /// Whether the same call may be sent again without any harm: it may succeed later, and either
    /// it is safe to do twice, or [is to be](crate::RetryOptions::repeat_unsafe), or the service
    /// certainly did nothing.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    fn head(&self) -> Option<&Head> {
        self.0.head.as_ref()
    }

    /// Whether the service has certainly seen nothing of the request.
    pub fn was_not_sent(&self) -> bool {
        self.0.not_sent
    }

    /// The refusal that an answer is.
    pub(crate) fn refused(mut response: WireResponse) -> Self {
        let said = Refusal::read(&response);
        let refused = response.refused.take();
        let request = refused.as_ref().map(|refused| &refused.request);
        let kind = said.classify(request.and_then(WireRequest::operation));
        let message = message::of_refusal(&response, &said, kind, request);
        let message = response.sent.scrub(&message, request);
        let body = match response.body {
            WireBody::Whole(body) => Some(body),
            WireBody::Stream(_) => None,
        };
        let mut inner = Inner {
            kind: Some(kind),
            operation: request.map(WireRequest::name),
            message,
            head: Some(Head {
                status: response.status,
                headers: response.headers,
            }),
            body,
            api: said.api,
            attempts: response.attempts,
            ..Inner::default()
        };
        if let Some(refused) = refused {
            inner.note = refused.note;
            inner.retryable = refused.retryable;
            inner.retry_after = refused.retry_after;
        }
        Self(Box::new(inner))
    }

    /// An error that came in place of an event.
    pub(crate) fn in_band(
        api: Box<ApiError>,
        data: Bytes,
        operation: Option<(&'static aoai_types::Endpoint, aoai_types::Surface)>,
        sent: &Sent,
    ) -> Self {
        Self::without_status(api, data, operation, sent, "ended the stream")
    }

    /// An error that came in place of an answer, though the status says success.
    pub(crate) fn under_success(
        api: Box<ApiError>,
        body: Bytes,
        operation: (&'static aoai_types::Endpoint, aoai_types::Surface),
        sent: &Sent,
    ) -> Self {
        let did = "told an error in place of an answer";
        Self::without_status(api, body, Some(operation), sent, did)
    }

    /// A page or a text came, under a status of success, where the service has said nothing;
    /// `wanted` is what was.
    pub(crate) fn foreign(wanted: &str) -> Self {
        let message = format!(
            "{wanted} asked for, and a page or a text came that is none of the service's: check the \
             endpoint, the proxy or the gateway"
        );
        Self::new(ErrorKind::Gateway, message)
    }

    fn without_status(
        api: Box<ApiError>,
        data: Bytes,
        operation: Option<(&'static aoai_types::Endpoint, aoai_types::Surface)>,
        sent: &Sent,
        did: &str,
    ) -> Self {
        let said = Refusal::in_band(api);
        let kind = said.classify(operation);
        let words = sent.scrub(message::words(said.message()), None);
        let mut error = Self::new(kind, format!("the service {did}: {words}"));
        error.0.api = said.api;
        error.0.body = Some(data);
        error
    }

    pub(crate) fn credential(source: aoai_auth::Error) -> Self {
        Self::new(ErrorKind::Credential, "there is no credential to send").with_source(source)
    }

    /// The same, with what is known about the answer.
    pub(crate) fn with_answer(mut self, head: Head, body: Option<Bytes>) -> Self {
        self.0.head.get_or_insert(head);
        if self.0.body.is_none() {
            self.0.body = body;
        }
        self
    }

    /// The same, as the end of a call that sent all this.
    pub(crate) fn after(mut self, attempts: Vec<Attempt>, retryable: bool) -> Self {
        self.0.attempts = attempts;
        self.0.retryable = retryable;
        self
    }

    /// What was sent, for a call that goes on elsewhere.
    pub(crate) fn take_attempts(&mut self) -> Vec<Attempt> {
        std::mem::take(&mut self.0.attempts)
    }

    pub(crate) fn with_note(mut self, note: Option<String>, asked: Option<Duration>) -> Self {
        self.0.note = note;
        self.0.retry_after = asked;
        self
    }

    pub(crate) fn in_operation(mut self, name: impl FnOnce() -> String) -> Self {
        self.0.operation.get_or_insert_with(name);
        self
    }
}

/// The kind of error that an answer would become.
pub(crate) fn kind_of(response: &WireResponse, request: &WireRequest) -> ErrorKind {
    Refusal::read(response).classify(request.operation())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.0.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(note) = &self.0.note {
            write!(f, "; {note}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &format_args!("{self}"))
            .field("status", &self.status())
            .field("request_id", &self.request_id())
            .field("apim_request_id", &self.apim_request_id())
            .field("region", &self.region())
            .field("retry_after", &self.0.retry_after)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
