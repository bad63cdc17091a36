//! How a client is made.

use std::fmt;
use std::sync::Arc;

use aoai_auth::{Audience, Clock, Cloud, CredentialProvider, SystemClock};
use aoai_types::{Query, Surface};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::base_url::BaseUrl;
use crate::client::{Carrier, Client, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Limits, Timeouts};
use crate::policies::retry::{Budget, RetryOptions};
use crate::policy::Policy;
use crate::transport::Transport;
use crate::transport::reqwest::Reqwest;

/// Makes a [`Client`].
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    credential: Option<Arc<dyn CredentialProvider>>,
    anonymous: bool,
    carrier: Choice,
    shared: Settings,
}

/// What goes into the client as it is.
struct Settings {
    surface: Surface,
    deployment: Option<String>,
    audience: Option<Audience>,
    headers: HeaderMap,
    query: Query,
    retry: RetryOptions,
    timeouts: Timeouts,
    limits: Limits,
    clock: Arc<dyn Clock>,
    per_call: Vec<Arc<dyn Policy>>,
    per_attempt: Vec<Arc<dyn Policy>>,
    #[cfg(feature = "opentelemetry")]
    instruments: Option<Arc<crate::telemetry::Instruments>>,
}

enum Choice {
    Own,
    Client(reqwest::Client),
    Made(Carrier),
    Shared(Client),
}

