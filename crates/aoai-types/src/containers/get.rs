//! `GET /containers/{container_id}`
//!
//! Describes one container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Container;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetContainer {
    /// The container's id.
    pub container_id: String,
}

impl GetContainer {
    /// Asks for the container of this id.
    pub fn new(container_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
        }
    }
}

impl Operation for GetContainer {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.get",
        Method::GET,
        Scope::Resource,
        "/containers/{container_id}",
    )
    .v1_only()
    .stateful();
    type Response = Container;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id]
    }
}
