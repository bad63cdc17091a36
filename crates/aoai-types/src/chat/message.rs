//! The messages of a conversation.

use serde::{Deserialize, Serialize};

use super::{Content, FunctionCall, ResponseMessage, ToolCall};
use crate::open::{string_enum, tagged_union};

tagged_union! {
    /// One message of a conversation.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Message by "role" {
        /// Instructions of the application's author; reasoning models know these as such.
        Developer(DeveloperMessage) = "developer",
        /// Instructions of the application's author.
        System(SystemMessage) = "system",
        /// The end user.
        User(UserMessage) = "user",
        /// The model.
        Assistant(AssistantMessage) = "assistant",
        /// The result of a tool that the model called.
        Tool(ToolMessage) = "tool",
        /// The older form of a tool's result.
        Function(FunctionMessage) = "function",
    }
}

impl Message {
    /// Instructions of the application's author, for reasoning models.
    pub fn developer(content: impl Into<Content>) -> Self {
        Self::Developer(DeveloperMessage {
            content: content.into(),
            name: None,
        })
    }

    /// Instructions of the application's author.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::System(SystemMessage {
            content: content.into(),
            name: None,
        })
    }

    /// What the end user says.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::User(UserMessage {
            content: content.into(),
            name: None,
        })
    }

    /// What the model said.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::Assistant(AssistantMessage {
            content: Some(content.into()),
            ..AssistantMessage::default()
        })
    }

    /// The result of the tool call that has this id.
    pub fn tool(call: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Tool(ToolMessage {
            tool_call_id: call.into(),
            content: content.into(),
        })
    }

    /// The result of a function, in the older form.
    pub fn function(name: impl Into<String>, content: impl Into<String>) -> Self {
        Self::Function(FunctionMessage {
            name: name.into(),
            content: Some(content.into()),
        })
    }
}

/// Instructions of the application's author, as reasoning models know them.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeveloperMessage {
    /// The instructions.
    pub content: Content,
    /// Tells participants of the same role apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Instructions of the application's author.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SystemMessage {
    /// The instructions.
    pub content: Content,
    /// Tells participants of the same role apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What the end user says.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserMessage {
    /// What is said.
    pub content: Content,
    /// Tells participants of the same role apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What the model said, or which tools it called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// What it said when it declined to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Tells participants of the same role apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioReference>,
    /// The tools that it called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// The older form of `tool_calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCall>,
}

/// A spoken answer, by its id.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioReference {
    /// The id.
    pub id: String,
}

impl AudioReference {
    /// The spoken answer of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

/// The result of a tool.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolMessage {
    /// The id of the call.
    pub tool_call_id: String,
    /// The result.
    pub content: Content,
}

/// The result of a function, in the older form.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionMessage {
    /// The function.
    pub name: String,
    /// The result; the service wants the member even where there is none.
    #[serde(default)]
    pub content: Option<String>,
}

/// An answer becomes part of the conversation. What only answers have, such as annotations, the
/// service would refuse in a request: it is left out.
impl From<ResponseMessage> for Message {
    fn from(message: ResponseMessage) -> Self {
        let audio = message.audio.and_then(|audio| audio.id);
        Self::Assistant(AssistantMessage {
            content: message.content.map(Content::Text),
            refusal: message.refusal,
            name: None,
            audio: audio.map(|id| AudioReference { id }),
            tool_calls: message.tool_calls.filter(|calls| !calls.is_empty()),
            function_call: message.function_call,
        })
    }
}

string_enum! {
    /// Who says a message.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Role {
        /// The application's author, to a reasoning model.
        Developer = "developer",
        /// The application's author.
        System = "system",
        /// The end user.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// A tool.
        Tool = "tool",
        /// A function.
        Function = "function",
    }
}
