//! How errors are read and written.
//!
//! Errors are rare and their bodies are small, so they are read by way of a tree: each member that
//! fits its field is taken out of it, and what is left is kept.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{ApiError, InnerError};
use crate::lenient::{self, Read};
use crate::operation::{Extra, take_out};

pub(super) fn from_value(value: Value) -> ApiError {
    match value {
        Value::Object(members) => from_members(members),
        Value::String(message) => ApiError::new(message),
        other => ApiError {
            other: Extra::from_iter([("error".to_owned(), other)]),
            ..ApiError::default()
        },
    }
}

pub(super) fn from_members(mut members: Extra) -> ApiError {
    ApiError {
        message: match members.get("message") {
            Some(Value::String(text)) if text.is_empty() => String::new(),
            _ => take(&mut members, "message").unwrap_or_default(),
        },
        code: take(&mut members, "code"),
        kind: take(&mut members, "type"),
        param: take(&mut members, "param"),
        status: take(&mut members, "status")
            .map(|Read(status)| status)
            .or_else(|| status_code(&members)),
        innererror: take(&mut members, "innererror"),
        inner_error: take(&mut members, "inner_error"),
        content_filters: take(&mut members, "content_filters"),
        requestid: take(&mut members, "requestid"),
        other: members,
    }
}

impl<'de> Deserialize<'de> for ApiError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(from_value)
    }
}

impl Serialize for ApiError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // An empty message that came from the wire stands among the others.
        let message = Some(&self.message).filter(|message| !message.is_empty());
        put(&mut map, "message", message)?;
        put(&mut map, "code", self.code.as_ref())?;
        put(&mut map, "type", self.kind.as_ref())?;
        put(&mut map, "param", self.param.as_ref())?;
        if self.status != status_code(&self.other) {
            put(&mut map, "status", self.status.as_ref())?;
        }
        put(&mut map, "innererror", self.innererror.as_ref())?;
        put(&mut map, "inner_error", self.inner_error.as_ref())?;
        put(&mut map, "content_filters", self.content_filters.as_ref())?;
        put(&mut map, "requestid", self.requestid.as_ref())?;
        for (name, value) in &self.other {
            if message.is_none() || name != "message" {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for InnerError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Object(mut members) => Self {
                code: take(&mut members, "code"),
                content_filter_result: take(&mut members, "content_filter_result"),
                content_filter_results: take(&mut members, "content_filter_results"),
                revised_prompt: take(&mut members, "revised_prompt"),
                other: members,
                not_an_object: None,
            },
            other => Self {
                not_an_object: Some(other),
                ..Self::default()
            },
        })
    }
}

impl Serialize for InnerError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(value) = &self.not_an_object {
            return value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "code", self.code.as_ref())?;
        let singular = self.content_filter_result.as_ref();
        put(&mut map, "content_filter_result", singular)?;
        let plural = self.content_filter_results.as_ref();
        put(&mut map, "content_filter_results", plural)?;
        put(&mut map, "revised_prompt", self.revised_prompt.as_ref())?;
        for (name, value) in &self.other {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The status where gateways write it; it stays there, to be written there again.
fn status_code(members: &Extra) -> Option<i64> {
    lenient::integer(members.get("statusCode")?).ok()
}

/// Takes a member out where it fits; `null` fits as nothing.
fn take<T: DeserializeOwned>(members: &mut Extra, name: &str) -> Option<T> {
    let taken = Option::<T>::deserialize(members.get(name)?).ok()?;
    take_out(members, name);
    taken
}

fn put<M: SerializeMap, T: Serialize>(
    map: &mut M,
    name: &str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}
