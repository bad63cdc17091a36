//! Which tools a model must or may call.

use serde::{Deserialize, Serialize};

use crate::open::{string_enum, string_or, tagged_union};

string_or! {
    /// Which tools the model must or may call.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ToolChoice: "`none`, `auto`, `required`, or an object that names tools" {
        /// Whether to call any.
        Mode(ToolChoiceMode),
        /// These.
        Named(NamedToolChoice),
    }
}

impl ToolChoice {
    /// The model calls this function.
    pub fn function(name: impl Into<String>) -> Self {
        Self::Named(NamedToolChoice::function(name))
    }

    /// The model calls this custom tool.
    pub fn custom(name: impl Into<String>) -> Self {
        Self::Named(NamedToolChoice::custom(name))
    }
}

impl From<AllowedTools> for ToolChoice {
    fn from(allowed_tools: AllowedTools) -> Self {
        Self::Named(NamedToolChoice::Allowed(AllowedToolsChoice {
            allowed_tools,
        }))
    }
}

string_enum! {
    /// Whether to call any tool.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ToolChoiceMode {
        /// None.
        None = "none",
        /// As the model thinks fit.
        Auto = "auto",
        /// At least one.
        Required = "required",
    }
}

tagged_union! {
    /// Tools that must or may be called.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum NamedToolChoice by "type" {
        /// This function must be.
        Function(FunctionToolChoice) = "function",
        /// This custom tool must be.
        Custom(CustomToolChoice) = "custom",
        /// Only these may be.
        Allowed(AllowedToolsChoice) = "allowed_tools",
    }
}

impl NamedToolChoice {
    /// This function.
    pub fn function(name: impl Into<String>) -> Self {
        let function = FunctionName::new(name);
        Self::Function(FunctionToolChoice { function })
    }

    /// This custom tool.
    pub fn custom(name: impl Into<String>) -> Self {
        let custom = FunctionName::new(name);
        Self::Custom(CustomToolChoice { custom })
    }
}

/// A function that must be called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionToolChoice {
    /// The function.
    pub function: FunctionName,
}

/// A custom tool that must be called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolChoice {
    /// The tool.
    pub custom: FunctionName,
}

/// The only tools that may be called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AllowedToolsChoice {
    /// The tools.
    pub allowed_tools: AllowedTools,
}

/// The only tools that may be called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AllowedTools {
    /// Whether one of them must be.
    pub mode: ToolChoiceMode,
    /// The tools, by kind and name.
    pub tools: Vec<NamedToolChoice>,
}

impl AllowedTools {
    /// Only these tools.
    pub const fn new(mode: ToolChoiceMode, tools: Vec<NamedToolChoice>) -> Self {
        Self { mode, tools }
    }
}

string_or! {
    /// Which function the model calls, in the older form.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum FunctionCallOption: "`none`, `auto`, or an object that names a function" {
        /// Whether to call any.
        Mode(FunctionCallMode),
        /// This one.
        Named(FunctionName),
    }
}

string_enum! {
    /// Whether to call any function.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum FunctionCallMode {
        /// None.
        None = "none",
        /// As the model thinks fit.
        Auto = "auto",
    }
}

/// A function or tool, by its name.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionName {
    /// The name.
    pub name: String,
}

impl FunctionName {
    /// The function of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}
