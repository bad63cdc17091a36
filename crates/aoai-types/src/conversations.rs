//! Conversations: items that the service keeps from one answer to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

pub use self::create::CreateConversation;
pub use self::delete::{DeleteConversation, DeletedConversation};
pub use self::get::GetConversation;
pub use self::update::UpdateConversation;

pub mod items;

mod create;
mod delete;
mod get;
mod update;

/// A conversation.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conversation {
    /// Its id, `conv_…`.
    pub id: String,
    /// Always `conversation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}
