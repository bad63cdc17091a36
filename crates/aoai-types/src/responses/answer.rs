//! The answer and what describes it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::{ContentPart, Item, Message};
use super::tool::{Tool, ToolChoice};
use super::{Input, Prompt, Reasoning, TextSettings, Truncation};
use crate::chat::FinishReason;
use crate::content_filter::{ContentFilterOffsets, ContentFilterOutcome, ContentFilterResults};
use crate::error::ApiError;
use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::outcome::{Outcome, ParseError, TokenUsage, count};
use crate::timestamp::Timestamp;

/// An answer, or one in the making.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Response {
    /// Its id, `resp_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `response`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ResponseStatus>,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the model has written and done.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub output: Vec<Item>,
    /// The text of all messages, where the service sums it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_text: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Why it is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete_details: Option<IncompleteDetails>,
    /// The tokens it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ResponseUsage>,
    /// What the content filter found in the prompt and in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filters: Option<Vec<ResponseFilter>>,
    /// Whether it is made in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<bool>,
    /// The conversation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ResponseConversation>,
    /// How much repeated tokens are put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// What the model was told to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Input>,
    /// The most tokens it may have, reasoning included.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_output_tokens: Option<i64>,
    /// The most calls of built-in tools.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_tool_calls: Option<i64>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// What a moderation found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Value>,
    /// Whether tools may be called several at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// How much tokens that have occurred are put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// The answer it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_response_id: Option<String>,
    /// The prompt template it was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// The caller's key of the prompt cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// How long the prompt stays cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_retention: Option<String>,
    /// How much the model thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Reasoning>,
    /// Who asked, for the detection of abuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// The tier that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Whether the service keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    /// How freely tokens were chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The form of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextSettings>,
    /// Which tools the model had to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// What the tools used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_usage: Option<Value>,
    /// The tools the model had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// How many alternatives each token lists.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub top_logprobs: Option<i64>,
    /// The share of the likeliest tokens that were chosen among.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// What happened to input beyond the context window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation: Option<Truncation>,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Response {
    /// The member that is missing, where nothing else says that it is a response.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        let says_something = self.id.is_some()
            || self.status.is_some()
            || self.output_text.is_some()
            || !self.output.is_empty();
        (!says_something).then_some("output")
    }

    /// The text of its messages.
    pub fn text(&self) -> String {
        let texts = self.messages().flat_map(Message::output_texts);
        texts.collect()
    }

    /// What the model says where it declines to answer.
    pub fn refusal(&self) -> Option<&str> {
        let mut parts = self.messages().flat_map(Message::parts);
        parts.find_map(|part| match part {
            ContentPart::Refusal(refusal) => Some(refusal.refusal.as_str()),
            _ => None,
        })
    }

    /// The functions that the model wants called.
    pub fn function_calls(&self) -> impl Iterator<Item = &super::item::FunctionCall> {
        self.output.iter().filter_map(|item| match item {
            Item::FunctionCall(call) => Some(call),
            _ => None,
        })
    }

    /// What it says, in the words of all operations.
    pub fn outcome(&self) -> Outcome<'_> {
        let broken_off = self.incomplete_details.as_ref();
        let finish = match broken_off.and_then(|details| details.reason.as_deref()) {
            Some(reason) => Some(reason),
            None => self.status.as_ref().map(ResponseStatus::as_str),
        };
        let text = self.text();
        Outcome {
            text: (!text.is_empty()).then_some(text.into()),
            finish: finish.map(Into::into),
            refusal: self.refusal().map(Into::into),
            tools: self.output.iter().filter_map(Item::as_use).collect(),
            filter: self.content_filter(),
            usage: self.usage.as_ref().map(TokenUsage::from),
        }
    }

    /// The text as a type of the caller's.
    ///
    /// ```
    /// use aoai_types::outcome::ParseError;
    /// use aoai_types::responses::Response;
    ///
    /// let answer: Response = serde_json::from_str(
    ///     r#"{"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}"#,
    /// )?;
    /// assert!(matches!(answer.parse::<Vec<String>>(), Err(ParseError::Length { .. })));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The model declined, the answer was cut off or filtered, it failed, or it is not such JSON.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        let outcome = self.outcome();
        if self.progress() == Progress::Failed && !outcome.filter.stopped {
            let error = self.error.clone().map(Box::new);
            return Err(ParseError::Failed { error });
        }
        outcome.parse()
    }

    /// What the content filter found in the prompt and in the answer, or what the error says of it.
    pub fn content_filter(&self) -> ContentFilterOutcome {
        let mut outcome = ContentFilterOutcome::default();
        for filter in self.content_filters.iter().flatten() {
            filter.add_to(&mut outcome);
        }
        let broken_off = self.incomplete_details.as_ref();
        outcome.stopped |= broken_off.and_then(|details| details.reason.as_deref())
            == Some(FinishReason::ContentFilter.as_str());
        if let Some(error) = &self.error {
            outcome.add_error(error);
        }
        outcome
    }

    fn messages(&self) -> impl Iterator<Item = &Message> {
        self.output.iter().filter_map(|item| match item {
            Item::Message(message) => Some(message),
            _ => None,
        })
    }
}

