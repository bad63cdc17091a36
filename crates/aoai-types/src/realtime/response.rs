//! An answer within a session.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{RealtimeItem, RealtimeTool, SessionAudio, Voice};
use crate::responses::Prompt;
use crate::responses::tool::ToolChoice;
use crate::shape::shape_union;

/// An answer within a session.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeResponse {
    /// Its id, `resp_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.response`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it has come: `in_progress`, `completed`, `cancelled`, `incomplete`, `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<Value>,
    /// What the model has said and done.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub output: Vec<RealtimeItem>,
    /// The conversation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// What it answers with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<String>>,
    /// What it answers with, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Vec<String>>,
    /// The most tokens it could have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<MaxTokens>,
    /// How it sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<SessionAudio>,
    /// The voice, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// The format of its sound, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_audio_format: Option<String>,
    /// How freely tokens were chosen, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The tokens it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<RealtimeUsage>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

shape_union! {
    /// A number of tokens, or `inf`.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum MaxTokens {
        /// `inf`: as many as the model has.
        Word(String) = string,
        /// The number.
        Count(i64) = integer,
    }
}

/// The tokens an answer cost.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeUsage {
    /// All of them.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_tokens: Option<i64>,
    /// Tokens of the input.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub input_tokens: Option<i64>,
    /// Tokens of the answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_tokens: Option<i64>,
    /// What the input was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_token_details: Option<InputTokenDetails>,
    /// What the answer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_token_details: Option<OutputTokenDetails>,
}

/// What the input was.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputTokenDetails {
    /// Text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Sound.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_tokens: Option<i64>,
    /// Images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub image_tokens: Option<i64>,
    /// What came from the cache.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub cached_tokens: Option<i64>,
    /// What of it was text and what sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens_details: Option<CachedTokensDetails>,
}

/// What came from the cache.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CachedTokensDetails {
    /// Text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Sound.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_tokens: Option<i64>,
    /// Images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub image_tokens: Option<i64>,
}

/// What the answer is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputTokenDetails {
    /// Text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Sound.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_tokens: Option<i64>,
    /// Thoughts.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning_tokens: Option<i64>,
}

/// How the model shall answer, where it differs from the session.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseParams {
    /// How it sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<SessionAudio>,
    /// `auto`, or `none` to answer beside the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// What it answers, instead of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<RealtimeItem>>,
    /// What the model shall be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// The most tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<MaxTokens>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// What it answers with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<String>>,
    /// What it answers with, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Vec<String>>,
    /// A prompt template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// Which tools the model must use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The tools it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<RealtimeTool>>,
    /// The voice, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// The format of its sound, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_audio_format: Option<String>,
    /// How freely tokens are chosen, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
}
