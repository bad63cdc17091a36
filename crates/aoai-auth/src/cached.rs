//! What keeps, shares and refreshes credentials.

mod slot;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::Handle;
use tracing::instrument::{Instrument as _, WithSubscriber as _};

use self::slot::{Fetch, Look, Slot};
use crate::clock::{Clock, SystemClock};
use crate::credential::Credential;
use crate::error::Result;
use crate::provider::{Audience, CredentialProvider, Issued};

/// Keeps what a provider yields, for each audience by itself, and asks it as seldom as possible.
///
/// * While a credential lives it is handed out at once; nobody ever waits for a refresh of it.
/// * A token is asked for again shortly before it expires, a credential with an age limit once it
///   is that old. The first call that finds it due starts the fetch and goes on with the old one.
/// * A failed early refresh is not a failure: the old credential serves on, and the next try waits
///   a while.
/// * Where there is nothing to hand out, one fetch serves all who wait for it, and so does its
///   error. Errors are not kept.
/// * A credential that the service refused is dropped at once. A fetch that was already under way
///   may have read it before it changed: if it yields the refused one, it asks once more.
///
/// Fetches run in tasks of their own on the tokio runtime of the call that starts them, so that a
/// caller who gives up (a deadline, a dropped future) neither stops a fetch that others wait for nor
/// loses what it brings. One that has brought nothing after 5 min is given up, or all later callers
/// would wait for it, too ([`timeout`](Self::timeout)). Outside a tokio runtime the caller that
/// starts a fetch runs it itself, an early refresh, too, for as long as it takes.
///
/// Where a program has several runtimes, each needs a `Cached` of its own: a caller may wait for a
/// fetch whose runtime stands still, and so does not get on.
///
/// ```
/// use aoai_auth::{ApiKey, Cached};
///
/// let provider = Cached::new(ApiKey::new("fake-key"));
/// ```
pub struct Cached<P> {
    provider: Arc<P>,
    clock: Arc<dyn Clock>,
    refresh_after: Option<Duration>,
    timeout: Duration,
    slots: Mutex<HashMap<Audience, Arc<Slot>>>,
}

impl<P: CredentialProvider> Cached<P> {
    /// Keeps what this provider yields, by the computer's clock.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            clock: Arc::new(SystemClock::new()),
            refresh_after: None,
            timeout: TIMEOUT,
            slots: Mutex::default(),
        }
    }

    /// The same, by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same, asking again for a credential that is this old.
    ///
    /// Meant for api keys, which never say when they end. What the provider itself says of its
    /// credential ([`Issued::refresh_after`]) comes first.
    #[must_use]
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.refresh_after = Some(age);
        self
    }

    /// The same, giving up a fetch that takes longer than this.
    ///
    /// Five minutes unless set; the limit that a client has ends its call, not the fetch. The runtime
    /// must have its timer enabled, unless the provider always answers at once.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    #[cfg(feature = "testing")]
    pub(crate) fn provider(&self) -> &P {
        &self.provider
    }

    fn slot(&self, audience: &Audience) -> Arc<Slot> {
        let mut slots = self.slots();
        if let Some(slot) = slots.get(audience) {
            return Arc::clone(slot);
        }
        let slot = Arc::new(Slot::new(Arc::clone(&self.clock), self.refresh_after));
        slots.insert(audience.clone(), Arc::clone(&slot));
        slot
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Audience, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(&self, fetch: Fetch, audience: &Audience) {
        let runtime = Handle::try_current();
        let timeout = runtime.is_ok().then_some(self.timeout);
        let provider = Arc::clone(&self.provider);
        let audience = audience.clone();
        // It logs where its caller does, although it outlives that.
        let fetching = async move { fetch.run(&*provider, &audience, timeout).await }
            .in_current_span()
            .with_current_subscriber();
        match runtime {
            Ok(runtime) => drop(runtime.spawn(fetching)),
            Err(_) => fetching.await,
        }
    }
}

#[async_trait]
impl<P: CredentialProvider> CredentialProvider for Cached<P> {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        let slot = self.slot(audience);
        loop {
            let mut flight = match slot.look() {
                Look::Held(issued) => return Ok(issued),
                Look::Due(issued, fetch) => {
                    self.run(fetch, audience).await;
                    return Ok(issued);
                }
                Look::Absent(flight, None) => flight,
                Look::Absent(flight, Some(fetch)) => {
                    self.run(fetch, audience).await;
                    flight
                }
            };
            // No outcome: whoever ran the fetch is gone, with its runtime or its caller.
            if let Some(outcome) = flight.outcome().await {
                return outcome;
            }
        }
    }

    fn invalidate(&self, refused: &Credential) {
        // The provider first: a fetch that starts once the slots are empty must find that it knows.
        self.provider.invalidate(refused);
        let slots: Vec<_> = self.slots().values().cloned().collect();
        for slot in slots {
            slot.invalidate(refused);
        }
    }
}

impl<P: CredentialProvider> fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("provider", &self.provider)
            .field("refresh_after", &self.refresh_after)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Longer than any of our own providers is patient, so that it is they who say what is wrong.
const TIMEOUT: Duration = Duration::from_secs(300);
