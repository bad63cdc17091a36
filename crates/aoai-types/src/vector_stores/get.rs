//! `GET /vector_stores/{vector_store_id}`
//!
//! Describes one vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::VectorStore;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Describes one vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetVectorStore {
    /// The store's id.
    pub vector_store_id: String,
}

impl GetVectorStore {
    /// Asks for the store of this id.
    pub fn new(vector_store_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
        }
    }
}

impl Operation for GetVectorStore {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.get",
        Method::GET,
        Scope::Resource,
        "/vector_stores/{vector_store_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = VectorStore;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }
}
