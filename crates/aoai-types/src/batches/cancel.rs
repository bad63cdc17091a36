//! `POST /batches/{batch_id}/cancel`
//!
//! Calls a batch off.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/cancel)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Batch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Calls a batch off.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/cancel)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelBatch {
    /// The batch's id.
    pub batch_id: String,
}

impl CancelBatch {
    /// Calls off the batch of this id.
    pub fn new(batch_id: impl Into<String>) -> Self {
        Self {
            batch_id: batch_id.into(),
        }
    }
}

impl Operation for CancelBatch {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "batches.cancel",
        Method::POST,
        Scope::Resource,
        "/batches/{batch_id}/cancel",
    )
    .since(ApiVersion::preview(2024, 7, 1))
    .without_body()
    .stateful();
    type Response = Batch;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.batch_id]
    }
}
