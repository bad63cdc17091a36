//! What was said.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::string_enum;
use crate::operation::{DecodeError, EncodeError, Payload, Text};
use crate::outcome::{Outcome, TokenUsage};

/// What was said: an object, or text where the request asked for text or subtitles.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Transcription {
    /// With all that is known about it (`json`, `verbose_json`).
    Json(Box<VerboseTranscription>),
    /// As text or subtitles (`text`, `srt`, `vtt`).
    Text(String),
}

impl Transcription {
    /// The text, or the subtitles.
    pub fn text(&self) -> &str {
        match self {
            Self::Json(transcription) => &transcription.text,
            Self::Text(text) => text,
        }
    }

    /// The member that is missing, where the text is an object.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        let Self::Text(text) = self else {
            return None;
        };
        text.trim_start().starts_with('{').then_some("text")
    }

    /// What was said, in the words of all operations.
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome {
            text: Some(self.text().into()),
            usage: self.usage(),
            ..Outcome::default()
        }
    }

    /// The tokens it cost, where it is counted in tokens.
    pub fn usage(&self) -> Option<TokenUsage> {
        match self {
            Self::Json(transcription) => transcription.usage.as_ref()?.tokens(),
            Self::Text(_) => None,
        }
    }
}

impl Payload for Transcription {
    #[inline]
    fn decode(body: &Bytes) -> Result<Self, DecodeError> {
        // Nothing but the body tells: it comes without a content type from some front ends.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        if is_object && let Ok(transcription) = Payload::decode(body) {
            return Ok(Self::Json(Box::new(transcription)));
        }
        Text::decode(body).map(|Text(text)| Self::Text(text))
    }

    #[inline]
    fn encode(&self) -> Result<Bytes, EncodeError> {
        match self {
            Self::Json(transcription) => Payload::encode(&**transcription),
            Self::Text(text) => Ok(Bytes::from(text.clone())),
        }
    }
}

/// What was said, with all that is known about it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VerboseTranscription {
    /// The text.
    pub text: String,
    /// `transcribe` or `translate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The language that was spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How long the recording is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// The text piece by piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<Segment>>,
    /// The text word by word, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Word>>,
    /// How likely each token was, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Value>>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<TranscriptionUsage>,
}

/// A piece of what was said.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Segment {
    /// Its number, or its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    /// Always `transcript.text.segment`, where it is told.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where the window lies in which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seek: Option<f64>,
    /// When it begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who speaks, with models that tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The text's tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<f64>>,
    /// How freely they were chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// How sure the model was; below -1 it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_logprob: Option<f64>,
    /// How much the text repeats itself; above 2.4 it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression_ratio: Option<f64>,
    /// How likely nobody spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_speech_prob: Option<f64>,
}

/// A word that was said.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Word {
    /// The word.
    pub word: String,
    /// When it begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
}

/// What a transcription cost: tokens, or time.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TranscriptionUsage {
    /// `tokens` or `duration`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The time, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Tokens of the recording and the prompt.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub input_tokens: Option<i64>,
    /// How many of them were sound and text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_token_details: Option<Value>,
    /// Tokens of the text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_tokens: Option<i64>,
    /// Both.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_tokens: Option<i64>,
}

impl TranscriptionUsage {
    /// The tokens, where it is counted in tokens and not in seconds.
    pub fn tokens(&self) -> Option<TokenUsage> {
        let counted = self.input_tokens.is_some() || self.total_tokens.is_some();
        counted
            .then(|| TokenUsage::counted(self.input_tokens, self.output_tokens, self.total_tokens))
    }
}

string_enum! {
    /// The form of a transcription.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
    pub enum AudioFormat {
        /// An object with the text.
        Json = "json",
        /// An object with segments, language and duration.
        VerboseJson = "verbose_json",
        /// An object with segments by speaker.
        DiarizedJson = "diarized_json",
        /// Text.
        Text = "text",
        /// Subtitles of the form `SubRip`.
        Srt = "srt",
        /// Subtitles of the form `WebVTT`.
        Vtt = "vtt",
    }
}
