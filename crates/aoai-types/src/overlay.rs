//! Writes a struct with some members left out and others put in, without building a tree.
//!
//! A request's body is the request's own struct, except that path and query parameters are not in
//! it, that `model` is in it on one surface only, that `stream` depends on the method called, and
//! that callers may add members we do not know. A [`Serializer`] between the struct and the JSON
//! writer does all four in one pass.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{Error, Impossible, SerializeMap, SerializeStruct, Serializer};

/// A member that is put in.
pub(crate) type Member<'a> = (&'a str, Inserted<'a>);

/// The value of a member that is put in.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(crate) enum Inserted<'a> {
    Bool(bool),
    Text(&'a str),
    Json(&'a serde_json::Value),
}

/// Serialises structs through `inner` with members left out and put in.
pub(crate) struct Overlay<'a, S> {
    pub(crate) inner: S,
    /// Written before the struct's own members.
    pub(crate) first: &'a [Member<'a>],
    /// Written after the struct's own members.
    pub(crate) last: &'a [Member<'a>],
    /// Own members of these names are not written.
    pub(crate) without: &'a [&'a str],
}

impl<'a, S> Overlay<'a, S> {
    /// Leaves members out.
    pub(crate) const fn without(inner: S, without: &'a [&'a str]) -> Self {
        Self {
            inner,
            first: &[],
            last: &[],
            without,
        }
    }
}

pub(crate) struct Members<'a, M> {
    map: M,
    last: &'a [Member<'a>],
    without: &'a [&'a str],
}

impl<'a, S: Serializer> Overlay<'a, S> {
    fn open(self) -> Result<Members<'a, S::SerializeMap>, S::Error> {
        let mut map = self.inner.serialize_map(None)?;
        for (name, value) in self.first {
            map.serialize_entry(name, value)?;
        }
        Ok(Members {
            map,
            last: self.last,
            without: self.without,
        })
    }
}

impl<M: SerializeMap> SerializeStruct for Members<'_, M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        if self.without.contains(&name) {
            return Ok(());
        }
        self.map.serialize_entry(name, value)
    }

    fn end(mut self) -> Result<M::Ok, M::Error> {
        for (name, value) in self.last {
            self.map.serialize_entry(name, value)?;
        }
        self.map.end()
    }
}

fn not_an_object<T, E: Error>(found: impl Display) -> Result<T, E> {
    Err(E::custom(format_args!(
        "a JSON object is made from a struct, not from {found}"
    )))
}

macro_rules! refuse {
    ($($method:ident($($arg:ty),*) $(-> $assoc:ident)?;)*) => {$(
        fn $method(self, $(_: $arg),*) -> refuse!(@result $($assoc)?) {
            not_an_object(stringify!($method).trim_start_matches("serialize_"))
        }
    )*};
    (@result) => { Result<S::Ok, S::Error> };
    (@result $assoc:ident) => { Result<Self::$assoc, S::Error> };
}

impl<'a, S: Serializer> Serializer for Overlay<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Members<'a, S::SerializeMap>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.open()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<S::Ok, S::Error> {
        self.open()?.end()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<S::Ok, S::Error> {
        not_an_object("an enum")
    }

    refuse! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_variant(&'static str, u32, &'static str);
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }
}
