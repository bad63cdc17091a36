//! `POST /completions`
//!
//! Continues a text.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Completion, CompletionAccumulator};
use crate::chat::{Stop, StreamOptions};
use crate::endpoint::{Endpoint, Scope};
use crate::input::Input;
use crate::operation::{Extra, Operation, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Continues a text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateCompletion {
    /// The deployment that answers.
    pub model: String,
    /// The text, or several; without one the model begins a new document.
    pub prompt: Option<Input>,
    /// How many continuations to try, of which the most probable are given; not for streams.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_of: Option<i64>,
    /// Whether the answer begins with the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<bool>,
    /// How much to avoid what was said often, from -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// By how much to favour a token, named by its number, from -100 to 100.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<BTreeMap<String, i64>>,
    /// How many of the most probable tokens to name at each place, up to 5.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<i64>,
    /// The most tokens the answer may have; 16 unless said otherwise.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<i64>,
    /// How many answers to give for each text.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
    /// How much to avoid what was said at all, from -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Makes the same request give the same answer, as well as it can.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Up to four texts at which the answer ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// What a stream carries besides the answer; only for streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// What comes after the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// How much chance there is in the answer, from 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Only the most probable tokens that make up this share are considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// A name for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Members that this version of the crate does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateCompletion {
    /// Asks `model`, the name of a deployment, to continue `prompt`.
    pub fn new(model: impl Into<String>, prompt: impl Into<Input>) -> Self {
        Self {
            model: model.into(),
            prompt: Some(prompt.into()),
            best_of: None,
            echo: None,
            frequency_penalty: None,
            logit_bias: None,
            logprobs: None,
            max_tokens: None,
            n: None,
            presence_penalty: None,
            seed: None,
            stop: None,
            stream_options: None,
            suffix: None,
            temperature: None,
            top_p: None,
            user: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateCompletion {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "completions",
        Method::POST,
        Scope::Deployment,
        "/completions",
    )
    .gen_ai("text_completion");
    type Response = Completion;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn lacks(response: &Completion) -> Option<&'static str> {
        response.choices.is_empty().then_some("choices")
    }

    fn outcome(response: &Completion) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &Completion) -> Option<TokenUsage> {
        response.usage.as_deref().map(TokenUsage::from)
    }
}

impl Streaming for CreateCompletion {
    type Event = Completion;
    type Accumulator = CompletionAccumulator;
}
