//! JSON objects whose members come in the service's order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// An object whose members keep their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Vec<(&'static str, Value)>);

impl Members {
    /// These members, in this order.
    pub(crate) fn new(members: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self(members.into_iter().collect())
    }

    /// The member of this name; `null` where there is none.
    pub(crate) fn get(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|(member, _)| *member == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    /// The same with another value in the member's place, or with one more member.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.0.iter_mut().find(|(member, _)| *member == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
        self
    }

    /// As the text of a JSON document.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers always serialise")
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, ser: S) -> Result<S::Ok, S::Error> {
        let mut map = ser.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
