//! Integers as services write them: `3`, `3.0`, and `null` for none.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde_json::Value;

/// Reads an optional integer; for `#[serde(default, deserialize_with = "lenient::integer")]`.
pub(crate) fn integer<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: TryFrom<i128>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_option(Integer(PhantomData))
}

/// Reads an integer that must be there.
pub(crate) fn required_integer<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: TryFrom<i128>,
    D: Deserializer<'de>,
{
    let number = integer(deserializer)?;
    number.ok_or_else(|| D::Error::invalid_value(Unexpected::Option, &"an integer"))
}

/// Reads a value, and `null` as its default.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a text, `null` as an empty one, and any other JSON as its text.
///
/// Models write JSON in a text; some servers unpack it.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    })
}

struct Integer<T>(PhantomData<T>);

impl<T: TryFrom<i128>> Integer<T> {
    fn fit<E: Error>(number: i128, found: Unexpected<'_>) -> Result<Option<T>, E> {
        match T::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(E::invalid_value(found, &"an integer in range")),
        }
    }
}

impl<'de, T: TryFrom<i128>> Visitor<'de> for Integer<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or null")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        Self::fit(number.into(), Unexpected::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
        Self::fit(number.into(), Unexpected::Signed(number))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only whole numbers are cast, and the cast saturates far outside every range"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<T>, E> {
        if number.fract() == 0.0 {
            Self::fit(number as i128, Unexpected::Float(number))
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Read {
        #[serde(default, deserialize_with = "super::integer")]
        n: Option<i64>,
        #[serde(default, deserialize_with = "super::null_as_default")]
        l: Vec<u8>,
    }

    #[derive(Deserialize)]
    struct Required {
        #[serde(deserialize_with = "super::required_integer")]
        n: i64,
    }

    #[test]
    fn whole_numbers_in_every_notation() {
        for (json, expected) in [
            ("{}", None),
            (r#"{"n": null}"#, None),
            (r#"{"n": 3}"#, Some(3)),
            (r#"{"n": -27689}"#, Some(-27689)),
            (r#"{"n": 3.0}"#, Some(3)),
            (r#"{"n": 1e3}"#, Some(1000)),
            (r#"{"n": 9223372036854775807}"#, Some(i64::MAX)),
        ] {
            let read: Read = serde_json::from_str(json).unwrap();
            assert_eq!(read.n, expected, "{json}");
            let required = serde_json::from_str::<Required>(json).ok();
            assert_eq!(required.map(|required| required.n), expected, "{json}");
        }
        for number in ["1.5", "\"3\"", "1e300", "9223372036854775808"] {
            let json = format!("{{\"n\": {number}}}");
            assert!(serde_json::from_str::<Read>(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_list_may_be_null() {
        for (json, expected) in [
            ("{}", vec![]),
            (r#"{"l": null}"#, vec![]),
            (r#"{"l": [1]}"#, vec![1]),
        ] {
            let read: Read = serde_json::from_str(json).unwrap();
            assert_eq!(read.l, expected, "{json}");
        }
    }
}
