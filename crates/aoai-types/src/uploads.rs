//! Uploads in parts, for files too large for one request.

use serde::{Deserialize, Serialize};

use crate::files::{File, FilePurpose};
use crate::open::string_enum;
use crate::timestamp::Timestamp;

pub use self::cancel::CancelUpload;
pub use self::complete::CompleteUpload;
pub use self::create::CreateUpload;
pub use self::parts::{AddUploadPart, UploadPart};

mod cancel;
mod complete;
mod create;
mod parts;

/// An upload in parts.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Upload {
    /// Its id, `upload_…`.
    pub id: String,
    /// Always `upload`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The size that was announced.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub bytes: Option<i64>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it is given up if it is not completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The name of the file to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What the file is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<FilePurpose>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<UploadStatus>,
    /// The file, once the upload is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
}

string_enum! {
    /// How far an upload has come.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum UploadStatus {
        /// Waiting for parts.
        Pending = "pending",
        /// The file is there.
        Completed = "completed",
        /// Called off.
        Cancelled = "cancelled",
        /// Not completed in time.
        Expired = "expired",
    }
}
