//! Structured output: an answer read as a type of the caller's.

use std::error::Error;
use std::fmt;

use serde::de::DeserializeOwned;

use super::Outcome;
use crate::content_filter::ContentFilterOutcome;
use crate::error::ApiError;
use crate::operation::DecodeError;

impl Outcome<'_> {
    /// The text as a type of the caller's, the one whose schema the request asked for.
    ///
    /// # Errors
    ///
    /// The answer is not what was asked for; [`ParseError`] tells the reasons apart, since each
    /// wants another reaction.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        let text = self.text.as_deref().unwrap_or_default();
        if let Some(refusal) = self.refusal.as_deref().filter(|text| !text.is_empty()) {
            return Err(ParseError::Refused {
                refusal: refusal.to_owned(),
            });
        }
        if matches!(self.finish.as_deref(), Some("length" | "max_output_tokens")) {
            return Err(ParseError::Length {
                text: text.to_owned(),
            });
        }
        if self.is_filtered() {
            return Err(ParseError::Filtered {
                text: text.to_owned(),
                filter: Box::new(self.filter.clone()),
            });
        }
        if text.is_empty() {
            return Err(ParseError::Empty {
                finish: self.finish.as_deref().map(str::to_owned),
            });
        }
        DecodeError::read(text).map_err(|source| ParseError::Json {
            text: text.to_owned(),
            source,
        })
    }

    /// Whether the filter ended the text. Where it ended another choice, the first one, whose text
    /// it is, has a reason of its own to end.
    fn is_filtered(&self) -> bool {
        let own = ["stop", "tool_calls", "function_call"];
        self.filter.stopped && !self.finish.as_deref().is_some_and(|it| own.contains(&it))
    }
}

/// Why an answer is not the type that was asked for.
///
/// ```
/// use aoai_types::chat::ChatCompletion;
/// use aoai_types::outcome::ParseError;
/// use serde_json::Value;
///
/// let answer: ChatCompletion = serde_json::from_str(
///     r#"{"choices": [{"finish_reason": "length", "message": {"content": "{\"city\": \"U"}}]}"#,
/// )?;
/// match answer.parse::<Value>() {
///     Err(ParseError::Length { text }) => assert_eq!(text, "{\"city\": \"U"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ParseError {
    /// The model declined to answer; asking the same again will not help.
    Refused {
        /// What it says.
        refusal: String,
    },
    /// The answer has as many tokens as it may have, and ends amid the JSON; more tokens help.
    Length {
        /// What there is of it.
        text: String,
    },
    /// The content filter ended the answer.
    Filtered {
        /// What there is of it.
        text: String,
        /// What the filter found.
        filter: Box<ContentFilterOutcome>,
    },
    /// There is no text: the model calls tools, or has not finished.
    Empty {
        /// Why the answer ends, where it does.
        finish: Option<String>,
    },
    /// The service gave up.
    Failed {
        /// Why.
        error: Option<Box<ApiError>>,
    },
    /// The text is not JSON of the type's form, as happens without a strict schema.
    Json {
        /// The text.
        text: String,
        /// Where it differs.
        source: DecodeError,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { refusal } => write!(f, "the model declined to answer: {refusal}"),
            Self::Length { .. } => {
                f.write_str("the answer was cut off at its most tokens; a higher limit lets it end")
            }
            Self::Filtered { filter, .. } => {
                f.write_str("the content filter ended the answer")?;
                let mut separator = ": ";
                for finding in filter.filtered() {
                    write!(f, "{separator}{}", finding.category)?;
                    separator = ", ";
                }
                Ok(())
            }
            Self::Empty { finish: None } => f.write_str("the answer has no text"),
            Self::Empty {
                finish: Some(finish),
            } => write!(f, "the answer has no text (it ends with `{finish}`)"),
            Self::Failed { error: None } => f.write_str("the service gave up"),
            Self::Failed { error: Some(_) } => f.write_str("the service gave up on the answer"),
            Self::Json { .. } => f.write_str("the answer is not JSON of the expected form"),
        }
    }
}

impl Error for ParseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Json { source, .. } => Some(source),
            Self::Failed { error } => error.as_deref().map(|error| error as _),
            _ => None,
        }
    }
}
