//! `DELETE /vector_stores/{vector_store_id}/files/{file_id}`
//!
//! Takes a file out of a vector store; the file itself stays.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Takes a file out of a vector store; the file itself stays.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoveVectorStoreFile {
    /// The store's id.
    pub vector_store_id: String,
    /// The file's id.
    pub file_id: String,
}

impl RemoveVectorStoreFile {
    /// Takes a file out of a store, by their ids.
    pub fn new(vector_store_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for RemoveVectorStoreFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.delete",
        Method::DELETE,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files/{file_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = RemovedVectorStoreFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id, &self.file_id]
    }
}

/// That a file is out of a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemovedVectorStoreFile {
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `vector_store.file.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
