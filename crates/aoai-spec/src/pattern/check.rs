//! Values against patterns.

use serde_json::Value;

use super::compare::{equal, holds, ordered};
use super::list::{any_order, in_order};
use super::schema;
use super::{Kind, Matcher, Mismatch, Pattern, Test, TextTest, Type, show_value};
use crate::duration;
use crate::source::Span;
use crate::value::Key;
use crate::vars::{Scope, as_text};

/// What all checks of one pattern share.
pub(crate) struct Run<'a> {
    pub(crate) scope: &'a Scope,
}

pub(crate) fn check(
    pattern: &Pattern,
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let fits = match &pattern.kind {
        Kind::Literal(expected) => actual.is_some_and(|actual| equal(expected, actual)),
        Kind::Template(text) => match run.scope.text(text) {
            Ok(expected) => actual.is_some_and(|actual| holds(&expected, actual)),
            Err(_) => false,
        },
        Kind::TextTemplate(text) => run.scope.text(text).is_ok_and(|expected| {
            let actual = actual.and_then(Value::as_str);
            actual == Some(&*as_text(&expected))
        }),
        Kind::StatusClass(hundred) => {
            actual.and_then(Value::as_u64).map(|status| status / 100) == Some(*hundred)
        }
        Kind::Is(kind) => is(*kind, actual),
        Kind::List(patterns) => {
            let Some(Value::Array(items)) = actual else {
                return found.push(mismatch(pattern, actual, path, run));
            };
            return list(pattern, patterns, items, path, run, found);
        }
        Kind::Map { members, matchers } => {
            for matcher in matchers {
                test(matcher, actual, path, run, found);
            }
            if matchers.is_empty() || !members.is_empty() {
                map(pattern, members, actual, path, run, found);
            }
            return;
        }
    };
    if !fits {
        found.push(mismatch(pattern, actual, path, run));
    }
}

fn mismatch(pattern: &Pattern, actual: Option<&Value>, path: &str, run: &Run<'_>) -> Mismatch {
    let mismatch = Mismatch::new(path, pattern.node.span)
        .expected(pattern.show(run.scope))
        .actual(show_value(actual));
    match (pattern.literal(run.scope), actual) {
        (Some(expected), Some(actual)) => mismatch.compared(&expected, &named(&expected, actual)),
        _ => mismatch,
    }
}

/// What of a value a pattern speaks about: mappings only as far as it names their members.
fn named(expected: &Value, actual: &Value) -> Value {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            let members = expected.iter().filter_map(|(name, expected)| {
                let value = actual.get(name)?;
                Some((name.clone(), named(expected, value)))
            });
            Value::Object(members.collect())
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let items = actual.iter().enumerate().map(|(at, item)| {
                let like = expected.get(at).or(expected.last());
                like.map_or_else(|| item.clone(), |like| named(like, item))
            });
            items.collect()
        }
        _ => actual.clone(),
    }
}

fn map(
    pattern: &Pattern,
    members: &[(Key, Pattern)],
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    match actual {
        Some(Value::Object(object)) => {
            for (key, member) in members {
                check(
                    member,
                    object.get(&key.name),
                    &join(path, &key.name),
                    run,
                    found,
                );
            }
        }
        Some(Value::Array(items)) if is_of_items(members) => {
            for (key, member) in members {
                let item = place_of(key).and_then(|at| items.get(at));
                check(member, item, &join(path, &key.name), run, found);
            }
        }
        // Without the mapping its members are absent, which some patterns ask for.
        None if !members.is_empty() => {
            for (key, member) in members {
                check(member, None, &join(path, &key.name), run, found);
            }
        }
        _ => found.push(mismatch(pattern, actual, path, run)),
    }
}

/// Whether members are items of a list, told by their places.
fn is_of_items(members: &[(Key, Pattern)]) -> bool {
    !members.is_empty() && members.iter().all(|(key, _)| place_of(key).is_some())
}

fn place_of(key: &Key) -> Option<usize> {
    key.name.parse().ok()
}

