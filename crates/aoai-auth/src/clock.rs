//! Time as an argument.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

/// Tells the time and waits.
///
/// Whatever waits or looks at the time in aoai-auth, aoai-http and aoai-spec does it through one
/// of these, so that a test owns the time. Azure's SDK has its own time, and so has the patience
/// with it.
#[async_trait]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time of day.
    fn now(&self) -> SystemTime;

    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Returns after `wait`.
    async fn sleep(&self, wait: Duration);

    /// Returns after `limit`, for putting an end to something that takes too long.
    ///
    /// A clock that skips its sleeps must not skip this: the other side's time is not its own to
    /// move. The default sleeps.
    ///
    /// The future is kept beside what it guards, so it owns all that it needs.
    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.sleep(limit).await })
    }
}

/// The computer's own clock.
///
/// Its waits are tokio's: they need a runtime with timers, and panic where there is none.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose [`elapsed`](Clock::elapsed) counts from here.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that all others are told"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that all others are told"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that all others are told"
    )]
    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }

    // The default would put one future in a box into another, and hold on to the clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that all others are told"
    )]
    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(limit))
    }
}
