//! What the events of all streams that name them have in common.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::operation::take_out;

/// Makes a union of events, and the list of their names, from one table.
///
/// Several names may share a struct, and one thing is named in two ways by different generations
/// of the service; so each struct has the name it came with in its member `kind`, and the table
/// sorts it. Errors belong to every union.
macro_rules! events {
    (
        $(#[$enum_attr:meta])*
        pub enum $name:ident named $kinds:ident {
            $(
                $(#[$attr:meta])*
                $variant:ident($of:ty) = $($text:literal as $kind:ident)|+,
            )*
        }
    ) => {
        $(#[$enum_attr])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$attr])* $variant($of),)*
            /// Something went wrong.
            Error($crate::event::ErrorEvent),
            /// An event that this version of the crate does not know.
            #[doc(hidden)]
            Unknown($crate::open::UnknownObject),
        }

        $crate::open::string_enum! {
            /// The name of an event.
            pub enum $kinds {
                $($(
                    #[doc = concat!("`", $text, "`")]
                    $kind = $text,
                )+)*
            }
        }

        impl $name {
            /// The event's name.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(event) => event.kind.as_str(),)*
                    Self::Error(_) => "error",
                    Self::Unknown(event) => {
                        let kind = event.members().get("type");
                        kind.and_then(|kind| kind.as_str()).unwrap_or_default()
                    }
                }
            }

            /// Reads an event from its text.
            ///
            /// A look at the name first, then the struct straight from the text: most events are a
            /// few characters of the answer, and a tree in between would cost more than all else.
            // Not generic, it would be compiled with this crate, and the decoders of all events with
            // it; so it is with whatever reaches a decoder.
            #[inline]
            fn read(data: &str) -> Result<Self, $crate::operation::DecodeError> {
                use $crate::operation::DecodeError;
                let name: $crate::event::Name<$kinds> = DecodeError::read(data)?;
                match name.kind {
                    $(Some($($kinds::$kind)|+) => DecodeError::read(data).map(Self::$variant),)*
                    Some($kinds::Unknown(name)) if name.as_str() != "error" => {
                        DecodeError::read(data).map(Self::Unknown)
                    }
                    _ => DecodeError::read(data).map(Self::Error),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(event) => event.serialize(serializer),)*
                    Self::Error(event) => event.serialize(serializer),
                    Self::Unknown(event) => event.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let members = $crate::open::Members::deserialize(deserializer)?;
                match members.tag("type") {
                    $($(Some($text) => members.read($text).map(Self::$variant),)+)*
                    Some("error") | None => members.read("error").map(Self::Error),
                    Some(_) => Ok(Self::Unknown(members.keep())),
                }
            }
        }
    };
}
pub(crate) use events;

/// An error in a stream.
///
/// Some routes nest the error, some do not, and some do not name the event; every form is read,
/// and written back.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ErrorEvent {
    /// The event's place in the stream.
    pub sequence_number: Option<i64>,
    /// The event's id, where events have one.
    pub event_id: Option<String>,
    /// The error.
    pub error: ApiError,
    named: bool,
    nested: bool,
}

impl<'de> Deserialize<'de> for ErrorEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::<String, Value>::deserialize(deserializer)?;
        let named = take_out(&mut members, "type").is_some();
        let number = members.get("sequence_number");
        let sequence_number = number.and_then(|it| crate::lenient::integer(it).ok());
        if sequence_number.is_some() {
            take_out(&mut members, "sequence_number");
        }
        let error = members.get("error");
        let nested = error.is_some_and(|error| error.is_object() || error.is_string());
        let mut event_id = None;
        if nested && let Some(Value::String(id)) = take_out(&mut members, "event_id") {
            event_id = Some(id);
        }
        let error = match take_out(&mut members, "error") {
            Some(error) if nested => error,
            _ => Value::Object(members),
        };
        Ok(Self {
            sequence_number,
            event_id,
            error: ApiError::from(error),
            named,
            nested,
        })
    }
}

impl Serialize for ErrorEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_map(None)?;
        if self.named {
            event.serialize_entry("type", "error")?;
        }
        if self.nested {
            event.serialize_entry("error", &self.error)?;
        } else {
            let error = serde_json::to_value(&self.error).map_err(S::Error::custom)?;
            for (name, value) in error.as_object().into_iter().flatten() {
                event.serialize_entry(name, value)?;
            }
        }
        if let Some(event_id) = &self.event_id {
            event.serialize_entry("event_id", event_id)?;
        }
        if let Some(sequence_number) = self.sequence_number {
            event.serialize_entry("sequence_number", &sequence_number)?;
        }
        event.end()
    }
}

/// An event's name, for a first look.
#[derive(serde::Deserialize)]
pub(crate) struct Name<K> {
    #[serde(rename = "type")]
    pub(crate) kind: Option<K>,
}
