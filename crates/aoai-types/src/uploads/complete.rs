//! `POST /uploads/{upload_id}/complete`
//!
//! Makes a file of the parts of an upload.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Upload;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Makes a file of the parts of an upload.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompleteUpload {
    /// The upload's id.
    pub upload_id: String,
    /// The parts' ids, in the order of the file.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub part_ids: Vec<String>,
    /// The MD5 of the whole file, for the service to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CompleteUpload {
    /// Makes a file of these parts.
    pub fn new(
        upload_id: impl Into<String>,
        part_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            upload_id: upload_id.into(),
            part_ids: part_ids.into_iter().map(Into::into).collect(),
            md5: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CompleteUpload {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "uploads.complete",
        Method::POST,
        Scope::Resource,
        "/uploads/{upload_id}/complete",
    )
    .since(ApiVersion::preview(2024, 8, 1))
    .not_repeatable()
    .stateful();
    type Response = Upload;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.upload_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
