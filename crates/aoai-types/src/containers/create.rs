//! `POST /containers`
//!
//! Makes a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Container, ContainerExpiry};
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Makes a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateContainer {
    /// Its name.
    pub name: String,
    /// Files to put into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// When the service shall remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ContainerExpiry>,
    /// Its memory, `1g`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateContainer {
    /// Makes a container of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            file_ids: None,
            expires_after: None,
            memory_limit: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateContainer {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.create",
        Method::POST,
        Scope::Resource,
        "/containers",
    )
    .v1_only()
    .not_repeatable()
    .stateful();
    type Response = Container;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
