//! Ending a run early without leaving behind what it has made.

use std::fmt;
use std::future::{Future, pending};
use std::pin::pin;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Shared, select};

/// What ends a run early, a signal for instance.
///
/// Once it is there, no test is begun any more. A test under way takes no further step but those of
/// `finally`, and counts as skipped. A request under way is broken off, unless `finally` may have to
/// remove what it makes: then its answer is waited for.
///
/// ```no_run
/// # async fn example() {
/// use std::time::Duration;
///
/// use aoai_spec::{Interrupt, Runner};
///
/// let late = tokio::time::sleep(Duration::from_secs(600));
/// let run = Runner::new("specs").interrupt(Interrupt::when(late)).run().await;
/// # }
/// ```
#[derive(Clone)]
pub struct Interrupt(Shared<BoxFuture<'static, ()>>);

impl Interrupt {
    /// One that is there once a future is ready.
    pub fn when(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(future.boxed().shared())
    }

    /// One that never comes.
    pub fn never() -> Self {
        Self::when(pending())
    }

    /// Whether it is there, and somebody who waited for it has heard.
    pub(crate) fn is_there(&self) -> bool {
        self.0.peek().is_some()
    }

    /// What comes of a future, unless the interrupt is there before; `None` where it is.
    pub(crate) async fn before<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match select(self.0.clone(), pin!(future)).await {
            Either::Left(_) => None,
            Either::Right((output, _)) => Some(output),
        }
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupt")
    }
}
