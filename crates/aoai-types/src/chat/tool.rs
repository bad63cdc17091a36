//! Tools that a model may call, and its calls.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Content, Message};
use crate::Json;
use crate::lenient;
use crate::open::{string_enum, tagged_union};
use crate::operation::DecodeError;
use crate::outcome::ToolUse;

tagged_union! {
    /// A tool that the model may call.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Tool by "type" {
        /// A function with JSON arguments.
        Function(FunctionTool) = "function",
        /// A tool that takes text.
        Custom(CustomTool) = "custom",
    }
}

impl Tool {
    /// A function that takes one JSON object.
    ///
    /// ```
    /// use aoai_types::chat::Tool;
    /// use serde_json::json;
    ///
    /// let weather = Tool::function(
    ///     "weather",
    ///     "The weather of a city, today.",
    ///     json!({"type": "object", "properties": {"city": {"type": "string"}}}),
    /// );
    /// ```
    pub fn function(
        name: impl Into<String>,
        description: impl Into<String>,
        parameters: impl Into<Json>,
    ) -> Self {
        Self::from(FunctionDefinition {
            name: name.into(),
            description: Some(description.into()),
            parameters: Some(parameters.into()),
            strict: None,
        })
    }
}

impl From<FunctionDefinition> for Tool {
    fn from(function: FunctionDefinition) -> Self {
        Self::Function(FunctionTool { function })
    }
}

impl From<CustomDefinition> for Tool {
    fn from(custom: CustomDefinition) -> Self {
        Self::Custom(CustomTool { custom })
    }
}

#[cfg(feature = "schemars")]
impl Tool {
    /// A function whose arguments are `T`, which the model follows without exception.
    ///
    /// The description is the doc comment of `T`; [`Json::schema_of`] makes the schema, and
    /// [`ToolCall::parse`] reads the arguments of a call.
    ///
    /// ```
    /// use aoai_types::chat::Tool;
    ///
    /// /// The weather of a city, today.
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Weather {
    ///     city: String,
    /// }
    ///
    /// let Tool::Function(weather) = Tool::of::<Weather>("weather") else { unreachable!() };
    /// let description = weather.function.description.as_deref();
    /// assert_eq!(description, Some("The weather of a city, today."));
    /// ```
    pub fn of<T: schemars::JsonSchema>(name: impl Into<String>) -> Self {
        Self::from(FunctionDefinition {
            name: name.into(),
            description: crate::schema::description_of::<T>(),
            parameters: Some(Json::schema_of::<T>()),
            strict: Some(true),
        })
    }
}

/// A function with JSON arguments.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionTool {
    /// The function.
    pub function: FunctionDefinition,
}

/// A function, described to the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionDefinition {
    /// Its name.
    pub name: String,
    /// When and how to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its arguments, as a JSON schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Json>,
    /// Whether the arguments follow the schema without exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

impl FunctionDefinition {
    /// A function without arguments.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            parameters: None,
            strict: None,
        }
    }
}

/// A tool that takes text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomTool {
    /// The tool.
    pub custom: CustomDefinition,
}

/// A tool that takes text, described to the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomDefinition {
    /// Its name.
    pub name: String,
    /// When and how to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What text it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<CustomFormat>,
}

impl CustomDefinition {
    /// A tool that takes any text.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            format: None,
        }
    }
}

tagged_union! {
    /// What text a tool takes.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum CustomFormat by "type" {
        /// Any.
        Text(TextOutputFormat) = "text",
        /// What a grammar allows.
        Grammar(GrammarFormat) = "grammar",
    }
}

impl CustomFormat {
    /// What the grammar of this `definition` allows, written in `lark` or `regex`.
    pub fn grammar(syntax: impl Into<String>, definition: impl Into<String>) -> Self {
        Self::Grammar(GrammarFormat {
            grammar: Grammar {
                definition: definition.into(),
                syntax: syntax.into(),
            },
        })
    }
}

/// Any text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextOutputFormat {}

/// Text that a grammar allows.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GrammarFormat {
    /// The grammar.
    pub grammar: Grammar,
}

/// A grammar.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Grammar {
    /// The grammar itself.
    pub definition: String,
    /// Its notation: `lark` or `regex`.
    pub syntax: String,
}

tagged_union! {
    /// A tool that the model calls.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ToolCall by "type" or by "function" {
        /// A function.
        Function(FunctionToolCall) = "function",
        /// A tool that takes text.
        Custom(CustomToolCall) = "custom",
    }
}

impl ToolCall {
    /// A call of a function, with its arguments as JSON text.
    pub fn function(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self::Function(FunctionToolCall {
            id: id.into(),
            function: FunctionCall::new(name, arguments),
        })
    }

    /// The call's id, to be named in the message with the result.
    pub fn id(&self) -> &str {
        match self {
            Self::Function(call) => &call.id,
            Self::Custom(call) => &call.id,
            Self::Unknown(call) => call.text("id"),
        }
    }

    /// The tool's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Function(call) => &call.function.name,
            Self::Custom(call) => &call.custom.name,
            Self::Unknown(call) => call.text("name"),
        }
    }

    /// The arguments: JSON for a function, text for a custom tool.
    pub fn arguments(&self) -> &str {
        match self {
            Self::Function(call) => &call.function.arguments,
            Self::Custom(call) => &call.custom.input,
            Self::Unknown(_) => "",
        }
    }

    /// The arguments as a type of the caller's.
    ///
    /// # Errors
    ///
    /// The model wrote something else; the error names the place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        DecodeError::read(self.arguments())
    }

    /// The message that answers this call with what the tool gave.
    pub fn result(&self, content: impl Into<Content>) -> Message {
        Message::tool(self.id(), content)
    }

    pub(super) fn as_use(&self) -> ToolUse<'_> {
        ToolUse::new(self.id(), self.name(), self.arguments())
    }
}

/// A call of a function.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionToolCall {
    /// The call's id.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// Function and arguments.
    #[serde(default)]
    pub function: FunctionCall,
}

/// A function and its arguments.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The function.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// The arguments: JSON, as text the model wrote. It may not be valid.
    #[serde(default, deserialize_with = "lenient::text")]
    pub arguments: String,
}

impl FunctionCall {
    /// A function with its arguments as JSON text.
    pub fn new(name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            arguments: arguments.into(),
        }
    }
}

/// A call of a tool that takes text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCall {
    /// The call's id.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// Tool and text.
    #[serde(default)]
    pub custom: CustomCall,
}

/// A tool and the text for it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomCall {
    /// The tool.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// The text.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub input: String,
}

string_enum! {
    /// A kind of tool.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ToolKind {
        /// A function with JSON arguments.
        Function = "function",
        /// A tool that takes text.
        Custom = "custom",
    }
}
