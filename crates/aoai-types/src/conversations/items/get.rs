//! `GET /conversations/{conversation_id}/items/{item_id}`
//!
//! Reads one item of a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;
use crate::responses::Include;
use crate::responses::item::Item;

/// Reads one item of a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetConversationItem {
    /// The conversation's id.
    pub conversation_id: String,
    /// The item's id.
    pub item_id: String,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Include>>,
}

impl GetConversationItem {
    /// Asks for an item of a conversation, by their ids.
    pub fn new(conversation_id: impl Into<String>, item_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
            item_id: item_id.into(),
            include: None,
        }
    }
}

impl Operation for GetConversationItem {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.items.get",
        Method::GET,
        Scope::Resource,
        "/conversations/{conversation_id}/items/{item_id}",
    )
    .v1_only()
    .stateful();
    type Response = Item;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id, &self.item_id]
    }
}
