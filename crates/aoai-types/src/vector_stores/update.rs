//! `POST /vector_stores/{vector_store_id}`
//!
//! Changes what is said of a vector store.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{VectorStore, VectorStoreExpiry};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Changes what is said of a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdateVectorStore {
    /// The store's id.
    pub vector_store_id: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When the service shall remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<VectorStoreExpiry>,
    /// Pairs of the caller's own, in place of the former.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl UpdateVectorStore {
    /// Changes the store of this id.
    pub fn new(vector_store_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            name: None,
            expires_after: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for UpdateVectorStore {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.update",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = VectorStore;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
