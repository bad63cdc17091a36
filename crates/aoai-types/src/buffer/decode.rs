//! Makes typed values of what was read.
//!
//! An error learns its path as it passes up; what succeeds pays nothing for that.

use std::vec;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::{Buffer, Fault, MOVED, Members, Step};

/// Methods that visit one kind of value and refuse all others.
macro_rules! only {
    (|$visitor:ident| $($($method:ident)* ($kind:pat) => $visit:expr;)*) => {
        $(only!(@ $visitor [$($method)*] $kind, $visit);)*
    };
    (@ $visitor:ident [] $kind:pat, $visit:expr) => {};
    (@ $visitor:ident [$method:ident $($more:ident)*] $kind:pat, $visit:expr) => {
        fn $method<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, Fault> {
            match self {
                $kind => $visit,
                other => Err(other.unexpected(&$visitor)),
            }
        }
        only!(@ $visitor [$($more)*] $kind, $visit);
    };
}

impl<'de> Deserializer<'de> for Buffer {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(number) => visit_number(&number, visitor),
            Self::String(text) => visitor.visit_string(text),
            Self::Array(entries) => visit_array(entries, visitor),
            Self::Object(members) => visit_object(members, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        // JSON that is kept as text asks for its text by a name that only serde_json knows.
        if name.starts_with("$serde_json::") {
            let text = serde_json::to_string(&self)?;
            return visitor.visit_map(MapDeserializer::new([(name, text)].into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::String(variant) => visitor.visit_enum(variant.into_deserializer()),
            Self::Object(members) if members.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(Named::of(members)))
            }
            Self::Object(_) => Err(Fault::invalid_value(
                Unexpected::Map,
                &"map with a single key",
            )),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    // Whoever knows what must come gets that or an error, as from a text; so no type is compiled for
    // what it cannot be made of. (Only a text may write a struct as a list. Nobody does.)
    only! { |visitor|
        deserialize_unit (Self::Null) => visitor.visit_unit();
        deserialize_bool (Self::Bool(value)) => visitor.visit_bool(value);
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
            (Self::Number(number)) => visit_number(&number, visitor);
        deserialize_char deserialize_str deserialize_string deserialize_identifier
            (Self::String(text)) => visitor.visit_string(text);
        deserialize_seq (Self::Array(entries)) => visit_array(entries, visitor);
        deserialize_map (Self::Object(members)) => visit_object(members, visitor);
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct }
}

impl Buffer {
    #[cold]
    fn unexpected(&self, expected: &dyn Expected) -> Fault {
        let found = match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Unexpected::Unsigned(number),
                (_, Some(number), _) => Unexpected::Signed(number),
                (.., number) => Unexpected::Float(number.unwrap_or(f64::NAN)),
            },
            Self::String(text) => Unexpected::Str(text),
            Self::Array(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        };
        Fault::invalid_type(found, expected)
    }
}

fn visit_array<'de, V: Visitor<'de>>(entries: Vec<Buffer>, visitor: V) -> Result<V::Value, Fault> {
    let mut seq = Entries::of(entries);
    let value = visitor.visit_seq(&mut seq)?;
    seq.end()?;
    Ok(value)
}

fn visit_object<'de, V: Visitor<'de>>(members: Members, visitor: V) -> Result<V::Value, Fault> {
    let mut map = Named::of(members);
    let value = visitor.visit_map(&mut map)?;
    map.end()?;
    Ok(value)
}

impl IntoDeserializer<'_, Fault> for Buffer {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// The entries of an array, one after the other.
struct Entries {
    rest: vec::IntoIter<Buffer>,
    place: usize,
}

impl Entries {
    fn of(entries: Vec<Buffer>) -> Self {
        let rest = entries.into_iter();
        Self { rest, place: 0 }
    }

    fn end(self) -> Result<(), Fault> {
        match self.rest.len() {
            0 => Ok(()),
            more => Err(Fault::invalid_length(
                self.place + more,
                &"fewer elements in array",
            )),
        }
    }
}

impl<'de> SeqAccess<'de> for Entries {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(entry) = self.rest.next() else {
            return Ok(None);
        };
        match seed.deserialize(entry) {
            Ok(value) => {
                self.place += 1;
                Ok(Some(value))
            }
            Err(fault) => Err(fault.at(Step::Entry(self.place))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The members of an object, one after the other.
struct Named {
    rest: vec::IntoIter<(String, Buffer)>,
    name: String,
    value: Buffer,
}

impl Named {
    fn of(members: Members) -> Self {
        Self {
            rest: members.into_iter(),
            name: String::new(),
            value: Buffer::Null,
        }
    }

    fn end(self) -> Result<(), Fault> {
        match self.rest.len() {
            0 => Ok(()),
            more => Err(Fault::invalid_length(more, &"fewer elements in map")),
        }
    }
}

impl<'de> MapAccess<'de> for Named {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.name = name;
        self.value = value;
        match seed.deserialize(Key(&mut self.name)) {
            Ok(key) => Ok(Some(key)),
            Err(fault) => Err(fault.at(self.step())),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let value = std::mem::replace(&mut self.value, Buffer::Null);
        seed.deserialize(value)
            .map_err(|fault| fault.at(self.step()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

impl Named {
    #[cold]
    fn step(&mut self) -> Step {
        Step::Member(std::mem::take(&mut self.name))
    }
}

/// The name of a member, which stays where it is for the path.
struct Key<'a>(&'a mut String);

/// Names are text in JSON, whatever the keys of a map are.
macro_rules! parsed {
    ($($visit:ident: $($method:ident)*;)*) => {
        $($(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.parse() {
                Ok(key) => visitor.$visit(key),
                Err(_) => visitor.visit_str(self.0),
            }
        })*)*
    };
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == MOVED {
            return visitor.visit_string(std::mem::take(self.0));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(self.0.as_str().into_deserializer())
    }

    parsed! {
        visit_bool: deserialize_bool;
        visit_i64: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64;
        visit_i128: deserialize_i128;
        visit_u64: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
        visit_u128: deserialize_u128;
        visit_f64: deserialize_f32 deserialize_f64;
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}
