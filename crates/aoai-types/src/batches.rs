//! Batches: many requests in one file, answered within a day at half the price.
//!
//! [`BatchLine`] writes the input file from typed requests, [`BatchResults`] reads the output
//! file back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::cancel::CancelBatch;
pub use self::create::{BatchOutputFolder, CreateBatch};
pub use self::get::GetBatch;
pub use self::input::BatchLine;
pub use self::list::ListBatches;
pub use self::output::{BatchFailure, BatchOutputLine, BatchOutputResponse, BatchResults};

mod cancel;
mod create;
mod get;
mod input;
mod list;
mod output;

/// A batch.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Batch {
    /// Its id, `batch_…`.
    pub id: String,
    /// Always `batch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The route that all its requests are for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The model that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BatchStatus>,
    /// Why the input was not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<BatchErrors>,
    /// The file with the requests; empty where they lie in a blob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_file_id: Option<String>,
    /// The file with the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file_id: Option<String>,
    /// The file with the requests that failed; there, and empty, even where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_file_id: Option<String>,
    /// The blob with the requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_blob: Option<String>,
    /// The blob with the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_blob: Option<String>,
    /// The blob with the requests that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_blob: Option<String>,
    /// The time within which it shall be done, `24h`. The service goes on beyond it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_window: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When work on it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress_at: Option<Timestamp>,
    /// When its window ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When the service began to write the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finalizing_at: Option<Timestamp>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// When it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
    /// When it ran out of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Timestamp>,
    /// When it was asked to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelling_at: Option<Timestamp>,
    /// When it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// How many requests are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_counts: Option<BatchRequestCounts>,
    /// The tokens of all its answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<crate::responses::ResponseUsage>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

impl LongRunning for Batch {
    // Microsoft asks for a minute at least.
    const PACE: Pace = Pace::seconds(60, 60);

    fn progress(&self) -> Progress {
        match self.status.as_ref().map(BatchStatus::normalised) {
            Some(BatchStatus::Completed) => Progress::Succeeded,
            Some(BatchStatus::Failed | BatchStatus::Expired | BatchStatus::Cancelled) => {
                Progress::Failed
            }
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// How far a batch has come.
    ///
    /// The service writes some states in two ways; [`normalised`](Self::normalised) makes them one.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
    pub enum BatchStatus {
        /// Its input is being read.
        Validating = "validating",
        /// Its requests are being answered.
        InProgress = "in_progress",
        /// Its output is being written.
        Finalizing = "finalizing",
        /// Its output is there.
        Completed = "completed",
        /// Its input was not accepted.
        Failed = "failed",
        /// Its time ran out; what was answered is there.
        Expired = "expired",
        /// It has been asked to stop.
        Cancelling = "cancelling",
        /// It has stopped; what was answered is there.
        Cancelled = "cancelled",
    }
}

impl BatchStatus {
    /// The state as most routes write it: in small letters, and `cancelled` with two `l`.
    #[must_use]
    pub fn normalised(&self) -> Self {
        match self {
            Self::Unknown(text) => {
                let small = text.as_str().to_ascii_lowercase();
                Self::from(small.replace("canceled", "cancelled").as_str())
            }
            known => known.clone(),
        }
    }
}

/// Why a batch's input was not accepted.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchErrors {
    /// Always `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The reasons.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<BatchError>,
}

/// Why a line of a batch's input was not accepted.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchError {
    /// What kind of error: `invalid_json_line`, `duplicate_custom_id`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The member that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// The line of the input file.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub line: Option<i64>,
}

/// How many of a batch's requests are done.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchRequestCounts {
    /// All of them.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<i64>,
    /// Those answered.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub completed: Option<i64>,
    /// Those refused.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub failed: Option<i64>,
}