impl ClientBuilder {
    pub(crate) fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            credential: None,
            anonymous: false,
            carrier: Choice::Own,
            shared: Settings {
                surface: Surface::V1,
                deployment: None,
                audience: None,
                headers: HeaderMap::new(),
                query: Query::new(),
                retry: RetryOptions::new(),
                timeouts: Timeouts::new(),
                limits: Limits::new(),
                clock: Arc::new(SystemClock::new()),
                per_call: Vec::new(),
                per_attempt: Vec::new(),
                #[cfg(feature = "opentelemetry")]
                instruments: None,
            },
        }
    }

    /// Where credentials come from. It is asked for each attempt: wrap what is slow in
    /// [`aoai_auth::Cached`].
    pub fn credential(mut self, provider: impl CredentialProvider) -> Self {
        self.credential = Some(Arc::new(provider));
        self.anonymous = false;
        self
    }

    /// Sends no credential, unless a header or a policy adds one. Of this and
    /// [`credential`](Self::credential), the last one counts.
    pub fn no_credential(mut self) -> Self {
        self.credential = None;
        self.anonymous = true;
        self
    }

    /// The generation of the API to speak; [`Surface::V1`] unless set.
    pub fn surface(mut self, surface: Surface) -> Self {
        self.shared.surface = surface;
        self
    }

    /// Sends every request to this deployment, whatever model it names, unless
    /// [`CallOptions::deployment`](crate::CallOptions::deployment) names another.
    pub fn deployment(mut self, name: impl Into<String>) -> Self {
        self.shared.deployment = Some(name.into());
        self
    }

    /// Whom tokens are asked for, on either surface.
    ///
    /// Unless set, it follows from surface and endpoint: [`Audience::AI`] on the v1 surface and
    /// [`Audience::COGNITIVE_SERVICES`] on a dated one, or those of the [`Cloud`] that the
    /// endpoint's host name tells. A gateway under a name of its own may need it.
    pub fn audience(mut self, audience: Audience) -> Self {
        self.shared.audience = Some(audience);
        self
    }

    /// When and how calls are tried again.
    pub fn retry(mut self, retry: RetryOptions) -> Self {
        self.shared.retry = retry;
        self
    }

    /// How often a call is tried again at most.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.shared.retry.max_retries = retries;
        self
    }

    /// How long to wait for what.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.shared.timeouts = timeouts;
        self
    }

    /// How much is taken from the service.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.shared.limits = limits;
        self
    }

    /// The clock that all waits go by, in place of the computer's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.shared.clock = clock;
        self
    }

    /// A header for every request.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.shared.headers.insert(name, value);
        self
    }

    /// A query parameter for every request, beside those that it has; none is replaced.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.shared.query.push(name.into(), value);
        self
    }

    /// A policy around every call, outside all retries. Policies run in the order they were added.
    pub fn per_call_policy(mut self, policy: impl Policy) -> Self {
        self.shared.per_call.push(Arc::new(policy));
        self
    }

    /// A policy around every attempt, after the credential was added.
    pub fn per_attempt_policy(mut self, policy: impl Policy) -> Self {
        self.shared.per_attempt.push(Arc::new(policy));
        self
    }

    /// Measures calls by the instruments of this meter: how long they take, the tokens they use, when
    /// streamed answers begin, and what was tried again.
    ///
    /// Names and attributes are those of OpenTelemetry's conventions for generative AI:
    /// `gen_ai.client.operation.duration`, `gen_ai.client.token.usage`,
    /// `gen_ai.client.operation.time_to_first_chunk`, and `aoai.client.operation.retries`, for which
    /// there is no convention. The service counts the tokens of a streamed chat only where the
    /// request asks for it.
    #[cfg(feature = "opentelemetry")]
    pub fn meter(mut self, meter: &opentelemetry::metrics::Meter) -> Self {
        let instruments = crate::telemetry::Instruments::new(meter);
        self.shared.instruments = Some(Arc::new(instruments));
        self
    }

    /// A transport in place of reqwest.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.carrier = Choice::Made(Carrier::Other(Arc::new(transport)));
        self
    }

    /// An HTTP client of the caller's: for a proxy, a CA of one's own, HTTP/2, or to share one.
    ///
    /// A client of our own uses the proxies that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name, in
    /// lower case too, or that the system is set to, and none for endpoints of plain http, which are on
    /// this machine.
    ///
    /// For such an endpoint build yours with `.no_proxy()`, too: a proxy, be it one that `HTTP_PROXY` or
    /// `ALL_PROXY` names, would see the credential. Over HTTP/2 calls share a connection, so a call that
    /// is dropped ends its own part of it and no more.
    ///
    /// It must not follow redirects (`.redirect(reqwest::redirect::Policy::none())`), because
    /// reqwest would carry the api key to wherever they lead. [`Timeouts::connect`] is its own.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.carrier = Choice::Client(client);
        self
    }

    /// The connections of another client, for one that differs in credential, policies or path.
    pub fn connections_of(mut self, client: &Client) -> Self {
        self.carrier = Choice::Shared(client.clone());
        self
    }

    /// The client.
    ///
    /// A request passes, in this order: request id · the per-call policies · retry · authenticate
    /// (inside retry, so that a long retry gets a fresh token; a refused credential is reported to
    /// the provider, and the request sent once more if that yields another) · the per-attempt
    /// policies · trace · transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] where the endpoint is none or the HTTP client cannot be built or
    /// follows redirects, or where it is to share connections with a client of the other scheme, http
    /// or https; [`ErrorKind::Credential`] where no credential was given.
    ///
    /// # Panics
    ///
    /// With the feature `rustls-no-provider` and without `rustls`, where the program has installed
    /// no crypto provider and given no client or transport of its own.
    pub fn build(self) -> Result<Client> {
        let base = BaseUrl::parse(&self.endpoint)
            .map_err(|invalid| Error::new(ErrorKind::Request, invalid.to_string()))?;
        if self.credential.is_none() && !self.anonymous {
            return Err(Error::new(
                ErrorKind::Credential,
                "no credential was given: call `.credential(…)`, or `.no_credential()` where a \
                 gateway adds one",
            ));
        }
        let settings = self.shared;
        let carrier = match self.carrier {
            Choice::Own => {
                Carrier::Reqwest(Reqwest::new(settings.timeouts.connect, base.is_plain())?)
            }
            Choice::Client(client) => Carrier::Reqwest(Reqwest::from_client(client)?),
            Choice::Made(carrier) => carrier,
            // Those for plain http use no proxy, which the others may need.
            Choice::Shared(client) if client.is_plain() != base.is_plain() => {
                return Err(Error::new(
                    ErrorKind::Request,
                    "http and https do not share connections",
                ));
            }
            Choice::Shared(client) => client.transport().clone(),
        };
        let cloud = Cloud::of_host(base.host()).unwrap_or_default();
        let audiences = match settings.audience {
            Some(audience) => [audience.clone(), audience],
            None => [cloud.v1_audience(), cloud.dated_audience()],
        };
        Ok(Client::from_shared(Shared {
            base: Arc::new(base),
            credential: self.credential,
            carrier,
            surface: settings.surface,
            deployment: settings.deployment,
            audiences,
            headers: settings.headers,
            query: settings.query,
            retry: settings.retry,
            timeouts: settings.timeouts,
            limits: settings.limits,
            clock: settings.clock,
            budget: Budget::new(),
            per_call: settings.per_call,
            per_attempt: settings.per_attempt,
            #[cfg(feature = "opentelemetry")]
            instruments: settings.instruments,
        }))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("surface", &self.shared.surface)
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}
