//! Many files taken into a vector store at once.

use serde::{Deserialize, Serialize};

use super::FileCounts;
use super::files::{VectorStoreFileStatus, progress};
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::cancel::CancelFileBatch;
pub use self::create::{CreateFileBatch, FileBatchEntry};
pub use self::get::GetFileBatch;
pub use self::list_files::ListFileBatchFiles;

mod cancel;
mod create;
mod get;
mod list_files;

/// Many files taken into a vector store at once.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileBatch {
    /// Its id, `vsfb_…`.
    pub id: String,
    /// Always `vector_store.files_batch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The store's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_store_id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<VectorStoreFileStatus>,
    /// How many of its files are ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_counts: Option<FileCounts>,
}

impl LongRunning for FileBatch {
    const PACE: Pace = Pace::seconds(1, 30);

    fn progress(&self) -> Progress {
        progress(self.status.as_ref())
    }
}
