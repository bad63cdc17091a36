//! Work that goes on after the answer.

/// An answer about work that the service does in its own time.
///
/// A caller asks again until the work is no longer [`Progress::Pending`].
pub trait LongRunning {
    /// How far the work has come.
    fn progress(&self) -> Progress;
}

/// How far work has come.
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
