//! The credential of one audience, and the fetch that may be under way for it.

use std::future::poll_fn;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, ready};
use std::thread;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{Audience, CredentialProvider, Issued, Source};

/// What is known of one audience's credential.
#[derive(Debug)]
pub(super) struct Slot {
    clock: Arc<dyn Clock>,
    refresh_after: Option<Duration>,
    state: Mutex<State>,
}

/// What a caller finds in a slot.
pub(super) enum Look {
    /// A credential that lives.
    Held(Issued),
    /// One that lives and is due: hand it out, and run the fetch.
    Due(Issued, Fetch),
    /// None: await the flight, after starting the fetch if it is yours to run.
    Absent(Flight, Option<Fetch>),
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    flight: Option<Flight>,
    /// Before this moment of the clock nobody tries an early refresh again.
    not_before: Duration,
    /// What the service refused last.
    refused: Option<Credential>,
    /// What it refused since the fetch under way began, and was not known to be refused then.
    refused_meanwhile: Vec<Credential>,
}

#[derive(Debug)]
struct Held {
    issued: Issued,
    ends: Option<Ending>,
    /// The moment of the clock from which it is too old.
    ages: Option<Duration>,
    /// How long to wait after an early refresh that brought nothing better.
    pause: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Ending {
    at: SystemTime,
    due: SystemTime,
}

impl Slot {
    pub(super) fn new(clock: Arc<dyn Clock>, refresh_after: Option<Duration>) -> Self {
        Self {
            clock,
            refresh_after,
            state: Mutex::default(),
        }
    }

    /// What is there, and what the caller has to do.
    pub(super) fn look(self: &Arc<Self>) -> Look {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        let mut state = self.state();
        state.held = state.held.take().filter(|held| held.lives(now));
        let Some(held) = &state.held else {
            if let Some(flight) = &state.flight {
                return Look::Absent(flight.clone(), None);
            }
            let (flight, fetch) = self.take_off(&mut state);
            return Look::Absent(flight, Some(fetch));
        };
        let issued = held.hand_out();
        if state.flight.is_none() && elapsed >= state.not_before && held.is_due(now, elapsed) {
            let (_, fetch) = self.take_off(&mut state);
            return Look::Due(issued, fetch);
        }
        Look::Held(issued)
    }

    /// Drops the credential if it is the one held. Never waits.
    pub(super) fn invalidate(&self, refused: &Credential) {
        let mut state = self.state();
        let is_refused = |held: &Held| held.issued.credential == *refused;
        if state.held.as_ref().is_some_and(is_refused) {
            state.held = None;
        }
        // Many callers meet the same refusal, some of them late: only news counts, or each of them
        // would make the fetch that answers the first one start over.
        if state.refused.as_ref() != Some(refused) {
            state.refused = Some(refused.clone());
            if state.flight.is_some() {
                state.refused_meanwhile.push(refused.clone());
            }
        }
    }

    fn take_off(self: &Arc<Self>, state: &mut State) -> (Flight, Fetch) {
        let (sender, receiver) = watch::channel(None);
        let flight = Flight(receiver);
        state.flight = Some(flight.clone());
        state.refused_meanwhile.clear();
        if state.held.is_some() {
            // An early refresh: no refusal brought it about, so any that comes now is news.
            state.refused = None;
        }
        let fetch = Fetch {
            slot: Arc::clone(self),
            outcome: sender,
        };
        (flight, fetch)
    }

