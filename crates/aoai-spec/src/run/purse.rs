//! What a run and each of its cells may spend, checked before anything is sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_auth::Clock;
use aoai_http::{Error, ErrorKind, Next, Policy, Result, WireRequest, WireResponse};
use async_trait::async_trait;

use crate::budget::{Budget, Estimate};
use crate::duration::show;

/// A policy that counts the requests of a cell, and refuses what its budget or that of the run does
/// not allow.
#[derive(Clone, Debug)]
pub(super) struct Purse {
    cell: Arc<Account>,
    run: Arc<Account>,
    refused: Arc<Mutex<Option<Refused>>>,
    /// Whether nothing is refused now.
    open: Arc<AtomicBool>,
}

/// Why nothing more is sent.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) reason: String,
    /// Whether it is so for all cells.
    pub(super) of_run: bool,
}

/// What has been spent of a budget.
#[derive(Debug)]
pub(super) struct Account {
    whose: &'static str,
    budget: Budget,
    clock: Arc<dyn Clock>,
    began: Duration,
    spent: Mutex<Spent>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    requests: usize,
    /// Of calls that are over, and at most of those that are not: wider than the number that a
    /// request may name, so that no sum of them is too much for it.
    tokens: u128,
    usd: f64,
}

impl Account {
    /// An account whose time begins now.
    pub(super) fn new(whose: &'static str, budget: Budget, clock: Arc<dyn Clock>) -> Self {
        Self {
            whose,
            budget,
            began: clock.elapsed(),
            clock,
            spent: Mutex::default(),
        }
    }

    fn in_time(&self) -> std::result::Result<(), String> {
        let spent = self.clock.elapsed().saturating_sub(self.began);
        match self.budget.time {
            Some(most) if spent >= most => Err(format!(
                "the budget of {} is {}, and the time is over",
                self.whose,
                show(most)
            )),
            _ => Ok(()),
        }
    }

    /// Counts one more request, unless it is one too many.
    fn request(&self, open: bool) -> std::result::Result<(), String> {
        if !open {
            self.in_time()?;
        }
        let mut spent = locked(&self.spent);
        match self.budget.requests {
            Some(most) if spent.requests as u64 >= most && !open => Err(format!(
                "the budget of {} is {most} request{}, and all are spent",
                self.whose,
                if most == 1 { "" } else { "s" },
            )),
            _ => {
                spent.requests += 1;
                Ok(())
            }
        }
    }

    /// Takes back what was counted and is not sent after all.
    fn take_back(&self) {
        locked(&self.spent).requests -= 1;
    }

    /// Sets aside what a call costs at most, unless it is too much.
    fn reserve(&self, most: Estimate, open: bool) -> std::result::Result<(), String> {
        if !open {
            self.in_time()?;
        }
        let mut spent = locked(&self.spent);
        let whose = self.whose;
        if let Some(limit) = self.budget.tokens
            && spent.tokens + u128::from(most.tokens) > u128::from(limit)
            && !open
        {
            return Err(format!(
                "the budget of {whose} is {limit} tokens; {} are spent, and this call may take {}",
                spent.tokens, most.tokens
            ));
        }
        if let Some(limit) = self.budget.usd
            && spent.usd + most.usd > limit
            && !open
        {
            return Err(format!(
                "the budget of {whose} is ${limit}; ${:.6} are spent, and this call may cost ${:.6}",
                spent.usd, most.usd
            ));
        }
        spent.tokens += u128::from(most.tokens);
        spent.usd += most.usd;
        Ok(())
    }

    /// Puts what a call did cost in the place of what was set aside.
    fn settle(&self, most: Estimate, actual: Estimate) {
        let mut spent = locked(&self.spent);
        spent.tokens = spent.tokens.saturating_sub(most.tokens.into()) + u128::from(actual.tokens);
        spent.usd = (spent.usd - most.usd).max(0.0) + actual.usd;
    }
}

impl Purse {
    /// The purse of a cell: an account of its own, and that of the run.
    pub(super) fn new(cell: Account, run: Arc<Account>) -> Self {
        Self {
            cell: Arc::new(cell),
            run,
            refused: Arc::default(),
            open: Arc::default(),
        }
    }

    /// Refuses nothing any more: what was made has to be removed again, whatever that costs. What
    /// was refused before is said no more, as it is not what becomes of the calls from here on.
    pub(super) fn open(&self) -> Option<Refused> {
        self.open.store(true, Ordering::Relaxed);
        locked(&self.refused).take()
    }

    /// Sets aside what a call costs at most.
    ///
    /// # Errors
    ///
    /// It is too much, or the time is over.
    pub(super) fn reserve(&self, most: Estimate) -> std::result::Result<(), String> {
        let open = self.open.load(Ordering::Relaxed);
        let done = self.cell.reserve(most, open);
        done.map_err(|reason| self.refuse(reason, false))?;
        let done = self.run.reserve(most, open);
        done.map_err(|reason| {
            self.cell.settle(most, Estimate::default());
            self.refuse(reason, true)
        })
    }

    /// Puts what a call did cost in the place of what was set aside.
    pub(super) fn settle(&self, most: Estimate, actual: Estimate) {
        self.cell.settle(most, actual);
        self.run.settle(most, actual);
    }

    /// Why something was refused, if it was.
    pub(super) fn refused(&self) -> Option<Refused> {
        locked(&self.refused).clone()
    }

    /// How many requests the cell has sent.
    pub(super) fn requests(&self) -> usize {
        locked(&self.cell.spent).requests
    }

    fn request(&self) -> std::result::Result<(), String> {
        let open = self.open.load(Ordering::Relaxed);
        let counted = self.cell.request(open);
        counted.map_err(|reason| self.refuse(reason, false))?;
        let counted = self.run.request(open);
        counted.map_err(|reason| {
            self.cell.take_back();
            self.refuse(reason, true)
        })
    }

    fn refuse(&self, reason: String, of_run: bool) -> String {
        let told = reason.clone();
        locked(&self.refused).get_or_insert(Refused { reason, of_run });
        told
    }
}

#[async_trait]
impl Policy for Purse {
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        self.request()
            .map_err(|reason| Error::new(ErrorKind::Request, reason))?;
        next.run(request).await
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
