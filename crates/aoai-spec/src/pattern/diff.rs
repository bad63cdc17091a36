//! What differs between two values, line by line.

use std::fmt::Write as _;

use serde_json::Value;
use similar::{Algorithm, ChangeTag, capture_diff_slices, group_diff_ops};

/// A unified diff of two texts, lists or mappings; `None` where their lines are the same.
///
/// The lines of lists and mappings are those of their JSON, and each hunk is headed by the path of
/// what changes first in it.
pub(crate) fn unified(expected: &Value, actual: &Value) -> Option<String> {
    let (old, new) = (lines(expected), lines(actual));
    let texts = |lines: &[Line]| {
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    let (old_texts, new_texts) = (texts(&old), texts(&new));
    let ops = capture_diff_slices(Algorithm::Myers, &old_texts, &new_texts);
    let mut told = String::new();
    for hunk in group_diff_ops(ops, CONTEXT) {
        let changes = hunk
            .iter()
            .flat_map(|op| op.iter_changes(&old_texts, &new_texts));
        let changes: Vec<_> = changes.collect();
        let first = changes
            .iter()
            .find(|change| change.tag() != ChangeTag::Equal);
        let Some(first) = first else {
            continue;
        };
        let line = match (first.old_index(), first.new_index()) {
            (Some(at), _) => &old[at],
            (None, Some(at)) => &new[at],
            (None, None) => continue,
        };
        // A name in it is the service's and may have any characters.
        let path = line.path.replace(['\n', '\r'], " ");
        let _ = writeln!(told, "@@ {path} @@");
        for change in &changes {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let _ = writeln!(told, "{sign}{}", change.value());
        }
    }
    (!told.is_empty()).then_some(told)
}

struct Line {
    text: String,
    path: String,
}

fn lines(value: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    match value {
        Value::String(text) => {
            for (number, phrase) in phrases(text).into_iter().enumerate() {
                lines.push(Line {
                    text: phrase,
                    path: format!("line {}", number + 1),
                });
            }
        }
        value => json_lines(value, "", "", "", &mut lines),
    }
    lines
}

/// The lines of a text; long ones are broken where a sentence or a clause ends, so that a change
/// early in the text does not move all breaks after it.
fn phrases(text: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    for line in text.lines() {
        let mut from = 0;
        let mut length = 0;
        for (at, c) in line.char_indices() {
            length += 1;
            let ends = match c {
                ' ' => {
                    let before = line[..at].chars().next_back();
                    length > SHORT && before.is_some_and(|c| ".,;:!?".contains(c)) || length > WIDE
                }
                _ => false,
            };
            if ends {
                phrases.push(line[from..at].to_owned());
                (from, length) = (at + 1, 0);
            }
        }
        phrases.push(line[from..].to_owned());
    }
    phrases
}

/// JSON without commas: a last item that is no longer the last has not changed.
fn json_lines(value: &Value, path: &str, indent: &str, name: &str, lines: &mut Vec<Line>) {
    let line = |text: String| Line {
        text,
        path: if path.is_empty() { "." } else { path }.to_owned(),
    };
    let deeper = format!("{indent}  ");
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            lines.push(line(format!("{indent}{name}[")));
            for (at, item) in items.iter().enumerate() {
                json_lines(item, &below(&at.to_string()), &deeper, "", lines);
            }
            lines.push(line(format!("{indent}]")));
        }
        Value::Object(members) if !members.is_empty() => {
            lines.push(line(format!("{indent}{name}{{")));
            for (key, member) in members {
                let name = format!("{}: ", Value::from(key.as_str()));
                json_lines(member, &below(key), &deeper, &name, lines);
            }
            lines.push(line(format!("{indent}}}")));
        }
        value => lines.push(line(format!("{indent}{name}{value}"))),
    }
}

/// Lines of context around a change.
const CONTEXT: usize = 2;

/// A clause shorter than this is not worth a line, in characters.
const SHORT: usize = 24;

/// A line longer than this is broken at the next space, in characters.
const WIDE: usize = 72;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_show_the_path_of_what_changes() {
        let expected = json!({"choices": [{"a": 1}, {"a": 2}, {"a": 3}], "id": "x"});
        let actual = json!({"choices": [{"a": 1}, {"a": 3}], "id": "x"});
        assert_eq!(
            unified(&expected, &actual).unwrap(),
            "@@ choices.1.a @@\n     }\n     {\n-      \"a\": 2\n-    }\n-    {\n       \"a\": 3\n     \
             }\n"
        );
        assert_eq!(
            unified(&json!({"a": [1]}), &json!({"a": [1, "two"]})).unwrap(),
            "@@ a.1 @@\n   \"a\": [\n     1\n+    \"two\"\n   ]\n }\n"
        );
    }

    #[test]
    fn long_texts_are_compared_clause_by_clause() {
        let text = |city: &str| {
            format!(
                "The capital of France has about two million inhabitants, {city} being its name \
                 since late antiquity. Nobody has ever doubted any of that in earnest."
            )
        };
        assert_eq!(
            unified(&text("Paris").into(), &text("London").into()).unwrap(),
            "@@ line 2 @@\n The capital of France has about two million inhabitants,\n-Paris being \
             its name since late antiquity.\n+London being its name since late antiquity.\n Nobody \
             has ever doubted any of that in earnest.\n"
        );
        assert_eq!(
            unified(&json!("a\nb\nc"), &json!("a\nc")).unwrap(),
            "@@ line 2 @@\n a\n-b\n c\n"
        );
    }

    #[test]
    fn what_is_the_same_has_no_diff() {
        assert_eq!(unified(&json!([1, {"a": 2}]), &json!([1, {"a": 2}])), None);
        assert_eq!(unified(&json!("text"), &json!("text")), None);
    }
}
