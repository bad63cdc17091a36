//! What the lists of all groups have in common.

use serde::{Deserialize, Serialize};

use crate::open::string_enum;

/// One page of a list.
///
/// Routes of the dated surface leave out the cursors and answer everything at once.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries.
    #[serde(deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<T>,
    /// Always `list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The first entry's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    /// The last entry's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Whether there is another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
}

impl<T> Page<T> {
    /// The cursor of the next page; `None` on the last one.
    pub(crate) fn next_after(&self, id: impl Fn(&T) -> &str) -> Option<String> {
        if self.has_more != Some(true) {
            return None;
        }
        // Some lists say that there is more without saying after what.
        let last_id = self.last_id.as_deref().filter(|id| !id.is_empty());
        let last = last_id.or_else(|| self.data.last().map(id))?;
        Some(last.to_owned())
    }
}

string_enum! {
    /// The order of a list, by the time its entries were made.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum SortOrder {
        /// Oldest first.
        Ascending = "asc",
        /// Newest first.
        Descending = "desc",
    }
}
