//! When two JSON documents say the same.

use serde_json::Value;

/// What `read` says and `written` does not, or the other way round; empty where they say the same.
///
/// A member that is `null` says as much as one that is missing, and `1` as much as `1.0`.
pub(crate) fn differences(read: &Value, written: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(read, written, "", &mut found);
    found
}

fn compare(read: &Value, written: &Value, path: &str, found: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for name in read
                .keys()
                .chain(written.keys().filter(|k| !read.contains_key(*k)))
            {
                let at =
                    |object: &serde_json::Map<_, _>| object.get(name).cloned().unwrap_or_default();
                compare(&at(read), &at(written), &format!("{path}.{name}"), found);
            }
        }
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            for (index, (read, written)) in read.iter().zip(written).enumerate() {
                compare(read, written, &format!("{path}[{index}]"), found);
            }
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        (read, written) if read == written => {}
        (read, written) => found.push(format!("{path}: read {read}, written {written}")),
    }
}

#[test]
fn null_is_missing_and_one_is_one() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let same = |a, b| differences(&json(a), &json(b));
    assert_eq!(same(r#"{"a": null, "b": 1}"#, r#"{"b": 1.0}"#), [""; 0]);
    assert_eq!(
        same(r#"{"a": [{"b": 1}]}"#, r#"{"a": [{"b": "1"}], "c": ""}"#),
        [
            ".a[0].b: read 1, written \"1\"",
            ".c: read null, written \"\""
        ],
    );
}
