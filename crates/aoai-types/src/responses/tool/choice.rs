//! Which tools a model must use.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::{string_enum, tagged_union};
use crate::shape::shape_union;

shape_union! {
    /// Which tools the model must use.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ToolChoice {
        /// Any, or none.
        Mode(ToolChoiceMode) = string,
        /// A certain one.
        Tool(ToolChoiceObject) = object,
    }
}

string_enum! {
    /// Whether the model must use a tool.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ToolChoiceMode {
        /// It must not.
        None = "none",
        /// It may.
        Auto = "auto",
        /// It must.
        Required = "required",
    }
}

tagged_union! {
    /// A tool that the model must use.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ToolChoiceObject by "type" {
        /// A function.
        Function(FunctionChoice) = "function",
        /// A tool that takes plain text.
        Custom(CustomChoice) = "custom",
        /// A tool of an MCP server.
        Mcp(McpChoice) = "mcp",
        /// One of several.
        AllowedTools(AllowedToolsChoice) = "allowed_tools",
        /// The file search.
        FileSearch(FileSearchChoice) = "file_search",
        /// The web search.
        WebSearch(WebSearchChoice) = "web_search_preview",
        /// The code interpreter.
        CodeInterpreter(CodeInterpreterChoice) = "code_interpreter",
        /// The image generation.
        ImageGeneration(ImageGenerationChoice) = "image_generation",
        /// The computer.
        Computer(ComputerChoice) = "computer_use_preview",
    }
}

/// A function.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionChoice {
    /// Its name.
    pub name: String,
}

impl FunctionChoice {
    /// The function of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// A tool that takes plain text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomChoice {
    /// Its name.
    pub name: String,
}

impl CustomChoice {
    /// The tool of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// A tool of an MCP server.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpChoice {
    /// The server.
    pub server_label: String,
    /// The tool's name; any of the server's, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl McpChoice {
    /// Any tool of this server.
    pub fn new(server_label: impl Into<String>) -> Self {
        Self {
            server_label: server_label.into(),
            name: None,
        }
    }
}

/// One of several tools.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AllowedToolsChoice {
    /// Whether it must be used or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ToolChoiceMode>,
    /// The tools, each an object with its `type` and name.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub tools: Vec<Value>,
}

/// The file search.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSearchChoice {}

/// The web search.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchChoice {}

/// The code interpreter.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeInterpreterChoice {}

/// The image generation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageGenerationChoice {}

/// The computer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputerChoice {}
