//! Lists and unions that the service may extend at any time.
//!
//! `string_enum!` makes an enum of known strings that keeps any other as it came;
//! `tagged_union!` makes an enum of structs, told apart by one member, that keeps any other object
//! whole. Neither ever fails on something new, and both write back what they read.
//! `string_or!` makes an enum of a string and one other form.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::buffer::{self, Buffer, Kept};

pub(crate) use self::unlisted::note;
pub use self::unlisted::{Stranger, Unlisted, strangers};

mod unlisted;

/// An object of a kind that its union does not know, kept whole and written as it was read.
///
/// ```
/// use aoai_types::chat::ContentPart;
/// use aoai_types::open::UnknownObject;
///
/// let written = r#"{"type":"hologram","depth":3.0}"#;
/// let part: ContentPart = serde_json::from_str(written)?;
/// assert_eq!(part.kind(), "hologram");
/// assert_eq!(serde_json::to_string(&part)?, written);
///
/// let object: UnknownObject = serde_json::from_str(written)?;
/// assert_eq!(object.members()["depth"], 3.0);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct UnknownObject(Box<Kept<serde_json::Map<String, serde_json::Value>>>);

impl UnknownObject {
    /// Its members.
    pub const fn members(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.0.value
    }

    /// A member that is a string; empty where it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        let text = self.members().get(name).and_then(serde_json::Value::as_str);
        text.unwrap_or_default()
    }
}

impl PartialEq for UnknownObject {
    fn eq(&self, other: &Self) -> bool {
        self.members() == other.members()
    }
}

impl fmt::Debug for UnknownObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.members().fmt(f)
    }
}

impl<'de> Deserialize<'de> for UnknownObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Members::deserialize(deserializer).map(Members::keep)
    }
}

impl Serialize for UnknownObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.written.serialize(serializer)
    }
}

/// Declares an enum of strings.
///
/// ```text
/// string_enum! {
///     /// Why the model stopped.
///     pub enum FinishReason {
///         /// It was done.
///         Stop = "stop",
///     }
/// }
/// ```
macro_rules! string_enum {
    (
        $(#[$attr:meta])*
        pub enum $name:ident {
            $($(#[$variant_attr:meta])* $variant:ident = $text:literal,)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attr])* $variant,)*
            /// A value that this version of the crate does not know.
            #[doc(hidden)]
            Unknown($crate::open::Unlisted),
        }

        impl $name {
            /// The values that this version of the crate knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Unknown($crate::open::Unlisted::new(other, Self::KNOWN)),
                }
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                deserializer
                    .deserialize_str($crate::open::StringVisitor::new(stringify!($name)))
            }
        }
    };
}
pub(crate) use string_enum;

/// Reads a string into anything made from one, without allocating for it.
pub(crate) struct StringVisitor<T>(&'static str, std::marker::PhantomData<T>);

impl<T> StringVisitor<T> {
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self(expected, std::marker::PhantomData)
    }
}

impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for StringVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a string ({})", self.0)
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

/// Declares an enum of structs that one string member tells apart.
///
/// The structs do not have that member; the union reads and writes it. After `or by` stands a
/// kind that is also known by a member of its name, for services that forget the tag.
///
/// ```text
/// tagged_union! {
///     /// One piece of a message.
///     pub enum ContentPart by "type" {
///         /// Text.
///         Text(TextPart) = "text",
///     }
/// }
/// ```
macro_rules! tagged_union {
    (
        $(#[$attr:meta])*
        pub enum $name:ident by $tag:literal $(or by $default:literal)? {
            $($(#[$variant_attr:meta])* $variant:ident($of:ty) = $text:literal,)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attr])* $variant($of),)*
            /// An object of a kind that this version of the crate does not know.
            #[doc(hidden)]
            Unknown($crate::open::UnknownObject),
        }

        impl $name {
            /// The kinds that this version of the crate knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value of the member that tells the kinds apart; empty where it is missing.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $text,)*
                    Self::Unknown(object) => object.text($tag),
                }
            }
        }

        $(impl From<$of> for $name {
            fn from(object: $of) -> Self {
                Self::$variant(object)
            }
        })*

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(object) => {
                        $crate::open::serialize_tagged(object, ($tag, $text), serializer)
                    })*
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let members = $crate::open::Members::deserialize(deserializer)?;
                match members.tag_or($tag, &[$($default)?]) {
                    $(Some($text) => members.read($text).map(Self::$variant),)*
                    tag => {
                        $crate::open::note(tag.unwrap_or_default(), Self::KNOWN);
                        Ok(Self::Unknown(members.keep()))
                    }
                }
            }
        }
    };
}
pub(crate) use tagged_union;

