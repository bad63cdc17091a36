//! `GET /files/{file_id}`
//!
//! Describes one file.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)

use http::Method;
use serde::{Deserialize, Serialize};

use super::File;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one file.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetFile {
    /// The file's id.
    pub file_id: String,
}

impl GetFile {
    /// Asks for the file of this id.
    pub fn new(file_id: impl Into<String>) -> Self {
        Self {
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "files.get",
        Method::GET,
        Scope::Resource,
        "/files/{file_id}",
    )
    .stateful();
    type Response = File;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.file_id]
    }
}
