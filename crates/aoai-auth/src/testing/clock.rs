//! A clock that the test moves.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::clock::Clock;

/// A clock that stands still until it is told to move.
///
/// Clones share one time. A sleep ends when [`advance`](Self::advance) carries the time past its
/// end; on a clock made by [`automatic`](Self::automatic) each sleep moves the time itself and ends
/// at once. What a clock [guards](Clock::expire) expires by `advance` and by others' sleeps only.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::time::Duration;
///
/// use aoai_auth::Clock;
/// use aoai_auth::testing::ManualClock;
///
/// let clock = ManualClock::automatic();
/// clock.sleep(Duration::from_secs(86_400)).await;
/// assert_eq!(clock.elapsed(), Duration::from_secs(86_400));
/// assert_eq!(clock.slept(), [Duration::from_secs(86_400)]);
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    start: SystemTime,
    automatic: bool,
    elapsed: watch::Sender<Duration>,
    sleepers: watch::Sender<usize>,
    slept: Mutex<Vec<Duration>>,
}

impl ManualClock {
    /// A clock that stands at noon on 1 January 2026, UTC.
    pub fn new() -> Self {
        Self::build(noon(), false)
    }

    /// A clock on which every sleep moves the time by itself and returns.
    pub fn automatic() -> Self {
        Self::build(noon(), true)
    }

    /// A clock that stands at this time.
    pub fn at(start: SystemTime) -> Self {
        Self::build(start, false)
    }

    fn build(start: SystemTime, automatic: bool) -> Self {
        Self(Arc::new(Shared {
            start,
            automatic,
            elapsed: watch::Sender::new(Duration::ZERO),
            sleepers: watch::Sender::new(0),
            slept: Mutex::default(),
        }))
    }

    /// Moves the time, and ends the sleeps that this carries it past.
    pub fn advance(&self, by: Duration) {
        let moved = |elapsed: &mut Duration| *elapsed = elapsed.saturating_add(by);
        self.0.elapsed.send_modify(moved);
    }

    /// All sleeps so far, in the order they began, those under way included.
    pub fn slept(&self) -> Vec<Duration> {
        self.all_slept().clone()
    }

    /// Returns once this many sleeps are under way, so that a test knows when to move the time.
    ///
    /// # Panics
    ///
    /// Never: the channel it listens to lives as long as the clock.
    pub async fn sleeping(&self, count: usize) {
        let mut sleepers = self.0.sleepers.subscribe();
        sleepers
            .wait_for(|sleepers| *sleepers >= count)
            .await
            .expect("self holds the sender");
    }

    fn all_slept(&self) -> MutexGuard<'_, Vec<Duration>> {
        self.0.slept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.0.start + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.0.elapsed.borrow()
    }

    async fn sleep(&self, wait: Duration) {
        self.all_slept().push(wait);
        if self.0.automatic {
            self.advance(wait);
            // As any sleep does, lets others run.
            tokio::task::yield_now().await;
            return;
        }
        self.reach(self.elapsed().saturating_add(wait)).await;
    }

    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        // From now on, not from when somebody first looks.
        let end = self.elapsed().saturating_add(limit);
        Box::pin(async move { self.reach(end).await })
    }
}

impl ManualClock {
    /// Returns when the time has moved that far.
    async fn reach(&self, end: Duration) {
        let mut elapsed = self.0.elapsed.subscribe();
        let _sleeper = Sleeper::new(&self.0.sleepers);
        // Fails only without a sender, and self holds that.
        let _ = elapsed.wait_for(|elapsed| *elapsed >= end).await;
    }
}

/// Counts one sleep, until it ends or is given up.
struct Sleeper<'a>(&'a watch::Sender<usize>);

impl<'a> Sleeper<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_268_800)
}
