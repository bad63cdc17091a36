//! Work that goes on after the answer.

use std::time::Duration;

/// An answer about work that the service does in its own time.
///
/// A caller asks again until the work is no longer [`Progress::Pending`].
///
/// ```
/// use aoai_types::batches::Batch;
/// use aoai_types::operation::{LongRunning, Progress};
///
/// let batch: Batch = serde_json::from_str(r#"{"id": "batch_1", "status": "in_progress"}"#)?;
/// assert_eq!(batch.progress(), Progress::Pending);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait LongRunning {
    /// How often it is worth asking.
    const PACE: Pace;

    /// How far the work has come.
    fn progress(&self) -> Progress;
}

/// How far work has come.
///
/// ```
/// use aoai_types::batches::Batch;
/// use aoai_types::{LongRunning, Progress};
///
/// for (status, expected) in [
///     ("completed", Progress::Succeeded),
///     ("expired", Progress::Failed),
///     ("a status to come", Progress::Pending),
/// ] {
///     let batch = serde_json::json!({"id": "batch_1", "status": status});
///     assert_eq!(serde_json::from_value::<Batch>(batch)?.progress(), expected);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "work goes on, or it ended well, or it did not"
)]
pub enum Progress {
    /// It goes on, or it waits; asking again may tell more. An unknown status is this one.
    Pending,
    /// It is done.
    Succeeded,
    /// It ended otherwise: failed, called off, or too late.
    Failed,
}

/// How long to wait between two questions about the same work.
///
/// ```
/// use std::time::Duration;
///
/// use aoai_types::LongRunning;
/// use aoai_types::operation::Pace;
/// use aoai_types::responses::Response;
///
/// assert_eq!(Pace::every(Duration::from_secs(3)).after(7), Duration::from_secs(3));
/// assert!(Response::PACE.first <= Response::PACE.longest);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// Before the second question; twice as long before each one after it.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Pace {
    /// From `first` up to `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The same each time.
    pub const fn every(interval: Duration) -> Self {
        Self::new(interval, interval)
    }

    /// The wait after so many questions, of which there was one at least.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use aoai_types::operation::Pace;
    ///
    /// let pace = Pace::new(Duration::from_secs(1), Duration::from_secs(5));
    /// let waits = [1, 2, 3, 4, 99].map(|asked| pace.after(asked).as_secs());
    /// assert_eq!(waits, [1, 2, 4, 5, 5]);
    /// ```
    pub fn after(self, asked: u32) -> Duration {
        let doubled = 2_u32
            .checked_pow(asked.saturating_sub(1))
            .and_then(|factor| self.first.checked_mul(factor));
        doubled.unwrap_or(self.longest).min(self.longest)
    }

    pub(crate) const fn seconds(first: u64, longest: u64) -> Self {
        Self::new(Duration::from_secs(first), Duration::from_secs(longest))
    }
}
