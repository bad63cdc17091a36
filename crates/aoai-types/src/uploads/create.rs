//! `POST /uploads`
//!
//! Begins an upload in parts.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Upload;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::files::{ExpiresAfter, FilePurpose};
use crate::operation::{Extra, Operation};

/// Begins an upload in parts.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateUpload {
    /// The name of the file to be.
    pub filename: String,
    /// What it is for.
    pub purpose: FilePurpose,
    /// The size of all parts together.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub bytes: i64,
    /// The media type, which must suit the purpose.
    pub mime_type: String,
    /// When the service shall remove the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ExpiresAfter>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateUpload {
    /// Begins the upload of a file of this name, purpose, size and media type.
    pub fn new(
        filename: impl Into<String>,
        purpose: impl Into<FilePurpose>,
        bytes: i64,
        mime_type: impl Into<String>,
    ) -> Self {
        Self {
            filename: filename.into(),
            purpose: purpose.into(),
            bytes,
            mime_type: mime_type.into(),
            expires_after: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateUpload {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("uploads.create", Method::POST, Scope::Resource, "/uploads")
            .since(ApiVersion::preview(2024, 8, 1))
            .not_repeatable()
            .stateful();
    type Response = Upload;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
