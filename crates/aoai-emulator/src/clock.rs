//! The emulator's time: the machine's, moved forward on demand.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's time and how far tests have moved it forward.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: Mutex<Duration>,
}

impl Clock {
    /// The time now.
    pub(crate) fn now(&self) -> SystemTime {
        #[expect(
            clippy::disallowed_methods,
            reason = "the emulator's one look at the machine's time"
        )]
        let now = SystemTime::now();
        now + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds since 1970.
    pub(crate) fn unix(&self) -> u64 {
        self.now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }

    /// Lets time pass at once.
    pub(crate) fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

/// Lets a caller wait, in real time: an answer over a socket cannot be late in any other.
#[expect(
    clippy::disallowed_methods,
    reason = "the emulator's one wait, asked for by instructions only"
)]
pub(crate) async fn wait(for_: Option<Duration>) {
    if let Some(duration) = for_ {
        tokio::time::sleep(duration).await;
    }
}
