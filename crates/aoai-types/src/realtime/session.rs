//! How a session hears, thinks and speaks.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MaxTokens;
use crate::Json;
use crate::open::tagged_union;
use crate::responses::Prompt;
use crate::responses::tool::{McpTool, ToolChoice};
use crate::shape::shape_union;
use crate::timestamp::Timestamp;

/// A session: what it is, or what it shall become.
///
/// Members of the preview and of Azure's own voice API stand beside those of the settled one.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// `realtime` or `transcription`; not in the preview.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its id, `sess_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How it hears and speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<SessionAudio>,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
    /// What the model shall be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// The most tokens of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<MaxTokens>,
    /// What it answers with: `text`, `audio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<String>>,
    /// A prompt template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// How much the model thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Value>,
    /// Which tools the model must use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The tools it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<RealtimeTool>>,
    /// How the session is recorded for the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Value>,
    /// What happens to what is too long to remember.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation: Option<Value>,
    /// What it answers with, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Vec<String>>,
    /// The voice, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// How fast it speaks, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// How freely tokens are chosen, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The format of what it hears, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_format: Option<String>,
    /// The format of what it says, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_audio_format: Option<String>,
    /// Who writes down what it hears, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_transcription: Option<AudioTranscription>,
    /// How noise is taken away, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_noise_reduction: Option<Value>,
    /// When it answers, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_detection: Option<TurnDetection>,
    /// The most tokens of an answer, in the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_response_output_tokens: Option<MaxTokens>,
    /// The rate of what it hears, in Azure's voice API.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub input_audio_sampling_rate: Option<i64>,
    /// How echoes are taken away, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_echo_cancellation: Option<Value>,
    /// What is timed, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_audio_timestamp_types: Option<Value>,
    /// How a face moves, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animation: Option<Value>,
    /// Who is seen, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Value>,
    /// What happens to what is too long to remember, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation_strategy: Option<Value>,
    /// How it begins, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Value>,
    /// Who takes over, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Value>,
}

impl Session {
    /// A conversation with this deployment.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            kind: Some("realtime".to_owned()),
            model: Some(model.into()),
            ..Self::default()
        }
    }
}

/// How a session hears and speaks.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionAudio {
    /// How it hears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<AudioInput>,
    /// How it speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<AudioOutput>,
}

/// How a session hears.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioInput {
    /// The format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<AudioFormat>,
    /// Who writes down what it hears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcription: Option<AudioTranscription>,
    /// How noise is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_reduction: Option<Value>,
    /// When it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_detection: Option<TurnDetection>,
}

/// How a session speaks.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioOutput {
    /// The format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<AudioFormat>,
    /// The voice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// How fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
}

/// A format of sound.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioFormat {
    /// `audio/pcm`, `audio/pcmu`, `audio/pcma`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Samples in a second.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate: Option<i64>,
}

/// Who writes down what a session hears.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioTranscription {
    /// The deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The language, in two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Models of one's own, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_speech: Option<Value>,
    /// Words to listen for, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phrase_list: Option<Value>,
}

/// When a session answers.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TurnDetection {
    /// `server_vad`, `semantic_vad`, or one of Azure's.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it answers by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_response: Option<bool>,
    /// Whether it lets itself be interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupt_response: Option<bool>,
    /// How soon it takes its turn: `low`, `medium`, `high`, `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eagerness: Option<String>,
    /// After how much silence it speaks, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub idle_timeout_ms: Option<i64>,
    /// How much it keeps from before speech, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub prefix_padding_ms: Option<i64>,
    /// How much silence ends a turn, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub silence_duration_ms: Option<i64>,
    /// How loud speech is, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// How long speech lasts at least, in Azure's voice API.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub speech_duration_ms: Option<i64>,
    /// How the end of a sentence is told, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_of_utterance_detection: Option<Value>,
    /// Whether what was not heard is forgotten, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_truncate: Option<bool>,
    /// What is put in its place, in Azure's voice API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appended_text_after_truncation: Option<String>,
}

shape_union! {
    /// A voice.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum Voice {
        /// One of the service's.
        Name(String) = string,
        /// Another, described by its provider.
        Custom(Map<String, Value>) = object,
    }
}

tagged_union! {
    /// A tool that the model may use.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum RealtimeTool by "type" {
        /// A function of the caller's.
        Function(RealtimeFunction) = "function",
        /// The tools of an MCP server.
        Mcp(McpTool) = "mcp",
    }
}

/// A function of the caller's.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeFunction {
    /// Its name.
    pub name: String,
    /// What it does, told to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it takes, as a JSON schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Json>,
}

impl RealtimeFunction {
    /// The function of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            parameters: None,
        }
    }
}
