//! `GET /conversations/{conversation_id}`
//!
//! Describes one conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Conversation;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetConversation {
    /// The conversation's id.
    pub conversation_id: String,
}

impl GetConversation {
    /// Asks for the conversation of this id.
    pub fn new(conversation_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
        }
    }
}

impl Operation for GetConversation {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.get",
        Method::GET,
        Scope::Resource,
        "/conversations/{conversation_id}",
    )
    .v1_only()
    .stateful();
    type Response = Conversation;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id]
    }
}
