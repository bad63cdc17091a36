//! The continuation of a text, whole or in pieces: both have the same shape.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::chat::FinishReason;
use crate::content_filter::{
    ContentFilterOffsets, ContentFilterOutcome, ContentFilterResults, PromptFilterResult,
};
use crate::error::{ApiError, ErrorBody};
use crate::lenient;
use crate::operation::{DecodeError, StreamEvent};
use crate::outcome::{Outcome, TokenUsage};
use crate::overlay::Overlay;
use crate::pieces;
use crate::timestamp::Timestamp;
use crate::usage::Usage;

/// The continuation of a text, or one event of its stream.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Completion {
    /// Its id; empty in events of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `text_completion`; empty in events of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The model that answered; not the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Names the state of the system that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// The continuations, or pieces of them.
    #[serde(default, deserialize_with = "lenient::few")]
    pub choices: Vec<CompletionChoice>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Box<Usage>>,
    /// What the content filter found in the prompts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_filter_results: Option<Vec<PromptFilterResult>>,
    /// The same, under the name that older api-versions use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_annotations: Option<Vec<PromptFilterResult>>,
    /// The error that the service sent in place of an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ApiError>>,
}

impl Completion {
    /// The text of the first choice.
    pub fn text(&self) -> Option<&str> {
        self.choices.first()?.text.as_deref()
    }

    /// Why the first choice ends.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.choices.first()?.finish_reason.as_ref()
    }

    /// What the content filter found in the prompts and in all choices, or what the error that came
    /// in place of an event says of it.
    pub fn content_filter(&self) -> ContentFilterOutcome {
        let mut outcome = ContentFilterOutcome::default();
        for prompts in [&self.prompt_filter_results, &self.prompt_annotations] {
            outcome.add_prompts(prompts.as_deref().unwrap_or_default());
        }
        for choice in &self.choices {
            outcome.add_choice(
                [
                    choice.content_filter_results.as_ref(),
                    choice.content_filter_result.as_ref(),
                ],
                choice.content_filter_offsets.as_ref(),
                choice.finish_reason.as_ref(),
            );
        }
        if let Some(error) = &self.error {
            outcome.add_error(error);
        }
        outcome
    }

    pub(super) fn outcome(&self) -> Outcome<'_> {
        Outcome {
            text: self.text().map(Cow::Borrowed),
            finish: self.finish_reason().map(|reason| reason.as_str().into()),
            filter: self.content_filter(),
            usage: self.usage.as_deref().map(TokenUsage::from),
            ..Outcome::default()
        }
    }
}

/// An error in place of an event has no choices; any other event has some, be it an empty list.
impl Serialize for Completion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.error.is_some() && self.choices.is_empty() {
            Self::serialize(self, Overlay::without(serializer, &["choices"]))
        } else {
            Self::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Completion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl StreamEvent for Completion {
    const ENDS_AT_DONE: bool = true;

    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        let mut event: Self = DecodeError::read(data)?;
        let says_something = !event.choices.is_empty()
            || event.usage.is_some()
            || event.prompt_filter_results.is_some()
            || event.prompt_annotations.is_some()
            || event.error.is_some();
        if !says_something {
            event.error = ErrorBody::in_place_of("choices", data);
        }
        Ok(event)
    }

    fn is_output(&self) -> bool {
        self.choices.iter().any(|choice| {
            choice.finish_reason.is_some()
                || choice.text.as_deref().is_some_and(|text| !text.is_empty())
        })
    }

    fn error(&self) -> Option<&ApiError> {
        self.error.as_deref()
    }

    fn usage(&self) -> Option<TokenUsage> {
        self.usage.as_deref().map(TokenUsage::from)
    }
}

/// One of the continuations, or a piece of it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionChoice {
    /// Its number.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// How probable its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Box<CompletionLogprobs>>,
    /// What the content filter found in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_results: Option<ContentFilterResults>,
    /// The key under which a filter that could not run says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_result: Option<ContentFilterResults>,
    /// How much the asynchronous filter has seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_offsets: Option<ContentFilterOffsets>,
    /// Findings in a form that is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_raw: Option<Value>,
}

/// How probable the tokens of a continuation were: lists of the same length.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionLogprobs {
    /// The tokens' texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<String>>,
    /// The natural logarithms of their probabilities; an echoed first token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_logprobs: Option<Vec<Option<f64>>>,
    /// The most probable tokens at each place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<Vec<Option<BTreeMap<String, f64>>>>,
    /// Where each token begins, in characters.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_offset: Option<Vec<i64>>,
}

impl CompletionLogprobs {
    /// Takes those of later tokens in.
    pub(super) fn append(&mut self, later: Self) {
        pieces::extend(&mut self.tokens, later.tokens);
        pieces::extend(&mut self.token_logprobs, later.token_logprobs);
        pieces::extend(&mut self.top_logprobs, later.top_logprobs);
        pieces::extend(&mut self.text_offset, later.text_offset);
    }
}