fn list(
    pattern: &Pattern,
    patterns: &[Pattern],
    items: &[Value],
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    if patterns.len() != items.len() {
        let count = |n: usize| format!("{n} item{}", if n == 1 { "" } else { "s" });
        found.push(Mismatch {
            actual: format!(
                "{}: {}",
                count(items.len()),
                show_value(Some(&items.into()))
            ),
            expected: format!("{}: {}", count(patterns.len()), pattern.show(run.scope)),
            ..mismatch(pattern, Some(&items.into()), path, run)
        });
        return;
    }
    for (at, (pattern, item)) in patterns.iter().zip(items).enumerate() {
        check(
            pattern,
            Some(item),
            &join(path, &at.to_string()),
            run,
            found,
        );
    }
}

fn is(kind: Type, actual: Option<&Value>) -> bool {
    let Some(value) = actual else {
        return kind == Type::Absent;
    };
    match kind {
        Type::Any => true,
        Type::String => value.is_string(),
        Type::Int => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        Type::Number => value.is_number(),
        Type::Bool => value.is_boolean(),
        Type::List => value.is_array(),
        Type::Map => value.is_object(),
        Type::NonEmpty => match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        },
        Type::Absent => false,
        // Without a finding nobody has looked.
        Type::Safe => value.as_array().is_some_and(|findings| {
            let tripped = |finding: &Value| finding["filtered"] == true;
            !findings.is_empty() && !findings.iter().any(tripped)
        }),
    }
}

fn test(
    matcher: &Matcher,
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let Ok(argument) = run.scope.node(&matcher.argument) else {
        return found.push(failure(matcher, actual, path, run));
    };
    let fits = match &matcher.test {
        Test::Equal => {
            if !actual.is_some_and(|actual| same(&argument, actual)) {
                let mismatch = failure(matcher, actual, path, run);
                found.push(mismatch.compared(&argument, actual.unwrap_or(&Value::Null)));
            }
            return;
        }
        Test::NotEqual => actual.is_some_and(|actual| !same(&argument, actual)),
        Test::Order(order) | Test::NumberIn(order) => {
            let number = match (&matcher.test, actual, &argument) {
                (Test::NumberIn(_), Some(Value::String(text)), Value::Number(_)) => number_in(text),
                _ => None,
            };
            let actual = number.as_ref().or(actual);
            let fits = actual.and_then(|actual| ordered(actual, *order, &argument));
            if fits == Some(true) {
                return;
            }
            return found.push(Mismatch {
                actual: in_unit_of(&argument, actual),
                ..failure(matcher, actual, path, run)
            });
        }
        Test::In(None) => argument.as_array().is_some_and(|items| {
            actual.is_some_and(|actual| items.iter().any(|item| equal(item, actual)))
        }),
        Test::In(Some(patterns)) | Test::AnyOf(patterns) => {
            patterns.iter().any(|p| p.matches(actual, run.scope))
        }
        Test::Text(kind) => stands(*kind, &as_text(&argument), actual),
        Test::Regex(compiled) => {
            let text = actual.and_then(Value::as_str);
            text.is_some_and(|text| is_match(compiled.as_deref(), &argument, text))
        }
        Test::Json(pattern) => {
            let parsed = actual.and_then(Value::as_str).map(serde_json::from_str);
            match parsed {
                Some(Ok(value)) => return check(pattern, Some(&value), path, run, found),
                _ => false,
            }
        }
        Test::Len(pattern) => {
            let len = match actual {
                Some(Value::Array(items)) => items.len(),
                Some(Value::Object(members)) => members.len(),
                Some(Value::String(text)) => text.chars().count(),
                _ => return found.push(failure(matcher, actual, path, run)),
            };
            if !pattern.matches(Some(&len.into()), run.scope) {
                found.push(Mismatch {
                    actual: format!("{len}: {}", show_value(actual)),
                    ..failure(matcher, actual, path, run)
                });
            }
            return;
        }
        Test::Not(pattern) => !pattern.matches(actual, run.scope),
        Test::Only(members) => {
            return only(matcher, members, actual, path, run, found);
        }
        Test::Schema(compiled) => {
            let compiled = compiled.as_deref();
            return schema::check(matcher, compiled, &argument, actual, path, run, found);
        }
        over_items => {
            let Some(Value::Array(items)) = actual else {
                return found.push(Mismatch {
                    note: Some("it takes a list".to_owned()).filter(|_| actual.is_some()),
                    ..failure(matcher, actual, path, run)
                });
            };
            return test_items(matcher, over_items, items, path, run, found);
        }
    };
    if !fits {
        found.push(failure(matcher, actual, path, run));
    }
}

