//! A budget of retries that all calls of a client share.

use std::sync::atomic::{AtomicU32, Ordering};

/// What the client may still spend on trying again.
///
/// A retry on the client's own initiative costs, an answer pays back. In an outage the budget is
/// soon spent, and the client sends each request once instead of several times. A wait that the
/// service asked for costs nothing: the service already paces those. A wait shorter than the client's
/// own does not pace anything, and costs as if nobody had asked for it.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(FULL))
    }

    /// Pays for a retry, if there is enough.
    pub(crate) fn spend(&self) -> bool {
        let paid = |left: u32| left.checked_sub(COST);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, paid)
            .is_ok()
    }

    /// A call succeeded, after `retries` that were paid for.
    pub(crate) fn refund(&self, retries: u32) {
        let gain = if retries == 0 {
            GAIN
        } else {
            retries.saturating_mul(COST)
        };
        // A full budget is the usual case, and needs no write that other cores would have to see.
        if self.0.load(Ordering::Relaxed) < FULL {
            let more = |left: u32| Some(left.saturating_add(gain).min(FULL));
            let _ = self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }
}

const FULL: u32 = 500;
const COST: u32 = 5;
const GAIN: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_spends_the_budget_and_answers_fill_it() {
        let budget = Budget::new();
        let paid = (0..1_000).filter(|_| budget.spend()).count();
        assert_eq!(paid, 100);
        for _ in 0..4 {
            budget.refund(0);
        }
        assert!(!budget.spend());
        budget.refund(0);
        assert!(budget.spend());
        budget.refund(2);
        assert!(budget.spend() && budget.spend() && !budget.spend());
        for _ in 0..1_000 {
            budget.refund(0);
        }
        assert_eq!((0..1_000).filter(|_| budget.spend()).count(), 100);
    }
}
