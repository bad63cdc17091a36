//! `POST /uploads/{upload_id}/cancel`
//!
//! Calls an upload off.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Upload;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Calls an upload off.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelUpload {
    /// The upload's id.
    pub upload_id: String,
}

impl CancelUpload {
    /// Calls off the upload of this id.
    pub fn new(upload_id: impl Into<String>) -> Self {
        Self {
            upload_id: upload_id.into(),
        }
    }
}

impl Operation for CancelUpload {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "uploads.cancel",
        Method::POST,
        Scope::Resource,
        "/uploads/{upload_id}/cancel",
    )
    .since(ApiVersion::preview(2024, 8, 1))
    .without_body()
    .stateful();
    type Response = Upload;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.upload_id]
    }
}
