//! What can be set, for a client or for a call.

use std::fmt;
use std::time::Duration;

use aoai_types::operation::Extra;
use aoai_types::{Query, Surface};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::policies::request_id::CLIENT_REQUEST_ID;
use crate::policies::retry::RetryOptions;
use crate::redact;

/// How long to wait for what; `None` is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection; 10 s unless set. Belongs to the HTTP client, so a call cannot change it.
    pub connect: Option<Duration>,
    /// For a credential, each time that a provider is asked for one; 3 min unless set. Most have it
    /// at hand; some ask the network, or another program.
    pub credential: Option<Duration>,
    /// For the head of the answer; 10 min unless set. An answer that is not streamed sends its head
    /// only when all of it is written. The time begins anew with each piece of a form that is sent,
    /// so that a large file may take as long as it moves; with a [`Transport`](crate::Transport) of the
    /// program's own it does not.
    pub first_byte: Option<Duration>,
    /// For the next piece of a body, comments that keep it alive included; 5 min unless set. The
    /// body of a refusal has 10 s for all of it, and is taken as far as it came by then.
    pub idle: Option<Duration>,
    /// For the whole call, with all waits and retries, to the end of the body; `None` unless set. What a
    /// [`Policy`](crate::Policy) does by itself counts, but is not broken off.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            credential: Some(Duration::from_secs(180)),
            first_byte: Some(Duration::from_secs(600)),
            idle: Some(Duration::from_secs(300)),
            total: None,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::new()
    }
}

/// How much is taken from the service, in bytes after unpacking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// An answer that is read whole; 256 MiB unless set. A download is not, and may be of any length.
    pub body: usize,
    /// The body of a refusal, of which the rest is left unread; 1 MiB unless set.
    pub error_body: usize,
    /// One event of a stream; 16 MiB unless set. There may be any number of events, and
    /// [`EventStream::collect`](crate::EventStream::collect) keeps what all of them bring.
    pub event: usize,
}

impl Limits {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            body: 256 * 1024 * 1024,
            error_body: 1024 * 1024,
            event: crate::sse::Decoder::DEFAULT_LIMIT,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// What one call does differently from its client.
///
/// ```
/// use std::time::Duration;
///
/// use aoai_http::CallOptions;
///
/// let options = CallOptions::new().deployment("gpt-4o-eu").max_retries(0);
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) deployment: Option<String>,
    pub(crate) surface: Option<Surface>,
    pub(crate) timeouts: Option<Timeouts>,
    pub(crate) retry: Option<RetryOptions>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) extra: Extra,
}

impl CallOptions {
    /// Nothing different.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another deployment than the request's own.
    #[must_use]
    pub fn deployment(mut self, name: impl Into<String>) -> Self {
        self.deployment = Some(name.into());
        self
    }

    /// Another surface.
    #[must_use]
    pub fn surface(mut self, surface: Surface) -> Self {
        self.surface = Some(surface);
        self
    }

    /// Other timeouts, `connect` excepted.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// Other retries.
    #[must_use]
    pub fn retry(mut self, retry: RetryOptions) -> Self {
        self.retry = Some(retry);
        self.max_retries = None;
        self
    }

    /// Another number of retries, made as the client makes its own.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// A header, in place of the client's of that name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// A query parameter more; none is replaced.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push(name.into(), value);
        self
    }

    /// A member of the body, over the request's own.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// The call's name, sent as `x-ms-client-request-id`, in place of a random one.
    #[must_use]
    pub fn client_request_id(self, id: HeaderValue) -> Self {
        self.header(CLIENT_REQUEST_ID, id)
    }

    /// The same, with the number of retries written into the retries that it belongs to.
    pub(crate) fn settled(mut self, clients: &RetryOptions) -> Self {
        if let Some(retries) = self.max_retries.take() {
            let retry = self.retry.get_or_insert_with(|| clients.clone());
            retry.max_retries = retries;
        }
        self
    }

    /// These options, and those of `base` where these say nothing.
    pub(crate) fn over(&self, base: &Self) -> Self {
        let mut all = base.clone();
        all.deployment = self.deployment.clone().or(all.deployment);
        all.surface = self.surface.or(all.surface);
        all.timeouts = self.timeouts.or(all.timeouts);
        if self.retry.is_some() {
            all.retry.clone_from(&self.retry);
            all.max_retries = None;
        }
        all.max_retries = self.max_retries.or(all.max_retries);
        for (name, value) in &self.headers {
            all.headers.insert(name, value.clone());
        }
        for (name, value) in self.query.iter() {
            all.query.push(name.to_owned(), value);
        }
        all.extra.extend(self.extra.clone());
        all
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values of headers and parameters may be keys, and those of the body prompts.
        let query: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        let extra: Vec<_> = self.extra.keys().collect();
        f.debug_struct("CallOptions")
            .field("deployment", &self.deployment)
            .field("surface", &self.surface)
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .field("max_retries", &self.max_retries)
            .field("headers", &redact::Headers(&self.headers))
            .field("query", &query)
            .field("extra", &extra)
            .finish()
    }
}
