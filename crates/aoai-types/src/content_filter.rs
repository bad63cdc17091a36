//! What Azure's content filter says about prompts and answers.
//!
//! The service reports per category, and adds categories at any time; [`ContentFilterResults`] is
//! therefore a map, and [`ContentFilterResult`] has what any category says. Where the filter could
//! not run it says so in place of categories: see [`ContentFilterOutcome::error`].
//!
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::lenient;
use crate::open::string_enum;

pub use self::detail::{
    Citation, ContentFilterDetail, ContentFilterItem, ContentFilterItems, SubCategory,
};
pub use self::outcome::{ContentFilterOutcome, Finding};
pub use self::result::ContentFilterResult;
pub use self::results::ContentFilterResults;

mod detail;
mod outcome;
mod result;
mod results;

/// What the filter found in one prompt.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptFilterResult {
    /// Which of the request's prompts.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_index: Option<i64>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_results: Option<ContentFilterResults>,
    /// The key under which a filter that could not run says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_filter_result: Option<ContentFilterResults>,
}

/// Why the filter said nothing, or acted without saying on what.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentFilterError {
    /// `content_filter_error` where the filter could not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How much of a stream the asynchronous filter has seen.
///
/// In characters, counted from the start of the prompt.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentFilterOffsets {
    /// All before this has been checked; it never decreases.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_offset: Option<i64>,
    /// Where the text that the results are about begins.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_offset: Option<i64>,
    /// Where it ends.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_offset: Option<i64>,
}

string_enum! {
    /// What the filter looks for.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
    pub enum Category {
        /// Attacks on groups of people.
        Hate = "hate",
        /// Harming oneself.
        SelfHarm = "self_harm",
        /// Sexual content.
        Sexual = "sexual",
        /// Violence.
        Violence = "violence",
        /// Attempts of the user to escape the system's instructions.
        Jailbreak = "jailbreak",
        /// The same, hidden in documents.
        IndirectAttack = "indirect_attack",
        /// Swear words.
        Profanity = "profanity",
        /// Known text.
        ProtectedMaterialText = "protected_material_text",
        /// Known code, with its source.
        ProtectedMaterialCode = "protected_material_code",
        /// Claims that the given documents do not support.
        UngroundedMaterial = "ungrounded_material",
        /// Names, numbers and addresses of persons.
        PersonallyIdentifiableInformation = "personally_identifiable_information",
        /// Terms of the resource's own lists.
        CustomBlocklists = "custom_blocklists",
        /// Topics of the resource's own.
        CustomTopics = "custom_topics",
        /// Data that the organisation's policies guard.
        Purview = "purview",
        /// Tool calls that do not serve the user's intent.
        TaskAdherence = "task_adherence",
    }
}

string_enum! {
    /// How severe a finding is, for the categories that are graded.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
    pub enum Severity {
        /// Harmless.
        Safe = "safe",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}
