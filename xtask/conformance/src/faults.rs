//! Where documents are wrong about the wire, listed by hand.

use serde::Deserialize;
use serde_json::Value;

use crate::report::Side;

/// One place where a document says what the service does not do.
///
/// It is a fault wherever it stands, since documents have many versions and names; but only the
/// document that it was found in must have it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fault {
    /// The document it was found in, by title and version.
    pub document: String,
    /// The operation, by our id.
    pub operation: String,
    /// Which of its schemas.
    pub side: Side,
    /// The place in an instance, `choices[].delta`; `**.bytes[]` is at any depth.
    pub path: String,
    /// The value at that place, where only this one is at fault.
    pub value: Option<Value>,
    /// What the service does instead, and how that is known.
    pub reason: String,
}

/// Faults of one cause, as they are written down: every combination is one fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    document: String,
    operations: Vec<String>,
    sides: Vec<Side>,
    paths: Vec<String>,
    values: Option<Vec<Value>>,
    reason: String,
}

impl Fault {
    /// Reads a list of faults.
    ///
    /// # Errors
    ///
    /// `text` is not a YAML list of faults.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let entries: Vec<Entry> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        Ok(entries.iter().flat_map(Entry::faults).collect())
    }

    /// Takes the place out of `instance`; `false` where it is not in it.
    pub(crate) fn cut(&self, instance: &mut Value) -> bool {
        let steps: Vec<&str> = self
            .path
            .split('.')
            .flat_map(|part| {
                let entries = part.matches("[]").count();
                let name = part.trim_end_matches("[]");
                [name]
                    .into_iter()
                    .filter(|name| !name.is_empty())
                    .chain(std::iter::repeat_n("[]", entries))
            })
            .collect();
        self.cut_at(instance, &steps)
    }

    fn cut_at(&self, value: &mut Value, steps: &[&str]) -> bool {
        let is_it = |value: &Value| self.value.as_ref().is_none_or(|of| of == value);
        match (steps, value) {
            (["**", rest @ ..], value) => {
                let here = self.cut_at(value, rest);
                let inside: &mut dyn Iterator<Item = &mut Value> = match value {
                    Value::Array(entries) => &mut entries.iter_mut(),
                    Value::Object(members) => &mut members.values_mut(),
                    _ => return here,
                };
                inside.fold(here, |found, value| self.cut_at(value, steps) || found)
            }
            (["[]"], Value::Array(entries)) => {
                let before = entries.len();
                entries.retain(|entry| !is_it(entry));
                entries.len() < before
            }
            (["[]", rest @ ..], Value::Array(entries)) => {
                let cut = |found, entry| self.cut_at(entry, rest) || found;
                entries.iter_mut().fold(false, cut)
            }
            ([name], Value::Object(members)) => {
                let found = members.get(*name).is_some_and(is_it);
                if found {
                    members.remove(*name);
                }
                found
            }
            ([name, rest @ ..], Value::Object(members)) => members
                .get_mut(*name)
                .is_some_and(|value| self.cut_at(value, rest)),
            _ => false,
        }
    }
}

impl Entry {
    fn faults(&self) -> Vec<Fault> {
        let values: Vec<Option<&Value>> = match &self.values {
            None => vec![None],
            Some(values) => values.iter().map(Some).collect(),
        };
        let mut faults = Vec::new();
        for operation in &self.operations {
            for side in &self.sides {
                for path in &self.paths {
                    faults.extend(values.iter().map(|value| Fault {
                        document: self.document.clone(),
                        operation: operation.clone(),
                        side: *side,
                        path: path.clone(),
                        value: value.cloned(),
                        reason: self.reason.clone(),
                    }));
                }
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(path: &str, value: Option<Value>) -> Fault {
        Fault {
            document: String::new(),
            operation: String::new(),
            side: Side::Response,
            path: path.to_owned(),
            value,
            reason: String::new(),
        }
    }

    #[test]
    fn a_place_is_cut_out_wherever_it_is() {
        let mut instance = json!({"a": [{"b": 1, "c": 2}, {"c": 3}, {"b": 4}]});
        assert!(fault("a[].b", None).cut(&mut instance));
        assert_eq!(instance, json!({"a": [{"c": 2}, {"c": 3}, {}]}));
        assert!(!fault("a[].b", None).cut(&mut instance));
    }

    #[test]
    fn a_place_at_any_depth_is_cut_out_at_each() {
        let mut instance = json!({"b": [1, 9], "a": [{"b": [9], "c": {"b": [9, 2]}}]});
        assert!(fault("**.b[]", Some(json!(9))).cut(&mut instance));
        assert_eq!(
            instance,
            json!({"b": [1], "a": [{"b": [], "c": {"b": [2]}}]})
        );
        assert!(!fault("**.b[]", Some(json!(9))).cut(&mut instance));
    }

    #[test]
    fn only_the_value_at_fault_is_cut_out() {
        let mut instance = json!({"a": ["x", "y"], "b": "x"});
        assert!(!fault("b", Some(json!("y"))).cut(&mut instance));
        assert!(fault("a[]", Some(json!("y"))).cut(&mut instance));
        assert_eq!(instance, json!({"a": ["x"], "b": "x"}));
    }
}
