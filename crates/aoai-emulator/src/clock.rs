//! The emulator's time: the machine's, moved forward on demand.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

use crate::state::locked;

/// The machine's time and how far tests have moved it forward, for everybody or for some calls.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: Mutex<Ahead>,
}

#[derive(Debug, Default)]
struct Ahead {
    everybody: Duration,
    /// By what the ids of the calls begin with.
    calls: HashMap<String, Duration>,
}

impl Clock {
    /// Seconds since 1970, for whoever has no time of its own.
    #[cfg(feature = "identity")]
    pub(crate) fn unix(&self) -> u64 {
        seconds(machine() + locked(&self.ahead).everybody)
    }

    /// Seconds since 1970, for a request with these headers.
    pub(crate) fn unix_for(&self, headers: &HeaderMap) -> u64 {
        let id = headers.get(CALL).and_then(|id| id.to_str().ok());
        let ahead = locked(&self.ahead);
        let own = id.map_or(Duration::ZERO, |id| ahead.of(id));
        seconds(machine() + ahead.everybody + own)
    }

    /// Lets time pass at once, for everybody.
    pub(crate) fn advance(&self, by: Duration) {
        locked(&self.ahead).everybody += by;
    }

    /// Lets time pass at once for the calls whose ids begin with `calls` and a slash.
    pub(crate) fn advance_for(&self, calls: String, by: Duration) {
        *locked(&self.ahead).calls.entry(calls).or_default() += by;
    }
}

impl Ahead {
    fn of(&self, id: &str) -> Duration {
        let beginnings = id.match_indices('/').map(|(at, _)| &id[..at]);
        let moved = beginnings.filter_map(|beginning| self.calls.get(beginning));
        moved.sum()
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the emulator's one look at the machine's time"
)]
fn machine() -> SystemTime {
    SystemTime::now()
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

/// The header that names a call.
pub(crate) const CALL: &str = "x-ms-client-request-id";
