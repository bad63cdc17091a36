//! `DELETE /containers/{container_id}/files/{file_id}`
//!
//! Removes a file of a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Removes a file of a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteContainerFile {
    /// The container's id.
    pub container_id: String,
    /// The file's id.
    pub file_id: String,
}

impl DeleteContainerFile {
    /// Removes a file of a container, by their ids.
    pub fn new(container_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for DeleteContainerFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.files.delete",
        Method::DELETE,
        Scope::Resource,
        "/containers/{container_id}/files/{file_id}",
    )
    .v1_only()
    .stateful();
    type Response = DeletedContainerFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id, &self.file_id]
    }
}

/// That a file is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedContainerFile {
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `container.file.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
