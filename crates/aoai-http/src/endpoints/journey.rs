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
use crate::policies::retry::{RetryOptions, Stop, backoff};
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
        request.call.began = Some(self.began);
        request.call.backend = Some(Arc::clone(&backend.name));
        request.call.prior = std::mem::take(&mut self.prior);
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
        let total = self.endpoints.clients[self.at].timeouts().total;
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
    pub(super) fn failed(&mut self, error: Error) -> Result<()> {
        let endpoints = self.endpoints;
        let clock = endpoints.clock();
        let now = clock.elapsed();
        let asked = error.retry_after();
        let symptom = Symptom::of(error.kind(), error.was_not_sent(), asked);
        let mut board = endpoints.board();
        if symptom == Symptom::None {
            // It answered, and the answer would be the same elsewhere.
            board.answered(self.at);
        } else {
            board.failed(self.at, self.deployment, symptom, now);
        }
        // Another resource has a quota of its own.
        if !error.is_retryable() && error.kind() != ErrorKind::Quota {
            return Err(error);
        }
        self.tried.push(self.at);
        let elsewhere = !board.able(now, self.deployment, &self.tried).is_empty();
        let (_, full) = board.soonest(now, self.deployment);
        drop(board);
        if !elsewhere {
            self.wait = match self.wait_after(&error, full, now) {
                Ok(wait) => wait,
                Err(stop) => {
                    let note = stop.note(endpoints.retry_options());
                    return Err(error.with_note(note, asked));
                }
            };
            self.tried.clear();
            self.retries += 1;
        }
        tracing::debug!(
            backend = &*endpoints.shared.backends[self.at].name,
            kind = error.kind().as_str(),
            wait = ?self.wait,
            "moving on",
        );
        self.prior.attempts = error.into_attempts();
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
        if !error.is_retryable() {
            return Err(Stop::Final);
        }
        if self.retries >= options.max_retries {
            return Err(Stop::TooOften);
        }
        if full > options.max_wait {
            return Err(Stop::TooLong(full));
        }
        let asked = !full.is_zero();
        let wait = if asked {
            full
        } else {
            backoff(options, self.retries, fastrand::f64())
        };
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
