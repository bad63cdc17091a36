//! The time of one cell.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aoai_auth::Clock;
use async_trait::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The run's clock as one cell sees it, shared by the cell's client and its steps.
///
/// Against an emulator in this process a wait takes no time: it moves the time of the cell ahead,
/// and with it the emulator's for the calls of this cell. Nor does it where cassettes are played.
/// What guards a socket stays real.
pub(super) struct CellClock {
    real: Arc<dyn Clock>,
    /// Whether waits take no time.
    skips: bool,
    ahead: Mutex<Duration>,
    listener: Mutex<Option<UnboundedSender<Wait>>>,
    #[cfg(feature = "emulator")]
    emulator: Option<EmulatorTime>,
}

/// A wait: when it begins, as the clock tells what has elapsed, and how long it is.
pub(super) type Wait = (Duration, Duration);

/// The emulator's time for the calls of a cell.
#[cfg(feature = "emulator")]
pub(super) struct EmulatorTime {
    pub(super) emulator: Arc<aoai_emulator::Emulator>,
    /// What the ids of the calls begin with; `None` where nobody else calls this emulator.
    pub(super) calls: Option<String>,
}

impl CellClock {
    /// A clock whose waits are real.
    pub(super) fn new(real: Arc<dyn Clock>) -> Self {
        Self {
            real,
            skips: false,
            ahead: Mutex::default(),
            listener: Mutex::default(),
            #[cfg(feature = "emulator")]
            emulator: None,
        }
    }

    /// A clock whose waits take no time.
    pub(super) fn skipping(real: Arc<dyn Clock>) -> Self {
        Self {
            skips: true,
            ..Self::new(real)
        }
    }

    /// The same, and the emulator's time moves with it.
    #[cfg(feature = "emulator")]
    pub(super) fn moving(real: Arc<dyn Clock>, emulator: EmulatorTime) -> Self {
        Self {
            emulator: Some(emulator),
            ..Self::skipping(real)
        }
    }

    /// Lets time pass at once; whether it could.
    pub(super) fn advance(&self, by: Duration) -> bool {
        if !self.skips {
            return false;
        }
        *locked(&self.ahead) += by;
        #[cfg(feature = "emulator")]
        if let Some(time) = &self.emulator {
            match &time.calls {
                Some(calls) => time.emulator.advance_for(calls, by),
                None => time.emulator.advance(by),
            }
        }
        true
    }

    /// How much time has passed at once.
    pub(super) fn skipped(&self) -> Duration {
        *locked(&self.ahead)
    }

    /// The real waits from now on, as they begin.
    pub(super) fn listen(&self) -> UnboundedReceiver<Wait> {
        let (sender, receiver) = unbounded_channel();
        *locked(&self.listener) = Some(sender);
        receiver
    }
}

#[async_trait]
impl Clock for CellClock {
    fn now(&self) -> SystemTime {
        self.real.now() + self.skipped()
    }

    fn elapsed(&self) -> Duration {
        self.real.elapsed() + self.skipped()
    }

    async fn sleep(&self, wait: Duration) {
        if self.advance(wait) {
            // As any sleep does, lets others run.
            tokio::task::yield_now().await;
            return;
        }
        if let Some(listener) = &*locked(&self.listener) {
            // Whoever listened may have heard enough.
            let _ = listener.send((self.elapsed(), wait));
        }
        self.real.sleep(wait).await;
    }

    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Arc::clone(&self.real).expire(limit)
    }
}

impl fmt::Debug for CellClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CellClock")
            .field("real", &self.real)
            .field("skipped", &self.skipped())
            .finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
