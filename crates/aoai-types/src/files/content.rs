//! `GET /files/{file_id}/content`
//!
//! Downloads a file.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get-content)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Binary, Operation};

/// Downloads a file.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/get-content)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetFileContent {
    /// The file's id.
    pub file_id: String,
}

impl GetFileContent {
    /// Asks for the content of the file of this id.
    pub fn new(file_id: impl Into<String>) -> Self {
        Self {
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetFileContent {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "files.content",
        Method::GET,
        Scope::Resource,
        "/files/{file_id}/content",
    )
    .stateful();
    type Response = Binary;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.file_id]
    }
}
