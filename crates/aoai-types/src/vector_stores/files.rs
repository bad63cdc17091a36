//! The files of a vector store.

use serde::{Deserialize, Serialize};

use super::{Attributes, ChunkingStrategy};
use crate::error::ErrorCode;
use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::add::AddVectorStoreFile;
pub use self::content::{GetVectorStoreFileContent, VectorStoreFileContent};
pub use self::get::GetVectorStoreFile;
pub use self::list::ListVectorStoreFiles;
pub use self::remove::{RemoveVectorStoreFile, RemovedVectorStoreFile};
pub use self::update::UpdateVectorStoreFile;

mod add;
mod content;
mod get;
mod list;
mod remove;
mod update;

/// A file of a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorStoreFile {
    /// The file's id.
    pub id: String,
    /// Always `vector_store.file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The store's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_store_id: Option<String>,
    /// Whether it can be searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<VectorStoreFileStatus>,
    /// The size it takes up, in bytes.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub usage_bytes: Option<i64>,
    /// Why it could not be taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<VectorStoreFileError>,
    /// How it was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<ChunkingStrategy>,
    /// What is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
}

impl LongRunning for VectorStoreFile {
    const PACE: Pace = Pace::seconds(1, 30);

    fn progress(&self) -> Progress {
        progress(self.status.as_ref())
    }
}

pub(super) fn progress(status: Option<&VectorStoreFileStatus>) -> Progress {
    match status {
        Some(VectorStoreFileStatus::Completed) => Progress::Succeeded,
        Some(VectorStoreFileStatus::Failed | VectorStoreFileStatus::Cancelled) => Progress::Failed,
        _ => Progress::Pending,
    }
}

string_enum! {
    /// Whether a file can be searched.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum VectorStoreFileStatus {
        /// It is being taken in.
        InProgress = "in_progress",
        /// It is ready.
        Completed = "completed",
        /// It could not be taken in.
        Failed = "failed",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

/// Why a file could not be taken in.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorStoreFileError {
    /// What kind of error: `server_error`, `unsupported_file`, `invalid_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
