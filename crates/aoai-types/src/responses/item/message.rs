//! What someone says.

use serde::{Deserialize, Serialize};

use super::{ContentPart, InputText, ItemStatus};
use crate::open::string_enum;
use crate::shape::shape_union;

/// What someone says.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Its id, `msg_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// Who says it.
    pub role: MessageRole,
    /// What is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<MessageContent>,
    /// Whether the model comments on its work or gives its final answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
}

impl Message {
    /// What `role` says.
    pub fn new(role: MessageRole, content: impl Into<MessageContent>) -> Self {
        Self {
            id: None,
            status: None,
            role,
            content: Some(content.into()),
            phase: None,
        }
    }

    /// What the user says.
    pub fn user(content: impl Into<MessageContent>) -> Self {
        Self::new(MessageRole::User, content)
    }

    /// What the model is told to be.
    pub fn system(content: impl Into<MessageContent>) -> Self {
        Self::new(MessageRole::System, content)
    }

    /// What the model is told to be, in the words of the newer models.
    pub fn developer(content: impl Into<MessageContent>) -> Self {
        Self::new(MessageRole::Developer, content)
    }

    /// What the model has said.
    pub fn assistant(content: impl Into<MessageContent>) -> Self {
        Self::new(MessageRole::Assistant, content)
    }

    /// The parts of what is said; none where it is plain text.
    pub fn parts(&self) -> &[ContentPart] {
        match &self.content {
            Some(MessageContent::Parts(parts)) => parts,
            _ => &[],
        }
    }

    /// The model's texts, be they parts or all there is.
    pub(in crate::responses) fn output_texts(&self) -> impl Iterator<Item = &str> {
        let plain = match &self.content {
            Some(MessageContent::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let parts = self.parts().iter().filter_map(|part| match part {
            ContentPart::OutputText(text) => Some(text.text.as_str()),
            _ => None,
        });
        plain.into_iter().chain(parts)
    }
}

string_enum! {
    /// Who says something.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum MessageRole {
        /// The user.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// The application.
        System = "system",
        /// The application, in the words of the newer models.
        Developer = "developer",
        /// A tool.
        Tool = "tool",
    }
}

shape_union! {
    /// What is said.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum MessageContent {
        /// Text.
        Text(String) = string,
        /// Texts, images, files.
        Parts(Vec<ContentPart>) = array,
    }
}

impl From<&str> for MessageContent {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<const N: usize> From<[ContentPart; N]> for MessageContent {
    fn from(parts: [ContentPart; N]) -> Self {
        Self::Parts(parts.into())
    }
}

impl From<&str> for ContentPart {
    fn from(text: &str) -> Self {
        InputText::new(text).into()
    }
}
