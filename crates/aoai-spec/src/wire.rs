//! What the decoders of the wire types ask for, as the shape of a body.

use serde::de::value::{BorrowedStrDeserializer, Error as Refused};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// What a type takes, as far as its decoder tells before it sees a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// The decoder looks before it decides: a union, an open list of words, or too deep a level.
    Open,
    Bool,
    Integer,
    Number,
    Text,
    List(Box<Self>),
    /// A mapping under names of the caller's.
    Map(Box<Self>),
    Struct(Vec<(&'static str, Self)>),
}

/// The names of the fields that a struct reads; none where it is not a plain struct.
pub(crate) fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    match ask::<T>(&[]) {
        Asked::Struct(fields) => fields,
        _ => &[],
    }
}

/// The shape of `T`, down to a few levels.
pub(crate) fn of<T: DeserializeOwned>() -> Wire {
    look::<T>(&mut Vec::new())
}

fn look<T: DeserializeOwned>(path: &mut Vec<Part>) -> Wire {
    let asked = ask::<T>(path);
    let mut inside = |part: Part| {
        path.push(part);
        let wire = look::<T>(path);
        path.pop();
        wire
    };
    match asked {
        Asked::List => Wire::List(Box::new(inside(Part::Item))),
        Asked::Map => Wire::Map(Box::new(inside(Part::Item))),
        Asked::Struct(fields) => {
            let fields = fields
                .iter()
                .map(|field| (*field, inside(Part::Field(field))));
            Wire::Struct(fields.collect())
        }
        Asked::Value(wire) => wire,
    }
}

/// What the decoder of `T` asks for at a place.
fn ask<T: DeserializeOwned>(path: &[Part]) -> Asked {
    let mut asked = Asked::Value(Wire::Open);
    if path.len() <= DEEPEST {
        // The decoder has told what it wants before it fails.
        let _ = T::deserialize(Probe {
            path,
            asked: &mut asked,
        });
    }
    asked
}

/// A step on the way to a place.
#[derive(Clone, Copy)]
enum Part {
    Field(&'static str),
    /// An item of a list, or a value of a mapping.
    Item,
}

enum Asked {
    Value(Wire),
    List,
    Map,
    Struct(&'static [&'static str]),
}

/// Leads a decoder to a place, hears what it asks for, and refuses.
struct Probe<'a> {
    path: &'a [Part],
    asked: &'a mut Asked,
}

impl<'a> Probe<'a> {
    fn hear<T>(self, asked: Asked) -> Result<T, Refused> {
        *self.asked = asked;
        Err(Refused::custom("only the question was wanted"))
    }

    /// The one entry that leads on.
    fn entry(self, key: &'static str, rest: &'a [Part]) -> Entry<'a> {
        let value = Probe {
            path: rest,
            asked: self.asked,
        };
        Entry {
            key: Some(key),
            value: Some(value),
        }
    }
}

macro_rules! values {
    ($($method:ident => $wire:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refused> {
            self.hear(Asked::Value(Wire::$wire))
        })*
    };
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Refused;

    values! {
        deserialize_any => Open,
        deserialize_bool => Bool,
        deserialize_i8 => Integer,
        deserialize_i16 => Integer,
        deserialize_i32 => Integer,
        deserialize_i64 => Integer,
        deserialize_u8 => Integer,
        deserialize_u16 => Integer,
        deserialize_u32 => Integer,
        deserialize_u64 => Integer,
        deserialize_f32 => Number,
        deserialize_f64 => Number,
        deserialize_str => Text,
        deserialize_string => Text,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        // Raw JSON goes by a name of serde_json's own.
        if name.starts_with('$') {
            return self.hear(Asked::Value(Wire::Open));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.path {
            [Part::Item, rest @ ..] => visitor.visit_seq(self.entry("", rest)),
            _ => self.hear(Asked::List),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.path {
            [Part::Item, rest @ ..] => visitor.visit_map(self.entry("name", rest)),
            _ => self.hear(Asked::Map),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match self.path {
            _ if name.starts_with('$') => self.hear(Asked::Value(Wire::Open)),
            [Part::Field(field), rest @ ..] => visitor.visit_map(self.entry(field, rest)),
            _ => self.hear(Asked::Struct(fields)),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
        ignored_any
    }
}

/// A list or a mapping of one entry.
struct Entry<'a> {
    key: Option<&'static str>,
    value: Option<Probe<'a>>,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        let key = self.key.take().map(BorrowedStrDeserializer::new);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        match self.value.take() {
            Some(value) => seed.deserialize(value),
            None => Err(Refused::custom("there is one value")),
        }
    }
}

impl<'de> SeqAccess<'de> for Entry<'_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let value = self.value.take();
        value.map(|value| seed.deserialize(value)).transpose()
    }
}

/// How many levels below a body are told; some types hold themselves.
const DEEPEST: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its decoder is looked at")]
    struct Outer {
        flag: Option<bool>,
        #[serde(rename = "n")]
        number: f64,
        #[serde(default)]
        items: Vec<Inner>,
        names: BTreeMap<String, u64>,
        anything: serde_json::Value,
        raw: Option<Box<serde_json::value::RawValue>>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its decoder is looked at")]
    struct Inner {
        text: String,
        more: Option<Vec<Inner>>,
    }

    #[test]
    fn a_decoder_tells_what_it_takes() {
        let inner = |more| {
            let fields = vec![("text", Wire::Text), ("more", more)];
            Wire::List(Box::new(Wire::Struct(fields)))
        };
        let unseen = Wire::Struct(vec![("text", Wire::Open), ("more", Wire::Open)]);
        let deepest = Wire::List(Box::new(unseen));
        let expected = Wire::Struct(vec![
            ("flag", Wire::Bool),
            ("n", Wire::Number),
            ("items", inner(deepest)),
            ("names", Wire::Map(Box::new(Wire::Integer))),
            ("anything", Wire::Open),
            ("raw", Wire::Open),
        ]);
        assert_eq!(of::<Outer>(), expected);
        assert_eq!(of::<String>(), Wire::Text);
        assert_eq!(fields::<Inner>(), ["text", "more"]);
        assert_eq!(fields::<String>(), [""; 0]);
    }
}
