//! `POST /responses`
//!
//! Asks a model for an answer.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::event::ResponseEvent;
use super::item::{Item, Message};
use super::tool::{Tool, ToolChoice};
use super::{
    Include, Input, Prompt, Reasoning, Response, ResponseAccumulator, TextSettings, Truncation,
};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation, Streaming};
use crate::outcome::{Outcome, TokenUsage};
use crate::shape::shape_union;

/// Asks a model for an answer.
///
/// ```
/// use aoai_types::responses::CreateResponse;
/// use aoai_types::responses::item::{Item, Message};
///
/// let mut request = CreateResponse::new("gpt-4o", "Say hello.");
/// request.max_output_tokens = Some(100);
/// let messages = [Item::from(Message::system("Be brief.")), Message::user("Say hello.").into()];
/// let request = CreateResponse::new("gpt-4o", messages);
/// ```
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateResponse {
    /// The deployment.
    pub model: String,
    /// What the model is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// Whether to answer at once and make the response in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<bool>,
    /// The conversation to go on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Include>>,
    /// What the model shall be. Not taken over from an earlier answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// The most tokens the answer may have, reasoning included; at least 16.
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
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whether tools may be called several at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// The answer to go on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_response_id: Option<String>,
    /// A prompt template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// A key that likens requests to one another for the prompt cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// How long the prompt shall stay cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_retention: Option<String>,
    /// How much the model thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Reasoning>,
    /// Who asks, in a form that names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// The tier that shall serve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Whether the service keeps the answer, for 30 days; it does if not told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    /// What streams carry besides the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// How freely tokens are chosen, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The form of the answer's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextSettings>,
    /// Which tools the model must use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The tools it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// How many alternatives to list for each token, up to 20.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub top_logprobs: Option<i64>,
    /// The share of the likeliest tokens to choose among.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// What happens to input beyond the context window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation: Option<Truncation>,
    /// Who asks; `safety_identifier` and `prompt_cache_key` replace it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateResponse {
    /// Asks the deployment `model` to answer `input`.
    pub fn new(model: impl Into<String>, input: impl Into<Input>) -> Self {
        Self {
            model: model.into(),
            input: Some(input.into()),
            background: None,
            conversation: None,
            include: None,
            instructions: None,
            max_output_tokens: None,
            max_tool_calls: None,
            metadata: None,
            parallel_tool_calls: None,
            previous_response_id: None,
            prompt: None,
            prompt_cache_key: None,
            prompt_cache_retention: None,
            reasoning: None,
            safety_identifier: None,
            service_tier: None,
            store: None,
            stream_options: None,
            temperature: None,
            text: None,
            tool_choice: None,
            tools: None,
            top_logprobs: None,
            top_p: None,
            truncation: None,
            user: None,
            extra: Extra::new(),
        }
    }
}

impl CreateResponse {
    /// Goes on from an answer that the service keeps, with `input`.
    ///
    /// ```
    /// use aoai_types::responses::item::Item;
    /// use aoai_types::responses::{CreateResponse, Response};
    ///
    /// let mut request = CreateResponse::new("gpt-4o-mini", "Is it raining?");
    /// # let body = r#"{"id": "resp_1", "output": [{"type": "function_call", "call_id": "call_1",
    /// #     "name": "weather", "arguments": "{}"}]}"#;
    /// # let answer: Response = serde_json::from_str(body)?;
    /// let results: Vec<Item> = answer.function_calls().map(|call| call.result("Sunny.")).collect();
    /// request.go_on(&answer, results);
    /// assert_eq!(request.previous_response_id.as_deref(), Some("resp_1"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn go_on(&mut self, answer: &Response, input: impl Into<Input>) {
        self.previous_response_id.clone_from(&answer.id);
        self.input = Some(input.into());
    }

    /// Goes on from an answer that the service does not keep: adds its items, then `input`.
    ///
    /// Without the service's memory, a reasoning model's thoughts come along only where the request
    /// asked for them sealed, with [`Include::EncryptedReasoning`]; the service would refuse others,
    /// of which there is but an id, and they are left out.
    ///
    /// ```
    /// use aoai_types::responses::item::Message;
    /// use aoai_types::responses::{CreateResponse, Response};
    ///
    /// let mut request = CreateResponse::new("gpt-4o-mini", "My name is Ada.");
    /// # let body = r#"{"output": [{"type": "message", "role": "assistant", "content": "OK"}]}"#;
    /// # let answer: Response = serde_json::from_str(body)?;
    /// request.go_on_without_store(&answer, [Message::user("What is my name?").into()]);
    /// let json = serde_json::to_value(&request)?;
    /// assert_eq!(json["input"][0]["content"], "My name is Ada.");
    /// assert_eq!(json["input"][1]["role"], "assistant");
    /// assert_eq!(json["input"][2]["content"], "What is my name?");
    /// assert_eq!(json.get("previous_response_id"), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn go_on_without_store(
        &mut self,
        answer: &Response,
        input: impl IntoIterator<Item = Item>,
    ) {
        let mut items = match self.input.take() {
            Some(Input::Items(items)) => items,
            Some(Input::Text(text)) => vec![Message::user(text).into()],
            _ => Vec::new(),
        };
        let told = answer.output.iter().filter(|item| !item.is_only_an_id());
        items.extend(told.cloned().chain(input));
        self.input = Some(Input::Items(items));
    }
}

impl Operation for CreateResponse {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.create",
        Method::POST,
        Scope::Resource,
        "/responses",
    )
    .since(ApiVersion::preview(2025, 3, 1))
    .stateful()
    .gen_ai("chat");
    type Response = Response;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    /// Twice in the background are two answers that nobody stops, and twice in a conversation are
    /// two turns.
    fn safe_to_repeat(&self) -> bool {
        self.background != Some(true) && self.conversation.is_none()
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn lacks(response: &Response) -> Option<&'static str> {
        response.lacks()
    }

    fn outcome(response: &Response) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &Response) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}

impl Streaming for CreateResponse {
    type Event = ResponseEvent;
    type Accumulator = ResponseAccumulator;
}

shape_union! {
    /// A conversation: its id, or an object that has it.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum Conversation {
        /// The id.
        Id(String) = string,
        /// The object.
        Object(super::ResponseConversation) = object,
    }
}

/// What streams carry besides the answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamOptions {
    /// Whether events are padded, so that their length tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_obfuscation: Option<bool>,
}
