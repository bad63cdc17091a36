//! A piece of the answer to a conversation.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use self::memory::{ChunkMemory, Repeated, Shared, Text};
use super::{Annotation, FinishReason, Logprobs, MessageContext, Role, ServiceTier, ToolKind};
use crate::content_filter::{
    ContentFilterOffsets, ContentFilterOutcome, ContentFilterResults, PromptFilterResult,
};
use crate::error::{ApiError, ErrorBody};
use crate::lenient;
use crate::operation::{DecodeError, StreamEvent, StreamMemory};
use crate::outcome::TokenUsage;
use crate::overlay::Overlay;
use crate::timestamp::Timestamp;
use crate::usage::Usage;

mod memory;
mod template;

/// A piece of the answer to a conversation: one event of its stream.
///
/// The first chunk mostly has no choice and says what the content filter found in the prompt; the
/// last has no choice and says what the answer cost, where that was asked for. Where the
/// asynchronous filter is on, chunks with findings and without `delta` come at any time, even after
/// one with a `finish_reason`.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct ChatCompletionChunk {
    /// The answer's id, the same in every chunk; empty in chunks of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Arc<str>>,
    /// `chat.completion.chunk`; empty in chunks of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Arc<str>>,
    /// When the answer was begun; 0 in chunks of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The model that answers; empty in chunks of the content filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Arc<str>>,
    /// Names the state of the system that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<Arc<str>>,
    /// The class of service it is answered in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// The pieces of the answers; often none.
    pub choices: Vec<ChunkChoice>,
    /// What the answer cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Box<Usage>>,
    /// What the content filter found in the prompts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_filter_results: Option<Vec<PromptFilterResult>>,
    /// The same, under the name that older api-versions use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_annotations: Option<Vec<PromptFilterResult>>,
    /// Random text that hides how long the piece is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscation: Option<String>,
    /// Timings in milliseconds, which the service adds undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_checkpoint: Option<Box<Value>>,
    /// Where it is answered, which the service adds undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Box<Value>>,
    /// The error that the service sent in place of a chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ApiError>>,
}

impl ChatCompletionChunk {
    /// The piece of the first choice's text.
    pub fn text(&self) -> Option<&str> {
        self.choices.first()?.delta.as_ref()?.content.as_deref()
    }

    /// What the content filter says with this chunk, of prompts, of all choices or in an error.
    ///
    /// Of a whole stream, it is the accumulated answer that tells:
    /// [`ChatCompletion::content_filter`](super::ChatCompletion::content_filter).
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
        if let Some(error) = &self.error {
            outcome.add_error(error);
        }
        outcome
    }

    /// Why the first choice ends, where it does with this chunk.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.choices.first()?.finish_reason.as_ref()
    }

    /// Looks for an error in data that says nothing else: gateways and other servers leave out the
    /// member that would tell it.
    #[inline]
    fn find_error(&mut self, data: &str) {
        let says_something = !self.choices.is_empty()
            || self.usage.is_some()
            || self.prompt_filter_results.is_some()
            || self.prompt_annotations.is_some()
            || self.error.is_some();
        if !says_something {
            self.error = ErrorBody::in_place_of("choices", data);
        }
    }
}

/// An error in place of a chunk has no choices; any other chunk has some, be it an empty list.
impl Serialize for ChatCompletionChunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.error.is_some() && self.choices.is_empty() {
            Self::serialize(self, Overlay::without(serializer, &["choices"]))
        } else {
            Self::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for ChatCompletionChunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer).map(|read| read.share(&mut Shared::default()))
    }
}

impl StreamEvent for ChatCompletionChunk {
    const ENDS_AT_DONE: bool = true;

    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        let mut chunk: Self = DecodeError::read(data)?;
        chunk.find_error(data);
        Ok(chunk)
    }

    #[inline]
    fn decode_next(data: &str, memory: &mut StreamMemory) -> Result<Self, DecodeError> {
        memory.of::<ChunkMemory>().read(data)
    }

    fn is_output(&self) -> bool {
        let mut choices = self.choices.iter();
        choices.any(|choice| {
            choice.finish_reason.is_some() || choice.delta.as_ref().is_some_and(Delta::is_output)
        })
    }

    fn error(&self) -> Option<&ApiError> {
        self.error.as_deref()
    }

    fn usage(&self) -> Option<TokenUsage> {
        self.usage.as_deref().map(TokenUsage::from)
    }
}

