//! What is said and done in a session.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::tagged_union;
use crate::responses::item::McpListedTool;

tagged_union! {
    /// One piece of a conversation.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum RealtimeItem by "type" {
        /// What someone says.
        Message(RealtimeMessage) = "message",
        /// The model wants a function called.
        FunctionCall(RealtimeFunctionCall) = "function_call",
        /// What the function gave.
        FunctionCallOutput(RealtimeFunctionCallOutput) = "function_call_output",
        /// The tools of an MCP server.
        McpListTools(RealtimeMcpListTools) = "mcp_list_tools",
        /// The model asks whether it may call such a tool.
        McpApprovalRequest(RealtimeMcpApprovalRequest) = "mcp_approval_request",
        /// It may, or not.
        McpApprovalResponse(RealtimeMcpApprovalResponse) = "mcp_approval_response",
        /// The model called such a tool.
        McpCall(RealtimeMcpCall) = "mcp_call",
    }
}

/// What someone says.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeMessage {
    /// Its id, `item_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it has come: `in_progress`, `completed`, `incomplete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Who says it: `user`, `assistant`, `system`.
    pub role: String,
    /// What is said.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub content: Vec<RealtimePart>,
}

impl RealtimeMessage {
    /// What `role` says.
    pub fn new(role: impl Into<String>, content: impl IntoIterator<Item = RealtimePart>) -> Self {
        Self {
            role: role.into(),
            content: content.into_iter().collect(),
            id: None,
            object: None,
            status: None,
        }
    }
}

tagged_union! {
    /// One part of a message.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum RealtimePart by "type" {
        /// Text for the model.
        InputText(RealtimeTextPart) = "input_text",
        /// Sound for the model.
        InputAudio(RealtimeAudioPart) = "input_audio",
        /// An image for the model.
        InputImage(RealtimeImagePart) = "input_image",
        /// Text of the model.
        OutputText(RealtimeOutputTextPart) = "output_text",
        /// Sound of the model.
        OutputAudio(RealtimeOutputAudioPart) = "output_audio",
        /// Text of the model, in the preview.
        Text(RealtimePlainPart) = "text",
        /// Sound of the model, in the preview.
        Audio(RealtimeSoundPart) = "audio",
    }
}

impl From<&str> for RealtimePart {
    fn from(text: &str) -> Self {
        RealtimeTextPart::new(text).into()
    }
}

/// Text for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeTextPart {
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl RealtimeTextPart {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = Some(text.into());
        Self { text }
    }
}

/// Sound for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeAudioPart {
    /// The sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// What is said in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// An image for the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeImagePart {
    /// A `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How closely to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl RealtimeImagePart {
    /// The image in this `data:` URL.
    pub fn new(image_url: impl Into<String>) -> Self {
        Self {
            image_url: Some(image_url.into()),
            detail: None,
        }
    }
}

/// Text of the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeOutputTextPart {
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Sound of the model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeOutputAudioPart {
    /// The sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// What is said in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// Text of the model, in the preview.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimePlainPart {
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Sound of the model, in the preview.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeSoundPart {
    /// The sound, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// What is said in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// The model wants a function called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeFunctionCall {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The call's id, to be named in the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// The function's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its arguments: JSON, as text the model wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
}

/// What a function gave.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeFunctionCallOutput {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The call's id.
    pub call_id: String,
    /// What it gave.
    pub output: String,
}

impl RealtimeFunctionCallOutput {
    /// The output of the call of this id.
    pub fn new(call_id: impl Into<String>, output: impl Into<String>) -> Self {
        Self {
            call_id: call_id.into(),
            output: output.into(),
            id: None,
            object: None,
            status: None,
        }
    }
}

/// The tools of an MCP server.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeMcpListTools {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_label: Option<String>,
    /// Its tools.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub tools: Vec<McpListedTool>,
}

/// The model asks whether it may call a tool.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeMcpApprovalRequest {
    /// Its id, to be named in the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_label: Option<String>,
    /// The tool's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
}

/// The model may call a tool, or not.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeMcpApprovalResponse {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The request's id.
    pub approval_request_id: String,
    /// Whether it may.
    pub approve: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl RealtimeMcpApprovalResponse {
    /// Lets the call of this request go ahead, or not.
    pub fn new(approval_request_id: impl Into<String>, approve: bool) -> Self {
        Self {
            approval_request_id: approval_request_id.into(),
            approve,
            id: None,
            object: None,
            reason: None,
        }
    }
}

/// The model called a tool.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RealtimeMcpCall {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `realtime.item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The request that let it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_request_id: Option<String>,
    /// The server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_label: Option<String>,
    /// The tool's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Why it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}
