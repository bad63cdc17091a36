//! What events carry.

use serde::{Deserialize, Serialize};

use super::EventKind;
use crate::responses::Response;
use crate::responses::item::{ContentPart, Item, LogProb, SummaryPart};
use crate::shape::shape_union;

/// How far the answer has come.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lifecycle {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The answer, as it stands.
    pub response: Box<Response>,
}

/// An item that begins, or that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputItem {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The item, as it stands.
    pub item: Item,
}

/// A part of a message that begins, or that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentPartEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The message's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The message's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in the message.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// The part, as it stands.
    pub part: ContentPart,
}

/// A part of a summary that begins, or that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SummaryPartEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in the summary.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary_index: Option<i64>,
    /// The part, as it stands.
    pub part: SummaryPart,
}

/// A few more characters.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delta {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in a message.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// The part's place in a summary.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary_index: Option<i64>,
    /// The characters.
    pub delta: DeltaText,
    /// How likely they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<LogProb>>,
    /// Padding, so that the event's length tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscation: Option<String>,
}

shape_union! {
    /// What has been added: text, or something else where the documents allow anything.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum DeltaText {
        /// Text.
        Text(String) = string,
    }
}

impl DeltaText {
    /// The text; empty where it is something else.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Unknown(_) => "",
        }
    }
}

/// The text of a part that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in a message.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// The part's place in a summary.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary_index: Option<i64>,
    /// The text.
    pub text: String,
    /// How likely its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<LogProb>>,
}

/// The words in which the model declines.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefusalDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in the message.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// The words.
    pub refusal: String,
}

/// The arguments of a call.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCallArgumentsDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The function's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// JSON, as text the model wrote.
    pub arguments: DeltaText,
}

/// The input of a tool that takes plain text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCallInputDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The input.
    pub input: String,
}

/// Code that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The code.
    pub code: String,
}

/// Where a passage comes from.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnnotationAdded {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The message's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The message's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part's place in the message.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// The annotation's place in the part.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub annotation_index: Option<i64>,
    /// Where the passage comes from.
    pub annotation: crate::responses::item::Annotation,
}

/// A stage of an image.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartialImage {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The stage.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub partial_image_index: Option<i64>,
    /// The image, in base64.
    pub partial_image_b64: String,
    /// Its background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Its format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Its quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
}

/// An item goes on.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemProgress {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Its place in the stream.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub sequence_number: Option<i64>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item's place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
}