/// Declares an enum of two forms of JSON: a string, and a list or an object.
///
/// ```text
/// string_or! {
///     /// Where to stop.
///     pub enum Stop: "a string or a list of strings" {
///         /// At one text.
///         One(String),
///         /// At any of these.
///         Any(Vec<String>),
///     }
/// }
/// ```
macro_rules! string_or {
    (
        $(#[$attr:meta])*
        pub enum $name:ident: $expected:literal {
            $(#[$text_attr:meta])* $text:ident($text_of:ty),
            $(#[$other_attr:meta])* $other:ident($other_of:ty),
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum $name {
            $(#[$text_attr])* $text($text_of),
            $(#[$other_attr])* $other($other_of),
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::$text(text.into())
            }
        }

        impl From<$text_of> for $name {
            fn from(text: $text_of) -> Self {
                Self::$text(text)
            }
        }

        impl From<$other_of> for $name {
            fn from(other: $other_of) -> Self {
                Self::$other(other)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Visitor;

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(
                        self,
                        seq: A,
                    ) -> Result<$name, A::Error> {
                        let seq = serde::de::value::SeqAccessDeserializer::new(seq);
                        serde::Deserialize::deserialize(seq).map($name::$other)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$name, A::Error> {
                        let map = serde::de::value::MapAccessDeserializer::new(map);
                        serde::Deserialize::deserialize(map).map($name::$other)
                    }
                }

                deserializer.deserialize_any(Visitor)
            }
        }
    };
}
pub(crate) use string_or;

/// An object that has been read but not yet understood.
pub(crate) struct Members(buffer::Members);

impl Members {
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        buffer::members(deserializer).map(Self)
    }

    pub(crate) fn tag(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Buffer::String(tag) => Some(tag),
            _ => None,
        }
    }

    fn get(&self, name: &str) -> Option<&Buffer> {
        let mut members = self.0.iter();
        members.find_map(|(of, value)| (of == name).then_some(value))
    }

    /// The tag; where it is missing, the one of `kinds` that a member is named after.
    pub(crate) fn tag_or(&self, name: &str, kinds: &[&'static str]) -> Option<&str> {
        let tag = self.tag(name).filter(|tag| !tag.is_empty());
        tag.or_else(|| {
            let mut kinds = kinds.iter().copied();
            kinds.find(|kind| self.get(kind).is_some())
        })
    }

    /// Reads the object as `kind`; an error says where in it.
    pub(crate) fn read<T, E>(self, kind: &str) -> Result<T, E>
    where
        T: serde::de::DeserializeOwned,
        E: serde::de::Error,
    {
        T::deserialize(Buffer::Object(self.0))
            .map_err(|fault| E::custom(format_args!("in {kind:?}: {fault}")))
    }

    pub(crate) fn keep(self) -> UnknownObject {
        UnknownObject(Box::new(Kept {
            value: buffer::map(self.0.clone()),
            written: Buffer::Object(self.0),
        }))
    }
}

/// Writes a struct with its tag before its own members.
pub(crate) fn serialize_tagged<T: Serialize, S: Serializer>(
    object: &T,
    (name, value): (&str, &str),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use crate::overlay::{Inserted, Overlay};
    let first = &[(name, Inserted::Text(value))];
    object.serialize(Overlay {
        inner: serializer,
        first,
        last: &[],
        without: &[],
    })
}
