//! Results against what a step expects of them.

use serde_json::Value;

use crate::model::Step;
use crate::pattern::{Mismatch, Pattern, show_value};
use crate::vars::{Scope, at_path};

/// What is not as expected; a wrong status hides what follows from it.
///
/// What stands in `unjudged` cannot be judged in this run, and is neither right nor wrong.
pub(super) fn judge(
    step: &Step,
    document: &Value,
    scope: &Scope,
    unjudged: &[&str],
) -> Vec<Mismatch> {
    let expect = step.expect.as_ref();
    let check = |expect: &Pattern| expect.check_without(unjudged, document, scope);
    let expected = |name: &str| expect.and_then(|expect| expect.member(name));
    if let Some(status) = expected("status") {
        let wrong = status.check(document.get("status"), "status", scope);
        if !wrong.is_empty() {
            return wrong;
        }
    }
    let status = document.get("status").and_then(Value::as_u64);
    let succeeded = succeeded(document);
    let implied = |path: &str, expected: &str, actual: Option<&Value>| {
        let expected = format!("{expected} (a step expects success unless it says otherwise)");
        Mismatch::new(path, step.span)
            .expected(expected)
            .actual(show_value(actual))
    };
    let speaks_of = |name: &str| expect.is_some_and(|expect| expect.speaks_of(name));
    if !speaks_of("error") {
        if !succeeded && !speaks_of("status") {
            return vec![match status {
                Some(_) => implied("status", "2xx", document.get("status")),
                None => implied("error", "an answer", document.get("error")),
            }];
        }
        if let (true, Some(error)) = (succeeded || status.is_none(), document.get("error")) {
            let mut found = vec![implied("error", "absent", Some(error))];
            found.extend(expect.iter().flat_map(|expect| check(expect)));
            return found;
        }
    }
    expect.map_or_else(Vec::new, check)
}

/// Keeps what the step says, and tells what of it is not there.
pub(super) fn save(step: &Step, document: &Value, scope: &mut Scope) -> Vec<Mismatch> {
    let mut missing = Vec::new();
    for save in &step.save {
        match at_path(document, &save.path) {
            Some(value) => scope.set(save.key.name.clone(), value.clone()),
            None => missing.push(
                Mismatch::new(&save.path, save.span)
                    .expected(format!("a value to save as `{}`", save.key.name))
                    .actual("absent"),
            ),
        }
    }
    missing
}

/// Whether the service has done what it was asked for.
pub(super) fn succeeded(document: &Value) -> bool {
    let status = document.get("status").and_then(Value::as_u64);
    status.is_some_and(|status| (200..300).contains(&status))
}