/// The number that a text writes.
fn number_in(text: &str) -> Option<Value> {
    serde_json::from_str::<serde_json::Number>(text.trim())
        .ok()
        .map(Value::Number)
}

/// Whether a text is of the form of an expression, which may have been compiled already.
fn is_match(compiled: Option<&regex::Regex>, argument: &Value, text: &str) -> bool {
    match compiled {
        Some(regex) => regex.is_match(text),
        None => regex::Regex::new(&as_text(argument)).is_ok_and(|regex| regex.is_match(text)),
    }
}

/// Whether a text stands where it should in another.
fn stands(kind: TextTest, wanted: &str, actual: Option<&Value>) -> bool {
    let actual = actual.and_then(Value::as_str);
    actual.is_some_and(|text| match kind {
        TextTest::Contains => text.contains(wanted),
        TextTest::Starts => text.starts_with(wanted),
        TextTest::Ends => text.ends_with(wanted),
    })
}

fn test_items(
    matcher: &Matcher,
    test: &Test,
    items: &[Value],
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let at = |index: usize| join(path, &index.to_string());
    match test {
        Test::Each(pattern) => {
            for (index, item) in items.iter().enumerate() {
                check(pattern, Some(item), &at(index), run, found);
            }
        }
        Test::Some(pattern) => {
            if !items
                .iter()
                .any(|item| pattern.matches(Some(item), run.scope))
            {
                found.push(Mismatch {
                    actual: match items.len() {
                        0 => "an empty list".to_owned(),
                        n => format!("none of the {n} items: {}", show_value(Some(&items.into()))),
                    },
                    ..failure(matcher, None, path, run)
                });
            }
        }
        Test::None(pattern) => {
            for (index, item) in items.iter().enumerate() {
                if pattern.matches(Some(item), run.scope) {
                    found.push(failure(matcher, Some(item), &at(index), run));
                }
            }
        }
        Test::First(pattern) => check(pattern, items.first(), &at(0), run, found),
        Test::Last(pattern) => {
            let last = items.len().saturating_sub(1);
            check(pattern, items.last(), &at(last), run, found);
        }
        Test::InOrder(patterns) => in_order(patterns, items, path, run, found),
        Test::AnyOrder(patterns) => any_order(patterns, items, path, run, found),
        _ => found.push(failure(matcher, None, path, run)),
    }
}

fn only(
    matcher: &Matcher,
    members: &[(Key, Pattern)],
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let Some(Value::Object(object)) = actual else {
        return found.push(failure(matcher, actual, path, run));
    };
    for (key, pattern) in members {
        check(
            pattern,
            object.get(&key.name),
            &join(path, &key.name),
            run,
            found,
        );
    }
    for (name, value) in object {
        if !members.iter().any(|(key, _)| key.name == *name) {
            found.push(Mismatch {
                expected: "absent ($only)".to_owned(),
                ..failure(matcher, Some(value), &join(path, name), run)
            });
        }
    }
}

pub(super) fn failure(
    matcher: &Matcher,
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
) -> Mismatch {
    let end = matcher.argument.span.end.max(matcher.key.span.end);
    Mismatch::new(path, Span::new(matcher.key.span.start, end))
        .expected(matcher.show(run.scope))
        .actual(show_value(actual))
}

/// Equal, or the same length of time.
fn same(argument: &Value, actual: &Value) -> bool {
    let millis = argument.as_str().and_then(duration::parse_ms);
    equal(argument, actual) || millis.is_some() && millis == actual.as_f64()
}

fn in_unit_of(argument: &Value, actual: Option<&Value>) -> String {
    let is_duration = argument
        .as_str()
        .is_some_and(|text| duration::parse(text).is_some());
    match actual {
        Some(Value::Number(number)) if is_duration => format!("{number}ms"),
        _ => show_value(actual),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
