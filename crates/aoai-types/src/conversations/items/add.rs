//! `POST /conversations/{conversation_id}/items`
//!
//! Adds items to a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::list::Page;
use crate::operation::{Extra, Operation};
use crate::responses::item::Item;

/// Adds items to a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddConversationItems {
    /// The conversation's id.
    pub conversation_id: String,
    /// The items, 20 at most.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub items: Vec<Item>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl AddConversationItems {
    /// Adds these items to the conversation of this id.
    pub fn new(
        conversation_id: impl Into<String>,
        items: impl IntoIterator<Item = impl Into<Item>>,
    ) -> Self {
        Self {
            conversation_id: conversation_id.into(),
            items: items.into_iter().map(Into::into).collect(),
            extra: Extra::new(),
        }
    }
}

impl Operation for AddConversationItems {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.items.create",
        Method::POST,
        Scope::Resource,
        "/conversations/{conversation_id}/items",
    )
    .v1_only()
    .not_repeatable()
    .stateful();
    type Response = Page<Item>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
