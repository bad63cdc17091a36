//! Checkpoints copied to other resources.

use serde::{Deserialize, Serialize};

use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};

pub use self::copy::CopyCheckpoint;
pub use self::get_copy::GetCheckpointCopy;

mod copy;
mod get_copy;

/// A checkpoint that is copied to other resources.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckpointCopy {
    /// The model's name.
    #[serde(
        rename = "checkpointedModelName",
        skip_serializing_if = "Option::is_none"
    )]
    pub checkpointed_model_name: Option<String>,
    /// The training it comes from.
    #[serde(rename = "fineTuningJobId", skip_serializing_if = "Option::is_none")]
    pub fine_tuning_job_id: Option<String>,
    /// Where it is copied to.
    #[serde(
        rename = "copiedAccountDetails",
        default,
        deserialize_with = "crate::lenient::null_as_default"
    )]
    pub copied_account_details: Vec<CopyDestination>,
}

impl LongRunning for CheckpointCopy {
    const PACE: Pace = Pace::seconds(10, 60);

    fn progress(&self) -> Progress {
        let copies = &self.copied_account_details;
        let is =
            |status: CopyStatus| move |to: &CopyDestination| to.status.as_ref() == Some(&status);
        if copies.iter().any(is(CopyStatus::Failed)) {
            Progress::Failed
        } else if !copies.is_empty() && copies.iter().all(is(CopyStatus::Completed)) {
            Progress::Succeeded
        } else {
            Progress::Pending
        }
    }
}

/// Where a checkpoint is copied to.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyDestination {
    /// The resource's ARM id.
    #[serde(
        rename = "destinationResourceId",
        skip_serializing_if = "Option::is_none"
    )]
    pub destination_resource_id: Option<String>,
    /// Its region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How far the copy has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CopyStatus>,
}

string_enum! {
    /// How far a copy has come.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
    pub enum CopyStatus {
        /// Under way.
        InProgress = "InProgress",
        /// Done.
        Completed = "Completed",
        /// Given up.
        Failed = "Failed",
    }
}
