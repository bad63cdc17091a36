//! The body of an answer that is not a success.

use bytes::Bytes;
use serde_json::Value;

use super::{ApiError, wire};
use crate::operation::take_out;

/// The body of an answer that is not a success, read as far as it can be.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorBody {
    /// An error of the service or of a gateway before it.
    Api(Box<ApiError>),
    /// JSON, but no error that this crate knows.
    Json(Value),
    /// Something else: HTML from a front door, text, nothing.
    Bytes(Bytes),
}

impl ErrorBody {
    /// Reads a body; there is none that it cannot read.
    ///
    /// ```
    /// use aoai_types::error::ErrorBody;
    ///
    /// let body = br#"{"statusCode": 401, "message": "Unauthorized."}"#;
    /// let error = ErrorBody::read(body.as_slice().into());
    /// assert_eq!(error.api().unwrap().message, "Unauthorized.");
    /// assert_eq!(error.api().unwrap().status, Some(401));
    /// ```
    pub fn read(body: Bytes) -> Self {
        match serde_json::from_slice(without_mark(&body)) {
            Ok(Value::Object(members)) => from_members(members),
            Ok(value) => Self::Json(value),
            Err(_) => Self::Bytes(body),
        }
    }

    /// The error that a body is though the status says success: what has an id is an answer, be it
    /// one that tells of an error.
    ///
    /// ```
    /// use aoai_types::error::ErrorBody;
    ///
    /// let error = ErrorBody::under_success(br#"{"statusCode": 429, "message": "Slow down."}"#);
    /// assert_eq!(error.unwrap().message, "Slow down.");
    /// let answer = ErrorBody::under_success(br#"{"id": "resp_1", "error": {"code": "x"}}"#);
    /// assert_eq!(answer, None);
    /// ```
    pub fn under_success(body: &[u8]) -> Option<Box<ApiError>> {
        Self::without("id", body)
    }

    /// The error that the data of an event is, though nothing but the lack of this member says so.
    #[cold]
    pub(crate) fn in_place_of(member: &str, data: &str) -> Option<Box<ApiError>> {
        Self::without(member, data.as_bytes())
    }

    fn without(member: &str, json: &[u8]) -> Option<Box<ApiError>> {
        let Ok(Value::Object(members)) = serde_json::from_slice(without_mark(json)) else {
            return None;
        };
        if members.contains_key(member) {
            return None;
        }
        match from_members(members) {
            Self::Api(error) => Some(error),
            Self::Json(_) | Self::Bytes(_) => None,
        }
    }

    /// The error, where the body is one.
    pub const fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::Json(_) | Self::Bytes(_) => None,
        }
    }
}

/// A byte-order mark is not JSON, but a front door may put one before it.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn from_members(mut members: crate::operation::Extra) -> ErrorBody {
    if matches!(
        members.get("error"),
        Some(Value::Object(_) | Value::String(_))
    ) {
        let error = take_out(&mut members, "error").unwrap_or_default();
        return ErrorBody::Api(Box::new(wire::from_value(error)));
    }
    if !members.get("message").is_some_and(Value::is_string) {
        return ErrorBody::Json(Value::Object(members));
    }
    // A gateway's own answer, or an error without its wrapper.
    ErrorBody::Api(Box::new(wire::from_members(members)))
}
