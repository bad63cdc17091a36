//! Images made from words, or from images and words.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::base64::{InvalidBase64, decode};
use crate::content_filter::{ContentFilterOutcome, ContentFilterResults};
use crate::error::ApiError;
use crate::outcome::{Outcome, TokenUsage};
use crate::timestamp::Timestamp;

pub use self::edit::EditImage;
pub use self::event::{
    CompletedImage, ImageEvent, ImageEventKind, ImagesAccumulator, PartialImage,
};
pub use self::generate::GenerateImage;

mod edit;
mod event;
mod generate;

/// Images that a model has made.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Images {
    /// When they were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The images.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<Image>,
    /// Their background: `transparent` or `opaque`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Their format: `png` or `jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Their quality: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Their size, `1024x1024`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The tokens they cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ImageUsage>,
    /// Why the content filter holds them back, as some answers tell it under a status of success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

impl Images {
    /// The member that is missing, unless the filter holds the images back that were made.
    fn lacks(&self) -> Option<&'static str> {
        let held_back = self.created.is_some() && self.content_filter().stopped;
        (self.data.is_empty() && !held_back).then_some("data")
    }

    /// What is told of them, in the words of all operations: there is no text.
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome {
            filter: self.content_filter(),
            usage: self.usage.as_ref().map(TokenUsage::from),
            ..Outcome::default()
        }
    }

    /// What the content filter found in the prompt and in the images, or what the error says of it.
    pub fn content_filter(&self) -> ContentFilterOutcome {
        let mut outcome = ContentFilterOutcome::default();
        for image in &self.data {
            if let Some(results) = &image.prompt_filter_results {
                outcome.add_prompt(results, None);
            }
            if let Some(results) = &image.content_filter_results {
                outcome.add_answer(results, None);
            }
        }
        if let Some(error) = &self.error {
            outcome.add_error(error);
        }
        outcome
    }
}

/// An image that a model has made.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// The image, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b64_json: Option<String>,
    /// Its address, for a day; not with the newer models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The prompt it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revised_prompt: Option<String>,
    /// What the content filter found in the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_results: Option<ContentFilterResults>,
    /// What the content filter found in the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_filter_results: Option<ContentFilterResults>,
}

impl Image {
    /// The image itself; `None` where the answer has its address only.
    ///
    /// # Errors
    ///
    /// What the answer has is not base64.
    ///
    /// ```
    /// use aoai_types::images::Image;
    ///
    /// let image: Image = serde_json::from_str(r#"{"b64_json": "iVBORw=="}"#)?;
    /// assert_eq!(image.bytes()?.unwrap(), b"\x89PNG".as_slice());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(&self) -> Result<Option<Bytes>, InvalidBase64> {
        self.b64_json.as_deref().map(decode).transpose()
    }
}

/// The tokens images cost.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageUsage {
    /// Tokens of the prompt and of images given.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub input_tokens: Option<i64>,
    /// Which of them were text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens_details: Option<ImageTokens>,
    /// Tokens of the images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_tokens: Option<i64>,
    /// Which of them were text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens_details: Option<ImageTokens>,
    /// Both.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_tokens: Option<i64>,
}

/// Tokens of text and of images.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageTokens {
    /// Those of text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Those of images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub image_tokens: Option<i64>,
}

impl From<&ImageUsage> for TokenUsage {
    fn from(usage: &ImageUsage) -> Self {
        Self::counted(usage.input_tokens, usage.output_tokens, usage.total_tokens)
    }
}
