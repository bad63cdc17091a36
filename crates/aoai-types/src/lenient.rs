//! Integers as services write them: `3`, `3.0`, and `null` for none.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Reads an optional integer; for `#[serde(default, deserialize_with = "lenient::integer")]`.
pub(crate) fn integer<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: TryFrom<i128>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_option(Integer(PhantomData))
}

/// Reads a value, and `null` as its default.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
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
