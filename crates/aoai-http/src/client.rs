//! The client.

use std::fmt;
use std::sync::Arc;

use aoai_auth::{Audience, Clock, CredentialProvider};
use aoai_types::operation::{LongRunning, Mode};
use aoai_types::{Encode, Operation, Paged, Query, Streaming, Surface};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument as _;
use url::form_urlencoded;

use crate::base_url::BaseUrl;
use crate::builder::ClientBuilder;
use crate::error::{Error, ErrorKind, Result};
use crate::event_stream::EventStream;
use crate::head::Head;
use crate::options::{CallOptions, Limits, Timeouts};
use crate::policies::request_id;
use crate::policies::retry::{Budget, RetryOptions};
use crate::policy::{self, Policy};
use crate::response::Response;
use crate::telemetry::Observation;
use crate::transport::reqwest::Reqwest;
use crate::transport::{ByteStream, Transport, WireBody, WireRequest, WireResponse};
use crate::wait::Wait;

pub(crate) use self::decoded::{Reader, decoded, read};

mod decoded;
mod pages;
mod target;

/// A client of one Azure OpenAI resource, or of a gateway before some.
///
/// Cheap to clone: clones share connections, credentials and the budget of retries. A call that is
/// dropped is given up and its connection closed; the client goes on.
///
/// Calls are made in a tokio runtime with I/O and timers, as `#[tokio::main]` has one; elsewhere they
/// panic. A connection is served by the runtime of the call that opened it. Where a program has several
/// runtimes, each needs a client of its own: of a shared one, a call may get a connection whose runtime
/// stands still, and waits until it times out.
///
/// A runtime of one thread runs only inside `block_on`. Between two calls it does not see that the
/// service closes a connection: the second call breaks on that, and is tried again only where it does
/// no harm.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    call: Option<Arc<CallOptions>>,
}

/// What all clones have in common.
pub(crate) struct Shared {
    pub(crate) base: Arc<BaseUrl>,
    pub(crate) credential: Option<Arc<dyn CredentialProvider>>,
    pub(crate) carrier: Carrier,
    pub(crate) surface: Surface,
    pub(crate) deployment: Option<String>,
    /// Whom tokens are asked for, on the v1 surface and on a dated one.
    pub(crate) audiences: [Audience; 2],
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) retry: RetryOptions,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Budget,
    pub(crate) per_call: Vec<Arc<dyn Policy>>,
    pub(crate) per_attempt: Vec<Arc<dyn Policy>>,
    #[cfg(feature = "opentelemetry")]
    pub(crate) instruments: Option<Arc<crate::telemetry::Instruments>>,
}

/// The transport; our own is not boxed.
#[derive(Clone, Debug)]
pub(crate) enum Carrier {
    Reqwest(Reqwest),
    Other(Arc<dyn Transport>),
}

impl Carrier {
    /// Sends the request.
    ///
    /// Neither this nor what calls it is an async function: the future of one that hands a request on
    /// would have room for it until the answer is there.
    pub(crate) fn send(
        &self,
        request: WireRequest,
    ) -> impl Future<Output = Result<WireResponse>> + Send + use<'_> {
        match self {
            Self::Reqwest(own) => Either::Right(own.send(request)),
            Self::Other(transport) => Either::Left(transport.exchange(request)),
        }
    }
}

impl Client {
    /// A client of the resource or gateway at `endpoint`: `https://contoso.openai.azure.com`.
    ///
    /// ```
    /// use aoai_auth::ApiKey;
    /// use aoai_http::Client;
    ///
    /// let client = Client::builder("https://contoso.openai.azure.com")
    ///     .credential(ApiKey::new("not-a-real-key"))
    ///     .build()?;
    /// # let _ = client;
    /// # Ok::<(), aoai_http::Error>(())
    /// ```
    pub fn builder(endpoint: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(endpoint.into())
    }

