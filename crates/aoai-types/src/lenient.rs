//! Readers that forgive what the service is known to write differently from its documents.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Reads a whole number, which may be written as a float (`3.0`), missing or `null`.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Option::<Int>::deserialize(deserializer).map(|int| int.map(|Int(value)| value))
}

/// Reads a whole number, which may be written as a float (`3.0`).
pub(crate) fn required_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Int::deserialize(deserializer).map(|Int(value)| value)
}

/// Reads a list, which may be `null`.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

struct Int(i64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(IntVisitor).map(Self)
    }
}

struct IntVisitor;

impl Visitor<'_> for IntVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits")
    }

    fn visit_i64<E>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        whole(value).ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }
}

/// The integer that `value` is exactly, if it is one.
pub(crate) fn whole(value: f64) -> Option<i64> {
    // Beyond 2⁵³ a float no longer tells neighbouring integers apart.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value is whole and within the range in which the cast is exact"
    )]
    (value.fract() == 0.0 && value.abs() <= LIMIT).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Read {
        #[serde(default, deserialize_with = "super::int")]
        n: Option<i64>,
        #[serde(default, deserialize_with = "super::list")]
        l: Vec<u8>,
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
            assert_eq!(
                serde_json::from_str::<Read>(json).unwrap().n,
                expected,
                "{json}"
            );
        }
        for json in [
            r#"{"n": 1.5}"#,
            r#"{"n": "3"}"#,
            r#"{"n": 1e300}"#,
            r#"{"n": 9223372036854775808}"#,
        ] {
            assert!(serde_json::from_str::<Read>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_list_may_be_null() {
        for (json, expected) in [
            ("{}", vec![]),
            (r#"{"l": null}"#, vec![]),
            (r#"{"l": [1]}"#, vec![1]),
        ] {
            assert_eq!(
                serde_json::from_str::<Read>(json).unwrap().l,
                expected,
                "{json}"
            );
        }
    }
}
