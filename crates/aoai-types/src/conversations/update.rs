//! `POST /conversations/{conversation_id}`
//!
//! Changes what is said of a conversation.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::Conversation;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Changes what is said of a conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdateConversation {
    /// The conversation's id.
    pub conversation_id: String,
    /// Pairs of the caller's own, in place of the former.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl UpdateConversation {
    /// Changes the conversation of this id.
    pub fn new(conversation_id: impl Into<String>) -> Self {
        Self {
            conversation_id: conversation_id.into(),
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for UpdateConversation {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "conversations.update",
        Method::POST,
        Scope::Resource,
        "/conversations/{conversation_id}",
    )
    .v1_only()
    .stateful();
    type Response = Conversation;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.conversation_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
