//! `DELETE /vector_stores/{vector_store_id}`
//!
//! Removes a vector store; its files stay.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Removes a vector store; its files stay.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteVectorStore {
    /// The store's id.
    pub vector_store_id: String,
}

impl DeleteVectorStore {
    /// Removes the store of this id.
    pub fn new(vector_store_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
        }
    }
}

impl Operation for DeleteVectorStore {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.delete",
        Method::DELETE,
        Scope::Resource,
        "/vector_stores/{vector_store_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = DeletedVectorStore;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }
}

/// That a vector store is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedVectorStore {
    /// The store's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `vector_store.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
