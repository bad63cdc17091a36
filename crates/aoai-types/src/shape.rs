//! Unions that the kind of JSON value tells apart: a text here, a list there.

/// Declares an enum whose variants are different kinds of JSON value.
///
/// The kinds are `string`, `integer`, `number`, `array` and `object`. A value of any
/// other kind is kept whole.
///
/// ```text
/// shape_union! {
///     /// What a message says.
///     pub enum MessageContent {
///         /// Text.
///         Text(String) = string,
///         /// Several parts.
///         Parts(Vec<ContentPart>) = array,
///     }
/// }
/// ```
macro_rules! shape_union {
    (
        $(#[$attr:meta])*
        pub enum $name:ident {
            $($(#[$variant_attr:meta])* $variant:ident($of:ty) = $kind:ident,)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attr])* $variant($of),)*
            /// A value of a kind that this version of the crate does not know.
            #[doc(hidden)]
            Unknown($crate::shape::Unshaped),
        }

        $(impl From<$of> for $name {
            fn from(value: $of) -> Self {
                Self::$variant(value)
            }
        })*

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => serde::Serialize::serialize(value, serializer),)*
                    Self::Unknown(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let value = <$crate::buffer::Buffer as serde::Deserialize>::deserialize(deserializer)?;
                $(
                    if $crate::shape::is::$kind(&value) {
                        return $crate::shape::read(value).map(Self::$variant);
                    }
                )*
                Ok(Self::Unknown($crate::shape::Unshaped::new(value)))
            }
        }
    };
}
pub(crate) use shape_union;

use std::fmt;

use serde::de::{DeserializeOwned, Error};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::buffer::{Buffer, Kept};

/// A value of a kind that its union does not know, kept whole.
///
/// Only reading makes one.
///
/// ```
/// use aoai_types::realtime::Voice;
///
/// // A voice is a name or an object; a number is neither, and is not lost.
/// let voice: Voice = serde_json::from_str("7")?;
/// assert_eq!(serde_json::to_string(&voice)?, "7");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Unshaped(Box<Kept<Value>>);

impl Unshaped {
    pub(crate) fn new(value: Buffer) -> Self {
        Self(Box::new(Kept {
            value: value.clone().into(),
            written: value,
        }))
    }

    /// The value.
    pub const fn as_value(&self) -> &Value {
        &self.0.value
    }
}

impl PartialEq for Unshaped {
    fn eq(&self, other: &Self) -> bool {
        self.as_value() == other.as_value()
    }
}

impl fmt::Debug for Unshaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_value().fmt(f)
    }
}

impl Serialize for Unshaped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.written.serialize(serializer)
    }
}

/// Reads the value; an error says where in it.
pub(crate) fn read<T: DeserializeOwned, E: Error>(value: Buffer) -> Result<T, E> {
    T::deserialize(value).map_err(E::custom)
}

/// The kinds.
pub(crate) mod is {
    use crate::buffer::Buffer;

    pub(crate) const fn string(value: &Buffer) -> bool {
        matches!(value, Buffer::String(_))
    }

    pub(crate) fn integer(value: &Buffer) -> bool {
        matches!(value, Buffer::Number(number) if number.is_i64())
    }

    pub(crate) const fn number(value: &Buffer) -> bool {
        matches!(value, Buffer::Number(_))
    }

    pub(crate) const fn array(value: &Buffer) -> bool {
        matches!(value, Buffer::Array(_))
    }

    pub(crate) const fn object(value: &Buffer) -> bool {
        matches!(value, Buffer::Object(_))
    }
}
