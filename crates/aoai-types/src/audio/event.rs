//! The events of a transcription's stream.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Segment, Transcription, TranscriptionUsage, VerboseTranscription};
use crate::error::ApiError;
use crate::event::events;
use crate::operation::{Accumulator, DecodeError, StreamEnd, StreamEvent};
use crate::pieces;

events! {
    /// One event of a transcription's stream.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
    pub enum TranscriptEvent named TranscriptEventKind {
        /// More text.
        Delta(TranscriptDelta) = "transcript.text.delta" as Delta,
        /// A piece that is whole.
        Segment(TranscriptSegment) = "transcript.text.segment" as Segment,
        /// All text.
        Done(TranscriptDone) = "transcript.text.done" as Done,
    }
}

impl StreamEvent for TranscriptEvent {
    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        Self::read(data)
    }

    fn is_output(&self) -> bool {
        !matches!(self, Self::Error(_))
    }

    fn end(&self) -> Option<StreamEnd> {
        match self {
            Self::Done(_) => Some(StreamEnd::Complete),
            Self::Error(_) => Some(StreamEnd::Failed),
            _ => None,
        }
    }

    fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Error(event) => Some(&event.error),
            _ => None,
        }
    }
}

/// More text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TranscriptDelta {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: TranscriptEventKind,
    /// The text.
    pub delta: String,
    /// The piece it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment_id: Option<String>,
    /// How likely its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Value>>,
    /// Padding, so that the event's length tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscation: Option<String>,
}

/// A piece that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TranscriptSegment {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: TranscriptEventKind,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When it begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// The text.
    pub text: String,
    /// Who speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
}

/// All text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TranscriptDone {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: TranscriptEventKind,
    /// The text.
    pub text: String,
    /// How likely its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Value>>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<TranscriptionUsage>,
}

/// Rebuilds a transcription from the events of its stream.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default)]
pub struct TranscriptionAccumulator {
    text: String,
    logprobs: Option<Vec<Value>>,
    segments: Vec<Segment>,
    done: Option<TranscriptDone>,
}

impl Accumulator for TranscriptionAccumulator {
    type Event = TranscriptEvent;
    type Output = Transcription;

    #[inline]
    fn push(&mut self, event: TranscriptEvent) {
        match event {
            TranscriptEvent::Delta(event) => {
                self.text.push_str(&event.delta);
                pieces::extend(&mut self.logprobs, event.logprobs);
            }
            TranscriptEvent::Segment(event) => self.segments.push(Segment {
                id: event.id.map(Value::String),
                start: event.start,
                end: event.end,
                text: Some(event.text),
                speaker: event.speaker,
                ..Segment::default()
            }),
            TranscriptEvent::Done(event) => self.done = Some(event),
            _ => {}
        }
    }

    #[inline]
    fn finish(self) -> Transcription {
        let (text, logprobs, usage) = match self.done {
            Some(done) => (done.text, done.logprobs.or(self.logprobs), done.usage),
            None => (self.text, self.logprobs, None),
        };
        Transcription::Json(Box::new(VerboseTranscription {
            text,
            logprobs,
            usage,
            task: None,
            language: None,
            duration: None,
            segments: (!self.segments.is_empty()).then_some(self.segments),
            words: None,
        }))
    }
}