    /// A client made from environment variables: `AZURE_OPENAI_ENDPOINT`, the credential by
    /// [`aoai_auth::from_env`], and `OPENAI_API_VERSION` for the dated surface; without that it is
    /// the v1 surface.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] where the endpoint is missing, or it or the version cannot be used,
    /// [`ErrorKind::Credential`] where there is no credential, or none that can be sent.
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge where the environment is read"
    )]
    pub fn from_env() -> Result<Self> {
        // What is not Unicode is kept as far as it goes, to be refused: left out, it would count as not
        // set, and the calls go to another surface than the one that was asked for.
        Self::from_lookup(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()))
    }

    /// The same, with variables from elsewhere.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let endpoint = set(ENDPOINT).ok_or_else(|| {
            let absence = lookup(ENDPOINT).map_or("not set", |_| "set but empty");
            let message = format!(
                "{ENDPOINT} is {absence}; it looks like https://my-resource.openai.azure.com"
            );
            Error::new(ErrorKind::Request, message)
        })?;
        let mut builder = Self::builder(endpoint);
        if let Some(version) = set(API_VERSION) {
            let surface = version.trim().parse::<Surface>().map_err(|invalid| {
                Error::new(ErrorKind::Request, format!("{API_VERSION} cannot be used"))
                    .with_source(invalid)
            })?;
            builder = builder.surface(surface);
        }
        let credential = aoai_auth::from_lookup(lookup).map_err(Error::credential)?;
        builder.credential(credential).build()
    }

    pub(crate) fn from_shared(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
            call: None,
        }
    }

    /// The same client with other options for the calls made by it.
    ///
    /// The options replace those of an earlier `with`.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            call: Some(Arc::new(options.settled(&self.shared.retry))),
        }
    }

    /// Calls an operation and reads its answer.
    ///
    /// # Errors
    ///
    /// The service refused, could not be reached, or answered something else than was expected;
    /// [`Error::kind`] tells them apart.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Response<O::Response>> {
        let seen = self.observe::<O>(operation);
        let sent = async {
            let request = self.request(operation, Mode::Unary)?;
            read(self, operation, request, decoded::<O>).await
        };
        let answered = sent.instrument(seen.span().clone()).await;
        seen.answered::<O>(&answered);
        answered
    }

    /// Calls an operation and returns the body of its answer unread.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for what the body holds.
    pub async fn fetch<O: Operation>(&self, operation: &O) -> Result<Response<Bytes>> {
        let seen = self.observe::<O>(operation);
        let fetched = async {
            let request = self.request(operation, Mode::Unary)?;
            self.fetch_wire(request).await.map(Response::whole)
        };
        let answered = fetched.instrument(seen.span().clone()).await;
        seen.ended(&answered);
        answered
    }

    /// Sends the request, and reads the body of its answer.
    pub(crate) fn fetch_wire(
        &self,
        mut request: WireRequest,
    ) -> impl Future<Output = Result<WireResponse>> + Send + use<'_> {
        request.call.whole = true;
        let answered = self.begun(request);
        async move {
            let mut response = accepted(answered.await?)?;
            response.bytes(self.limits().body).await?;
            Ok(response)
        }
    }

    /// Calls an operation and returns the body of its answer as it comes: files, speech.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for what the body holds.
    pub async fn download<O: Operation>(&self, operation: &O) -> Result<Response<ByteStream>> {
        let seen = self.observe::<O>(operation);
        let opened = async {
            let request = self.request(operation, Mode::Unary)?;
            self.download_wire(request).await
        };
        let answered = opened.instrument(seen.span().clone()).await;
        seen.ended(&answered);
        answered
    }

    pub(crate) async fn download_wire(&self, request: WireRequest) -> Result<Response<ByteStream>> {
        let response = accepted(self.execute(request).await?)?;
        let body = match response.body {
            WireBody::Whole(bytes) => bytes.into(),
            WireBody::Stream(stream) => stream,
        };
        let head = Head {
            status: response.status,
            headers: response.headers,
        }
        .detach();
        Ok(Response::new(body, head, Bytes::new(), response.attempts))
    }

    /// Calls an operation and returns its answer event by event.
    ///
    /// Returns when the answer itself begins, so that a call that fails before can be tried again
    /// like any other.
    ///
    /// # Errors
    ///
    /// The service refused or could not be reached. What goes wrong later is an item of the stream.
    pub async fn stream<O: Streaming>(&self, operation: &O) -> Result<EventStream<O::Event>> {
        let seen = self.observe::<O>(operation);
        let opened = async {
            let request = self.request(operation, Mode::Streaming)?;
            EventStream::open(self, request).await
        };
        let opened = opened.instrument(seen.span().clone()).await;
        EventStream::observed(opened, seen)
    }

    /// Calls an operation that answers page by page, and yields the entries of all pages. A page is
    /// asked for when it is needed. A list that stays at one page ends with an error.
    ///
    /// ```no_run
    /// use aoai_http::{Client, Result};
    /// use aoai_types::Paged;
    /// use futures_util::TryStreamExt as _;
    ///
    /// async fn first_hundred<O: Paged>(client: &Client, list: O) -> Result<Vec<O::Item>> {
    ///     let mut entries = std::pin::pin!(client.pages(list));
    ///     let mut found = Vec::new();
    ///     while let Some(entry) = entries.try_next().await? {
    ///         found.push(entry);
    ///         if found.len() == 100 {
    ///             break;
    ///         }
    ///     }
    ///     Ok(found)
    /// }
    /// ```
    pub fn pages<O: Paged>(&self, first: O) -> impl Stream<Item = Result<O::Item>> + Send + use<O> {
        pages::entries(self.clone(), first)
    }

    /// Waits for work that the service does in its own time: that a file is processed, a batch or a
    /// fine-tuning job over, an answer made in the background.
    ///
    /// `question` is what asks for it, `GetBatch` say. See [`Wait`] for what can be set.
    pub fn wait<'a, O: Operation>(&self, question: O) -> Wait<'a, O>
    where
        O::Response: LongRunning,
    {
        Wait::new(self.clone(), question)
    }

    /// Sends a raw request by the same policies; an answer of any status is a value.
    ///
    /// # Errors
    ///
    /// The target is not a path below the endpoint ([`ErrorKind::Request`]), or there is no answer that
    /// can be read.
    pub async fn execute(&self, request: WireRequest) -> Result<WireResponse> {
        self.begun(request).await
    }

    /// Begins what [`execute`](Self::execute) does.
    pub(crate) fn begun(
        &self,
        mut request: WireRequest,
    ) -> impl Future<Output = Result<WireResponse>> + Send + use<'_> {
        let endpoint = request.endpoint;
        let raw = endpoint.is_none().then(|| request.name());
        let sent = target::check(&request).map(|()| {
            self.prepare(&mut request);
            policy::call(self, &self.shared.per_call, request)
        });
        async move {
            sent?.await.map_err(|error| {
                error.in_operation(|| {
                    endpoint
                        .map(|e| e.id.to_owned())
                        .or(raw)
                        .unwrap_or_default()
                })
            })
        }
    }

    /// The request of an operation, as [`execute`](Self::execute) takes it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] where the operation has no wire form.
    pub fn request<O: Operation>(&self, operation: &O, mode: Mode) -> Result<WireRequest> {
        let surface = self.surface();
        let call = self.call.as_deref();
        let deployment = call
            .and_then(|call| call.deployment.as_deref())
            .or(self.shared.deployment.as_deref());
        let mut cx = Encode::new(surface).deployment(deployment).extra(
            call.map(|call| &call.extra)
                .filter(|extra| !extra.is_empty()),
        );
        if mode == Mode::Streaming {
            cx = cx.streaming();
        }
        let invalid = |source: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Request, "the request cannot be written")
                .with_source(source)
                .in_operation(|| O::ENDPOINT.id.to_owned())
        };
        let wire = operation
            .to_wire(&cx)
            .map_err(|error| invalid(error.into()))?;
        let mut request = WireRequest::new(O::ENDPOINT.method.clone(), wire.target);
        for (name, value) in wire.headers {
            let value = HeaderValue::try_from(value).map_err(|error| invalid(error.into()))?;
            request.headers.insert(HeaderName::from_static(name), value);
        }
        request.body = wire.body;
        request.endpoint = Some(O::ENDPOINT);
        request.call.once = !operation.safe_to_repeat();
        request.surface = Some(surface);
        request.deployment = deployment.or(operation.deployment()).map(Arc::from);
        Ok(request)
    }

    fn observe<O: Operation>(&self, operation: &O) -> Observation {
        let call = self
            .call
            .as_deref()
            .and_then(|call| call.deployment.as_deref());
        let model = call
            .or(self.shared.deployment.as_deref())
            .or(operation.deployment());
        Observation::begin::<O>(self, model)
    }

    /// Adds what every request of this client has.
    fn prepare(&self, request: &mut WireRequest) {
        let call = self.call.as_deref();
        if !self.shared.headers.is_empty() {
            let own = std::mem::replace(&mut request.headers, self.shared.headers.clone());
            override_with(&mut request.headers, &own);
        }
        if let Some(call) = call {
            override_with(&mut request.headers, &call.headers);
        }
        request_id::ensure(request);
        for query in [Some(&self.shared.query), call.map(|call| &call.query)]
            .into_iter()
            .flatten()
        {
            append(&mut request.target, query);
        }
        request.call.base = Some(Arc::clone(&self.shared.base));
        self.begin(request);
    }

    /// Starts the call's time, unless it runs already.
    pub(crate) fn begin(&self, request: &mut WireRequest) {
        let began = *request
            .call
            .began
            .get_or_insert_with(|| self.clock().elapsed());
        let total = self.timeouts().total;
        request.call.deadline = total.map(|total| began.saturating_add(total));
    }

    /// Whether requests carry more than operations and credentials put into them.
    pub(crate) fn adds_its_own(&self) -> bool {
        let shared = &self.shared;
        let is_plain = shared.per_call.is_empty()
            && shared.per_attempt.is_empty()
            && shared.headers.is_empty()
            && shared.query.is_empty();
        let call = self.call.as_deref();
        !is_plain || call.is_some_and(|call| !call.headers.is_empty() || !call.query.is_empty())
    }

    /// The options that calls have over the client's, if any.
    pub(crate) fn call_options(&self) -> Option<&CallOptions> {
        self.call.as_deref()
    }

    /// The surface that calls speak.
    pub fn surface(&self) -> Surface {
        let own = self.call.as_ref().and_then(|call| call.surface);
        own.unwrap_or(self.shared.surface)
    }

    /// The endpoint that the client was made for: its host in lower case and ASCII, without the port
    /// that https has anyway and without a slash at its end.
    pub fn endpoint(&self) -> &str {
        self.shared.base.as_str()
    }

    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        self.shared.base.host_and_port()
    }

    #[cfg(feature = "opentelemetry")]
    pub(crate) fn instruments(&self) -> Option<&Arc<crate::telemetry::Instruments>> {
        self.shared.instruments.as_ref()
    }

    pub(crate) fn credential(&self) -> Option<&dyn CredentialProvider> {
        self.shared.credential.as_deref()
    }

    pub(crate) fn audience(&self) -> Audience {
        let [v1, dated] = &self.shared.audiences;
        if self.surface().is_v1() { v1 } else { dated }.clone()
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.shared.base.is_plain()
    }

    pub(crate) fn retry_options(&self) -> &RetryOptions {
        let own = self.call.as_ref().and_then(|call| call.retry.as_ref());
        own.unwrap_or(&self.shared.retry)
    }

    pub(crate) fn timeouts(&self) -> &Timeouts {
        let own = self.call.as_ref().and_then(|call| call.timeouts.as_ref());
        own.unwrap_or(&self.shared.timeouts)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.shared.budget
    }

    pub(crate) fn per_attempt(&self) -> &[Arc<dyn Policy>] {
        &self.shared.per_attempt
    }

    pub(crate) fn transport(&self) -> &Carrier {
        &self.shared.carrier
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint())
            .field("surface", &self.surface())
            .field("credential", &self.shared.credential)
            .finish_non_exhaustive()
    }
}

/// Here, and only here, an answer that is not a success becomes an error.
pub(crate) fn accepted(response: WireResponse) -> Result<WireResponse> {
    if response.status.is_success() {
        return Ok(response);
    }
    Err(Error::refused(response))
}

fn override_with(headers: &mut HeaderMap, more: &HeaderMap) {
    for (name, value) in more {
        headers.insert(name, value.clone());
    }
}

fn append(target: &mut String, query: &Query) {
    if query.is_empty() {
        return;
    }
    target.push(if target.contains('?') { '&' } else { '?' });
    let written = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query.iter())
        .finish();
    target.push_str(&written);
}

const ENDPOINT: &str = "AZURE_OPENAI_ENDPOINT";
const API_VERSION: &str = "OPENAI_API_VERSION";
