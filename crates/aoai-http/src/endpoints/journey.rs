//! The way of one call through several backends.

use std::sync::Arc;
use std::time::Duration;

use aoai_types::Operation;
use aoai_types::operation::Mode;
use uuid::Uuid;

use super::Endpoints;
use super::health::Symptom;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::policies::request_id;
use crate::policies::retry::{RetryOptions, Stop, pace};
use crate::transport::{Prior, WireRequest};

/// A call that goes from backend to backend until one has an answer.
pub(super) struct Journey<'a> {
    endpoints: &'a Endpoints,
    /// As the caller knows it.
    deployment: Option<&'a str>,
    /// When the call began.
    began: Duration,
    /// The call's name, the same wherever it goes.
    name: Uuid,
    /// The backends that have failed since the last wait.
    tried: Vec<usize>,
    at: usize,
    prior: Prior,
    /// What the call would have ended with so far.
    told: Option<Error>,
    /// How often all backends were tried again.
    retries: u32,
    /// Retries that were paid for.
    paid: u32,
    /// How long to wait before the next attempt.
    wait: Duration,
}

impl<'a> Journey<'a> {
    pub(super) fn new(endpoints: &'a Endpoints, deployment: Option<&'a str>) -> Self {
        Self {
            endpoints,
            deployment,
            began: endpoints.clock().elapsed(),
            name: request_id::random(),
            tried: Vec::new(),
            at: 0,
            prior: Prior::default(),
            told: None,
            retries: 0,
            paid: 0,
            wait: Duration::ZERO,
        }
    }

    /// Waits where that has to be, and says where the next attempt goes.
    pub(super) async fn next<O: Operation>(
        &mut self,
        operation: &O,
        mode: Mode,
    ) -> Result<(Client, WireRequest)> {
        let endpoints = self.endpoints;
        let now = endpoints.clock().elapsed();
        let chosen = if self.wait.is_zero() {
            endpoints.board().choose(now, self.deployment, &self.tried)
        } else {
            None
        };
        self.at = match chosen {
            Some(at) => at,
            None => self.wait_for_one(now).await,
        };
        let backend = &endpoints.shared.backends[self.at];
        let client = backend.client_for(&endpoints.clients[self.at], self.deployment);
        // Each backend is asked once; what comes after is decided here.
        let mut options = client.call_options().cloned().unwrap_or_default();
        options.retry = Some(RetryOptions {
            max_retries: 0,
            ..endpoints.retry_options().clone()
        });
        let client = client.with(options);
        let mut request = client.request(operation, mode)?;
        request.call.id = Some(self.name);
        // By that client's clock, which need not count from the same moment.
        let so_far = endpoints.clock().elapsed().saturating_sub(self.began);
        request.call.began = Some(client.clock().elapsed().saturating_sub(so_far));
        request.call.backend = Some(Arc::clone(&backend.name));
        request.call.prior = Some(Box::new(std::mem::take(&mut self.prior)));
        Ok((client, request))
    }

    /// Waits until a backend can take the call.
    async fn wait_for_one(&mut self, now: Duration) -> usize {
        let endpoints = self.endpoints;
        let (mut at, full) = endpoints.board().soonest(now, self.deployment);
        let mut wait = std::mem::take(&mut self.wait);
        // Where none is free for longer than may be waited, the soonest says so itself.
        if wait.is_zero() && full <= endpoints.retry_options().max_wait && full < self.left(now) {
            wait = full;
        }
        if !wait.is_zero() {
            endpoints.clock().sleep(wait).await;
            self.prior.waited = wait;
            let now = endpoints.clock().elapsed();
            let chosen = endpoints.board().choose(now, self.deployment, &[]);
            at = chosen.unwrap_or_else(|| endpoints.board().soonest(now, self.deployment).0);
        }
        at
    }

    /// What is left of the call's total time.
    fn left(&self, now: Duration) -> Duration {
        self.left_at(self.at, now)
    }

    /// What is left of the total time that the call has at this backend.
    fn left_at(&self, at: usize, now: Duration) -> Duration {
        let total = self.endpoints.clients[at].timeouts().total;
        let end = total.map(|total| self.began.saturating_add(total));
        end.map_or(Duration::MAX, |end| end.saturating_sub(now))
    }

    /// The backend that answered.
    pub(super) fn arrived(&self) -> usize {
        self.endpoints.shared.budget.refund(self.paid);
        self.endpoints.board().answered(self.at);
        self.at
    }

    /// Goes on after a failure, or says that this was the last.
    pub(super) fn failed(&mut self, mut error: Error) -> Result<()> {
        let endpoints = self.endpoints;
        let now = endpoints.clock().elapsed();
        let kind = error.kind();
        let symptom = Symptom::of(&error);
        let mut board = endpoints.board();
        match symptom {
            // It answered, and the answer would be the same elsewhere.
            Symptom::None => board.answered(self.at),
            // Whoever brings a credential may have brought a wrong one.
            Symptom::Refusing if endpoints.brings_credential() => {}
            _ => board.failed(self.at, self.deployment, symptom, now),
        }
        // Another resource has a quota of its own, and a key, a firewall and deployments.
        let elsewhere = symptom.is_of_one_resource() || kind == ErrorKind::Quota;
        if !error.is_retryable() && !elsewhere {
            return Err(error);
        }
        self.tried.push(self.at);
        // One that would be asked in no time could only be late, and be blamed for it.
        let over = |at: &usize| self.left_at(*at, now).is_zero();
        let late: Vec<_> = (0..endpoints.clients.len()).filter(over).collect();
        self.tried.extend(late);
        let able = board.able(now, self.deployment, &self.tried);
        let (_, full) = board.soonest(now, self.deployment);
        drop(board);
        // A failure that may pass says more about the call than one that waiting does not mend.
        let mut told = match self.told.take() {
            Some(told) if passes(&told) && !passes(&error) => {
                told.after(error.take_attempts(), true)
            }
            _ => error,
        };
        if able.is_empty() {
            self.wait = match self.wait_after(&told, full, now) {
                Ok(wait) => wait,
                Err(stop) => {
                    let note = stop.note(endpoints.retry_options());
                    let asked = told.retry_after();
                    return Err(told.with_note(note, asked));
                }
            };
            self.tried.clear();
            self.retries += 1;
        }
        tracing::debug!(
            backend = &*endpoints.shared.backends[self.at].name,
            kind = kind.as_str(),
            wait = ?self.wait,
            "moving on",
        );
        self.prior.attempts = told.take_attempts();
        self.told = Some(told);
        Ok(())
    }

    /// How long to wait once all backends have failed.
    fn wait_after(
        &mut self,
        error: &Error,
        full: Duration,
        now: Duration,
    ) -> Result<Duration, Stop> {
        let options = self.endpoints.retry_options();
        if !passes(error) {
            return Err(Stop::Final);
        }
        if self.retries >= options.max_retries {
            return Err(Stop::TooOften);
        }
        if full > options.max_wait {
            return Err(Stop::TooLong(full));
        }
        let asked = Some(full).filter(|full| !full.is_zero());
        let (wait, asked) = pace(options, asked, self.retries, fastrand::f64());
        if wait >= self.left(now) {
            return Err(Stop::TooLate);
        }
        if !asked {
            if !self.endpoints.shared.budget.spend() {
                return Err(Stop::NoBudget);
            }
            self.paid += 1;
        }
        Ok(wait)
    }
}

/// Whether waiting may mend it. A provider of credentials has waited itself.
fn passes(error: &Error) -> bool {
    error.is_retryable() && error.kind() != ErrorKind::Credential
}
