//! Several resources that serve the same models, called as one.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_types::operation::{LongRunning, Mode};
use aoai_types::{Operation, Paged, Streaming};
use bytes::Bytes;
use futures_core::Stream;
use tracing::Instrument as _;

use self::health::Board;
use self::journey::Journey;
use self::owners::Owners;
use crate::client::{Client, Reader, decoded, read};
use crate::error::{Error, ErrorKind, Result};
use crate::event_stream::EventStream;
use crate::options::CallOptions;
use crate::policies::authenticate;
use crate::policies::retry::{Budget, RetryOptions};
use crate::response::Response;
use crate::telemetry::Observation;
use crate::transport::{ByteStream, WireRequest};
use crate::wait::Wait;

pub use self::backend::Backend;

mod backend;
mod health;
mod journey;
mod owners;

/// Several resources or regions that serve the same models, called as one.
///
/// A call goes to the first backend by [priority](Backend::priority) that can take it; those of one
/// priority share calls by [weight](Backend::weight). A backend that answers 429 is passed over, for
/// that deployment, until the wait it asked for is over; one that cannot be reached, turns calls away
/// or keeps failing is passed over for [`rest`](EndpointsBuilder::rest), and then tried by one call
/// before all others. The call itself moves on to the next backend at once, as long as nothing of an
/// answer has reached the caller and the service certainly did nothing or doing it twice does no harm.
/// Once all have failed, it is tried again after a wait as any client's call is.
///
/// | what a backend does | the call | the backend |
/// |---|---|---|
/// | has no room: 429, no capacity, a spent quota | moves on | is passed over for that deployment, for as long as it asked |
/// | does not have the deployment | moves on | is passed over for that deployment |
/// | refuses the key or token, the role, or the network; is blocked; redirects; has no credential to send | moves on | is passed over |
/// | cannot be reached | moves on | is passed over |
/// | fails, breaks off, or is late | moves on where doing it twice does no harm | is passed over after the third time in a row |
/// | refuses what the request says: a wrong value, the content filter, too long | ends | stays |
///
/// A key or token that a call brings itself, as a header, is not held against the backend. Neither is
/// a call that is dropped, by a timeout around it say: how long a backend may take is for
/// [`Timeouts`](crate::Timeouts) to say, or one that hangs gets call after call.
///
/// What lives on one resource stays there: files, batches and the like go to one backend, the
/// [home](Backend::home); what names an answer that came from here, such as the next turn of a
/// stored response, goes to the backend that gave it. That is remembered for the last
/// 10,000 answers of this process; [`only`](Self::only) reaches a backend for all others.
///
/// ```no_run
/// use aoai_auth::ApiKey;
/// use aoai_http::{Backend, Client, Endpoints};
/// use aoai_types::chat::{CreateChatCompletion, Message};
///
/// # async fn example(key: ApiKey, other: ApiKey) -> Result<(), Box<dyn std::error::Error>> {
/// let provisioned = Client::builder("https://contoso-ptu.openai.azure.com").credential(key);
/// let as_you_go = Client::builder("https://contoso.openai.azure.com").credential(other);
/// let azure = Endpoints::builder()
///     .backend(Backend::new(provisioned.build()?))
///     .backend(Backend::new(as_you_go.build()?).priority(1))
///     .build()?;
/// let answer = azure.send(&CreateChatCompletion::new("gpt-4o", [Message::user("Hello")])).await?;
/// println!("{:?}, from {:?}", answer.text(), answer.attempts().last());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Endpoints {
    shared: Arc<Shared>,
    /// For each backend, the client that calls go by.
    clients: Arc<[Client]>,
    call: Option<Arc<CallOptions>>,
}

struct Shared {
    backends: Vec<Backend>,
    home: usize,
    retry: RetryOptions,
    budget: Budget,
    board: Mutex<Board>,
    owners: Mutex<Owners>,
}

/// Makes [`Endpoints`].
#[must_use]
#[derive(Debug)]
pub struct EndpointsBuilder {
    backends: Vec<Backend>,
    retry: RetryOptions,
    rest: Duration,
}

