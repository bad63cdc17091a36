//! `POST /vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel`
//!
//! Calls such a batch off.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::FileBatch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Calls such a batch off.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelFileBatch {
    /// The store's id.
    pub vector_store_id: String,
    /// The batch's id.
    pub batch_id: String,
}

impl CancelFileBatch {
    /// Calls off a batch of a store, by their ids.
    pub fn new(vector_store_id: impl Into<String>, batch_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            batch_id: batch_id.into(),
        }
    }
}

impl Operation for CancelFileBatch {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.file_batches.cancel",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .without_body()
    .stateful();
    type Response = FileBatch;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id, &self.batch_id]
    }
}
