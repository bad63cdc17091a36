//! The form that an answer is to have.

use serde::{Deserialize, Serialize};

use crate::Json;
use crate::open::tagged_union;

tagged_union! {
    /// The form that an answer is to have.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ResponseFormat by "type" {
        /// Text.
        Text(TextFormat) = "text",
        /// Some JSON object; a message must ask for JSON too.
        JsonObject(JsonObjectFormat) = "json_object",
        /// JSON after a schema.
        JsonSchema(JsonSchemaFormat) = "json_schema",
    }
}

impl ResponseFormat {
    /// Some JSON object; a message must ask for JSON too.
    pub const fn json_object() -> Self {
        Self::JsonObject(JsonObjectFormat {})
    }

    /// JSON that follows a schema without exception.
    ///
    /// The model fills in properties in the schema's order; [`Json`] says how to keep it.
    ///
    /// ```
    /// use aoai_types::Json;
    /// use aoai_types::chat::ResponseFormat;
    ///
    /// let schema = Json::parse(
    ///     r#"{
    ///         "type": "object",
    ///         "properties": {"why": {"type": "string"}, "answer": {"type": "number"}},
    ///         "required": ["why", "answer"],
    ///         "additionalProperties": false
    ///     }"#,
    /// )?;
    /// let format = ResponseFormat::json_schema("verdict", schema);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn json_schema(name: impl Into<String>, schema: impl Into<Json>) -> Self {
        Self::JsonSchema(JsonSchemaFormat {
            json_schema: JsonSchema {
                name: name.into(),
                description: None,
                schema: Some(schema.into()),
                strict: Some(true),
            },
        })
    }
}

#[cfg(feature = "schemars")]
impl ResponseFormat {
    /// JSON that is a `T`, without exception; [`ChatCompletion::parse`] reads it.
    ///
    /// [`ChatCompletion::parse`]: super::ChatCompletion::parse
    ///
    /// ```
    /// use aoai_types::chat::{CreateChatCompletion, Message, ResponseFormat};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Verdict {
    ///     why: String,
    ///     score: u8,
    /// }
    ///
    /// let mut request = CreateChatCompletion::new("gpt-4o", [Message::user("How good is it?")]);
    /// request.response_format = Some(ResponseFormat::of::<Verdict>());
    /// ```
    pub fn of<T: schemars::JsonSchema>() -> Self {
        Self::json_schema(crate::schema::name_of::<T>(), Json::schema_of::<T>())
    }
}

/// Text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextFormat {}

/// Some JSON object.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonObjectFormat {}

/// JSON after a schema.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonSchemaFormat {
    /// The schema and its name.
    pub json_schema: JsonSchema,
}

/// A schema and its name.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonSchema {
    /// The name, of letters, digits, `_` and `-`.
    pub name: String,
    /// What the answer is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
    /// Whether the answer follows the schema without exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}
