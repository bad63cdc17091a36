//! What messages are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Annotation, LogProb};
use crate::open::tagged_union;

tagged_union! {
    /// One part of a message.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ContentPart by "type" {
        /// Text for the model.
        InputText(InputText) = "input_text",
        /// An image for the model.
        InputImage(InputImage) = "input_image",
        /// A file for the model.
        InputFile(InputFile) = "input_file",
        /// Sound for the model.
        InputAudio(InputAudio) = "input_audio",
        /// Text of the model.
        OutputText(OutputText) = "output_text",
        /// Sound of the model.
        OutputAudio(OutputAudio) = "output_audio",
        /// The model declines to answer.
        Refusal(Refusal) = "refusal",
        /// A summary of the model's thoughts.
        SummaryText(SummaryText) = "summary_text",
        /// The model's thoughts.
        ReasoningText(ReasoningText) = "reasoning_text",
    }
}

/// Text for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputText {
    /// The text.
    pub text: String,
}

impl InputText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// An image for the model: an address, a `data:` URL, or a file that the resource keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputImage {
    /// Its address, or a `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// How closely to look: `low`, `high` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl InputImage {
    /// The image at this address, or in this `data:` URL.
    pub fn new(image_url: impl Into<String>) -> Self {
        Self {
            image_url: Some(image_url.into()),
            file_id: None,
            detail: None,
        }
    }
}

/// A file for the model: one that the resource keeps, an address, or the content itself.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputFile {
    /// The file's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Its content as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_data: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
}

impl InputFile {
    /// The file of this id.
    pub fn new(file_id: impl Into<String>) -> Self {
        Self {
            file_id: Some(file_id.into()),
            filename: None,
            file_data: None,
            file_url: None,
        }
    }
}

/// Sound for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputAudio {
    /// The sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// `mp3` or `wav`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Both as one object, as some api-versions have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio: Option<Value>,
}

/// Text of the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputText {
    /// The text.
    pub text: String,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Vec<Annotation>>,
    /// How likely each token was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<LogProb>>,
}

impl OutputText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            annotations: None,
            logprobs: None,
        }
    }
}

/// Sound of the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputAudio {
    /// The sound, in base64.
    pub data: String,
    /// What is said in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// The model declines to answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refusal {
    /// What it says.
    pub refusal: String,
}

impl Refusal {
    /// Declined with these words.
    pub fn new(refusal: impl Into<String>) -> Self {
        Self {
            refusal: refusal.into(),
        }
    }
}

/// A summary of the model's thoughts.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SummaryText {
    /// The text.
    pub text: String,
}

impl SummaryText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// The model's thoughts.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReasoningText {
    /// The text.
    pub text: String,
}

impl ReasoningText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}
