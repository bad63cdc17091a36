//! `GET /containers`
//!
//! Lists the containers of the resource.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Container;
use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the containers of the resource.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListContainers {
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

impl ListContainers {
    /// Asks for all containers.
    pub const fn new() -> Self {
        Self {
            after: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListContainers {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.list",
        Method::GET,
        Scope::Resource,
        "/containers",
    )
    .v1_only()
    .stateful();
    type Response = Page<Container>;
}

impl Paged for ListContainers {
    type Item = Container;

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
