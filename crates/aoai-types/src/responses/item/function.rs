//! Calls of the caller's own tools, and what they gave.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{ContentPart, Item, ItemStatus};
use crate::operation::DecodeError;
use crate::shape::shape_union;

/// The model wants a function called.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The item's id, `fc_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id, to be named in the output.
    pub call_id: String,
    /// The function's name.
    pub name: String,
    /// Its arguments: JSON, as text the model wrote.
    pub arguments: String,
}

impl FunctionCall {
    /// A call of `name`.
    pub fn new(
        call_id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            call_id: call_id.into(),
            name: name.into(),
            arguments: arguments.into(),
            id: None,
            status: None,
        }
    }

    /// The arguments as a type of the caller's.
    ///
    /// # Errors
    ///
    /// The model wrote something else; the error names the place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        DecodeError::read(&self.arguments)
    }

    /// The item that answers this call with what the function gave.
    pub fn result(&self, output: impl Into<ToolOutput>) -> Item {
        FunctionCallOutput::new(&self.call_id, output).into()
    }
}

/// What a function gave.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCallOutput {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id.
    pub call_id: String,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<ToolOutput>,
}

impl FunctionCallOutput {
    /// The output of the call of this id.
    pub fn new(call_id: impl Into<String>, output: impl Into<ToolOutput>) -> Self {
        Self {
            call_id: call_id.into(),
            output: Some(output.into()),
            id: None,
            status: None,
        }
    }
}

shape_union! {
    /// What a tool gave.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ToolOutput {
        /// Text, often JSON.
        Text(String) = string,
        /// Texts, images, files.
        Parts(Vec<ContentPart>) = array,
    }
}

impl From<&str> for ToolOutput {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The model wants a tool called that takes plain text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCall {
    /// The item's id, `ctc_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id, to be named in the output.
    pub call_id: String,
    /// The tool's name.
    pub name: String,
    /// What the model gives it.
    pub input: String,
}

impl CustomToolCall {
    /// The item that answers this call with what the tool gave.
    pub fn result(&self, output: impl Into<ToolOutput>) -> Item {
        CustomToolCallOutput::new(&self.call_id, output).into()
    }
}

/// What a tool gave that takes plain text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCallOutput {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id.
    pub call_id: String,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<ToolOutput>,
}

impl CustomToolCallOutput {
    /// The output of the call of this id.
    pub fn new(call_id: impl Into<String>, output: impl Into<ToolOutput>) -> Self {
        Self {
            call_id: call_id.into(),
            output: Some(output.into()),
            id: None,
            status: None,
        }
    }
}

/// The model wants a command run on the caller's machine.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalShellCall {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id.
    pub call_id: String,
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<LocalShellAction>,
}

/// A command.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalShellAction {
    /// Always `exec`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The program and its arguments.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub command: Vec<String>,
    /// Environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
    /// How long it may take, in milliseconds.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub timeout_ms: Option<i64>,
    /// The user to run it as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The directory to run it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

/// What a command gave.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalShellCallOutput {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// The call's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// What it printed, as JSON.
    pub output: String,
}

impl LocalShellCallOutput {
    /// The output of the call of this id.
    pub fn new(call_id: impl Into<String>, output: impl Into<String>) -> Self {
        Self {
            call_id: Some(call_id.into()),
            output: output.into(),
            id: None,
            status: None,
        }
    }
}
