//! The examples of a run, and how they are answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::chat;
use crate::graders::GraderMessage;
use crate::open::tagged_union;
use crate::responses::tool::Tool;
use crate::responses::{ReasoningEffort, TextFormat};
use crate::timestamp::Timestamp;

tagged_union! {
    /// The examples of a run, and how they are answered.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum RunDataSource by "type" {
        /// They are answered already.
        Jsonl(JsonlSource) = "jsonl",
        /// By chat completions.
        Completions(CompletionsSource) = "completions",
        /// By responses.
        Responses(ResponsesSource) = "responses",
    }
}

/// Examples that are answered already.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonlSource {
    /// The examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ContentSource>,
}

impl JsonlSource {
    /// These examples.
    pub fn new(source: impl Into<ContentSource>) -> Self {
        Self {
            source: Some(source.into()),
        }
    }
}

/// Examples answered by chat completions.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionsSource {
    /// The deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ContentSource>,
    /// What is asked of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_messages: Option<InputMessages>,
    /// How it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_params: Option<SamplingParams<chat::Tool>>,
}

impl CompletionsSource {
    /// These examples, answered by the deployment `model`.
    pub fn new(model: impl Into<String>, source: impl Into<ContentSource>) -> Self {
        Self {
            model: Some(model.into()),
            source: Some(source.into()),
            input_messages: None,
            sampling_params: None,
        }
    }
}

/// Examples answered by responses.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponsesSource {
    /// The deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ContentSource>,
    /// What is asked of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_messages: Option<InputMessages>,
    /// How it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_params: Option<SamplingParams>,
}

impl ResponsesSource {
    /// These examples, answered by the deployment `model`.
    pub fn new(model: impl Into<String>, source: impl Into<ContentSource>) -> Self {
        Self {
            model: Some(model.into()),
            source: Some(source.into()),
            input_messages: None,
            sampling_params: None,
        }
    }
}

tagged_union! {
    /// Examples.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum ContentSource by "type" {
        /// Given here.
        FileContent(FileContentSource) = "file_content",
        /// In a file.
        FileId(FileIdSource) = "file_id",
        /// Chat completions that the service keeps.
        StoredCompletions(StoredCompletionsSource) = "stored_completions",
        /// Responses that the service keeps.
        Responses(ResponsesContentSource) = "responses",
    }
}

/// Examples given here.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileContentSource {
    /// The examples.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub content: Vec<EvalContent>,
}

/// An example, and its answer if it has one.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvalContent {
    /// The example.
    pub item: Map<String, Value>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Map<String, Value>>,
}

impl EvalContent {
    /// This example, not answered yet.
    pub const fn new(item: Map<String, Value>) -> Self {
        Self { item, sample: None }
    }
}

/// Examples in a file.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileIdSource {
    /// The file's id.
    pub id: String,
}

impl FileIdSource {
    /// The file of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

/// Chat completions that the service keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredCompletionsSource {
    /// Only those with these pairs; `null` is said, as a request must.
    pub metadata: Option<BTreeMap<String, Value>>,
    /// Only those of this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only those made after this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_after: Option<Timestamp>,
    /// Only those made before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_before: Option<Timestamp>,
    /// At most this many.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
}

/// Responses that the service keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponsesContentSource {
    /// Only those with these pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// Only those of this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only those with this in their instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions_search: Option<String>,
    /// Only those made after this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_after: Option<Timestamp>,
    /// Only those made before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_before: Option<Timestamp>,
    /// Only those made with this effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Only those made at this temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Only those made with this share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Only those asked by these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<String>>,
    /// Only those with these tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
}

tagged_union! {
    /// What is asked of each example.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum InputMessages by "type" {
        /// These messages.
        Template(MessageTemplate) = "template",
        /// Those that the example has.
        ItemReference(ItemReference) = "item_reference",
    }
}

/// Messages in which `{{…}}` stands for members of the example.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageTemplate {
    /// The messages.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub template: Vec<GraderMessage>,
}

/// Messages that the example has.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemReference {
    /// The member that has them, `item.messages`.
    pub item_reference: String,
}

impl ItemReference {
    /// The messages in this member.
    pub fn new(item_reference: impl Into<String>) -> Self {
        Self {
            item_reference: item_reference.into(),
        }
    }
}

/// How examples are answered, with the tools `T` of chat or of responses.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SamplingParams<T = Tool> {
    /// How freely tokens are chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of the likeliest tokens to choose among.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// A number that makes answers repeatable.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<i64>,
    /// The most tokens of an answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_tokens: Option<i64>,
    /// The same, in newer versions.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_completion_tokens: Option<i64>,
    /// The same, as some versions write it.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_completions_tokens: Option<i64>,
    /// How much the model thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,
    /// The form of the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<TextFormat>,
    /// The form of the answers, in newer versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Value>,
    /// Whether tools may be called several at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// The tools the model has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<T>>,
}

impl<T> Default for SamplingParams<T> {
    fn default() -> Self {
        Self {
            temperature: None,
            top_p: None,
            seed: None,
            max_tokens: None,
            max_completion_tokens: None,
            max_completions_tokens: None,
            reasoning_effort: None,
            response_format: None,
            text: None,
            parallel_tool_calls: None,
            tools: None,
        }
    }
}
