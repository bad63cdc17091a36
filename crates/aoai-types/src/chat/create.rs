//! `POST /chat/completions`
//!
//! Answers a conversation with the next message.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)

use std::collections::BTreeMap;
use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    AudioFormat, ChatAccumulator, ChatCompletion, ChatCompletionChunk, Content, FunctionCallOption,
    FunctionDefinition, Message, ResponseFormat, Tool, ToolChoice,
};
use crate::endpoint::{Endpoint, Scope};
use crate::open::{string_enum, string_or, tagged_union};
use crate::operation::{Extra, Operation, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Answers a conversation with the next message.
///
/// Whether the answer comes whole or as a stream is not a member: it is the method that is called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateChatCompletion {
    /// The deployment that answers.
    pub model: String,
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// How the answer is to sound, where it is to be spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioOutput>,
    /// Where to look for facts. The service is switching this off, model by model.
    #[deprecated(
        note = "On Your Data is being retired: search first, and put what is found into the \
                         messages"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_sources: Option<Vec<DataSource>>,
    /// How much to avoid what was said often, from -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// The older form of `tool_choice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCallOption>,
    /// The older form of `tools`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<Vec<FunctionDefinition>>,
    /// By how much to favour a token, named by its number, from -100 to 100.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<BTreeMap<String, i64>>,
    /// Whether to say how probable each token of the answer was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<bool>,
    /// The most tokens the answer may have, reasoning included.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<i64>,
    /// The older form of `max_completion_tokens`, which reasoning models refuse.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<i64>,
    /// Up to 16 pairs to find a stored answer by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// What the answer may consist of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Vec<Modality>>,
    /// How many answers to give.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
    /// Whether one answer may call several tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// What most of the answer will be, to have it faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction: Option<Prediction>,
    /// How much to avoid what was said at all, from -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Names requests that share a beginning, so that they find the same cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// How long the prompt stays cached: `in_memory` or `24h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_retention: Option<String>,
    /// How long a reasoning model may think.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,
    /// The form of the answer: text, or JSON after a schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// A stable name for the end user, hashed, by which abuse is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// Makes the same request give the same answer, as well as it can.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The class of service to be answered in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Up to four texts at which the answer ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Whether the answer is kept on the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    /// What a stream carries besides the answer; only for streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// How much chance there is in the answer, from 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Which tools must or may be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The tools that the model may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// How many of the most probable tokens to name at each place, up to 20; needs `logprobs`.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<i64>,
    /// Only the most probable tokens that make up this share are considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// A name for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Who is asking, for the alerts of Microsoft Defender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_security_context: Option<UserSecurityContext>,
    /// How long-winded the answer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<Verbosity>,
    /// Members that this version of the crate does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateChatCompletion {
    /// Asks `model`, the name of a deployment, for the message after `messages`.
    #[expect(deprecated, reason = "it is left empty")]
    pub fn new(model: impl Into<String>, messages: impl IntoIterator<Item = Message>) -> Self {
        Self {
            model: model.into(),
            messages: messages.into_iter().collect(),
            audio: None,
            data_sources: None,
            frequency_penalty: None,
            function_call: None,
            functions: None,
            logit_bias: None,
            logprobs: None,
            max_completion_tokens: None,
            max_tokens: None,
            metadata: None,
            modalities: None,
            n: None,
            parallel_tool_calls: None,
            prediction: None,
            presence_penalty: None,
            prompt_cache_key: None,
            prompt_cache_retention: None,
            reasoning_effort: None,
            response_format: None,
            safety_identifier: None,
            seed: None,
            service_tier: None,
            stop: None,
            store: None,
            stream_options: None,
            temperature: None,
            tool_choice: None,
            tools: None,
            top_logprobs: None,
            top_p: None,
            user: None,
            user_security_context: None,
            verbosity: None,
            extra: Extra::new(),
        }
    }
}

