//! JSON that has been read but not yet understood.
//!
//! [`Value`] sorts the members of objects, and the order of a JSON schema's properties is the order
//! in which a model fills them in; so what a union reads before it knows its kind keeps the order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};

pub(crate) use self::document::document;
pub(crate) use self::fault::{Fault, Step, path};

mod decode;
mod document;
mod fault;

/// A JSON value, the members of objects in their order.
#[derive(Clone, Debug)]
pub(crate) enum Buffer {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Self>),
    Object(Members),
}

/// The members of an object, each name once.
pub(crate) type Members = Vec<(String, Buffer)>;

/// What is kept of something unknown: a value to look at, and the same to be written again.
#[derive(Clone)]
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    pub(crate) written: Buffer,
}

impl From<Buffer> for Value {
    fn from(buffer: Buffer) -> Self {
        match buffer {
            Buffer::Null => Self::Null,
            Buffer::Bool(value) => Self::Bool(value),
            Buffer::Number(number) => Self::Number(number),
            Buffer::String(text) => Self::String(text),
            Buffer::Array(entries) => entries.into_iter().map(Self::from).collect(),
            Buffer::Object(members) => map(members).into(),
        }
    }
}

/// Reads an object.
pub(crate) fn members<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
    deserializer.deserialize_map(MembersVisitor)
}

/// The members as a map, their order no longer kept.
pub(crate) fn map(members: Members) -> serde_json::Map<String, Value> {
    let members = members.into_iter();
    members.map(|(name, value)| (name, value.into())).collect()
}

impl Serialize for Buffer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(entries) => entries.serialize(serializer),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Buffer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BufferVisitor)
    }
}

struct BufferVisitor;

impl<'de> Visitor<'de> for BufferVisitor {
    type Value = Buffer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Buffer, E> {
        Ok(Buffer::Null)
    }

    fn visit_none<E>(self) -> Result<Buffer, E> {
        Ok(Buffer::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Buffer, D::Error> {
        Buffer::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Buffer, E> {
        Ok(Buffer::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Buffer, E> {
        Ok(Buffer::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Buffer, E> {
        Ok(Buffer::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Buffer, E> {
        Ok(Number::from_f64(value).map_or(Buffer::Null, Buffer::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Buffer, E> {
        Ok(Buffer::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Buffer, E> {
        Ok(Buffer::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Buffer, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = seq.next_element()? {
            entries.push(entry);
        }
        Ok(Buffer::Array(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Buffer, A::Error> {
        MembersVisitor.visit_map(map).map(Buffer::Object)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(last_of_each(members))
    }
}

/// The name of a member, moved where it can be.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(MOVED, NameVisitor)
    }
}

/// Asks an object that was read before for a name itself, and no other deserialiser for anything.
///
/// A path needs a name after somebody has looked at it; but reading its value into a buffer again
/// cannot fail.
const MOVED: &str = "$aoai_types::Name";

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, name: D) -> Result<Name, D::Error> {
        String::deserialize(name).map(Name)
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(Name(name.to_owned()))
    }

    fn visit_string<E>(self, name: String) -> Result<Name, E> {
        Ok(Name(name))
    }
}

/// Where a name is repeated, its last value counts, as everywhere in JSON.
fn last_of_each(members: Members) -> Members {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|place| &members[*place].0);
    let pairs = order.windows(2);
    let mut repeated: Vec<usize> = pairs
        .filter(|pair| members[pair[0]].0 == members[pair[1]].0)
        .map(|pair| pair[0])
        .collect();
    if repeated.is_empty() {
        return members;
    }
    repeated.sort_unstable();
    let members = members.into_iter().enumerate();
    members
        .filter(|(place, _)| repeated.binary_search(place).is_err())
        .map(|(_, member)| member)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::Buffer;
    use crate::Json;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Read {
        schema: Json,
        numbers: Vec<f64>,
        none: Option<u8>,
        unit: Unit,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Unit {
        Second,
    }

    const TEXT: &str = r#"{"unit":"Second","schema":{"z":[{"y":1,"x":2}],"a":-0.5},"numbers":[1,2.5,18446744073709551615],"none":null}"#;

    #[test]
    fn order_and_values_are_kept() {
        let buffer: Buffer = serde_json::from_str(TEXT).unwrap();
        assert_eq!(serde_json::to_string(&buffer).unwrap(), TEXT);
        let value: Value = serde_json::from_str(TEXT).unwrap();
        assert_eq!(Value::from(buffer.clone()), value);
        let read = Read::deserialize(buffer).unwrap();
        assert_eq!(read.schema.as_str(), r#"{"z":[{"y":1,"x":2}],"a":-0.5}"#);
        assert_eq!(read, serde_json::from_str(TEXT).unwrap());
    }

    #[test]
    fn of_members_of_one_name_the_last_counts() {
        let buffer: Buffer = serde_json::from_str(r#"{"b":1,"a":2,"b":3,"c":4,"b":5}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&buffer).unwrap(),
            r#"{"a":2,"c":4,"b":5}"#
        );
    }
}
