//! `DELETE /files/{file_id}`
//!
//! Removes a file.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/delete)

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::{DecodeError, EncodeError, Operation, Payload};

/// Removes a file.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/delete)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteFile {
    /// The file's id.
    pub file_id: String,
}

impl DeleteFile {
    /// Removes the file of this id.
    pub fn new(file_id: impl Into<String>) -> Self {
        Self {
            file_id: file_id.into(),
        }
    }
}

impl Operation for DeleteFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "files.delete",
        Method::DELETE,
        Scope::Resource,
        "/files/{file_id}",
    )
    .stateful();
    type Response = DeletedFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.file_id]
    }
}

/// That a file is gone.
///
/// The dated surface says so without a body, by the status alone; then nothing is known here.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/delete)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct DeletedFile {
    /// The file's id.
    pub id: Option<String>,
    /// Always `file`.
    pub object: Option<String>,
    /// Whether it is gone.
    pub deleted: Option<bool>,
}

impl Payload for DeletedFile {
    #[inline]
    fn decode(body: &Bytes) -> Result<Self, DecodeError> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let written = <Written as Payload>::decode(body)?;
        Ok(Self {
            id: written.id,
            object: written.object,
            deleted: written.deleted,
        })
    }

    #[inline]
    fn encode(&self) -> Result<Bytes, EncodeError> {
        if *self == Self::default() {
            return Ok(Bytes::new());
        }
        Payload::encode(&Written {
            id: self.id.clone(),
            object: self.object.clone(),
            deleted: self.deleted,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
}