    /// Takes in what a fetch brought. False if that was refused while it was being fetched, and
    /// `again` allows to ask once more: nothing has changed then.
    fn land(&self, audience: &Audience, outcome: &Result<Issued>, again: bool) -> bool {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        let mut state = self.state();
        let refused = mem::take(&mut state.refused_meanwhile);
        let is_stale = outcome
            .as_ref()
            .is_ok_and(|issued| refused.contains(&issued.credential));
        if is_stale && again {
            return false;
        }
        state.flight = None;
        match outcome {
            Ok(issued) => {
                let mut held = Held::new(issued, self.refresh_after, now, elapsed);
                if let Some(old) = &state.held {
                    held.keep_schedule_of(old);
                }
                state.not_before = if held.is_due(now, elapsed) {
                    elapsed + held.pause
                } else {
                    Duration::ZERO
                };
                state.held = (held.lives(now) && !is_stale).then_some(held);
            }
            Err(error) => {
                if let Some(pause) = state.pause(elapsed) {
                    tracing::warn!(
                        %audience,
                        %error,
                        again_in = ?pause,
                        "early refresh failed; the credential at hand still serves",
                    );
                }
            }
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Has the next early refresh wait, where there is something to hand out meanwhile.
    fn pause(&mut self, elapsed: Duration) -> Option<Duration> {
        let pause = self.held.as_ref()?.pause;
        self.not_before = elapsed + pause;
        Some(pause)
    }
}

impl Held {
    fn new(
        issued: &Issued,
        refresh_after: Option<Duration>,
        now: SystemTime,
        elapsed: Duration,
    ) -> Self {
        let ends = issued.end().map(|at| {
            let lifetime = at.duration_since(now).unwrap_or_default();
            let early = EARLY.min(lifetime / 5);
            (
                Ending {
                    at,
                    due: at - early,
                },
                early,
            )
        });
        let age = issued.refresh_after.or(refresh_after);
        let window = ends.map(|(_, early)| early).into_iter().chain(age).min();
        Self {
            issued: issued.clone(),
            ends: ends.map(|(ending, _)| ending),
            ages: age.map(|age| elapsed.saturating_add(age)),
            pause: (window.unwrap_or(EARLY) / 8).clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
        }
    }

    /// A token that is no newer than the old one is due no later.
    fn keep_schedule_of(&mut self, old: &Self) {
        if self.issued.credential == old.issued.credential
            && self.issued.end() == old.issued.end()
            && self.ends.is_some()
        {
            self.ends = old.ends;
            self.pause = old.pause;
        }
    }

    fn lives(&self, now: SystemTime) -> bool {
        self.ends.is_none_or(|ending| now < ending.at)
    }

    fn is_due(&self, now: SystemTime, elapsed: Duration) -> bool {
        self.ends.is_some_and(|ending| now >= ending.due)
            || self.ages.is_some_and(|moment| elapsed >= moment)
    }

    fn hand_out(&self) -> Issued {
        let mut issued = self.issued.clone();
        if issued.source == Source::Network {
            issued.source = Source::Cache;
        }
        issued
    }
}

/// A fetch under way, for those who wait for it.
#[derive(Clone, Debug)]
pub(super) struct Flight(watch::Receiver<Option<Result<Issued>>>);

impl Flight {
    /// What the fetch brought; `None` where it was given up.
    pub(super) async fn outcome(&mut self) -> Option<Result<Issued>> {
        let outcome = self.0.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }
}

/// A fetch under way, for the one who runs it.
pub(super) struct Fetch {
    slot: Arc<Slot>,
    outcome: watch::Sender<Option<Result<Issued>>>,
}

impl Fetch {
    pub(super) async fn run(
        self,
        provider: &impl CredentialProvider,
        audience: &Audience,
        timeout: Option<Duration>,
    ) {
        let mut outcome = self.ask(provider, audience, timeout).await;
        if !self.slot.land(audience, &outcome, true) {
            outcome = self.ask(provider, audience, timeout).await;
            self.slot.land(audience, &outcome, false);
        }
        self.outcome.send_replace(Some(outcome));
    }

    /// What the provider yields, or that it takes too long.
    async fn ask(
        &self,
        provider: &impl CredentialProvider,
        audience: &Audience,
        timeout: Option<Duration>,
    ) -> Result<Issued> {
        let mut asked = provider.credential(audience);
        let Some(timeout) = timeout else {
            return asked.await;
        };
        let mut expired = None;
        poll_fn(|cx| {
            if let Poll::Ready(outcome) = asked.as_mut().poll(cx) {
                return Poll::Ready(outcome);
            }
            let clock = &self.slot.clock;
            let expired = expired.get_or_insert_with(|| Arc::clone(clock).expire(timeout));
            ready!(expired.as_mut().poll(cx));
            let message = format!("the provider had no credential after {timeout:?}");
            Poll::Ready(Err(Error::new(ErrorKind::Unavailable, message)))
        })
        .await
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        if self.outcome.borrow().is_some() {
            return;
        }
        let mut state = self.slot.state();
        state.flight = None;
        if thread::panicking() {
            state.pause(self.slot.clock.elapsed());
            drop(state);
            // Without an outcome the callers would start over, and meet the same panic for ever.
            let panicked = Error::new(ErrorKind::Misconfigured, "the credential provider panicked");
            self.outcome.send_replace(Some(Err(panicked)));
        }
    }
}

/// How long before its end a long-lived token is due. Below the five minutes at which Microsoft's
/// own token caches refresh: asked earlier, they would yield the same token again.
const EARLY: Duration = Duration::from_secs(240);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
