//! `POST /audio/speech`
//!
//! Reads a text aloud.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Binary, Extra, Operation};

/// Reads a text aloud.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateSpeech {
    /// The deployment.
    pub model: String,
    /// The text, of 4096 characters at most.
    pub input: String,
    /// The voice: `alloy`, `ash`, `coral`, `echo`, `nova`, ….
    pub voice: String,
    /// How to speak, with models that listen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// The format: `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// How fast, 0.25 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// How the sound is sent: `audio` or `sse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_format: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateSpeech {
    /// Has the deployment `model` read `input` in `voice`.
    pub fn new(
        model: impl Into<String>,
        input: impl Into<String>,
        voice: impl Into<String>,
    ) -> Self {
        Self {
            model: model.into(),
            input: input.into(),
            voice: voice.into(),
            instructions: None,
            response_format: None,
            speed: None,
            stream_format: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateSpeech {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "audio.speech",
        Method::POST,
        Scope::Deployment,
        "/audio/speech",
    )
    .since(ApiVersion::preview(2024, 2, 15));
    type Response = Binary;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
