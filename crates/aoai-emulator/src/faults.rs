//! What can go wrong with one attempt of a call.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::Value;

/// One attempt's bad luck.
///
/// With a `status` the attempt is answered with it instead of with what was asked for; without, the
/// answer is the true one, but late, incomplete or cut off, as the other members say.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The status to answer with.
    #[serde(deserialize_with = "status")]
    pub status: Option<u16>,
    /// The reason phrase beside it, where it is not the usual one.
    pub reason: Option<String>,
    /// Headers of the answer, in addition to the usual ones or in their place.
    #[serde(deserialize_with = "headers")]
    pub headers: BTreeMap<String, String>,
    /// The body beside the status: text goes out as it is, anything else as JSON. Without one, the
    /// service's own words for this status.
    pub body: Option<Value>,
    /// How long the answer takes to begin.
    #[serde(deserialize_with = "crate::duration::deserialize")]
    pub delay: Option<Duration>,
    /// Where the connection breaks.
    pub cut: Option<Cut>,
    /// After how many of its events a stream falls silent, with the connection open.
    pub stall: Option<usize>,
    /// An event that takes the place of the rest of a stream.
    pub event: Option<InBand>,
    /// Parts of a stream that never come.
    pub omit: Vec<Omission>,
}

impl Fault {
    /// The attempt is answered with this status, in the service's own words.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// The connection breaks here.
    pub fn cut(at: Cut) -> Self {
        Self {
            cut: Some(at),
            ..Self::default()
        }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Answers with this body; text goes out as it is, anything else as JSON.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }
}

/// Where a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// Before anything is answered.
    Connection,
    /// After so many events of a stream.
    Events(usize),
    /// After so many bytes of the body.
    Bytes(usize),
}

/// An error in the middle of a stream that began with 200.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct InBand {
    /// How many of the stream's own events come before it.
    pub after: usize,
    /// The event's data; where it is not said, the service's own words for an overloaded model, or
    /// for a throttled deployment among events that have names.
    pub data: Option<Value>,
}

/// A part of a stream that can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Omission {
    /// The end of the stream: `[DONE]`, or the event that says how it ended.
    Done,
    /// The first event, with the filter's judgement of the prompt.
    PromptFilter,
}

fn status<'de, D: Deserializer<'de>>(de: D) -> Result<Option<u16>, D::Error> {
    let status = u16::deserialize(de)?;
    if (200..=599).contains(&status) {
        return Ok(Some(status));
    }
    let unexpected = serde::de::Unexpected::Unsigned(status.into());
    Err(D::Error::invalid_value(
        unexpected,
        &"a status between 200 and 599",
    ))
}

/// Headers whose values may be written as text, numbers or booleans.
fn headers<'de, D: Deserializer<'de>>(de: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, HeaderText>::deserialize(de)?;
    let mut read = BTreeMap::new();
    for (name, HeaderText(value)) in headers {
        let name = name.to_ascii_lowercase();
        if http::HeaderName::try_from(&name).is_err() {
            return Err(D::Error::custom(format!("{name:?} cannot name a header")));
        }
        if http::HeaderValue::try_from(&value).is_err() {
            return Err(D::Error::custom(format!(
                "{name}: {value:?} cannot stand in a header"
            )));
        }
        read.insert(name, value);
    }
    Ok(read)
}

struct HeaderText(String);

impl<'de> Deserialize<'de> for HeaderText {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl Visitor<'_> for Scalar {
            type Value = HeaderText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the value of a header: text, a number or a boolean")
            }

            fn visit_str<E>(self, text: &str) -> Result<HeaderText, E> {
                Ok(HeaderText(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<HeaderText, E> {
                Ok(HeaderText(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<HeaderText, E> {
                Ok(HeaderText(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<HeaderText, E> {
                Ok(HeaderText(number.to_string()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<HeaderText, E> {
                Ok(HeaderText(value.to_string()))
            }
        }

        de.deserialize_any(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_reads_what_a_spec_writes() {
        let fault: Fault = serde_json::from_value(json!({
            "status": 429,
            "headers": {"Retry-After": 1, "x-ratelimit-remaining-tokens": "-1", "x-a": true},
            "cut": {"bytes": 3},
            "omit": ["done", "prompt_filter"],
            "event": {"after": 2},
        }))
        .unwrap();
        assert_eq!(fault.headers["retry-after"], "1");
        assert_eq!(fault.headers["x-ratelimit-remaining-tokens"], "-1");
        assert_eq!(fault.headers["x-a"], "true");
        assert_eq!(fault.cut, Some(Cut::Bytes(3)));
        assert_eq!(fault.omit, [Omission::Done, Omission::PromptFilter]);
        assert_eq!(fault.event.unwrap().after, 2);
    }

    #[test]
    fn what_no_fault_can_be_is_refused() {
        for (written, complaint) in [
            (json!({"statsu": 429}), "unknown field `statsu`"),
            (json!({"status": 99}), "a status between 200 and 599"),
            (json!({"headers": {"a b": "c"}}), "cannot name a header"),
            (
                json!({"headers": {"a": "b\nc"}}),
                "cannot stand in a header",
            ),
            (json!({"headers": {"a": []}}), "the value of a header"),
            (json!({"delay": 5}), "a duration with its unit"),
        ] {
            let error = serde_json::from_value::<Fault>(written).unwrap_err();
            assert!(error.to_string().contains(complaint), "{error}");
        }
    }
}
