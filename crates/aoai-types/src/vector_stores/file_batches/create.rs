//! `POST /vector_stores/{vector_store_id}/file_batches`
//!
//! Takes many files into a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::{Attributes, ChunkingStrategy};
use super::FileBatch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Takes many files into a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateFileBatch {
    /// The store's id.
    pub vector_store_id: String,
    /// The files' ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// The files, where each is treated in its own way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileBatchEntry>>,
    /// What is known of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// How they are cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<ChunkingStrategy>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateFileBatch {
    /// Takes these files into a store.
    pub fn new(
        vector_store_id: impl Into<String>,
        file_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_ids: Some(file_ids.into_iter().map(Into::into).collect()),
            files: None,
            attributes: None,
            chunking_strategy: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateFileBatch {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.file_batches.create",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/file_batches",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .not_repeatable()
    .stateful();
    type Response = FileBatch;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

/// A file that is treated in its own way.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileBatchEntry {
    /// The file's id.
    pub file_id: String,
    /// What is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// How it is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<ChunkingStrategy>,
}

impl FileBatchEntry {
    /// The file of this id.
    pub fn new(file_id: impl Into<String>) -> Self {
        Self {
            file_id: file_id.into(),
            attributes: None,
            chunking_strategy: None,
        }
    }
}
