//! Calls of the tools that the service runs itself.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ItemStatus;
use crate::base64::{InvalidBase64, decode};
use crate::open::tagged_union;

/// The model searched files.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSearchCall {
    /// The item's id, `fs_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// What it searched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queries: Option<Vec<String>>,
    /// What it found, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<FileSearchResult>>,
}

/// A passage that a file search found.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSearchResult {
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The file's attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, Value>>,
    /// How well it fits, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The vector store it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_store_id: Option<String>,
}

/// The model searched the web.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchCall {
    /// The item's id, `ws_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// What it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<WebSearchAction>,
}

tagged_union! {
    /// What the model did on the web.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum WebSearchAction by "type" {
        /// It searched.
        Search(WebSearch) = "search",
        /// It opened a page.
        OpenPage(OpenPage) = "open_page",
        /// It searched a page.
        Find(FindInPage) = "find",
    }
}

/// A search of the web.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearch {
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What for, where it is several things at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queries: Option<Vec<String>>,
    /// The addresses it looked at, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<Value>>,
}

/// A page opened.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenPage {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A search in a page.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FindInPage {
    /// The page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// The model ran code.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeInterpreterCall {
    /// The item's id, `ci_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The container it ran in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
    /// The code; `null` is said, as a request must.
    pub code: Option<String>,
    /// What it gave, if that was asked for; `null` is said, as a request must.
    pub outputs: Option<Vec<CodeInterpreterOutput>>,
}

tagged_union! {
    /// What code gave.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum CodeInterpreterOutput by "type" {
        /// Text.
        Logs(CodeInterpreterLogs) = "logs",
        /// An image.
        Image(CodeInterpreterImage) = "image",
    }
}

/// Text that code printed.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeInterpreterLogs {
    /// The text.
    pub logs: String,
}

/// An image that code drew.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeInterpreterImage {
    /// Its address.
    pub url: String,
}

/// The model made an image.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageGenerationCall {
    /// The item's id, `ig_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The image, in base64; `null` is said, as a request must.
    pub result: Option<String>,
    /// Whether it was made anew or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Its background: `transparent` or `opaque`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Its format: `png`, `jpeg`, `webp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Its quality: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// The prompt it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revised_prompt: Option<String>,
    /// Its size, `1024x1024`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
}

impl ImageGenerationCall {
    /// The image; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// What the item has is not base64.
    pub fn bytes(&self) -> Result<Option<Bytes>, InvalidBase64> {
        self.result.as_deref().map(decode).transpose()
    }
}
