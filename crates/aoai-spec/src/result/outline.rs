//! The outline of a result: which parts it has and of what kind they are, without their values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::StepResult;

/// Places and the kinds of values that stand there: `body.choices[].message.content`, `string`.
///
/// Items of a list are looked at together, so that the outline does not depend on how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline(BTreeMap<String, BTreeSet<String>>);

/// A place where two outlines differ, and what each has there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutlineDifference {
    /// The place.
    pub path: String,
    /// The kinds of values on the left; `absent` where there are none.
    pub left: String,
    /// Those on the right.
    pub right: String,
}

impl fmt::Display for OutlineDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} · {}", self.path, self.left, self.right)
    }
}

impl Outline {
    /// The outline of what an answer says; not of how it was asked for or how long it took.
    pub(crate) fn of(result: &StepResult) -> Self {
        let mut outline = Self::default();
        let document = result.to_json();
        for name in ["body", "stream"] {
            if let Some(part) = document.get(name) {
                outline.add(name, part);
            }
        }
        // Of these the values are the kind: a status, an error's kind, why the model stopped.
        for path in [
            "status",
            "error.kind",
            "error.code",
            "finish",
            "stream.done",
        ] {
            let value = document.pointer(&format!("/{}", path.replace('.', "/")));
            if let Some(value) = value.filter(|value| !value.is_null()) {
                outline
                    .0
                    .insert(path.to_owned(), BTreeSet::from([value.to_string()]));
            }
        }
        for types in document["stream"]["types"].as_array().into_iter().flatten() {
            let path = "stream.types[]".to_owned();
            outline.0.entry(path).or_default().insert(types.to_string());
        }
        outline.0.remove("stream.count");
        outline
    }

    /// Where another is not as this one: a place that only one of them has, or whose kinds are such
    /// that neither could be a part of the other's.
    pub(crate) fn differences(&self, other: &Self) -> Vec<OutlineDifference> {
        let paths: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        let none = BTreeSet::new();
        let mut found = Vec::new();
        for path in paths {
            let left = self.0.get(path).unwrap_or(&none);
            let right = other.0.get(path).unwrap_or(&none);
            let fits = !left.is_empty() && !right.is_empty();
            if fits && (left.is_subset(right) || right.is_subset(left)) {
                continue;
            }
            let is_below = |found: &OutlineDifference| {
                let rest = path.strip_prefix(&found.path);
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            // Where a whole part is missing, its parts are, too.
            if !found.last().is_some_and(is_below) {
                found.push(OutlineDifference {
                    path: path.clone(),
                    left: shown(left),
                    right: shown(right),
                });
            }
        }
        found
    }

    /// It as JSON: the kinds of each place, a list where there are several.
    pub(crate) fn to_json(&self) -> Value {
        let places = self.0.iter().map(|(path, kinds)| {
            let mut kinds: Vec<Value> = kinds.iter().map(|kind| kind.as_str().into()).collect();
            let kinds = match kinds.len() {
                1 => kinds.remove(0),
                _ => Value::Array(kinds),
            };
            (path.clone(), kinds)
        });
        Value::Object(places.collect())
    }

    fn add(&mut self, path: &str, value: &Value) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "list",
            Value::Object(_) => "map",
        };
        let kinds = self.0.entry(path.to_owned()).or_default();
        kinds.insert(kind.to_owned());
        match value {
            Value::Array(items) => {
                for item in items {
                    self.add(&format!("{path}[]"), item);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.add(&format!("{path}.{name}"), value);
                }
            }
            _ => {}
        }
    }
}

fn shown(kinds: &BTreeSet<String>) -> String {
    if kinds.is_empty() {
        return "absent".to_owned();
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    kinds.join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outline(body: Value) -> Outline {
        let result = StepResult {
            status: Some(200),
            body: Some(body),
            ..StepResult::default()
        };
        Outline::of(&result)
    }

    fn differences(left: Value, right: Value) -> Vec<String> {
        let found = outline(left).differences(&outline(right));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_and_numbers_of_items_make_no_difference() {
        let left = json!({"id": "a", "data": [{"n": 1, "note": null}]});
        let right = json!({"id": "b", "data": [{"n": 2.5, "note": "x"}, {"n": 3, "note": null}]});
        assert_eq!(differences(left, right), [""; 0]);
    }

    #[test]
    fn each_difference_is_told_once_at_its_highest_place() {
        let left = json!({"id": "a", "usage": {"total": 1, "more": [1]}, "data": [{"n": 1}]});
        let right = json!({"id": 7, "data": [{"n": 1, "extra": true}]});
        assert_eq!(
            differences(left, right),
            [
                "body.data[].extra: absent · bool",
                "body.id: string · number",
                "body.usage: map · absent",
            ]
        );
    }

    #[test]
    fn a_status_and_an_error_are_told_by_their_values() {
        let mut refused = StepResult {
            status: Some(404),
            ..StepResult::default()
        };
        refused.error = Some(crate::result::Failure {
            kind: "not_found".to_owned(),
            ..crate::result::Failure::default()
        });
        let found = outline(json!({})).differences(&Outline::of(&refused));
        let told: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "body: map · absent",
                "error.kind: absent · \"not_found\"",
                "status: 200 · 404",
            ]
        );
    }
}