impl LongRunning for Response {
    const PACE: Pace = Pace::seconds(1, 15);

    fn progress(&self) -> Progress {
        match &self.status {
            Some(ResponseStatus::Completed | ResponseStatus::Incomplete) => Progress::Succeeded,
            Some(ResponseStatus::Failed | ResponseStatus::Cancelled) => Progress::Failed,
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// How far an answer has come.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ResponseStatus {
        /// Waiting, in the background.
        Queued = "queued",
        /// Being made.
        InProgress = "in_progress",
        /// Whole.
        Completed = "completed",
        /// Broken off; [`Response::incomplete_details`] tells why.
        Incomplete = "incomplete",
        /// Given up; [`Response::error`] tells why.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

/// Why an answer is not whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IncompleteDetails {
    /// `max_output_tokens` or `content_filter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The conversation an answer belongs to.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseConversation {
    /// Its id, `conv_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The tokens an answer cost.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseUsage {
    /// Tokens of the input.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub input_tokens: Option<i64>,
    /// Which of them were cheaper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens_details: Option<InputTokensDetails>,
    /// Tokens of the answer, reasoning included.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_tokens: Option<i64>,
    /// Which of them were not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens_details: Option<OutputTokensDetails>,
    /// Both.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_tokens: Option<i64>,
}

impl From<&ResponseUsage> for TokenUsage {
    fn from(usage: &ResponseUsage) -> Self {
        let cached = usage.input_tokens_details.as_ref();
        let cached = cached.and_then(|details| count(details.cached_tokens));
        let reasoning = usage.output_tokens_details.as_ref();
        let reasoning = reasoning.and_then(|details| count(details.reasoning_tokens));
        Self {
            cached: cached.unwrap_or_default(),
            reasoning: reasoning.unwrap_or_default(),
            ..Self::counted(usage.input_tokens, usage.output_tokens, usage.total_tokens)
        }
    }
}

/// Which input tokens were cheaper.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputTokensDetails {
    /// Those that came from the prompt cache.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub cached_tokens: Option<i64>,
    /// Those that were put into the prompt cache.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache_write_tokens: Option<i64>,
    /// Those of text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Those of images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub image_tokens: Option<i64>,
    /// Those of audio.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_tokens: Option<i64>,
}

/// Which output tokens were not shown.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputTokensDetails {
    /// Those that the model spent on reasoning.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning_tokens: Option<i64>,
    /// Those of text.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub text_tokens: Option<i64>,
    /// Those of images.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub image_tokens: Option<i64>,
    /// Those of audio.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_tokens: Option<i64>,
}

/// What the content filter found in one stretch of text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseFilter {
    /// Whether it held the text back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<bool>,
    /// What the text is: `prompt`, `completion`, or of a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// The filter's own notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_raw: Option<Value>,
    /// The findings by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_results: Option<ContentFilterResults>,
    /// Where the text lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_offsets: Option<ContentFilterOffsets>,
}

impl ResponseFilter {
    pub(crate) fn add_to(&self, outcome: &mut ContentFilterOutcome) {
        outcome.stopped |= self.blocked == Some(true);
        let Some(results) = &self.content_filter_results else {
            return;
        };
        let offsets = self.content_filter_offsets.as_ref();
        // Texts of tools are input of the model, as the prompt is.
        match self.source_type.as_deref() {
            Some("completion") => outcome.add_answer(results, offsets),
            _ => outcome.add_prompt(results, offsets),
        }
    }
}
