//! What the service's events carry.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{RealtimeItem, RealtimePart, RealtimeResponse, Session};
use super::ServerEventKind;
use crate::base64::{InvalidBase64, decode};
use crate::error::ApiError;

/// The session as it is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The session.
    pub session: Box<Session>,
}

/// The conversation as it is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConversationEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The conversation: its id, and its kind of object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Map<String, Value>>,
}

/// An item as it is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// Its place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The item before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_item_id: Option<String>,
    /// The item.
    pub item: RealtimeItem,
}

/// Something has become of an item.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemNamed {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// Its place in the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<i64>,
    /// The part that was cut.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// How much of it is left, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_end_ms: Option<i64>,
}

/// Something has become of the sound that the model hears or makes.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BufferEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item it became, or will become.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The item before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_item_id: Option<String>,
    /// The answer whose sound it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// When speech began, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_start_ms: Option<i64>,
    /// When speech ended, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_end_ms: Option<i64>,
}

/// An answer as it is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer.
    pub response: Box<RealtimeResponse>,
}

/// A part of a message as it is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
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
    /// The part.
    pub part: RealtimePart,
    /// The part once more, as Azure sends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<RealtimePart>,
}

/// A little more.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeDelta {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
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
    /// The call whose arguments they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// Text, or sound in base64.
    pub delta: String,
    /// How likely its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Value>>,
    /// Padding, so that the event's length tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscation: Option<String>,
}

impl RealtimeDelta {
    /// The sound; `None` where the event brings text.
    ///
    /// # Errors
    ///
    /// What should be sound is not base64.
    pub fn bytes(&self) -> Result<Option<Bytes>, InvalidBase64> {
        let is_sound = matches!(
            self.kind,
            ServerEventKind::OutputAudioDelta | ServerEventKind::AudioDelta
        );
        is_sound.then(|| decode(&self.delta)).transpose()
    }
}

/// All of it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
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
    /// The call whose arguments they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// The function that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// The arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// The id of a piece of what the user said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When the piece begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// Who says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// How likely the tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Value>>,
    /// What writing it down cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Value>,
}

/// What the user said could not be written down.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TranscriptionFailed {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The part's place in it.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// Why.
    pub error: ApiError,
}

/// How much may be asked yet.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RateLimitsEvent {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ServerEventKind,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// By what is counted.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub rate_limits: Vec<RateLimit>,
}

/// How much may be asked yet of one kind.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// What is counted: `requests` or `tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much there is.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// How much is left; it may be below zero.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub remaining: Option<i64>,
    /// When there is more again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_seconds: Option<f64>,
}
