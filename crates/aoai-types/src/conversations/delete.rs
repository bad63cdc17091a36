//! `DELETE /conversations/{conversation_id}`
//!
//! Removes a conversation; its items stay.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Removes a conversation; its items stay.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteConversation {
    /// The conversation's id.
    pub conversation_id: String,
}

impl DeleteConversation {
    /// Removes the conversation of this id.
    pub fn new(conversation_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
        }
    }
}

impl Operation for DeleteConversation {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.delete",
        Method::DELETE,
        Scope::Resource,
        "/conversations/{conversation_id}",
    )
    .v1_only()
    .stateful();
    type Response = DeletedConversation;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id]
    }
}

/// That a conversation is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedConversation {
    /// The conversation's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `conversation.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
