//! The details of an error.

use serde_json::Value;

use crate::content_filter::ContentFilterResults;
use crate::operation::Extra;

/// The details of an error.
///
/// Chat and completions write `content_filter_result`, images `content_filter_results`.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct InnerError {
    /// `ResponsibleAIPolicyViolation` where the content filter refused.
    pub code: Option<String>,
    /// What the content filter found, under the key that chat and completions use.
    pub content_filter_result: Option<ContentFilterResults>,
    /// What the content filter found, under the key that images use.
    pub content_filter_results: Option<ContentFilterResults>,
    /// The prompt as the service rewrote it before it refused.
    pub revised_prompt: Option<String>,
    /// Members that this version of the crate does not know.
    pub other: Extra,
    /// What stands in place of an object, where none does.
    pub not_an_object: Option<Value>,
}

impl InnerError {
    /// What the content filter found, whichever key it stands under.
    pub fn content_filter(&self) -> Option<&ContentFilterResults> {
        let singular = self.content_filter_result.as_ref();
        singular.or(self.content_filter_results.as_ref())
    }
}
