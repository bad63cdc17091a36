//! The code of an error.

use std::fmt;

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::lenient;

/// The code of an error, in the form it came in.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has no third form that could be a code"
)]
pub enum ErrorCode {
    /// A word, or digits in quotes; at times it is empty.
    Text(String),
    /// A number.
    Number(i64),
}

impl ErrorCode {
    /// The word, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    /// The number, with or without quotes around it.
    pub fn as_number(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Number(number) => fmt::Display::fmt(number, f),
        }
    }
}

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for ErrorCode {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == Some(text)
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CodeVisitor)
    }
}

struct CodeVisitor;

impl de::Visitor<'_> for CodeVisitor {
    type Value = ErrorCode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an integer")
    }

    fn visit_str<E>(self, text: &str) -> Result<ErrorCode, E> {
        Ok(ErrorCode::from(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ErrorCode, E> {
        Ok(ErrorCode::Number(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<ErrorCode, E> {
        lenient::integer(number.into_deserializer()).map(ErrorCode::Number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ErrorCode, E> {
        lenient::integer(number.into_deserializer()).map(ErrorCode::Number)
    }
}
