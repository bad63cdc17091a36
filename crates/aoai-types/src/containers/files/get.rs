//! `GET /containers/{container_id}/files/{file_id}`
//!
//! Describes one file of a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::ContainerFile;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one file of a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetContainerFile {
    /// The container's id.
    pub container_id: String,
    /// The file's id.
    pub file_id: String,
}

impl GetContainerFile {
    /// Asks for a file of a container, by their ids.
    pub fn new(container_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetContainerFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.files.get",
        Method::GET,
        Scope::Resource,
        "/containers/{container_id}/files/{file_id}",
    )
    .v1_only()
    .stateful();
    type Response = ContainerFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id, &self.file_id]
    }
}
