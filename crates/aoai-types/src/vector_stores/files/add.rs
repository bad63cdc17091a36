//! `POST /vector_stores/{vector_store_id}/files`
//!
//! Takes a file into a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::{Attributes, ChunkingStrategy};
use super::VectorStoreFile;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Takes a file into a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddVectorStoreFile {
    /// The store's id.
    pub vector_store_id: String,
    /// The file's id.
    pub file_id: String,
    /// What is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// How it is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<ChunkingStrategy>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl AddVectorStoreFile {
    /// Takes a file into a store, by their ids.
    pub fn new(vector_store_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_id: file_id.into(),
            attributes: None,
            chunking_strategy: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for AddVectorStoreFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.create",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .not_repeatable()
    .stateful();
    type Response = VectorStoreFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
