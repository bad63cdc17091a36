//! What services write in several ways: integers (`3`, `3.0`), `null` for none, lists.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};

use crate::buffer::Buffer;

/// Reads integers, alone or in any container; for `#[serde(deserialize_with = "lenient::integer")]`,
/// with `default` where the member may be missing.
pub(crate) fn integer<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Integers<'de>,
    D: Deserializer<'de>,
{
    T::read(deserializer)
}

/// Reads a value, and `null` as its default.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a list that mostly has one entry, with room for no more than that, and `null` as an empty
/// one.
pub(crate) fn few<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let read: Option<Few<T>> = Option::deserialize(deserializer)?;
    Ok(read.map_or_else(Vec::new, |Few(list)| list))
}

/// Reads a text, `null` as an empty one, and any other JSON as its text.
///
/// Models write JSON in a text; some servers unpack it.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Buffer::deserialize(deserializer)? {
        Buffer::Null => String::new(),
        Buffer::String(text) => text,
        other => serde_json::to_string(&other).map_err(D::Error::custom)?,
    })
}

/// An integer, or something that holds integers.
pub(crate) trait Integers<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(impl<'de> Integers<'de> for $integer {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_i64(Integer(PhantomData))
            }
        })*
    };
}
integers! { i64 u64 u32 u8 }

impl<'de, T: Integers<'de>> Integers<'de> for Option<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|read: Option<Read<T>>| read.map(|Read(it)| it))
    }
}

impl<'de, T: Integers<'de>> Integers<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: Vec<Read<T>> = Vec::deserialize(deserializer)?;
        Ok(read.into_iter().map(|Read(it)| it).collect())
    }
}

impl<'de, T: Integers<'de>> Integers<'de> for BTreeMap<String, T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: BTreeMap<_, Read<T>> = BTreeMap::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(key, Read(it))| (key, it)).collect())
    }
}

/// What is read with [`integer`], where there is no member to say so.
pub(crate) struct Read<T>(pub(crate) T);

impl<'de, T: Integers<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

struct Few<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = deserializer.deserialize_seq(FewVisitor(PhantomData))?;
        Ok(Self(list))
    }
}

struct FewVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FewVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
        let Some(first) = entries.next_element()? else {
            return Ok(Vec::new());
        };
        let mut list = vec![first];
        while let Some(next) = entries.next_element()? {
            list.push(next);
        }
        Ok(list)
    }
}

/// The whole number that `number` is, if it is one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only whole numbers are cast, and the cast saturates far outside every range"
)]
pub(crate) fn whole(number: f64) -> Option<i128> {
    (number.fract() == 0.0).then_some(number as i128)
}

struct Integer<T>(PhantomData<T>);

impl<T: TryFrom<i128>> Visitor<'_> for Integer<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        fit(number.into(), Unexpected::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        fit(number.into(), Unexpected::Signed(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        match whole(number) {
            Some(whole) => fit(whole, Unexpected::Float(number)),
            None => Err(E::invalid_value(Unexpected::Float(number), &self)),
        }
    }
}

fn fit<T: TryFrom<i128>, E: Error>(number: i128, found: Unexpected<'_>) -> Result<T, E> {
    T::try_from(number).map_err(|_| E::invalid_value(found, &"an integer in range"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Read {
        #[serde(default, deserialize_with = "super::integer")]
        n: Option<i64>,
        #[serde(default, deserialize_with = "super::null_as_default")]
        l: Vec<u8>,
        #[serde(default, deserialize_with = "super::few")]
        few: Vec<u8>,
        #[serde(default, deserialize_with = "super::integer")]
        lists: Option<Vec<Vec<u32>>>,
        #[serde(default, deserialize_with = "super::integer")]
        map: Option<BTreeMap<String, i64>>,
    }

    #[derive(Deserialize)]
    struct Required {
        #[serde(deserialize_with = "super::integer")]
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
    fn containers_hold_whole_numbers_in_every_notation() {
        let read: Read =
            serde_json::from_str(r#"{"lists": [[1.0, 2], []], "map": {"a": -1.0}}"#).unwrap();
        assert_eq!(read.lists, Some(vec![vec![1, 2], vec![]]));
        assert_eq!(read.map, Some(BTreeMap::from([("a".to_owned(), -1)])));
        for odd in [
            "{\"lists\": [[-1]]}",
            "{\"lists\": [[null]]}",
            "{\"map\": {\"a\": 0.5}}",
        ] {
            assert!(serde_json::from_str::<Read>(odd).is_err(), "{odd}");
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

    #[test]
    fn a_list_of_few_has_room_for_few() {
        for (json, expected) in [
            ("{}", vec![]),
            (r#"{"few": null}"#, vec![]),
            (r#"{"few": []}"#, vec![]),
            (r#"{"few": [1]}"#, vec![1]),
            (r#"{"few": [3, 2, 1]}"#, vec![3, 2, 1]),
        ] {
            let read: Read = serde_json::from_str(json).unwrap();
            assert_eq!(read.few, expected, "{json}");
            if expected.len() < 2 {
                assert_eq!(read.few.capacity(), expected.len(), "{json}");
            }
        }
        for odd in [
            r#"{"few": {}}"#,
            r#"{"few": ["x"]}"#,
            r#"{"few": [1, "x"]}"#,
        ] {
            assert!(serde_json::from_str::<Read>(odd).is_err(), "{odd}");
        }
    }
}
