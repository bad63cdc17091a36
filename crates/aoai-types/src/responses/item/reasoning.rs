//! What a model thinks.

use serde::{Deserialize, Serialize};

use super::{ContentPart, ItemStatus, SummaryText};
use crate::open::tagged_union;

/// What a model thought before it went on.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReasoningItem {
    /// The item's id, `rs_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far it has come; often missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ItemStatus>,
    /// A summary, if one was asked for.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub summary: Vec<SummaryPart>,
    /// The thoughts themselves, with models that show them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<ContentPart>>,
    /// The thoughts, sealed, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_content: Option<String>,
}

tagged_union! {
    /// One part of a summary.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum SummaryPart by "type" {
        /// Text.
        Text(SummaryText) = "summary_text",
    }
}

/// A sealed summary of what was left out of a long input.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Compaction {
    /// The item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The summary.
    pub encrypted_content: String,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
}
