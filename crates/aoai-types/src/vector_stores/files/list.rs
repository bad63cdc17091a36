//! `GET /vector_stores/{vector_store_id}/files`
//!
//! Lists the files of a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{VectorStoreFile, VectorStoreFileStatus};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the files of a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListVectorStoreFiles {
    /// The store's id.
    pub vector_store_id: String,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only entries before the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Only files of this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<VectorStoreFileStatus>,
    /// At most this many entries, up to 100.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// By the time they were taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl ListVectorStoreFiles {
    /// Asks for the files of the store of this id.
    pub fn new(vector_store_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            after: None,
            before: None,
            filter: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListVectorStoreFiles {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.list",
        Method::GET,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = Page<VectorStoreFile>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }
}

impl Paged for ListVectorStoreFiles {
    type Item = VectorStoreFile;

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
