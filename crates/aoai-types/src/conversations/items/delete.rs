//! `DELETE /conversations/{conversation_id}/items/{item_id}`
//!
//! Takes an item out of a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::Conversation;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Takes an item out of a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteConversationItem {
    /// The conversation's id.
    pub conversation_id: String,
    /// The item's id.
    pub item_id: String,
}

impl DeleteConversationItem {
    /// Takes an item out of a conversation, by their ids.
    pub fn new(conversation_id: impl Into<String>, item_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
            item_id: item_id.into(),
        }
    }
}

impl Operation for DeleteConversationItem {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.items.delete",
        Method::DELETE,
        Scope::Resource,
        "/conversations/{conversation_id}/items/{item_id}",
    )
    .v1_only()
    .stateful();
    type Response = Conversation;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id, &self.item_id]
    }
}
