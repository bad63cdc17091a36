//! `POST /images/generations`
//!
//! Makes images from words.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{ImageEvent, Images, ImagesAccumulator};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Makes images from words.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenerateImage {
    /// The deployment.
    pub model: String,
    /// The words.
    pub prompt: String,
    /// How many, up to 10; always 1 with `dall-e-3`.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub n: Option<i64>,
    /// Their size, `1024x1024`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Their quality: `low`, `medium`, `high`; `standard` or `hd` with `dall-e-3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// `vivid` or `natural`, with `dall-e-3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// `url` or `b64_json`, with `dall-e-3`; the newer models always answer in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// `transparent`, `opaque` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// How strictly images are judged: `auto` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<String>,
    /// `png` or `jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// The quality of a JPEG, 0 to 100.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_compression: Option<i64>,
    /// How many stages to show in a stream, up to 3.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub partial_images: Option<i64>,
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl GenerateImage {
    /// Has the deployment `model` draw `prompt`.
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            prompt: prompt.into(),
            n: None,
            size: None,
            quality: None,
            style: None,
            response_format: None,
            background: None,
            moderation: None,
            output_format: None,
            output_compression: None,
            partial_images: None,
            user: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for GenerateImage {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "images.generate",
        Method::POST,
        Scope::Deployment,
        "/images/generations",
    )
    .since(ApiVersion::preview(2023, 12, 1));
    type Response = Images;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn lacks(response: &Images) -> Option<&'static str> {
        response.lacks()
    }

    fn outcome(response: &Images) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &Images) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}

impl Streaming for GenerateImage {
    type Event = ImageEvent;
    type Accumulator = ImagesAccumulator;
}
