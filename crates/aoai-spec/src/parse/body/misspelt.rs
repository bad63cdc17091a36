//! Names that a body gets wrong.

use serde_json::{Map, Value};

use super::trip::Trip;
use crate::diagnostic::did_you_mean;

/// The members of a body that a type cannot read, as far as the type does not know their names.
#[derive(Default)]
pub(super) struct Misspelt {
    pub(super) unknown: Vec<String>,
    /// Which of them stand for fields that the type needs: as written, as meant.
    meant: Vec<(String, &'static str)>,
}

impl Misspelt {
    /// Nothing where the type reads the body: it says itself what it drops.
    pub(super) fn find(written: &str, trip: &Trip) -> Self {
        let members = serde_json::from_str::<Map<String, Value>>(written);
        let (Err(_), Ok(members)) = (&trip.result, members) else {
            return Self::default();
        };
        let is_known = |name: &str| trip.fields.contains(&name);
        let unknown = members.keys().filter(|name| !is_known(name)).cloned();
        let unknown: Vec<String> = match trip.fields {
            [] => Vec::new(),
            _ => unknown.collect(),
        };
        let absent = trip.fields.iter().copied();
        let absent = absent.filter(|field| !members.contains_key(*field));
        let meant = absent.filter_map(|field| {
            let mut unknown = unknown.iter();
            let name = unknown.find(|name| did_you_mean(name, [field]).is_some())?;
            Some((name.clone(), field))
        });
        let meant = meant.collect();
        Self { unknown, meant }
    }

    /// The body with the names that were meant; `None` where none was.
    pub(super) fn correct(&self, written: &str) -> Option<String> {
        let mut members = serde_json::from_str::<Map<String, Value>>(written).ok()?;
        for (name, field) in &self.meant {
            if let Some(value) = members.remove(name) {
                members.insert((*field).to_owned(), value);
            }
        }
        (!self.meant.is_empty()).then(|| Value::from(members).to_string())
    }

    /// Names a place as the body does.
    pub(super) fn as_written(&self, path: &mut [String]) {
        if let Some(first) = path.first_mut()
            && let Some((name, _)) = self.meant.iter().find(|(_, field)| field == first)
        {
            first.clone_from(name);
        }
    }
}
