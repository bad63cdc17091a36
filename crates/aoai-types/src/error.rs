//! What the service says when it refuses.
//!
//! The bodies come in four families, which [`ErrorBody::read`] tells apart, and they differ from
//! what the service's own description says; [`ApiError`] therefore reads anything.

use std::fmt;

use serde_json::Value;

use crate::content_filter::{ContentFilterOutcome, ContentFilterResults};
use crate::operation::Extra;
use crate::responses::ResponseFilter;

pub use self::body::ErrorBody;
pub use self::code::ErrorCode;
pub use self::inner::InnerError;

mod body;
mod code;
mod inner;
mod wire;

/// The service's own words about an error.
///
/// Reading one cannot fail: what does not fit a field is kept in [`other`](Self::other).
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// For people.
    pub message: String,
    /// For programs: `content_filter`, `DeploymentNotFound`, `429`, ….
    pub code: Option<ErrorCode>,
    /// A coarser word for programs: `invalid_request_error`, `server_error`.
    pub kind: Option<String>,
    /// The member of the request that is to blame.
    pub param: Option<String>,
    /// The HTTP status, repeated in the body.
    pub status: Option<i64>,
    /// Details, under the key that chat and completions use.
    pub innererror: Option<Box<InnerError>>,
    /// Details, under the key that images use.
    pub inner_error: Option<Box<InnerError>>,
    /// What the content filter found, as responses tell it.
    pub content_filters: Option<Vec<ResponseFilter>>,
    /// The request's id, where no header says it.
    pub requestid: Option<String>,
    /// Members that this version of the crate does not know.
    pub other: Extra,
}

impl ApiError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// The details, whichever key they stand under.
    pub fn inner(&self) -> Option<&InnerError> {
        self.innererror.as_deref().or(self.inner_error.as_deref())
    }

    /// What the content filter found, where it was the one to refuse, among the details.
    pub fn content_filter(&self) -> Option<&ContentFilterResults> {
        let both = [&self.innererror, &self.inner_error];
        both.into_iter()
            .flatten()
            .find_map(|inner| inner.content_filter())
    }

    /// The findings, in the form that whole answers have them in.
    ///
    /// Findings of an error are about a prompt: a filtered answer comes as an answer.
    pub fn content_filter_outcome(&self) -> ContentFilterOutcome {
        let mut outcome = ContentFilterOutcome::default();
        outcome.add_error(self);
        outcome
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_ref().map(ErrorCode::to_string);
        match code.filter(|code| !code.is_empty()) {
            Some(code) if self.message.is_empty() => f.write_str(&code),
            Some(code) => write!(f, "{code}: {}", self.message),
            None if self.message.is_empty() => f.write_str("no reason given"),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ApiError {}

impl From<Value> for ApiError {
    fn from(value: Value) -> Self {
        wire::from_value(value)
    }
}
