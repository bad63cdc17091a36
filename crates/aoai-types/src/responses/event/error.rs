//! Errors in a stream.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use super::EventKind;
use crate::error::ApiError;

/// An error in a stream.
///
/// The service nests the error, its documents do not; either form is read, and written back.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ErrorEvent {
    pub(super) kind: EventKind,
    /// The event's place in the stream.
    pub sequence_number: Option<i64>,
    /// The error.
    pub error: ApiError,
    nested: bool,
}

impl<'de> Deserialize<'de> for ErrorEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::<String, Value>::deserialize(deserializer)?;
        let sequence_number = members
            .remove("sequence_number")
            .and_then(|number| number.as_i64());
        members.remove("type");
        let nested = members.get("error").is_some_and(Value::is_object);
        let error = match members.remove("error") {
            Some(error) if nested => error,
            _ => Value::Object(members),
        };
        Ok(Self {
            kind: EventKind::Error,
            sequence_number,
            error: ApiError::deserialize(error).map_err(D::Error::custom)?,
            nested,
        })
    }
}

impl Serialize for ErrorEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_map(None)?;
        event.serialize_entry("type", &self.kind)?;
        if self.nested {
            event.serialize_entry("error", &self.error)?;
        } else {
            let error = serde_json::to_value(&self.error).map_err(serde::ser::Error::custom)?;
            for (name, value) in error.as_object().into_iter().flatten() {
                event.serialize_entry(name, value)?;
            }
        }
        if let Some(sequence_number) = self.sequence_number {
            event.serialize_entry("sequence_number", &sequence_number)?;
        }
        event.end()
    }
}
