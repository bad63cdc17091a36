//! `GET /conversations/{conversation_id}/items`
//!
//! Lists the items of a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};
use crate::responses::Include;
use crate::responses::item::Item;

/// Lists the items of a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListConversationItems {
    /// The conversation's id.
    pub conversation_id: String,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Include>>,
    /// At most this many entries, up to 100.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// The order; newest first, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl ListConversationItems {
    /// Asks for the items of the conversation of this id.
    pub fn new(conversation_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
            after: None,
            include: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListConversationItems {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.items.list",
        Method::GET,
        Scope::Resource,
        "/conversations/{conversation_id}/items",
    )
    .v1_only()
    .stateful();
    type Response = Page<Item>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id]
    }
}

impl Paged for ListConversationItems {
    type Item = Item;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let after = Some(page.next_after(|item| item.id().unwrap_or_default())?);
        Some(Self {
            after,
            ..self.clone()
        })
    }

    fn items(page: Self::Response) -> Vec<Self::Item> {
        page.data
    }
}
