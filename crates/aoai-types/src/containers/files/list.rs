//! `GET /containers/{container_id}/files`
//!
//! Lists the files of a container.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::ContainerFile;
use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the files of a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListContainerFiles {
    /// The container's id.
    pub container_id: String,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many entries, up to 100.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// By the time they were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl ListContainerFiles {
    /// Asks for the files of the container of this id.
    pub fn new(container_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
            after: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListContainerFiles {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.files.list",
        Method::GET,
        Scope::Resource,
        "/containers/{container_id}/files",
    )
    .v1_only()
    .stateful();
    type Response = Page<ContainerFile>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id]
    }
}

impl Paged for ListContainerFiles {
    type Item = ContainerFile;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let after = Some(page.next_after(|entry| &entry.id)?);
        Some(Self {
            after,
            ..self.clone()
        })
    }

    fn items(page: Self::Response) -> Vec<Self::Item> {
        page.data
    }
}
