//! `GET /containers/{container_id}/files/{file_id}/content`
//!
//! Downloads a file of a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Binary, Operation};

/// Downloads a file of a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetContainerFileContent {
    /// The container's id.
    pub container_id: String,
    /// The file's id.
    pub file_id: String,
}

impl GetContainerFileContent {
    /// Asks for the content of a file of a container, by their ids.
    pub fn new(container_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetContainerFileContent {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.files.content",
        Method::GET,
        Scope::Resource,
        "/containers/{container_id}/files/{file_id}/content",
    )
    .v1_only()
    .stateful();
    type Response = Binary;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id, &self.file_id]
    }
}
