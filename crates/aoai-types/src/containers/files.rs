//! The files of a container.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

pub use self::add::AddContainerFile;
pub use self::content::GetContainerFileContent;
pub use self::delete::{DeleteContainerFile, DeletedContainerFile};
pub use self::get::GetContainerFile;
pub use self::list::ListContainerFiles;

mod add;
mod content;
mod delete;
mod get;
mod list;

/// A file of a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContainerFile {
    /// Its id, `cfile_…`.
    pub id: String,
    /// Always `container.file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The container's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Its size in bytes.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub bytes: Option<i64>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Who made it: `user` or `assistant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
