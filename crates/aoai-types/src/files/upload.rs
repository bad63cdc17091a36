//! `POST /files`
//!
//! Uploads a file.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/upload)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{ExpiresAfter, File, FilePurpose};
use crate::endpoint::{Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts};

/// Uploads a file.
///
/// ```
/// use aoai_types::files::{ExpiresAfter, FilePurpose, UploadFile};
/// use aoai_types::operation::FilePart;
///
/// let file = FilePart::new("requests.jsonl", "{}\n");
/// let mut request = UploadFile::new(file, FilePurpose::Batch);
/// request.expires_after = Some(ExpiresAfter::seconds(1_209_600));
/// ```
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/upload)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadFile {
    /// The file.
    pub file: FilePart,
    /// What it is for.
    pub purpose: FilePurpose,
    /// When the service shall remove it; never, if not said. A resource keeps more files of the
    /// first kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ExpiresAfter>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl UploadFile {
    /// Uploads `file` for `purpose`.
    pub fn new(file: impl Into<FilePart>, purpose: impl Into<FilePurpose>) -> Self {
        Self {
            file: file.into(),
            purpose: purpose.into(),
            expires_after: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for UploadFile {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("files.upload", Method::POST, Scope::Resource, "/files")
            .not_repeatable()
            .stateful();
    type Response = File;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        // Dotted names, unlike the nested members of a JSON body.
        let expiry = self.expires_after.as_ref();
        Ok(Form::new(cx)
            .field("purpose", Some(&self.purpose))?
            .field("expires_after.anchor", expiry.map(|expiry| &expiry.anchor))?
            .field(
                "expires_after.seconds",
                expiry.map(|expiry| &expiry.seconds),
            )?
            .file("file", &self.file)
            .finish(self))
    }
}
