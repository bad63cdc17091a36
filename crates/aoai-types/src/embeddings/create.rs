//! `POST /embeddings`
//!
//! Turns texts into vectors.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Embeddings;
use crate::endpoint::{Endpoint, Scope};
use crate::input::Input;
use crate::open::string_enum;
use crate::operation::{Extra, Operation};
use crate::outcome::{Outcome, TokenUsage};

/// Turns texts into vectors.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateEmbedding {
    /// The deployment that answers.
    pub model: String,
    /// The texts, up to 2048.
    pub input: Input,
    /// The form of the vectors; [`new`](Self::new) asks for base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding_format: Option<EncodingFormat>,
    /// How long the vectors are to be, where the model leaves a choice.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<i64>,
    /// What the texts are for, for models that tell queries from documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// A name for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Members that this version of the crate does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateEmbedding {
    /// Asks `model`, the name of a deployment, for the vectors of `input`.
    ///
    /// They come in base64, which takes a third of the bytes of decimal numbers and a tenth of
    /// the time to read; the `f32` view of an [`Embedding`](super::Embedding) is the same.
    /// Where a model does not know base64, set `encoding_format` to `None`.
    pub fn new(model: impl Into<String>, input: impl Into<Input>) -> Self {
        Self {
            model: model.into(),
            input: input.into(),
            encoding_format: Some(EncodingFormat::Base64),
            dimensions: None,
            input_type: None,
            user: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateEmbedding {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("embeddings", Method::POST, Scope::Deployment, "/embeddings");
    type Response = Embeddings;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn outcome(response: &Embeddings) -> Outcome<'_> {
        Outcome {
            usage: Self::usage(response),
            ..Outcome::default()
        }
    }

    fn usage(response: &Embeddings) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}

string_enum! {
    /// The form of vectors on the wire.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
    pub enum EncodingFormat {
        /// Decimal numbers.
        Float = "float",
        /// The bytes of 32-bit numbers, in base64.
        Base64 = "base64",
    }
}
