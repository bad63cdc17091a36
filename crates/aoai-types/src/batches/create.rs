//! `POST /batches`
//!
//! Begins a batch.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/create)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::Batch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::files::ExpiresAfter;
use crate::operation::{Extra, Operation};

/// Begins a batch.
///
/// ```
/// use aoai_types::batches::CreateBatch;
///
/// let request = CreateBatch::new("file-0123", "/v1/chat/completions");
/// assert_eq!(request.completion_window, "24h");
/// ```
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/create)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateBatch {
    /// The file with the requests; `null` where they lie in a blob.
    pub input_file_id: Option<String>,
    /// The route that all requests are for, as in the lines of the input.
    pub endpoint: String,
    /// The time within which it shall be done; the service knows `24h`.
    pub completion_window: String,
    /// The blob with the requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_blob: Option<String>,
    /// The blob container for the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_folder: Option<BatchOutputFolder>,
    /// When the service shall remove the output files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_expires_after: Option<ExpiresAfter>,
    /// Pairs of the caller's own; not with blobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateBatch {
    /// Answers the requests in the file of this id, all for `endpoint`.
    pub fn new(input_file_id: impl Into<String>, endpoint: impl Into<String>) -> Self {
        Self {
            input_file_id: Some(input_file_id.into()),
            endpoint: endpoint.into(),
            completion_window: "24h".to_owned(),
            input_blob: None,
            output_folder: None,
            output_expires_after: None,
            metadata: None,
            extra: Extra::new(),
        }
    }

    /// Answers the requests in a blob, all for `endpoint`, into a container.
    ///
    /// ```
    /// use aoai_types::batches::CreateBatch;
    ///
    /// let account = "https://contoso.blob.core.windows.net";
    /// let (blob, container) = (format!("{account}/in/lines.jsonl"), format!("{account}/out"));
    /// let request = CreateBatch::from_blob(blob, container, "/chat/completions");
    /// let json = serde_json::to_value(&request)?;
    /// assert_eq!(json["input_blob"], "https://contoso.blob.core.windows.net/in/lines.jsonl");
    /// assert_eq!(json["output_folder"]["url"], "https://contoso.blob.core.windows.net/out");
    /// assert!(json["input_file_id"].is_null());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_blob(
        input_blob: impl Into<String>,
        output_folder: impl Into<String>,
        endpoint: impl Into<String>,
    ) -> Self {
        Self {
            input_file_id: None,
            input_blob: Some(input_blob.into()),
            output_folder: Some(BatchOutputFolder::new(output_folder)),
            ..Self::new("", endpoint)
        }
    }
}

impl Operation for CreateBatch {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("batches.create", Method::POST, Scope::Resource, "/batches")
            .since(ApiVersion::preview(2024, 7, 1))
            .not_repeatable()
            .stateful();
    type Response = Batch;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

/// A blob container for the answers of a batch.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/create)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchOutputFolder {
    /// Its address.
    pub url: String,
    /// What separates the parts of a blob's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
}

impl BatchOutputFolder {
    /// The container at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            delimiter: None,
        }
    }
}
