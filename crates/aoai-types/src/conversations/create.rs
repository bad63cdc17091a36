//! `POST /conversations`
//!
//! Begins a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::Conversation;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};
use crate::responses::item::Item;

/// Begins a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateConversation {
    /// What it begins with, 20 items at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateConversation {
    /// Begins an empty one.
    pub fn new() -> Self {
        Self {
            items: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateConversation {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.create",
        Method::POST,
        Scope::Resource,
        "/conversations",
    )
    .v1_only()
    .not_repeatable()
    .stateful();
    type Response = Conversation;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
