//! `GET /batches/{batch_id}`
//!
//! Describes one batch.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Batch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Describes one batch.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetBatch {
    /// The batch's id.
    pub batch_id: String,
}

impl GetBatch {
    /// Asks for the batch of this id.
    pub fn new(batch_id: impl Into<String>) -> Self {
        Self {
            batch_id: batch_id.into(),
        }
    }
}

impl Operation for GetBatch {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "batches.get",
        Method::GET,
        Scope::Resource,
        "/batches/{batch_id}",
    )
    .since(ApiVersion::preview(2024, 7, 1))
    .stateful();
    type Response = Batch;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.batch_id]
    }
}
