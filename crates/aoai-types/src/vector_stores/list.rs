//! `GET /vector_stores`
//!
//! Lists the vector stores of the resource.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::VectorStore;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the vector stores of the resource.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListVectorStores {
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only entries before the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
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

impl ListVectorStores {
    /// Asks for all vector stores.
    pub const fn new() -> Self {
        Self {
            after: None,
            before: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListVectorStores {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.list",
        Method::GET,
        Scope::Resource,
        "/vector_stores",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = Page<VectorStore>;
}

impl Paged for ListVectorStores {
    type Item = VectorStore;

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
