//! `POST /vector_stores`
//!
//! Makes a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{ChunkingStrategy, VectorStore, VectorStoreExpiry};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Makes a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateVectorStore {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Files to take in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// How they are cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<ChunkingStrategy>,
    /// When the service shall remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<VectorStoreExpiry>,
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateVectorStore {
    /// Makes an empty one without a name.
    pub fn new() -> Self {
        Self {
            name: None,
            description: None,
            file_ids: None,
            chunking_strategy: None,
            expires_after: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateVectorStore {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.create",
        Method::POST,
        Scope::Resource,
        "/vector_stores",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .not_repeatable()
    .stateful();
    type Response = VectorStore;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
