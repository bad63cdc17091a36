//! What stands in arrays and objects.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{GivenUp, Names, Read, Reader};

/// The entries of an array or object, after its bracket.
pub(super) struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'a, 'de> Entries<'a, 'de> {
    pub(super) const fn of(reader: &'a mut Reader<'de>) -> Self {
        Self {
            reader,
            first: true,
        }
    }

    /// The first byte of the next entry; there is none before `end`.
    #[inline]
    fn next(&mut self, end: u8) -> Read<Option<u8>> {
        let first = std::mem::replace(&mut self.first, false);
        match self.reader.next() {
            Some(next) if next == end => Ok(None),
            Some(b',') if !first => {
                self.reader.at += 1;
                match self.reader.next() {
                    Some(next) if next != end => Ok(Some(next)),
                    _ => Err(GivenUp),
                }
            }
            Some(next) if first => Ok(Some(next)),
            _ => Err(GivenUp),
        }
    }
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = GivenUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        match self.next(b']')? {
            Some(_) => seed.deserialize(&mut *self.reader).map(Some),
            None => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = GivenUp;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        match self.next(b'}')? {
            Some(b'"') => seed.deserialize(Name(self.reader)).map(Some),
            Some(_) => Err(GivenUp),
            None => Ok(None),
        }
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<S::Value> {
        self.reader.take(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The name of a member or of a variant, whose opening quote comes next.
pub(super) struct Name<'a, 'de>(pub(super) &'a mut Reader<'de>);

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = GivenUp;

    methods! {
        self, visitor => self.0.string(visitor);
        deserialize_any() deserialize_ignored_any()
        deserialize_str() deserialize_string() deserialize_char() deserialize_identifier()
    }

    methods! {
        self, visitor => visitor.visit_some(self);
        deserialize_option()
    }

    methods! {
        self, visitor => visitor.visit_newtype_struct(self);
        deserialize_newtype_struct(&'static str)
    }

    methods! {
        self, visitor => visitor.visit_enum(self);
        deserialize_enum(&'static str, Names)
    }

    // A number stands in a string there.
    methods! {
        self, _visitor => Err(GivenUp);
        deserialize_bool() deserialize_bytes() deserialize_byte_buf()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_f32() deserialize_f64()
        deserialize_unit() deserialize_unit_struct(&'static str)
        deserialize_seq() deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
        deserialize_map() deserialize_struct(&'static str, Names)
    }
}

impl<'de> EnumAccess<'de> for Name<'_, 'de> {
    type Error = GivenUp;
    type Variant = Unit;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<(S::Value, Unit)> {
        Ok((seed.deserialize(self)?, Unit))
    }
}

/// A variant that is no more than its name.
pub(super) struct Unit;

impl<'de> VariantAccess<'de> for Unit {
    type Error = GivenUp;

    fn unit_variant(self) -> Read<()> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Read<S::Value> {
        Err(GivenUp)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Read<V::Value> {
        Err(GivenUp)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: Names, _: V) -> Read<V::Value> {
        Err(GivenUp)
    }
}
