//! Files that a resource keeps for batches, fine-tuning, evals and vector stores.

use serde::{Deserialize, Serialize};

use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::content::GetFileContent;
pub use self::delete::{DeleteFile, DeletedFile};
pub use self::get::GetFile;
pub use self::list::ListFiles;
pub use self::upload::UploadFile;

mod content;
mod delete;
mod get;
mod list;
mod upload;

/// A file that the resource keeps.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct File {
    /// Its id, `file-…`.
    pub id: String,
    /// Always `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its size in bytes; `null` until it has been measured.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub bytes: Option<i64>,
    /// When it was uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the service will remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The name it was uploaded under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<FilePurpose>,
    /// How far the service has come with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<FileStatus>,
    /// Why it was not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<String>,
}

impl LongRunning for File {
    const PACE: Pace = Pace::seconds(1, 30);

    fn progress(&self) -> Progress {
        match &self.status {
            Some(FileStatus::Processed) => Progress::Succeeded,
            Some(FileStatus::Error | FileStatus::Deleting | FileStatus::Deleted) => {
                Progress::Failed
            }
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// What a file is for.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
    pub enum FilePurpose {
        /// Vector stores and other tools of the model.
        Assistants = "assistants",
        /// Written by such a tool.
        AssistantsOutput = "assistants_output",
        /// The requests of a batch.
        Batch = "batch",
        /// The answers of a batch.
        BatchOutput = "batch_output",
        /// Training data.
        FineTune = "fine-tune",
        /// Metrics of a training.
        FineTuneResults = "fine-tune-results",
        /// Data of an eval.
        Evals = "evals",
        /// Images for the model to look at.
        Vision = "vision",
        /// Anything else.
        UserData = "user_data",
    }
}

string_enum! {
    /// How far the service has come with a file.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
    pub enum FileStatus {
        /// Not looked at.
        NotRunning = "notRunning",
        /// Received.
        Uploaded = "uploaded",
        /// Waiting to be checked.
        Pending = "pending",
        /// Being checked.
        Running = "running",
        /// Ready for use.
        Processed = "processed",
        /// Not acceptable.
        Error = "error",
        /// Being removed.
        Deleting = "deleting",
        /// Removed.
        Deleted = "deleted",
    }
}

/// When the service shall remove a file.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpiresAfter {
    /// What the time is counted from.
    pub anchor: ExpiryAnchor,
    /// How long the file is kept: 1 209 600 to 2 592 000 seconds, 14 to 30 days.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub seconds: i64,
}

impl ExpiresAfter {
    /// This many seconds after the upload.
    pub const fn seconds(seconds: i64) -> Self {
        Self {
            anchor: ExpiryAnchor::CreatedAt,
            seconds,
        }
    }
}

string_enum! {
    /// What an expiry is counted from.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
    pub enum ExpiryAnchor {
        /// The moment the object was made.
        CreatedAt = "created_at",
        /// The last time it was used.
        LastActiveAt = "last_active_at",
    }
}
