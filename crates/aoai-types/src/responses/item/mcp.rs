//! Tools of MCP servers, which the service calls itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ItemStatus;
use crate::Json;

/// The tools of an MCP server.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpListTools {
    /// The item's id, `mcpl_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The server.
    pub server_label: String,
    /// Its tools.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub tools: Vec<McpListedTool>,
    /// Why they could not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}

/// A tool of an MCP server.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpListedTool {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it takes, as a JSON schema; `null` is said, as a request must.
    pub input_schema: Option<Json>,
    /// What else the server says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
}

/// The model asks whether it may call a tool.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpApprovalRequest {
    /// The item's id, `mcpr_…`, to be named in the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The server.
    pub server_label: String,
    /// The tool's name.
    pub name: String,
    /// Its arguments: JSON, as text the model wrote.
    pub arguments: String,
}

/// The model may call a tool, or not.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpApprovalResponse {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The request's id.
    pub approval_request_id: String,
    /// Whether it may.
    pub approve: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl McpApprovalResponse {
    /// Lets the call of this request go ahead, or not.
    pub fn new(approval_request_id: impl Into<String>, approve: bool) -> Self {
        Self {
            approval_request_id: approval_request_id.into(),
            approve,
            id: None,
            reason: None,
        }
    }
}

/// The model called a tool.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpCall {
    /// The item's id, `mcp_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The request that let it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_request_id: Option<String>,
    /// The server.
    pub server_label: String,
    /// The tool's name.
    pub name: String,
    /// Its arguments: JSON, as text the model wrote.
    pub arguments: String,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Why it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}
