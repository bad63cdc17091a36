//! Reads a whole text, to tell where it breaks.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Buffer, BufferVisitor, Name, Step, path};

/// A text that breaks off or is not JSON from somewhere on.
#[derive(Default)]
pub(crate) struct Broken {
    /// The way to the break, its last step first.
    way: Vec<Step>,
    /// What was read up to there.
    pub(crate) read: Option<Buffer>,
}

impl Broken {
    /// The JSON path of the break.
    pub(crate) fn path(&self) -> String {
        path(self.way.iter().rev())
    }
}

/// Reads a text as it stands, members of one name included.
pub(crate) fn document(text: &str) -> Result<Buffer, Broken> {
    let mut broken = Broken::default();
    let json = &mut serde_json::Deserializer::from_str(text);
    let read = Reader(&mut broken).deserialize(&mut *json);
    match read.and_then(|document| json.end().map(|()| document)) {
        Ok(document) => Ok(document),
        Err(_) => Err(broken),
    }
}

/// Reads a value; on failure the way to the break is left, and what was read before.
struct Reader<'a>(&'a mut Broken);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Buffer;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Buffer, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($method:ident($($value:ident: $of:ty)?);)*) => {
        $(fn $method<E: serde::de::Error>(self, $($value: $of)?) -> Result<Buffer, E> {
            BufferVisitor.$method($($value)?)
        })*
    };
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Buffer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BufferVisitor.expecting(f)
    }

    scalars! {
        visit_unit();
        visit_bool(value: bool);
        visit_i64(value: i64);
        visit_u64(value: u64);
        visit_f64(value: f64);
        visit_str(value: &str);
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Buffer, A::Error> {
        let mut entries = Vec::new();
        loop {
            match seq.next_element_seed(Reader(self.0)) {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => return Ok(Buffer::Array(entries)),
                Err(error) => {
                    self.0.way.push(Step::Entry(entries.len()));
                    entries.extend(self.0.read.take());
                    self.0.read = Some(Buffer::Array(entries));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Buffer, A::Error> {
        let mut members = Vec::new();
        loop {
            let name = match map.next_key() {
                Ok(Some(Name(name))) => name,
                Ok(None) => return Ok(Buffer::Object(members)),
                Err(error) => {
                    self.0.read = Some(Buffer::Object(members));
                    return Err(error);
                }
            };
            match map.next_value_seed(Reader(self.0)) {
                Ok(value) => members.push((name, value)),
                Err(error) => {
                    self.0.way.push(Step::Member(name.clone()));
                    members.extend(self.0.read.take().map(|value| (name, value)));
                    self.0.read = Some(Buffer::Object(members));
                    return Err(error);
                }
            }
        }
    }
}
