//! Trainings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Hyperparameters, Integration, TuningMethod};
use crate::error::ErrorCode;
use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::cancel::CancelFineTuningJob;
pub use self::checkpoints::{CheckpointMetrics, FineTuningCheckpoint, ListFineTuningCheckpoints};
pub use self::create::CreateFineTuningJob;
pub use self::delete::DeleteFineTuningJob;
pub use self::events::{FineTuningEvent, ListFineTuningEvents};
pub use self::get::GetFineTuningJob;
pub use self::list::ListFineTuningJobs;
pub use self::pause::PauseFineTuningJob;
pub use self::resume::ResumeFineTuningJob;

mod cancel;
mod checkpoints;
mod create;
mod delete;
mod events;
mod get;
mod list;
mod pause;
mod resume;

/// A training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FineTuningJob {
    /// Its id, `ftjob-…`.
    pub id: String,
    /// Always `fine_tuning.job`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// When it will end, perhaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_finish: Option<Timestamp>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<FineTuningStatus>,
    /// The model it began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The model it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tuned_model: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FineTuningError>,
    /// The file with the examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training_file: Option<String>,
    /// The file with examples to check against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<String>,
    /// The files with its metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_files: Option<Vec<String>>,
    /// The tokens it was trained on.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub trained_tokens: Option<i64>,
    /// How it goes, where no method says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperparameters: Option<Hyperparameters>,
    /// How the model is trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<TuningMethod>,
    /// Other services that are told how it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrations: Option<Vec<Integration>>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// The number that makes it repeatable.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<i64>,
    /// The end of the new model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// The end of the new model's name, as the caller said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_provided_suffix: Option<String>,
    /// Where it is trained.
    #[serde(rename = "trainingType", skip_serializing_if = "Option::is_none")]
    pub training_type: Option<Value>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

impl LongRunning for FineTuningJob {
    const PACE: Pace = Pace::seconds(10, 60);

    fn progress(&self) -> Progress {
        match &self.status {
            Some(FineTuningStatus::Succeeded) => Progress::Succeeded,
            Some(
                FineTuningStatus::Failed
                | FineTuningStatus::Cancelled
                | FineTuningStatus::Canceled
                | FineTuningStatus::Deleted,
            ) => Progress::Failed,
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// How far a training has come.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
    pub enum FineTuningStatus {
        /// Not begun.
        NotRunning = "notRunning",
        /// Its files are being read.
        ValidatingFiles = "validating_files",
        /// Waiting to be looked at.
        Pending = "pending",
        /// Waiting for its turn.
        Queued = "queued",
        /// Under way.
        Running = "running",
        /// Told to pause.
        Pausing = "pausing",
        /// Pausing; it can be resumed.
        Paused = "paused",
        /// Told to go on.
        Resuming = "resuming",
        /// The model is there.
        Succeeded = "succeeded",
        /// Given up.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
        /// The same, as the dated surface writes it.
        Canceled = "canceled",
        /// Removed.
        Deleted = "deleted",
    }
}

/// Why a training failed.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FineTuningError {
    /// What kind of error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The member that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
}
