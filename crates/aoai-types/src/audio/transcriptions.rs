//! `POST /audio/transcriptions`
//!
//! Writes down what is said in a recording.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AudioFormat, TranscriptEvent, Transcription, TranscriptionAccumulator};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Writes down what is said in a recording, in the language it is said in.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateTranscription {
    /// The deployment.
    pub model: String,
    /// The recording, of 25 MiB at most; its extension tells its format.
    pub file: FilePart,
    /// The language, in two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What came before, or how names are spelt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The form of the answer; `json` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<AudioFormat>,
    /// How freely tokens are chosen, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Times of what: `segment`, `word`; only with `verbose_json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_granularities: Option<Vec<String>>,
    /// Parts that are left out otherwise: `logprobs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
    /// How the recording is cut: `auto`, or an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunking_strategy: Option<Value>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateTranscription {
    /// Has the deployment `model` write down `file`.
    pub fn new(model: impl Into<String>, file: impl Into<FilePart>) -> Self {
        Self {
            model: model.into(),
            file: file.into(),
            language: None,
            prompt: None,
            response_format: None,
            temperature: None,
            timestamp_granularities: None,
            include: None,
            chunking_strategy: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateTranscription {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "audio.transcriptions",
        Method::POST,
        Scope::Deployment,
        "/audio/transcriptions",
    )
    .since(ApiVersion::preview(2023, 9, 1));
    type Response = Transcription;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        Ok(Form::new(cx)
            .file("file", &self.file)
            .field("language", self.language.as_ref())?
            .field("prompt", self.prompt.as_ref())?
            .field("response_format", self.response_format.as_ref())?
            .field("temperature", self.temperature.as_ref())?
            .entries(
                "timestamp_granularities",
                self.timestamp_granularities.as_deref(),
            )?
            .entries("include", self.include.as_deref())?
            .field("chunking_strategy", self.chunking_strategy.as_ref())?
            .finish(self))
    }

    fn lacks(response: &Transcription) -> Option<&'static str> {
        response.lacks()
    }

    fn outcome(response: &Transcription) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &Transcription) -> Option<TokenUsage> {
        response.usage()
    }
}

impl Streaming for CreateTranscription {
    type Event = TranscriptEvent;
    type Accumulator = TranscriptionAccumulator;
}
