//! `POST /uploads/{upload_id}/parts`
//!
//! Adds a part to an upload.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts};
use crate::timestamp::Timestamp;

/// Adds a part to an upload, of 64 MiB at most. Parts may be sent at the same time.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddUploadPart {
    /// The upload's id.
    pub upload_id: String,
    /// The content.
    pub data: FilePart,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl AddUploadPart {
    /// Adds `data` to the upload of this id.
    pub fn new(upload_id: impl Into<String>, data: impl Into<FilePart>) -> Self {
        Self {
            upload_id: upload_id.into(),
            data: data.into(),
            extra: Extra::new(),
        }
    }
}

impl Operation for AddUploadPart {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "uploads.parts.add",
        Method::POST,
        Scope::Resource,
        "/uploads/{upload_id}/parts",
    )
    .since(ApiVersion::preview(2024, 8, 1))
    .not_repeatable()
    .stateful();
    type Response = UploadPart;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.upload_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        Ok(Form::new(cx).file("data", &self.data).finish(self))
    }
}

/// A part that the service has received.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadPart {
    /// Its id, `part_…`, to be named when the upload is completed.
    pub id: String,
    /// Always `upload.part`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The upload it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// The block of storage that holds it, in Azure's own numbering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_block_id: Option<String>,
}
