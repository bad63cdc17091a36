//! The answer to a conversation.

use std::borrow::Cow;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FunctionCall, Logprobs, Role, ServiceTier, ToolCall};
use crate::base64::{InvalidBase64, decode};
use crate::content_filter::{
    ContentFilterOffsets, ContentFilterOutcome, ContentFilterResults, PromptFilterResult,
};
use crate::lenient;
use crate::open::{string_enum, tagged_union};
use crate::outcome::{Outcome, ParseError, TokenUsage};
use crate::timestamp::Timestamp;
use crate::usage::Usage;

/// The answer to a conversation.
///
/// Every member but `choices` may be missing, for there are answers without each of them: a choice
/// that the content filter stopped may have no message.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatCompletion {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `chat.completion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The model that answered, mostly with its version; not the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Names the state of the system that answered; answers may differ where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// The class of service it was answered in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// The answers, one unless more were asked for.
    #[serde(deserialize_with = "lenient::few")]
    pub choices: Vec<Choice>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What the content filter found in the prompts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_filter_results: Option<Vec<PromptFilterResult>>,
    /// The same, under the name that older api-versions use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_annotations: Option<Vec<PromptFilterResult>>,
    /// Timings in milliseconds, which the service adds undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_checkpoint: Option<Value>,
    /// Where it was answered, which the service adds undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Value>,
}

impl ChatCompletion {
    /// The text of the first choice.
    pub fn text(&self) -> Option<&str> {
        self.message()?.content.as_deref()
    }

    /// What the model says where it declines to answer.
    pub fn refusal(&self) -> Option<&str> {
        self.message()?.refusal.as_deref()
    }

    /// The tools that the first choice calls.
    pub fn tool_calls(&self) -> &[ToolCall] {
        let calls = self
            .message()
            .and_then(|message| message.tool_calls.as_deref());
        calls.unwrap_or_default()
    }

    /// Why the first choice ends.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.choices.first()?.finish_reason.as_ref()
    }

    /// The message of the first choice; the content filter may leave none.
    pub fn message(&self) -> Option<&ResponseMessage> {
        self.choices.first()?.message.as_ref()
    }

    /// The text of the first choice as a type of the caller's.
    ///
    /// ```
    /// use aoai_types::chat::ChatCompletion;
    /// use aoai_types::outcome::ParseError;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Verdict {
    ///     why: String,
    ///     score: u8,
    /// }
    ///
    /// # let body = r#"{"choices": [{"finish_reason": "length", "message": {"content": "{\"why\": "}}]}"#;
    /// # let answer: ChatCompletion = serde_json::from_str(body)?;
    /// match answer.parse::<Verdict>() {
    ///     Ok(verdict) => println!("{}: {}", verdict.score, verdict.why),
    ///     Err(ParseError::Refused { refusal }) => println!("the model says: {refusal}"),
    ///     Err(ParseError::Length { .. }) => println!("a higher max_completion_tokens is needed"),
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The model declined, the answer was cut off or filtered, or it is not such JSON.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        self.outcome().parse()
    }

    /// What the content filter found in the prompts and in all choices.
    pub fn content_filter(&self) -> ContentFilterOutcome {
        let mut outcome = ContentFilterOutcome::default();
        for prompts in [&self.prompt_filter_results, &self.prompt_annotations] {
            outcome.add_prompts(prompts.as_deref().unwrap_or_default());
        }
        for choice in &self.choices {
            outcome.add_choice(
                [
                    choice.content_filter_results.as_ref(),
                    choice.content_filter_result.as_deref(),
                ],
                choice.content_filter_offsets.as_deref(),
                choice.finish_reason.as_ref(),
            );
        }
        outcome
    }

    pub(super) fn outcome(&self) -> Outcome<'_> {
        Outcome {
            text: self.text().map(Cow::Borrowed),
            finish: self.finish_reason().map(|reason| reason.as_str().into()),
            refusal: self.refusal().map(Cow::Borrowed),
            tools: self.tool_calls().iter().map(ToolCall::as_use).collect(),
            filter: self.content_filter(),
            usage: self.usage.as_ref().map(TokenUsage::from),
        }
    }
}

/// One of the answers.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Choice {
    /// Its number.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// What is said; the content filter may leave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<ResponseMessage>,
    /// Why it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// How probable its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Box<Logprobs>>,
    /// What the content filter found in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_results: Option<ContentFilterResults>,
    /// The key under which a filter that could not run says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_result: Option<Box<ContentFilterResults>>,
    /// How much the asynchronous filter has seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_offsets: Option<Box<ContentFilterOffsets>>,
    /// Findings in a form that is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_raw: Option<Box<Value>>,
    /// The token or text that ended it, as servers of other models say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_stop: Option<Box<Value>>,
}

/// What the model says.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseMessage {
    /// Who says it: the assistant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What is said where the model declines to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What the model thought, where it is one that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// The tools that it calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// The older form of `tool_calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCall>,
    /// Sources that the text refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Vec<Annotation>>,
    /// What is spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Box<Audio>>,
    /// What was found in the request's data sources.
    #[deprecated(note = "On Your Data, which fills it, is being retired")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<MessageContext>>,
    /// Whether the turn ends here, as data sources say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_turn: Option<bool>,
}

tagged_union! {
    /// A source that the text refers to.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Annotation by "type" {
        /// A web page.
        UrlCitation(UrlCitationAnnotation) = "url_citation",
    }
}

/// A web page that the text refers to.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UrlCitationAnnotation {
    /// The page and the place in the text.
    #[serde(default)]
    pub url_citation: UrlCitation,
}

/// A web page, and the place in the text that refers to it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UrlCitation {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where the reference begins, in characters.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// Where the reference ends.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_index: Option<i64>,
}

/// What is spoken.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Audio {
    /// The id by which a later message refers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Until when it can be referred to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Audio {
    /// The sound; `None` where there is none.
    ///
    /// # Errors
    ///
    /// What the answer has is not base64.
    pub fn bytes(&self) -> Result<Option<Bytes>, InvalidBase64> {
        self.data.as_deref().map(decode).transpose()
    }
}

/// What was found in the request's data sources.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageContext {
    /// The passages that the text refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Vec<Citation>>,
    /// What the conversation was understood to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// All that was found: an object or a list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_retrieved_documents: Option<Value>,
}

/// A passage that was found in a data source.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Citation {
    /// The passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The document's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The document's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The document's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filepath: Option<String>,
    /// Which piece of the document it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk_id: Option<String>,
    /// How well it fits the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerank_score: Option<f64>,
}

string_enum! {
    /// Why an answer ends.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum FinishReason {
        /// It is whole, or met a text to stop at.
        Stop = "stop",
        /// It has as many tokens as it may have.
        Length = "length",
        /// Tools are to be called.
        ToolCalls = "tool_calls",
        /// The content filter stopped it.
        ContentFilter = "content_filter",
        /// A function is to be called, in the older form.
        FunctionCall = "function_call",
    }
}