/// A chunk as it is read: what chunks have in common is still in the text it is read from.
#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    object: Option<Text<'a>>,
    created: Option<Timestamp>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    system_fingerprint: Option<Text<'a>>,
    service_tier: Option<ServiceTier>,
    #[serde(default, deserialize_with = "lenient::few")]
    choices: Vec<ChunkChoice>,
    usage: Option<Box<Usage>>,
    prompt_filter_results: Option<Vec<PromptFilterResult>>,
    prompt_annotations: Option<Vec<PromptFilterResult>>,
    obfuscation: Option<String>,
    latency_checkpoint: Option<Box<Value>>,
    routing: Option<Box<Value>>,
    error: Option<Box<ApiError>>,
}

impl Read<'_> {
    #[inline]
    fn share(self, memory: &mut Shared) -> ChatCompletionChunk {
        ChatCompletionChunk {
            id: memory.share(Repeated::Id, self.id),
            object: memory.share(Repeated::Object, self.object),
            created: self.created,
            model: memory.share(Repeated::Model, self.model),
            system_fingerprint: memory.share(Repeated::Fingerprint, self.system_fingerprint),
            service_tier: self.service_tier,
            choices: self.choices,
            usage: self.usage,
            prompt_filter_results: self.prompt_filter_results,
            prompt_annotations: self.prompt_annotations,
            obfuscation: self.obfuscation,
            latency_checkpoint: self.latency_checkpoint,
            routing: self.routing,
            error: self.error,
        }
    }
}

/// A piece of one of the answers.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChunkChoice {
    /// The answer's number.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// What is added to the answer; chunks of the content filter add nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<Delta>,
    /// Why the answer ends, where it does with this chunk. A `content_filter` may come after
    /// another reason, and then takes back what was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// How probable the tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Box<Logprobs>>,
    /// What the content filter found in the answer so far.
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
    /// The token or text that ended the answer, as servers of other models say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_stop: Option<Box<Value>>,
    /// The pieces, as the retired route for data sources wrote them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Box<Value>>,
}

/// What a chunk adds to an answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delta {
    /// Who says it; in the first piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Text that declines to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What the model thinks, where it is one that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// Pieces of tool calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCallChunk>>,
    /// The older form of `tool_calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<Box<FunctionCallChunk>>,
    /// Sources that the text refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Vec<Annotation>>,
    /// Sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Box<AudioChunk>>,
    /// What was found in the request's data sources.
    #[deprecated(note = "On Your Data, which fills it, is being retired")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<MessageContext>>,
    /// Whether the turn ends here, as data sources say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_turn: Option<bool>,
}

impl Delta {
    #[expect(deprecated, reason = "as long as it comes, it is output")]
    fn is_output(&self) -> bool {
        let texts = [&self.content, &self.refusal, &self.reasoning_content];
        texts.into_iter().flatten().any(|text| !text.is_empty())
            || self
                .tool_calls
                .as_ref()
                .is_some_and(|calls| !calls.is_empty())
            || self.function_call.is_some()
            || self.audio.is_some()
            || self.context.is_some()
    }
}

/// A piece of a tool call.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCallChunk {
    /// Which of the answer's calls it belongs to.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The call's id; in its first piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The kind of tool; in its first piece only.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ToolKind>,
    /// A piece of a function's name or arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCallChunk>,
    /// A piece of a custom tool's name or text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<CustomCallChunk>,
}

impl ToolCallChunk {
    pub(super) fn is_named(&self) -> bool {
        let function = self.function.as_ref().and_then(|call| call.name.as_ref());
        let name = function.or_else(|| self.custom.as_ref()?.name.as_ref());
        name.is_some_and(|name| !name.is_empty())
    }
}

/// A piece of a function's name or arguments.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCallChunk {
    /// The function; in the first piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A piece of the arguments, cut anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
}

/// A piece of a custom tool's name or text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomCallChunk {
    /// The tool; in the first piece only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A piece of the text, cut anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
}

/// A piece of a spoken answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioChunk {
    /// The id by which a later message refers to the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A piece of the sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// A piece of its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Until when it can be referred to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