impl EndpointsBuilder {
    /// Adds a backend after those that are there.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backends.push(backend);
        self
    }

    /// When and how calls are tried again once all backends have failed, in place of what the
    /// backends' clients do.
    pub fn retry(mut self, retry: RetryOptions) -> Self {
        self.retry = retry;
        self
    }

    /// For how long a backend that cannot be reached, keeps failing, or turns calls away without
    /// saying for how long, is passed over; 10 s unless set.
    pub fn rest(mut self, rest: Duration) -> Self {
        self.rest = rest;
        self
    }

    /// The endpoints. The waits of all go by the clock of the first backend's client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] where there is no backend or two have the same name.
    pub fn build(self) -> Result<Endpoints> {
        let backends = self.backends;
        for (at, backend) in backends.iter().enumerate() {
            if backends[..at]
                .iter()
                .any(|other| other.name == backend.name)
            {
                return Err(Error::new(
                    ErrorKind::Request,
                    format!(
                        "two backends are named {:?}; give one another name",
                        backend.name
                    ),
                ));
            }
        }
        let ranked = backends.iter().enumerate();
        let home = ranked.min_by_key(|(_, backend)| (!backend.home, backend.priority));
        let Some((home, _)) = home else {
            return Err(Error::new(
                ErrorKind::Request,
                "there is no backend to call: add one by `.backend(Backend::new(client))`",
            ));
        };
        let board = Board::new(
            backends
                .iter()
                .map(|backend| (backend.priority, backend.weight)),
            self.rest,
        );
        let shared = Arc::new(Shared {
            backends,
            home,
            retry: self.retry,
            budget: Budget::new(),
            board: Mutex::new(board),
            owners: Mutex::default(),
        });
        Ok(Endpoints::with_options(shared, None))
    }
}

impl Endpoints {
    /// Endpoints without a backend yet.
    pub fn builder() -> EndpointsBuilder {
        EndpointsBuilder {
            backends: Vec::new(),
            retry: RetryOptions::new(),
            rest: Duration::from_secs(10),
        }
    }

