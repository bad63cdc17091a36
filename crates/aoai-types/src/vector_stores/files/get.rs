//! `GET /vector_stores/{vector_store_id}/files/{file_id}`
//!
//! Describes one file of a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::VectorStoreFile;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Describes one file of a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetVectorStoreFile {
    /// The store's id.
    pub vector_store_id: String,
    /// The file's id.
    pub file_id: String,
}

impl GetVectorStoreFile {
    /// Asks for a file of a store, by their ids.
    pub fn new(vector_store_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetVectorStoreFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.get",
        Method::GET,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files/{file_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = VectorStoreFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id, &self.file_id]
    }
}
