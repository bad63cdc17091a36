//! Tools that the service runs itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::tagged_union;
use crate::shape::shape_union;
use crate::vector_stores::Filter;

/// A search of vector stores.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSearchTool {
    /// The stores' ids.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub vector_store_ids: Vec<String>,
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
    /// Only files whose attributes fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filter>,
}

impl FileSearchTool {
    /// The search of these stores.
    pub fn new(vector_store_ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            vector_store_ids: vector_store_ids.into_iter().map(Into::into).collect(),
            max_num_results: None,
            ranking_options: None,
            filters: None,
        }
    }
}

/// How passages are judged.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RankingOptions {
    /// Who judges them: `auto` or a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranker: Option<String>,
    /// Only passages that fit at least this well, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_threshold: Option<f64>,
    /// How much words count against meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hybrid_search: Option<Value>,
}

/// A search of the web.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchTool {
    /// Which domains may be searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Value>,
    /// How much of what is found goes to the model: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_context_size: Option<String>,
    /// Where the user is, more or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
}

/// A search of the web, in its preview.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchPreviewTool {
    /// How much of what is found goes to the model: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_context_size: Option<String>,
    /// Where the user is, more or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
}

tagged_union! {
    /// Where a user is.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum UserLocation by "type" {
        /// More or less.
        Approximate(ApproximateLocation) = "approximate",
    }
}

/// Where a user is, more or less.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApproximateLocation {
    /// The country, in two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The time zone, `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Python in a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeInterpreterTool {
    /// The container.
    pub container: Container,
}

impl CodeInterpreterTool {
    /// Python in this container.
    pub fn new(container: impl Into<Container>) -> Self {
        Self {
            container: container.into(),
        }
    }
}

shape_union! {
    /// The container that code runs in: a certain one's id, or one made for it.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Container {
        /// A container that is there.
        Id(String) = string,
        /// One made for it.
        Auto(AutoContainer) = object,
    }
}

/// A container made for the answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoContainer {
    /// Always `auto`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Files to put into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_ids: Option<Vec<String>>,
    /// Its memory, `1g`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
    /// What it may reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_policy: Option<Value>,
}

impl AutoContainer {
    /// A container with these files.
    pub fn new(file_ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            kind: "auto".to_owned(),
            file_ids: Some(file_ids.into_iter().map(Into::into).collect()),
            memory_limit: None,
            network_policy: None,
        }
    }
}

/// Images.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageGenerationTool {
    /// The model or deployment that makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether to make an image or to change one: `generate`, `edit`, `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// `transparent`, `opaque` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// How close to stay to images given: `low` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_fidelity: Option<String>,
    /// The part of an image to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_image_mask: Option<ImageMask>,
    /// How strictly images are judged: `auto` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<String>,
    /// The quality of a JPEG, 0 to 100.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_compression: Option<i64>,
    /// `png`, `webp` or `jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// How many stages to show in a stream, up to 3.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub partial_images: Option<i64>,
    /// `low`, `medium`, `high` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// `1024x1024`, `1024x1536`, `1536x1024` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
}

/// The part of an image to change: an address or a file that the resource keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageMask {
    /// Its address, or a `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
}

/// A computer, by the caller's hands.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputerTool {
    /// `windows`, `mac`, `linux`, `ubuntu` or `browser`.
    pub environment: String,
    /// The screen's width in pixels.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_width: Option<i64>,
    /// The screen's height in pixels.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_height: Option<i64>,
}

impl ComputerTool {
    /// A computer of this kind, with a screen of this many pixels.
    pub fn new(environment: impl Into<String>, display_width: i64, display_height: i64) -> Self {
        Self {
            environment: environment.into(),
            display_width: Some(display_width),
            display_height: Some(display_height),
        }
    }
}

/// A shell, by the caller's hands.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalShellTool {}
