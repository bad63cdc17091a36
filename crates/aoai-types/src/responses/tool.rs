//! Tools that a model may use.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Json;
use crate::open::tagged_union;

pub use self::choice::{
    AllowedToolsChoice, CodeInterpreterChoice, ComputerChoice, CustomChoice, FileSearchChoice,
    FunctionChoice, ImageGenerationChoice, McpChoice, ToolChoice, ToolChoiceMode, ToolChoiceObject,
    WebSearchChoice,
};
pub use self::hosted::{
    ApproximateLocation, AutoContainer, CodeInterpreterTool, ComputerTool, Container,
    FileSearchTool, ImageGenerationTool, ImageMask, LocalShellTool, RankingOptions, UserLocation,
    WebSearchPreviewTool, WebSearchTool,
};
pub use self::mcp::{
    AllowedTools, ApprovalFilter, ApprovalSetting, McpTool, McpToolFilter, RequireApproval,
};

mod choice;
mod hosted;
mod mcp;

tagged_union! {
    /// A tool that the model may use.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Tool by "type" {
        /// A function of the caller's.
        Function(FunctionTool) = "function",
        /// A tool of the caller's that takes plain text.
        Custom(CustomTool) = "custom",
        /// A search of vector stores.
        FileSearch(FileSearchTool) = "file_search",
        /// A search of the web.
        WebSearch(WebSearchTool) = "web_search",
        /// The same, in its preview.
        WebSearchPreview(WebSearchPreviewTool) = "web_search_preview",
        /// Python in a container.
        CodeInterpreter(CodeInterpreterTool) = "code_interpreter",
        /// Images.
        ImageGeneration(ImageGenerationTool) = "image_generation",
        /// A computer, by the caller's hands.
        Computer(ComputerTool) = "computer_use_preview",
        /// A shell, by the caller's hands.
        LocalShell(LocalShellTool) = "local_shell",
        /// The tools of an MCP server.
        Mcp(McpTool) = "mcp",
    }
}

/// A function of the caller's.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionTool {
    /// Its name.
    pub name: String,
    /// What it does, told to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it takes, as a JSON schema.
    pub parameters: Option<Json>,
    /// Whether the model must keep to the schema; it must if this is `null`.
    pub strict: Option<bool>,
    /// Whether the model finds it by a search only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defer_loading: Option<bool>,
}

impl FunctionTool {
    /// The function of this name and schema.
    pub fn new(name: impl Into<String>, parameters: impl Into<Json>) -> Self {
        Self {
            name: name.into(),
            parameters: Some(parameters.into()),
            description: None,
            strict: None,
            defer_loading: None,
        }
    }
}

#[cfg(feature = "schemars")]
impl FunctionTool {
    /// The function of this name whose arguments are `T`, which the model follows without exception.
    ///
    /// The description is the doc comment of `T`; [`Json::schema_of`] makes the schema, and
    /// [`FunctionCall::parse`](super::item::FunctionCall::parse) reads the arguments of a call.
    pub fn of<T: schemars::JsonSchema>(name: impl Into<String>) -> Self {
        Self {
            description: crate::schema::description_of::<T>(),
            strict: Some(true),
            ..Self::new(name, Json::schema_of::<T>())
        }
    }
}

/// A tool of the caller's that takes plain text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomTool {
    /// Its name.
    pub name: String,
    /// What it does, told to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The grammar that the text must keep to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Value>,
}

impl CustomTool {
    /// The tool of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            format: None,
        }
    }
}
