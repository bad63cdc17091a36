//! `POST /images/edits`
//!
//! Makes images from images and words.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{ImageEvent, Images, ImagesAccumulator};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Makes images from images and words.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EditImage {
    /// The deployment.
    pub model: String,
    /// The images, PNG or JPEG, each below 50 MB.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub image: Vec<FilePart>,
    /// The words.
    pub prompt: String,
    /// A PNG whose transparent part is what shall change in the first image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<FilePart>,
    /// How many, up to 10.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub n: Option<i64>,
    /// Their size, `1024x1024`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Their quality: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// How close to stay to the images: `low` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_fidelity: Option<String>,
    /// `transparent`, `opaque` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
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

impl EditImage {
    /// Has the deployment `model` change `image` as `prompt` says.
    pub fn new(
        model: impl Into<String>,
        image: impl IntoIterator<Item = impl Into<FilePart>>,
        prompt: impl Into<String>,
    ) -> Self {
        Self {
            model: model.into(),
            image: image.into_iter().map(Into::into).collect(),
            prompt: prompt.into(),
            mask: None,
            n: None,
            size: None,
            quality: None,
            input_fidelity: None,
            background: None,
            output_format: None,
            output_compression: None,
            partial_images: None,
            user: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for EditImage {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "images.edit",
        Method::POST,
        Scope::Deployment,
        "/images/edits",
    )
    .since(ApiVersion::preview(2025, 4, 1));
    type Response = Images;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        let mut form = Form::new(cx);
        for image in &self.image {
            form = form.file("image[]", image);
        }
        if let Some(mask) = &self.mask {
            form = form.file("mask", mask);
        }
        Ok(form
            .field("prompt", Some(&self.prompt))?
            .field("n", self.n.as_ref())?
            .field("size", self.size.as_ref())?
            .field("quality", self.quality.as_ref())?
            .field("input_fidelity", self.input_fidelity.as_ref())?
            .field("background", self.background.as_ref())?
            .field("output_format", self.output_format.as_ref())?
            .field("output_compression", self.output_compression.as_ref())?
            .field("partial_images", self.partial_images.as_ref())?
            .field("user", self.user.as_ref())?
            .finish(self))
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

impl Streaming for EditImage {
    type Event = ImageEvent;
    type Accumulator = ImagesAccumulator;
}
