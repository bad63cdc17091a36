//! How far a form has got.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aoai_auth::Clock;

/// When a piece of a form was last taken to be sent.
#[derive(Debug)]
pub(crate) struct Progress {
    clock: Arc<dyn Clock>,
    last: Mutex<Option<Duration>>,
}

impl Progress {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            last: Mutex::new(None),
        }
    }

    pub(super) fn note(&self) {
        let now = self.clock.elapsed();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// What is left of a limit that begins anew with each piece; `None` where that is over.
    pub(crate) fn left(&self, limit: Duration) -> Option<Duration> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let left = (last? + limit).checked_sub(self.clock.elapsed())?;
        (!left.is_zero()).then_some(left)
    }
}
