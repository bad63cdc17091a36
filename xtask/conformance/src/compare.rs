//! What a round trip changed.

use serde_json::{Number, Value};

/// One difference between what went in and what came out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where, `choices[].message`; empty for the whole.
    pub(crate) path: String,
    /// What was there and what is.
    pub(crate) what: String,
}

/// Every difference, but for: 1 and 1.0, and `null` and absent.
///
/// Members that came out as `null` without having gone in are written into `nulls`, as they are
/// right only where the schema allows `null`.
pub(crate) fn differences(
    before: &Value,
    after: &Value,
    nulls: &mut Vec<Place>,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        place: Vec::new(),
        found: Vec::new(),
        nulls,
    };
    comparison.compare(before, after);
    comparison.found
}

/// A place in a value: keys and indices.
pub(crate) type Place = Vec<Step>;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Member(String),
    Entry(usize),
}

/// `before` with `null` at `place`.
pub(crate) fn with_null(before: &Value, place: &[Step]) -> Value {
    let mut changed = before.clone();
    let mut at = &mut changed;
    for step in place {
        at = match step {
            Step::Member(name) => &mut at[name.as_str()],
            Step::Entry(index) => &mut at[*index],
        };
    }
    *at = Value::Null;
    changed
}

pub(crate) fn written(place: &[Step]) -> String {
    let mut path = String::new();
    for step in place {
        match step {
            Step::Member(name) if path.is_empty() => path.push_str(name),
            Step::Member(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Entry(_) => path.push_str("[]"),
        }
    }
    path
}

struct Comparison<'a> {
    place: Place,
    found: Vec<Difference>,
    nulls: &'a mut Vec<Place>,
}

impl Comparison<'_> {
    fn compare(&mut self, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                for (name, value) in before {
                    self.at(Step::Member(name.clone()), |this| match after.get(name) {
                        Some(after) => this.compare(value, after),
                        None if value.is_null() => {}
                        None => this.found(format!("{} is gone", brief(value))),
                    });
                }
                for (name, value) in after {
                    if before.contains_key(name) {
                        continue;
                    }
                    self.at(Step::Member(name.clone()), |this| match value {
                        Value::Null => this.nulls.push(this.place.clone()),
                        _ => this.found(format!("{} has appeared", brief(value))),
                    });
                }
            }
            (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
                for (index, (before, after)) in before.iter().zip(after).enumerate() {
                    self.at(Step::Entry(index), |this| this.compare(before, after));
                }
            }
            (Value::Number(one), Value::Number(other)) if same(one, other) => {}
            (before, after) if before == after => {}
            (before, after) => {
                self.found(format!("{} has become {}", brief(before), brief(after)));
            }
        }
    }

    fn at(&mut self, step: Step, then: impl FnOnce(&mut Self)) {
        self.place.push(step);
        then(self);
        self.place.pop();
    }

    fn found(&mut self, what: String) {
        let path = written(&self.place);
        self.found.push(Difference { path, what });
    }
}

fn same(one: &Number, other: &Number) -> bool {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.as_f64() == other.as_f64(),
        _ => false,
    }
}

/// The number, where it is a whole one, without the rounding that a float would do.
fn whole(number: &Number) -> Option<i128> {
    if let Some(number) = number.as_i64() {
        return Some(number.into());
    }
    if let Some(number) = number.as_u64() {
        return Some(number.into());
    }
    let float = number.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole float below the limit is an i128"
    )]
    (float.fract() == 0.0 && float.abs() < 1e30).then_some(float as i128)
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// How much of a value is shown.
const BRIEF: usize = 60;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        let found = differences(before, after, &mut Vec::new());
        found.into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn whole_numbers_may_be_written_as_floats() {
        assert!(paths(&json!([1, 2.0, -3]), &json!([1.0, 2, -3])).is_empty());
        assert!(paths(&json!(1e20), &json!(100_000_000_000_000_000_000.0)).is_empty());
    }

    #[test]
    fn rounding_is_a_difference() {
        let exact = json!({"seed": 9_007_199_254_740_993_u64});
        let rounded = json!({"seed": 9_007_199_254_740_992.0});
        assert_eq!(paths(&exact, &rounded), ["seed"]);
        assert_eq!(paths(&json!([0.2]), &json!([f64::from(0.2_f32)])), ["[]"]);
    }

    #[test]
    fn null_may_be_absent_and_nothing_else_may() {
        let mut nulls = Vec::new();
        let before = json!({"a": null, "c": [], "list": [{"b": ""}]});
        assert!(
            differences(&before, &json!({"c": [], "list": [{"b": ""}]}), &mut nulls).is_empty()
        );
        assert!(nulls.is_empty());
        assert_eq!(paths(&before, &json!({"list": [{}]})), ["c", "list[].b"]);
    }

    #[test]
    fn what_appears_is_a_difference_and_null_is_for_the_schema_to_judge() {
        let mut nulls = Vec::new();
        let before = json!({"list": [{}]});
        let after = json!({"list": [{"x": null}], "object": "list"});
        let found = differences(&before, &after, &mut nulls);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "object");
        assert_eq!(found[0].what, "\"list\" has appeared");
        assert_eq!(written(&nulls[0]), "list[].x");
        assert_eq!(
            with_null(&before, &nulls[0]),
            json!({"list": [{"x": null}]})
        );
    }

    #[test]
    fn arrays_of_other_lengths_differ_whole() {
        assert_eq!(paths(&json!({"a": [1, 2]}), &json!({"a": [1]})), ["a"]);
    }
}
