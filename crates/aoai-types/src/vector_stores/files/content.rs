//! `GET /vector_stores/{vector_store_id}/files/{file_id}/content`
//!
//! Reads the text that was found in a file.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::{Attributes, PassageContent};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Reads the text that was found in a file.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetVectorStoreFileContent {
    /// The store's id.
    pub vector_store_id: String,
    /// The file's id.
    pub file_id: String,
}

impl GetVectorStoreFileContent {
    /// Asks for the text of a file of a store, by their ids.
    pub fn new(vector_store_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_id: file_id.into(),
        }
    }
}

impl Operation for GetVectorStoreFileContent {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.content",
        Method::GET,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files/{file_id}/content",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = VectorStoreFileContent;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id, &self.file_id]
    }
}

/// The text that was found in a file.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorStoreFileContent {
    /// Always `vector_store.file_content.page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// The text, as some api-versions have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<PassageContent>>,
    /// The text.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<PassageContent>,
    /// Whether there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}
