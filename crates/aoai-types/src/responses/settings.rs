//! What a request and its answer both say about how it is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use crate::Json;
use crate::open::{string_enum, tagged_union};
use crate::shape::shape_union;

shape_union! {
    /// What the model is given.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Input {
        /// Text of the user.
        Text(String) = string,
        /// Messages, results of tools, and items of earlier answers.
        Items(Vec<Item>) = array,
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<const N: usize> From<[Item; N]> for Input {
    fn from(items: [Item; N]) -> Self {
        Self::Items(items.into())
    }
}

/// A prompt template that the resource keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Prompt {
    /// Its id.
    pub id: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What its variables stand for: texts, or content parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variables: Option<BTreeMap<String, Value>>,
}

impl Prompt {
    /// The template of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: None,
            variables: None,
        }
    }
}

/// How much the model thinks, and how much of it is shown.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reasoning {
    /// How much it thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<ReasoningEffort>,
    /// How its thoughts are summed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<ReasoningSummary>,
    /// The former name of `summary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_summary: Option<ReasoningSummary>,
    /// What of earlier thoughts it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// How it thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Value>,
}

string_enum! {
    /// How much a model thinks before it answers.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ReasoningEffort {
        /// Not at all.
        None = "none",
        /// As little as it can.
        Minimal = "minimal",
        /// Little.
        Low = "low",
        /// Some; the default of most models.
        Medium = "medium",
        /// Much.
        High = "high",
        /// As much as it can.
        ExtraHigh = "xhigh",
    }
}

string_enum! {
    /// How a model's thoughts are summed up.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ReasoningSummary {
        /// As detailed as the model can.
        Auto = "auto",
        /// Briefly.
        Concise = "concise",
        /// At length.
        Detailed = "detailed",
    }
}

/// The form of the answer's text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextSettings {
    /// Prose, or JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TextFormat>,
    /// How long it gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<Verbosity>,
}

impl TextSettings {
    /// Text of this form.
    pub fn of(format: impl Into<TextFormat>) -> Self {
        Self {
            format: Some(format.into()),
            verbosity: None,
        }
    }
}

string_enum! {
    /// How long an answer gets.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Verbosity {
        /// Brief.
        Low = "low",
        /// In between; the default.
        Medium = "medium",
        /// Long.
        High = "high",
    }
}

tagged_union! {
    /// The form of a text.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum TextFormat by "type" {
        /// Prose.
        Text(PlainTextFormat) = "text",
        /// JSON of any shape; the prompt must ask for JSON too.
        JsonObject(JsonObjectFormat) = "json_object",
        /// JSON of one shape.
        JsonSchema(JsonSchemaFormat) = "json_schema",
    }
}

#[cfg(feature = "schemars")]
impl TextFormat {
    /// JSON that is a `T`, without exception; [`Response::parse`](super::Response::parse) reads it.
    ///
    /// ```
    /// use aoai_types::responses::{CreateResponse, TextFormat, TextSettings};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Verdict {
    ///     why: String,
    ///     score: u8,
    /// }
    ///
    /// let mut request = CreateResponse::new("gpt-4o", "How good is it?");
    /// request.text = Some(TextSettings::of(TextFormat::of::<Verdict>()));
    /// ```
    pub fn of<T: schemars::JsonSchema>() -> Self {
        let name = crate::schema::name_of::<T>();
        Self::JsonSchema(JsonSchemaFormat {
            strict: Some(true),
            ..JsonSchemaFormat::new(name, Json::schema_of::<T>())
        })
    }
}

/// Prose.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlainTextFormat {}

/// JSON of any shape.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonObjectFormat {}

/// JSON of one shape.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonSchemaFormat {
    /// A name for the shape.
    pub name: String,
    /// The shape, as a JSON schema.
    pub schema: Json,
    /// What it is for, told to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the model must keep to the shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

impl JsonSchemaFormat {
    /// The shape of this name and schema.
    pub fn new(name: impl Into<String>, schema: impl Into<Json>) -> Self {
        Self {
            name: name.into(),
            schema: schema.into(),
            description: None,
            strict: None,
        }
    }
}

string_enum! {
    /// What happens to input beyond the context window.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Truncation {
        /// Items in the middle are left out.
        Auto = "auto",
        /// The request is refused.
        Disabled = "disabled",
    }
}

string_enum! {
    /// Parts of an answer that are left out unless asked for.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Include {
        /// What the code interpreter printed.
        CodeInterpreterOutputs = "code_interpreter_call.outputs",
        /// Screenshots.
        ComputerOutputImage = "computer_call_output.output.image_url",
        /// The passages that a file search found.
        FileSearchResults = "file_search_call.results",
        /// The pages that a web search found.
        WebSearchResults = "web_search_call.results",
        /// The addresses that a web search looked at.
        WebSearchSources = "web_search_call.action.sources",
        /// Images of the input.
        InputImage = "message.input_image.image_url",
        /// How likely each token was.
        Logprobs = "message.output_text.logprobs",
        /// The model's thoughts, sealed, to be given back without the service keeping them.
        EncryptedReasoning = "reasoning.encrypted_content",
    }
}
