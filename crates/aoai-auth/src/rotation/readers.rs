//! When all who read a key from the store have taken the new one.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Result;

/// How to know that all readers of the store have the key it holds.
#[derive(Clone)]
pub struct Readers(Kind);

#[derive(Clone)]
enum Kind {
    Within(Duration),
    Taken { every: Duration, check: Arc<Check> },
}

type Check = dyn Fn() -> Pin<Box<dyn Future<Output = Result<bool>> + Send>> + Send + Sync;

impl Readers {
    /// They ask the store at least this often.
    ///
    /// For [`KeyVaultSecret`](crate::KeyVaultSecret) that is its refresh age and the longest pause
    /// between two calls; a reader that pauses longer re-reads the store when its key is refused.
    pub fn within(age: Duration) -> Self {
        Self(Kind::Within(age))
    }

    /// This function says so; it is asked again after each of these intervals.
    pub fn taken<F, Fut>(every: Duration, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<bool>> + Send + 'static,
    {
        Self(Kind::Taken {
            every,
            check: Arc::new(move || Box::pin(check())),
        })
    }

    pub(super) async fn wait(&self, clock: &dyn Clock) -> Result<()> {
        match &self.0 {
            Kind::Within(age) => clock.sleep(*age).await,
            Kind::Taken { every, check } => {
                while !check().await? {
                    clock.sleep(*every).await;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Within(age) => write!(f, "wait {age:?}, in which all readers ask the store"),
            Kind::Taken { every, .. } => {
                write!(
                    f,
                    "wait until all readers have it, checking every {every:?}"
                )
            }
        }
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Readers").field(&self.to_string()).finish()
    }
}
