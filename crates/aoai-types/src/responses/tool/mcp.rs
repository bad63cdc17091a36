//! The tools of MCP servers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::open::string_enum;
use crate::shape::shape_union;

/// The tools of an MCP server.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpTool {
    /// A name for the server.
    pub server_label: String,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
    /// Only these of its tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_tools: Option<AllowedTools>,
    /// A token for the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// A connector of the service instead of an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_id: Option<String>,
    /// Headers to send to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// Which of its tools the model must ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_approval: Option<RequireApproval>,
    /// What it is for, told to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_description: Option<String>,
}

impl McpTool {
    /// The server at this address.
    pub fn new(server_label: impl Into<String>, server_url: impl Into<String>) -> Self {
        Self {
            server_label: server_label.into(),
            server_url: Some(server_url.into()),
            allowed_tools: None,
            authorization: None,
            connector_id: None,
            headers: None,
            require_approval: None,
            server_description: None,
        }
    }
}

shape_union! {
    /// Some of a server's tools.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum AllowedTools {
        /// Those of these names.
        Names(Vec<String>) = array,
        /// Those that fit.
        Filter(McpToolFilter) = object,
    }
}

/// Some of a server's tools.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpToolFilter {
    /// Those of these names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_names: Option<Vec<String>>,
    /// Those that change nothing, or those that do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

shape_union! {
    /// Which tools the model must ask for.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum RequireApproval {
        /// All, or none.
        Setting(ApprovalSetting) = string,
        /// Some.
        Filter(ApprovalFilter) = object,
    }
}

string_enum! {
    /// Whether the model must ask.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ApprovalSetting {
        /// It must.
        Always = "always",
        /// It need not.
        Never = "never",
    }
}

/// Which tools the model must ask for.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApprovalFilter {
    /// Those it must ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always: Option<McpToolFilter>,
    /// Those it need not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<McpToolFilter>,
}
