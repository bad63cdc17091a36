//! `POST /audio/translations`
//!
//! Writes down in English what is said in a recording.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{AudioFormat, Transcription};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts};
use crate::outcome::{Outcome, TokenUsage};

/// Writes down in English what is said in a recording.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateTranslation {
    /// The deployment.
    pub model: String,
    /// The recording, of 25 MiB at most; its extension tells its format.
    pub file: FilePart,
    /// What came before, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The form of the answer; `json` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<AudioFormat>,
    /// How freely tokens are chosen, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateTranslation {
    /// Has the deployment `model` write down `file` in English.
    pub fn new(model: impl Into<String>, file: impl Into<FilePart>) -> Self {
        Self {
            model: model.into(),
            file: file.into(),
            prompt: None,
            response_format: None,
            temperature: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateTranslation {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "audio.translations",
        Method::POST,
        Scope::Deployment,
        "/audio/translations",
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
            .field("prompt", self.prompt.as_ref())?
            .field("response_format", self.response_format.as_ref())?
            .field("temperature", self.temperature.as_ref())?
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
