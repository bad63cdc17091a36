//! Values of the schemas that have no parts: the usual one, and those at the edges.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Number, Value, json};

use crate::generate::{LONGEST, UNLISTED};
use crate::report::Side;
use crate::shape::{Kind, Shape};

/// An ordinary value; `None` where no value of ours satisfies the schema.
pub(crate) fn usual(shape: &Shape<'_>) -> Option<Value> {
    if let Some(values) = &shape.values {
        return values.first().map(|value| (*value).clone());
    }
    match shape.kind {
        None => Some(json!({"any": [1, "two", null, true]})),
        Some(Kind::Null) => Some(Value::Null),
        Some(Kind::Boolean) => Some(json!(true)),
        Some(Kind::Integer) => integers(shape).into_iter().next(),
        Some(Kind::Number) => numbers(shape).into_iter().next(),
        Some(Kind::String) => text(shape).map(Value::String),
        Some(Kind::Array | Kind::Object) => None,
    }
}

/// The other values worth trying.
pub(crate) fn others(shape: &Shape<'_>, side: Side) -> Vec<Value> {
    if let Some(values) = &shape.values {
        let mut others: Vec<Value> = values
            .iter()
            .skip(1)
            .map(|value| (*value).clone())
            .collect();
        others.extend((shape.kind == Some(Kind::String)).then(|| json!(UNLISTED)));
        return others;
    }
    match shape.kind {
        None => vec![
            json!("text"),
            json!(1.5),
            json!(false),
            json!([[]]),
            Value::Null,
        ],
        Some(Kind::Boolean) => vec![json!(false)],
        Some(Kind::Integer) => {
            // Documents say 32 bits of counts that have long outgrown them: answers are taken as
            // they come, but no request need exceed what is said.
            let is_small = side == Side::Request && shape.format == Some("int32");
            let fits = |value: &Value| {
                let limits = f64::from(i32::MIN)..=f64::from(i32::MAX);
                !is_small || value.as_f64().is_some_and(|value| limits.contains(&value))
            };
            let others = integers(shape).into_iter().skip(1);
            others.filter(fits).collect()
        }
        Some(Kind::Number) => numbers(shape).into_iter().skip(1).collect(),
        Some(Kind::String) => texts(shape),
        Some(Kind::Null | Kind::Array | Kind::Object) => Vec::new(),
    }
}

/// 64 bits, below zero, and written as floats: the wire has them all.
fn integers(shape: &Shape<'_>) -> Vec<Value> {
    let bounds = ["minimum", "maximum"].map(|name| shape.bound(name));
    let bounds = bounds.into_iter().flatten().map(whole);
    let usual = [json!(7), json!(1), json!(0), json!(-1), json!(3.0)];
    let large = [json!(5_000_000_000_u64), json!(9_007_199_254_740_993_u64)];
    let all = usual.into_iter().chain(bounds).chain(large);
    let mut found = Vec::new();
    for value in all.filter(|value| shape.admits(value)) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn numbers(shape: &Shape<'_>) -> Vec<Value> {
    let bounds = ["minimum", "maximum"].map(|name| shape.bound(name));
    let bounds = bounds.into_iter().flatten().map(|bound| json!(bound));
    let usual = [
        json!(0.7),
        json!(1),
        json!(-0.3),
        json!(1.5e-7),
        json!(1e20),
    ];
    let middle = shape.bound("minimum").zip(shape.bound("maximum"));
    let middle = middle.map(|(least, most)| json!(f64::midpoint(least, most)));
    let all = usual.into_iter().chain(bounds).chain(middle);
    all.filter(|value| shape.admits(value)).collect()
}

/// The whole number nearest to a bound, in 64 bits.
fn whole(bound: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of what 64 bits cannot hold saturates, which is the bound that is meant"
    )]
    Value::Number(Number::from(bound as i64))
}

fn text(shape: &Shape<'_>) -> Option<String> {
    if let Some(pattern) = shape.pattern {
        return regex_syntax::parse(pattern).ok().map(|hir| matching(&hir));
    }
    let usual = match shape.format.unwrap_or_default() {
        "date-time" => "2026-01-02T03:04:05Z",
        "date" => "2026-01-02",
        "time" => "03:04:05Z",
        "uri" | "url" => "https://example.com/a?b=c",
        "uuid" => "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "email" => "someone@example.com",
        "byte" | "base64" => "aGVsbG8=",
        _ => "text",
    };
    let least = shape.count("minLength").unwrap_or(0);
    let most = shape.count("maxLength").unwrap_or(usize::MAX);
    if least > LONGEST {
        return None;
    }
    let padding = "x".repeat(least.saturating_sub(usual.len()));
    let value: String = usual.chars().chain(padding.chars()).take(most).collect();
    shape.admits(&json!(value)).then_some(value)
}

fn texts(shape: &Shape<'_>) -> Vec<Value> {
    let least = shape.count("minLength").unwrap_or(0);
    if shape.pattern.is_some() || least > LONGEST {
        return Vec::new();
    }
    let most = shape.count("maxLength").unwrap_or(LONG);
    let mut found = vec![json!("é".repeat(least))];
    if shape.format.is_none() && (least..=most).contains(&ODD.chars().count()) {
        found.push(json!(ODD));
    }
    if let (Some(_), true) = (shape.count("maxLength"), most <= LONG) {
        found.push(json!("x".repeat(most)));
    }
    found
}

/// A text that the pattern matches.
fn matching(hir: &Hir) -> String {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(class) => {
            let printable = || ' '..='~';
            let letters = printable().filter(char::is_ascii_alphanumeric);
            let any = letters.chain(printable()).find(|c| holds(class, *c));
            any.unwrap_or('é').to_string()
        }
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min.max(1)).unwrap_or(1);
            let most = repetition.max.map_or(least, |most| most as usize);
            matching(&repetition.sub).repeat(least.min(most))
        }
        HirKind::Capture(capture) => matching(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(matching).collect(),
        HirKind::Alternation(branches) => branches.first().map(matching).unwrap_or_default(),
    }
}

fn holds(class: &Class, c: char) -> bool {
    match class {
        Class::Unicode(class) => class
            .iter()
            .any(|range| range.start() <= c && c <= range.end()),
        Class::Bytes(class) => {
            let byte = u8::try_from(c).unwrap_or(u8::MAX);
            class
                .iter()
                .any(|range| range.start() <= byte && byte <= range.end())
        }
    }
}

/// What a careless decoder or encoder breaks.
const ODD: &str = "\u{1f600} \"\\\n\u{7f}ü";

/// The longest text that is tried.
const LONG: usize = 512;