impl CreateChatCompletion {
    /// Goes on with the conversation: adds the answer's message, then `messages`.
    ///
    /// ```
    /// use aoai_types::chat::{ChatCompletion, CreateChatCompletion, Message};
    ///
    /// let mut request = CreateChatCompletion::new("gpt-4o-mini", [Message::user("Is it raining?")]);
    /// # let body = r#"{"choices": [{"message": {"role": "assistant", "tool_calls": [{"id": "call_1",
    /// #     "type": "function", "function": {"name": "weather", "arguments": "{}"}}]}}]}"#;
    /// # let answer: ChatCompletion = serde_json::from_str(body)?;
    /// let results = answer.tool_calls().iter().map(|call| call.result("Sunny."));
    /// request.go_on(&answer, results);
    /// assert_eq!(request.messages.len(), 3);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn go_on(&mut self, answer: &ChatCompletion, messages: impl IntoIterator<Item = Message>) {
        let said = answer.message().cloned().map(Message::from);
        self.messages.extend(said.into_iter().chain(messages));
    }
}

impl Operation for CreateChatCompletion {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("chat", Method::POST, Scope::Deployment, "/chat/completions");
    type Response = ChatCompletion;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn outcome(response: &ChatCompletion) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &ChatCompletion) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}

impl Streaming for CreateChatCompletion {
    type Event = ChatCompletionChunk;
    type Accumulator = ChatAccumulator;
}

/// How a spoken answer is to sound.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioOutput {
    /// Whose voice: `alloy`, `verse`, ….
    pub voice: String,
    /// The coding of the sound.
    pub format: AudioFormat,
}

impl AudioOutput {
    /// This voice in this coding.
    pub fn new(voice: impl Into<String>, format: AudioFormat) -> Self {
        Self {
            voice: voice.into(),
            format,
        }
    }
}

/// A place to look for facts ("On Your Data").
///
/// The parameters may hold a key, so that they are not shown by `Debug`.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataSource {
    /// Its kind: `azure_search`, `azure_cosmos_db`, `elasticsearch`, `pinecone`, `mongo_db`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How to reach and search it.
    #[serde(default)]
    pub parameters: Extra,
}

impl DataSource {
    /// A source of this kind.
    pub fn new(kind: impl Into<String>, parameters: Extra) -> Self {
        Self {
            kind: kind.into(),
            parameters,
        }
    }
}

impl fmt::Debug for DataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSource")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

tagged_union! {
    /// What most of an answer will be.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Prediction by "type" {
        /// This text, with changes here and there.
        Content(PredictedContent) = "content",
    }
}

/// The text that most of an answer will be.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictedContent {
    /// The text.
    pub content: Content,
}

impl Prediction {
    /// The answer will mostly be this text.
    pub fn content(content: impl Into<Content>) -> Self {
        let content = content.into();
        Self::Content(PredictedContent { content })
    }
}

/// What a stream carries besides the answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamOptions {
    /// Whether a last chunk says what the answer cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_usage: Option<bool>,
    /// Whether random text in each chunk hides how long its piece of the answer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_obfuscation: Option<bool>,
}

impl StreamOptions {
    /// A last chunk says what the answer cost.
    pub fn with_usage() -> Self {
        Self {
            include_usage: Some(true),
            ..Self::default()
        }
    }
}

/// Who is asking, for the alerts of Microsoft Defender.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserSecurityContext {
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_name: Option<String>,
    /// The end user, by the identity that the application knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_user_id: Option<String>,
    /// The end user's tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_user_tenant_id: Option<String>,
    /// The end user's network address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
}

string_or! {
    /// The texts at which an answer ends.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Stop: "a string or a list of strings" {
        /// One.
        One(String),
        /// Whichever comes first.
        Any(Vec<String>),
    }
}

string_enum! {
    /// What an answer may consist of.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Modality {
        /// Text.
        Text = "text",
        /// Speech.
        Audio = "audio",
    }
}

string_enum! {
    /// How long a reasoning model may think.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ReasoningEffort {
        /// Not at all.
        None = "none",
        /// As little as possible.
        Minimal = "minimal",
        /// Little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Long.
        High = "high",
        /// Longest.
        ExtraHigh = "xhigh",
    }
}

string_enum! {
    /// A class of service.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ServiceTier {
        /// As the resource is set.
        Auto = "auto",
        /// The standard class.
        Default = "default",
        /// Slower and cheaper.
        Flex = "flex",
        /// Reserved capacity.
        Scale = "scale",
        /// Faster and dearer.
        Priority = "priority",
        /// Fastest.
        Fast = "fast",
    }
}

string_enum! {
    /// How long-winded an answer is.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Verbosity {
        /// Brief.
        Low = "low",
        /// Ordinary.
        Medium = "medium",
        /// Thorough.
        High = "high",
    }
}
