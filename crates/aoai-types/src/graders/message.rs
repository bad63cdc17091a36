//! What a model is asked by a grader.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::tagged_union;
use crate::shape::shape_union;

/// A message to a model that judges, or that is judged.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderMessage {
    /// `message`, where it is told.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Who says it: `user`, `assistant`, `system`, `developer`.
    pub role: String,
    /// What is said; `{{…}}` stands for members of item and sample.
    pub content: GraderContent,
}

impl GraderMessage {
    /// What `role` says.
    pub fn new(role: impl Into<String>, content: impl Into<GraderContent>) -> Self {
        Self {
            role: role.into(),
            content: content.into(),
            kind: None,
        }
    }
}

shape_union! {
    /// What a message says.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum GraderContent {
        /// Text.
        Text(String) = string,
        /// One part.
        Part(GraderPart) = object,
        /// Several parts.
        Parts(Vec<GraderPart>) = array,
    }
}

impl From<&str> for GraderContent {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

tagged_union! {
    /// A part of a message.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum GraderPart by "type" {
        /// Text for the model.
        InputText(GraderInputText) = "input_text",
        /// Text of the model.
        OutputText(GraderOutputText) = "output_text",
        /// An image for the model.
        InputImage(GraderInputImage) = "input_image",
        /// Sound for the model.
        InputAudio(GraderInputAudio) = "input_audio",
    }
}

/// Text for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderInputText {
    /// The text.
    pub text: String,
}

impl GraderInputText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// Text of the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderOutputText {
    /// The text.
    pub text: String,
}

impl GraderOutputText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// An image for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderInputImage {
    /// Its address, or a `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How closely to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Sound for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderInputAudio {
    /// The sound and its format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio: Option<Value>,
}