    /// The same endpoints with other options for the calls made by them.
    ///
    /// The options replace those of an earlier `with`, and stand over those of the backends'
    /// clients.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        let options = options.settled(&self.shared.retry);
        Self::with_options(Arc::clone(&self.shared), Some(Arc::new(options)))
    }

    fn with_options(shared: Arc<Shared>, call: Option<Arc<CallOptions>>) -> Self {
        let none = CallOptions::new();
        let over = call.as_deref().unwrap_or(&none);
        let clients = shared.backends.iter().map(|backend| {
            let own = backend.client.call_options().unwrap_or(&none);
            backend.client.with(over.over(own))
        });
        let clients = clients.collect();
        Self {
            shared,
            clients,
            call,
        }
    }

    /// Calls an operation and reads its answer, as [`Client::send`] does.
    ///
    /// # Errors
    ///
    /// No backend had an answer, or one refused for a reason that no other would see differently:
    /// the error is the last backend's, or, where some failures may pass and others not, the last of
    /// those that may; its attempts are those of all.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Response<O::Response>> {
        let mut seen = self.observe(operation);
        let span = seen.span().clone();
        let sent = self.read_unseen(operation, &mut seen, decoded::<O>);
        let answered = sent.instrument(span).await;
        seen.answered::<O>(&answered);
        answered
    }

    /// Calls an operation and returns the body of its answer unread, as [`Client::fetch`] does.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for what the body holds.
    pub async fn fetch<O: Operation>(&self, operation: &O) -> Result<Response<Bytes>> {
        let mut seen = self.observe(operation);
        let span = seen.span().clone();
        let fetched = self.read_unseen(operation, &mut seen, |_, answer| {
            Ok(Response::whole(answer))
        });
        let answered = fetched.instrument(span).await;
        seen.ended(&answered);
        answered
    }

    async fn read_unseen<O: Operation, T: Send>(
        &self,
        operation: &O,
        seen: &mut Observation,
        reader: Reader<T>,
    ) -> Result<Response<T>> {
        let (at, response) = match self.route(operation, Mode::Unary)? {
            Route::Fixed(at, client, request) => {
                seen.at(&client);
                (at, read(&client, operation, request, reader).await?)
            }
            Route::Any(mut journey) => loop {
                let (client, request) = journey.next(operation, Mode::Unary).await?;
                seen.at(&client);
                match read(&client, operation, request, reader).await {
                    Ok(response) => break (journey.arrived(), response),
                    Err(error) => journey.failed(error)?,
                }
            },
        };
        if O::ENDPOINT.stateful {
            self.owners().learn_from_body(response.body(), at);
        }
        Ok(response)
    }

    /// Calls an operation and returns the body of its answer as it comes, as [`Client::download`]
    /// does.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub async fn download<O: Operation>(&self, operation: &O) -> Result<Response<ByteStream>> {
        let mut seen = self.observe(operation);
        let span = seen.span().clone();
        let opened = self.download_unseen(operation, &mut seen).instrument(span);
        let answered = opened.await;
        seen.ended(&answered);
        answered
    }

    async fn download_unseen<O: Operation>(
        &self,
        operation: &O,
        seen: &mut Observation,
    ) -> Result<Response<ByteStream>> {
        let mut journey = match self.route(operation, Mode::Unary)? {
            Route::Fixed(_, client, request) => {
                seen.at(&client);
                return client.download_wire(request).await;
            }
            Route::Any(journey) => journey,
        };
        loop {
            let (client, request) = journey.next(operation, Mode::Unary).await?;
            seen.at(&client);
            match client.download_wire(request).await {
                Ok(response) => {
                    journey.arrived();
                    return Ok(response);
                }
                Err(error) => journey.failed(error)?,
            }
        }
    }

    /// Calls an operation and returns its answer event by event, as [`Client::stream`] does.
    ///
    /// A stream that fails before its answer begins moves on like any call.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch). What goes wrong later is an item of the stream.
    pub async fn stream<O: Streaming>(&self, operation: &O) -> Result<EventStream<O::Event>> {
        let mut seen = self.observe(operation);
        let span = seen.span().clone();
        let opened = self.stream_unseen(operation, &mut seen).instrument(span);
        let opened = opened.await;
        EventStream::observed(opened, seen)
    }

    async fn stream_unseen<O: Streaming>(
        &self,
        operation: &O,
        seen: &mut Observation,
    ) -> Result<EventStream<O::Event>> {
        let (at, stream) = match self.route(operation, Mode::Streaming)? {
            Route::Fixed(at, client, request) => {
                seen.at(&client);
                (at, EventStream::open(&client, request).await?)
            }
            Route::Any(mut journey) => loop {
                let (client, request) = journey.next(operation, Mode::Streaming).await?;
                seen.at(&client);
                match EventStream::open(&client, request).await {
                    Ok(mut stream) => match stream.take_early_end() {
                        None => break (journey.arrived(), stream),
                        // Where the call ends here, the caller gets what came before the error, too.
                        Some(error) => {
                            if let Err(error) = journey.failed(error) {
                                stream.put_early_end(error);
                                return Ok(stream);
                            }
                        }
                    },
                    Err(error) => journey.failed(error)?,
                }
            },
        };
        if O::ENDPOINT.stateful {
            let mut owners = self.owners();
            for id in stream
                .held()
                .filter_map(aoai_types::StreamEvent::resource_id)
            {
                owners.learn(id, at);
            }
        }
        Ok(stream)
    }

    /// Calls an operation that answers page by page, as [`Client::pages`] does; all pages come from
    /// one backend.
    pub fn pages<O: Paged>(&self, first: O) -> impl Stream<Item = Result<O::Item>> + Send + use<O> {
        self.client(&first).pages(first)
    }

    /// Waits for work that a backend does in its own time, as [`Client::wait`] does; all questions go
    /// to the backend that has it.
    pub fn wait<'a, O: Operation>(&self, question: O) -> Wait<'a, O>
    where
        O::Response: LongRunning,
    {
        self.client(&question).wait(question)
    }

    /// The client of the backend that a call of `operation` would go to now, for what is more
    /// than one call.
    pub fn client<O: Operation>(&self, operation: &O) -> Client {
        let deployment = self.deployment(operation);
        let at = self.fixed(operation).unwrap_or_else(|| {
            let now = self.clock().elapsed();
            let mut board = self.board();
            let chosen = board.choose(now, deployment, &[]);
            chosen.unwrap_or_else(|| board.soonest(now, deployment).0)
        });
        self.shared.backends[at].client_for(&self.clients[at], deployment)
    }

    /// The client of the backend with this name.
    pub fn only(&self, name: &str) -> Option<Client> {
        let mut backends = self.shared.backends.iter();
        let at = backends.position(|backend| &*backend.name == name)?;
        Some(self.clients[at].clone())
    }

    /// The backends, in the order they were added.
    pub fn backends(&self) -> &[Backend] {
        &self.shared.backends
    }

    /// Whether the call must go to one backend, and if not, the way that it takes through all.
    fn route<'a, O: Operation>(&'a self, operation: &'a O, mode: Mode) -> Result<Route<'a>> {
        let deployment = self.deployment(operation);
        let Some(at) = self.fixed(operation) else {
            return Ok(Route::Any(Journey::new(self, deployment)));
        };
        let client = self.shared.backends[at].client_for(&self.clients[at], deployment);
        let mut request = client.request(operation, mode)?;
        request.call.backend = Some(Arc::clone(&self.shared.backends[at].name));
        Ok(Route::Fixed(at, client, request))
    }

    /// The backend that the call must go to, if there is but one. An operation with state that names
    /// no deployment goes home, where that state is.
    fn fixed<O: Operation>(&self, operation: &O) -> Option<usize> {
        let stays = O::ENDPOINT.stateful && operation.deployment().is_none();
        self.owner(operation).or(stays.then_some(self.shared.home))
    }

    /// The backend that has what the operation names, where that came from here.
    fn owner<O: Operation>(&self, operation: &O) -> Option<usize> {
        if !O::ENDPOINT.stateful || self.owners().is_empty() {
            return None;
        }
        let args = operation.path_args();
        let owners = self.owners();
        if let Some(owner) = args.iter().find_map(|id| owners.find(id)) {
            return Some(owner);
        }
        drop(owners);
        let request = self.clients[self.shared.home]
            .request(operation, Mode::Unary)
            .ok()?;
        self.owners().find_in(&request.body)
    }

    /// The name that the call's deployment has for the caller.
    fn deployment<'a, O: Operation>(&'a self, operation: &'a O) -> Option<&'a str> {
        let call = self.call.as_deref();
        call.and_then(|call| call.deployment.as_deref())
            .or(operation.deployment())
    }

    fn observe<O: Operation>(&self, operation: &O) -> Observation {
        let home = &self.clients[self.shared.home];
        Observation::begin::<O>(home, self.deployment(operation))
    }

    fn retry_options(&self) -> &RetryOptions {
        let own = self.call.as_ref().and_then(|call| call.retry.as_ref());
        own.unwrap_or(&self.shared.retry)
    }

    /// Whether calls bring a key or token in place of the backends' own.
    fn brings_credential(&self) -> bool {
        let call = self.call.as_deref();
        call.is_some_and(|call| authenticate::has_own(&call.headers))
    }

    fn clock(&self) -> &Arc<dyn aoai_auth::Clock> {
        self.clients[0].clock()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        let board = self.shared.board.lock();
        board.unwrap_or_else(PoisonError::into_inner)
    }

    fn owners(&self) -> MutexGuard<'_, Owners> {
        let owners = self.shared.owners.lock();
        owners.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a call goes.
enum Route<'a> {
    /// To one backend, as its client makes any call.
    Fixed(usize, Client, WireRequest),
    /// To whichever can take it.
    Any(Journey<'a>),
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("backends", &self.shared.backends)
            .finish_non_exhaustive()
    }
}
