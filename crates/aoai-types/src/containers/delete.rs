//! `DELETE /containers/{container_id}`
//!
//! Removes a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Removes a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteContainer {
    /// The container's id.
    pub container_id: String,
}

impl DeleteContainer {
    /// Removes the container of this id.
    pub fn new(container_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
        }
    }
}

impl Operation for DeleteContainer {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.delete",
        Method::DELETE,
        Scope::Resource,
        "/containers/{container_id}",
    )
    .v1_only()
    .stateful();
    type Response = DeletedContainer;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id]
    }
}

/// That a container is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedContainer {
    /// The container's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `container.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
