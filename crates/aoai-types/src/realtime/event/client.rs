//! What the caller sends.

use serde::{Deserialize, Serialize};

use super::super::{RealtimeItem, ResponseParams, Session};
use crate::event::events;
use crate::operation::DecodeError;

events! {
    /// An event that the caller sends.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum ClientEvent named ClientEventKind {
        /// Changes the session.
        SessionUpdate(SessionUpdate) =
            "session.update" as SessionUpdate
            | "transcription_session.update" as TranscriptionSessionUpdate,
        /// Adds sound to what the model will hear.
        AudioAppend(AudioAppend) = "input_audio_buffer.append" as AudioAppend,
        /// Adds an item to the conversation.
        ItemCreate(ItemCreate) = "conversation.item.create" as ItemCreate,
        /// Asks for an item, or takes it out of the conversation.
        ItemName(ItemName) =
            "conversation.item.retrieve" as ItemRetrieve
            | "conversation.item.delete" as ItemDelete,
        /// Cuts off what was not heard of an item.
        ItemTruncate(ItemTruncate) = "conversation.item.truncate" as ItemTruncate,
        /// Has the model answer.
        ResponseCreate(ResponseCreate) = "response.create" as ResponseCreate,
        /// Lets the model hear the sound, forgets the sound, or makes the model stop.
        Plain(Plain) =
            "input_audio_buffer.commit" as AudioCommit
            | "input_audio_buffer.clear" as AudioClear
            | "output_audio_buffer.clear" as OutputAudioClear
            | "response.cancel" as ResponseCancel,
    }
}

impl ClientEvent {
    /// Reads an event from its text.
    ///
    /// # Errors
    ///
    /// The text is not an event of this form.
    #[inline]
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        Self::read(text)
    }
}

/// Changes the session.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionUpdate {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event, which errors name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// What the session shall become.
    pub session: Box<Session>,
}

impl SessionUpdate {
    /// Changes the session into this one.
    pub fn new(session: Session) -> Self {
        Self {
            kind: ClientEventKind::SessionUpdate,
            event_id: None,
            session: Box::new(session),
        }
    }
}

/// Adds sound to what the model will hear.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioAppend {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The sound, in base64.
    pub audio: String,
}

impl AudioAppend {
    /// Adds this sound, which is in base64.
    pub fn new(audio: impl Into<String>) -> Self {
        Self {
            kind: ClientEventKind::AudioAppend,
            event_id: None,
            audio: audio.into(),
        }
    }
}

/// Adds an item to the conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemCreate {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item to put it behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_item_id: Option<String>,
    /// The item.
    pub item: RealtimeItem,
}

impl ItemCreate {
    /// Adds this item at the end.
    pub fn new(item: impl Into<RealtimeItem>) -> Self {
        Self {
            kind: ClientEventKind::ItemCreate,
            event_id: None,
            previous_item_id: None,
            item: item.into(),
        }
    }
}

/// Names an item.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemName {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item's id.
    pub item_id: String,
}

impl ItemName {
    /// Asks for the item of this id.
    pub fn retrieve(item_id: impl Into<String>) -> Self {
        Self {
            kind: ClientEventKind::ItemRetrieve,
            event_id: None,
            item_id: item_id.into(),
        }
    }

    /// Takes the item of this id out of the conversation.
    pub fn delete(item_id: impl Into<String>) -> Self {
        Self {
            kind: ClientEventKind::ItemDelete,
            ..Self::retrieve(item_id)
        }
    }
}

/// Cuts off what was not heard of an item.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemTruncate {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The item's id.
    pub item_id: String,
    /// The part.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_index: Option<i64>,
    /// How much of it was heard, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_end_ms: Option<i64>,
}

impl ItemTruncate {
    /// Keeps this many milliseconds of a part of the item of this id.
    pub fn new(item_id: impl Into<String>, content_index: i64, audio_end_ms: i64) -> Self {
        Self {
            kind: ClientEventKind::ItemTruncate,
            event_id: None,
            item_id: item_id.into(),
            content_index: Some(content_index),
            audio_end_ms: Some(audio_end_ms),
        }
    }
}

/// Has the model answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseCreate {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// How it shall answer, where that differs from the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Box<ResponseParams>>,
}

impl ResponseCreate {
    /// Has the model answer as the session says.
    pub const fn new() -> Self {
        Self {
            kind: ClientEventKind::ResponseCreate,
            event_id: None,
            response: None,
        }
    }
}

impl Default for ResponseCreate {
    fn default() -> Self {
        Self::new()
    }
}

/// An event whose name says nearly all.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plain {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ClientEventKind,
    /// The caller's id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The answer to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
}

impl Plain {
    /// The event of this name.
    pub const fn new(kind: ClientEventKind) -> Self {
        Self {
            kind,
            event_id: None,
            response_id: None,
        }
    }
}
