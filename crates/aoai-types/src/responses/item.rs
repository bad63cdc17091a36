//! Items: what goes into a model and what comes out of it.
//!
//! Input and output are made of the same items, so that the output of one answer can be part of
//! the input of the next. The service gives ids and states to those it makes.

use serde::{Deserialize, Serialize};

use crate::open::{string_enum, tagged_union};
use crate::outcome::ToolUse;

pub use self::annotation::{
    Annotation, ContainerFileCitation, FileCitation, FilePath, LogProb, TopLogProb, UrlCitation,
};
pub use self::computer::{
    Click, ComputerAction, ComputerCall, ComputerCallOutput, ComputerOutput, ComputerScreenshot,
    Coordinate, DoubleClick, Drag, KeyPress, Move, SafetyCheck, Screenshot, Scroll, TypeKeys, Wait,
};
pub use self::content::{
    ContentPart, InputAudio, InputFile, InputImage, InputText, OutputAudio, OutputText,
    ReasoningText, Refusal, SummaryText,
};
pub use self::function::{
    CustomToolCall, CustomToolCallOutput, FunctionCall, FunctionCallOutput, LocalShellAction,
    LocalShellCall, LocalShellCallOutput, ToolOutput,
};
pub use self::hosted::{
    CodeInterpreterCall, CodeInterpreterImage, CodeInterpreterLogs, CodeInterpreterOutput,
    FileSearchCall, FileSearchResult, FindInPage, ImageGenerationCall, OpenPage, WebSearch,
    WebSearchAction, WebSearchCall,
};
pub use self::mcp::{
    McpApprovalRequest, McpApprovalResponse, McpCall, McpListTools, McpListedTool,
};
pub use self::message::{Message, MessageContent, MessageRole};
pub use self::reasoning::{Compaction, ReasoningItem, SummaryPart};

mod annotation;
mod computer;
mod content;
mod function;
mod hosted;
mod mcp;
mod message;
mod reasoning;

tagged_union! {
    /// One piece of input or output.
    ///
    /// A message without a `type`, as the service accepts it in input, reads as an unknown item and is
    /// sent on as it is.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum Item by "type" {
        /// What someone says.
        Message(Message) = "message",
        /// The model wants a function called.
        FunctionCall(FunctionCall) = "function_call",
        /// What the function gave.
        FunctionCallOutput(FunctionCallOutput) = "function_call_output",
        /// The model wants a tool called that takes plain text.
        CustomToolCall(CustomToolCall) = "custom_tool_call",
        /// What that tool gave.
        CustomToolCallOutput(CustomToolCallOutput) = "custom_tool_call_output",
        /// What the model thought.
        Reasoning(ReasoningItem) = "reasoning",
        /// A sealed summary of what was left out.
        Compaction(Compaction) = "compaction",
        /// An item that the service keeps.
        ItemReference(ItemReference) = "item_reference",
        /// The model searched files.
        FileSearchCall(FileSearchCall) = "file_search_call",
        /// The model searched the web.
        WebSearchCall(WebSearchCall) = "web_search_call",
        /// The model ran code.
        CodeInterpreterCall(CodeInterpreterCall) = "code_interpreter_call",
        /// The model made an image.
        ImageGenerationCall(ImageGenerationCall) = "image_generation_call",
        /// The model wants to use a computer.
        ComputerCall(ComputerCall) = "computer_call",
        /// What the screen then showed.
        ComputerCallOutput(ComputerCallOutput) = "computer_call_output",
        /// The model wants a command run.
        LocalShellCall(LocalShellCall) = "local_shell_call",
        /// What the command gave.
        LocalShellCallOutput(LocalShellCallOutput) = "local_shell_call_output",
        /// The tools of an MCP server.
        McpListTools(McpListTools) = "mcp_list_tools",
        /// The model asks whether it may call such a tool.
        McpApprovalRequest(McpApprovalRequest) = "mcp_approval_request",
        /// It may, or not.
        McpApprovalResponse(McpApprovalResponse) = "mcp_approval_response",
        /// The model called such a tool.
        McpCall(McpCall) = "mcp_call",
    }
}

impl Item {
    /// The id, where the item has one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Message(item) => item.id.as_deref(),
            Self::FunctionCall(item) => item.id.as_deref(),
            Self::FunctionCallOutput(item) => item.id.as_deref(),
            Self::CustomToolCall(item) => item.id.as_deref(),
            Self::CustomToolCallOutput(item) => item.id.as_deref(),
            Self::Reasoning(item) => item.id.as_deref(),
            Self::Compaction(item) => item.id.as_deref(),
            Self::ItemReference(item) => Some(&item.id),
            Self::FileSearchCall(item) => item.id.as_deref(),
            Self::WebSearchCall(item) => item.id.as_deref(),
            Self::CodeInterpreterCall(item) => item.id.as_deref(),
            Self::ImageGenerationCall(item) => item.id.as_deref(),
            Self::ComputerCall(item) => item.id.as_deref(),
            Self::ComputerCallOutput(item) => item.id.as_deref(),
            Self::LocalShellCall(item) => item.id.as_deref(),
            Self::LocalShellCallOutput(item) => item.id.as_deref(),
            Self::McpListTools(item) => item.id.as_deref(),
            Self::McpApprovalRequest(item) => item.id.as_deref(),
            Self::McpApprovalResponse(item) => item.id.as_deref(),
            Self::McpCall(item) => item.id.as_deref(),
            Self::Unknown(item) => item.members().get("id")?.as_str(),
        }
    }

    /// Whether it says nothing to a service that has not kept it.
    pub(super) fn is_only_an_id(&self) -> bool {
        let Self::Reasoning(thoughts) = self else {
            return false;
        };
        let open = thoughts.content.as_ref();
        thoughts.encrypted_content.is_none() && open.is_none_or(Vec::is_empty)
    }

    /// The call of a tool of the caller's that the item is.
    pub(super) fn as_use(&self) -> Option<ToolUse<'_>> {
        match self {
            Self::FunctionCall(call) => {
                Some(ToolUse::new(&call.call_id, &call.name, &call.arguments))
            }
            Self::CustomToolCall(call) => {
                Some(ToolUse::new(&call.call_id, &call.name, &call.input))
            }
            _ => None,
        }
    }
}

string_enum! {
    /// How far an item has come.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ItemStatus {
        /// Being made.
        InProgress = "in_progress",
        /// The tool searches.
        Searching = "searching",
        /// The code runs.
        Interpreting = "interpreting",
        /// The image is being made.
        Generating = "generating",
        /// The tool has been called.
        Calling = "calling",
        /// Whole.
        Completed = "completed",
        /// Broken off.
        Incomplete = "incomplete",
        /// The tool gave up.
        Failed = "failed",
    }
}

/// An item that the service keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemReference {
    /// Its id.
    pub id: String,
}

impl ItemReference {
    /// The item of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}
