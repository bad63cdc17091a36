//! `POST /vector_stores/{vector_store_id}/search`
//!
//! Finds passages by meaning.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Attributes, Filter};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};
use crate::responses::tool::RankingOptions;
use crate::shape::shape_union;

/// Finds passages by meaning.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchVectorStore {
    /// The store's id.
    pub vector_store_id: String,
    /// What for.
    pub query: SearchQuery,
    /// Only files whose attributes fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filter>,
    /// At most this many passages, up to 50.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_num_results: Option<i64>,
    /// How passages are judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking_options: Option<RankingOptions>,
    /// Whether the query may be put into other words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite_query: Option<bool>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl SearchVectorStore {
    /// Searches the store of this id.
    pub fn new(vector_store_id: impl Into<String>, query: impl Into<SearchQuery>) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            query: query.into(),
            filters: None,
            max_num_results: None,
            ranking_options: None,
            rewrite_query: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for SearchVectorStore {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.search",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/search",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = Passages;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

shape_union! {
    /// What to search for.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)
    pub enum SearchQuery {
        /// One thing.
        Text(String) = string,
        /// Several.
        Texts(Vec<String>) = array,
    }
}

impl From<&str> for SearchQuery {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The passages that a search found.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Passages {
    /// Always `vector_store.search_results.page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What was searched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_query: Option<SearchQuery>,
    /// The passages, the best first.
    #[serde(deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<FoundPassage>,
    /// Whether there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}

/// A passage that a search found.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundPassage {
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// How well it fits, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The file's attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<PassageContent>>,
}

/// What a passage says.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PassageContent {
    /// Always `text`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
