//! Expectations against results with one fault planted in each.

use serde_json::{Value, json};

use super::{Mismatch, Parser, Pattern};
use crate::diagnostic::Problems;
use crate::redact::Redactor;
use crate::result::shape::{RESULT, Shape};
use crate::source::{Source, Span};
use crate::value::{Data, Node};
use crate::vars::Scope;

mod matchers;

fn pattern(yaml: &str, shape: Shape) -> Pattern {
    let mut problems = Problems::new(Source::new("p.yaml", yaml));
    let nodes = Node::read_all(&mut problems);
    let mut parser = Parser {
        problems: &mut problems,
        directory: None,
    };
    // A document that is nothing but `null` is no document to YAML.
    let null = Node {
        data: Data::Null,
        span: Span::default(),
    };
    let pattern = parser.pattern(nodes.first().unwrap_or(&null), shape, "");
    let found = problems.finish();
    assert!(found.is_empty(), "{}", found[0]);
    pattern
}

/// What is wrong with a pattern over a result.
fn mistakes(yaml: &str) -> Vec<String> {
    let mut problems = Problems::new(Source::new("p.yaml", yaml));
    let nodes = Node::read_all(&mut problems);
    let mut parser = Parser {
        problems: &mut problems,
        directory: None,
    };
    parser.pattern(&nodes[0], RESULT, "");
    let found = problems.finish().into_iter();
    found.map(|found| found.message).collect()
}

fn check(yaml: &str, actual: &Value) -> Vec<Mismatch> {
    let mut scope = Scope::default();
    scope.set(
        "case",
        json!({"least": "300ms", "dims": 2, "list": ["a", "b"], "rows": [{"a": [1]}]}),
    );
    pattern(yaml, Shape::Open).check(Some(actual), "", &scope)
}

/// A streamed chat as it should be.
fn streamed() -> Value {
    json!({
        "status": 200,
        "headers": {"apim-request-id": "not-a-real-id", "content-type": "text/event-stream"},
        "text": "1, 2, 3",
        "finish": "stop",
        "tools": [{"name": "f", "arguments": {"city": "Paris"}, "id": "call_1", "valid": true}],
        "filter": {
            "prompt": [{"category": "hate", "filtered": false, "severity": "safe"}],
            "answer": [{"category": "violence", "filtered": false, "severity": "safe"}],
        },
        "usage": {"prompt": 9, "completion": 5, "total": 14, "cached": 0, "reasoning": 0},
        "stream": {
            "events": [
                {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]},
                {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]},
                {"choices": [{"index": 0, "delta": {"content": "1, 2, 3"}}]},
                {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                {"choices": [], "usage": {"total_tokens": 14}},
            ],
            "types": [],
            "count": 5,
            "done": true,
        },
        "time": {"total": 80.5, "first": 20.0, "gap": 12.5},
        "attempts": [
            {"status": 429, "waited": 0.0, "error": "rate_limit"},
            {"status": 200, "waited": 310.25},
        ],
        "sent": {
            "method": "POST",
            "path": "/openai/v1/chat/completions",
            "query": {},
            "headers": {"api-key": "<key>"},
            "body": {"model": "chat", "stream": true},
        },
        "auth": {"kind": "key", "source": "local"},
    })
}

const EXPECTATION: &str = r#"
status: 2xx
headers: {Apim-Request-Id: $nonempty, content-type: {$starts: text/event-stream}}
error: $absent
text: {$regex: "1.*2.*3"}
finish: stop
refusal: $absent
tools: [{name: f, arguments: {$only: {city: Paris}}, id: $nonempty, valid: true}]
filter: {prompt: $safe, answer: $safe}
usage: {prompt: {$gt: 0}, completion: {$lte: 5}, total: {$in: [14, 15]}, cached: 0}
stream:
  done: true
  count: {$gte: 5}
  types: []
  events:
    $len: {$lt: 9}
    $first: {choices: [], prompt_filter_results: $nonempty}
    $in_order:
      - choices: [{delta: {role: assistant}}]
      - choices: [{delta: {content: $nonempty}}]
      - choices: [{finish_reason: stop}]
      - {choices: [], usage: {total_tokens: $int}}
    $last: {usage: $map}
    $none: {error: $any}
    $each: {choices: $list}
time: {first: {$lt: 2s}, gap: {$lt: 1s}, total: $number}
attempts:
  - {status: 429, error: rate_limit, waited: 0}
  - {status: 200, error: $absent, waited: {$gte: "${least}", $lt: 600ms}}
sent:
  method: POST
  path: {$ends: /chat/completions}
  query: {api-version: $absent}
  headers: {api-key: $string, authorization: $absent}
  body: {model: {$ne: gpt-4o}, stream: true}
auth: {kind: key, source: {$not: network}}
"#;

fn judged(result: &Value) -> Vec<String> {
    let mut scope = Scope::default();
    scope.set("least", json!("300ms"));
    let found = pattern(EXPECTATION, RESULT).check(Some(result), "", &scope);
    found.into_iter().map(|mismatch| mismatch.path).collect()
}

#[test]
fn the_result_without_a_fault_passes() {
    assert_eq!(judged(&streamed()), Vec::<String>::new());
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn every_planted_fault_is_caught_by_the_expectation_that_should() {
    let removed = || None;
    let faults: Vec<(&str, Option<Value>, &str)> = vec![
        ("/status", Some(json!(500)), "status"),
        ("/status", Some(json!("200")), "status"),
        ("/status", removed(), "status"),
        (
            "/headers/apim-request-id",
            removed(),
            "headers.apim-request-id",
        ),
        (
            "/headers/apim-request-id",
            Some(json!("")),
            "headers.apim-request-id",
        ),
        (
            "/headers/content-type",
            Some(json!("application/json")),
            "headers.content-type",
        ),
        ("/error", Some(json!({"kind": "truncated"})), "error"),
        ("/text", Some(json!("1, 3, 2")), "text"),
        ("/text", Some(json!(null)), "text"),
        ("/text", removed(), "text"),
        ("/finish", Some(json!("length")), "finish"),
        ("/finish", removed(), "finish"),
        ("/refusal", Some(json!("no")), "refusal"),
        ("/tools", Some(json!([])), "tools"),
        ("/tools/0/name", Some(json!("g")), "tools.0.name"),
        (
            "/tools/0/arguments/city",
            Some(json!("London")),
            "tools.0.arguments.city",
        ),
        (
            "/tools/0/arguments/extra",
            Some(json!(1)),
            "tools.0.arguments.extra",
        ),
        ("/tools/0/arguments", Some(json!("{")), "tools.0.arguments"),
        ("/tools/0/id", Some(json!("")), "tools.0.id"),
        ("/tools/0/valid", Some(json!(false)), "tools.0.valid"),
        ("/tools/0/valid", removed(), "tools.0.valid"),
        (
            "/filter/prompt/0/filtered",
            Some(json!(true)),
            "filter.prompt",
        ),
        (
            "/filter/answer/0/filtered",
            Some(json!(true)),
            "filter.answer",
        ),
        ("/filter/answer", removed(), "filter.answer"),
        ("/usage/prompt", Some(json!(0)), "usage.prompt"),
        ("/usage/completion", Some(json!(6)), "usage.completion"),
        ("/usage/completion", Some(json!("5")), "usage.completion"),
        ("/usage/total", Some(json!(13)), "usage.total"),
        ("/usage/cached", Some(json!(1)), "usage.cached"),
        ("/usage", removed(), "usage.prompt"),
        ("/stream/done", Some(json!(false)), "stream.done"),
        ("/stream/done", removed(), "stream.done"),
        ("/stream/count", Some(json!(4)), "stream.count"),
        ("/stream/types", Some(json!(["error"])), "stream.types"),
        (
            "/stream/events/0/prompt_filter_results",
            removed(),
            "stream.events.0.prompt_filter_results",
        ),
        (
            "/stream/events/0/choices",
            Some(json!([{}])),
            "stream.events.0.choices",
        ),
        (
            "/stream/events/1/choices/0/delta/role",
            removed(),
            "stream.events",
        ),
        (
            "/stream/events/2/choices/0/delta/content",
            Some(json!("")),
            "stream.events",
        ),
        (
            "/stream/events/3/choices/0/finish_reason",
            Some(json!("length")),
            "stream.events",
        ),
        (
            "/stream/events/4/usage/total_tokens",
            Some(json!("14")),
            "stream.events",
        ),
        ("/stream/events/4/usage", removed(), "stream.events.4.usage"),
        (
            "/stream/events/2/error",
            Some(json!({"code": "429"})),
            "stream.events.2",
        ),
        (
            "/stream/events/2/choices",
            Some(json!(null)),
            "stream.events.2.choices",
        ),
        ("/stream/events", Some(json!([])), "stream.events"),
        ("/stream", removed(), "stream.done"),
        ("/time/first", Some(json!(2000.0)), "time.first"),
        ("/time/first", removed(), "time.first"),
        ("/time/gap", Some(json!(1220.0)), "time.gap"),
        ("/time/total", Some(json!("80ms")), "time.total"),
        ("/attempts/0/status", Some(json!(500)), "attempts.0.status"),
        (
            "/attempts/0/error",
            Some(json!("server")),
            "attempts.0.error",
        ),
        ("/attempts/0/waited", Some(json!(1)), "attempts.0.waited"),
        ("/attempts/1/waited", Some(json!(41.0)), "attempts.1.waited"),
        (
            "/attempts/1/waited",
            Some(json!(600.0)),
            "attempts.1.waited",
        ),
        (
            "/attempts/1/error",
            Some(json!("timeout")),
            "attempts.1.error",
        ),
        ("/attempts/2", Some(json!({"status": 200})), "attempts"),
        ("/attempts/1", removed(), "attempts"),
        ("/sent/method", Some(json!("GET")), "sent.method"),
        (
            "/sent/path",
            Some(json!("/openai/v1/completions")),
            "sent.path",
        ),
        (
            "/sent/query/api-version",
            Some(json!("preview")),
            "sent.query.api-version",
        ),
        ("/sent/headers/api-key", removed(), "sent.headers.api-key"),
        (
            "/sent/headers/authorization",
            Some(json!("Bearer <token>")),
            "sent.headers.authorization",
        ),
        ("/sent/body/model", Some(json!("gpt-4o")), "sent.body.model"),
        ("/sent/body/model", removed(), "sent.body.model"),
        ("/sent/body/stream", Some(json!("true")), "sent.body.stream"),
        ("/auth/kind", Some(json!("entra")), "auth.kind"),
        ("/auth/source", Some(json!("network")), "auth.source"),
    ];
    for (place, value, path) in &faults {
        let mut result = streamed();
        plant(&mut result, place, value.clone());
        assert_ne!(result, streamed(), "{place}: nothing was planted");
        let found = judged(&result);
        assert!(
            found.iter().any(|caught| caught == path),
            "{place} = {value:?}: expected `{path}`, found {found:?}"
        );
        let root = path.split('.').next().unwrap();
        let by_accident: Vec<_> = found
            .iter()
            .filter(|path| !path.starts_with(root))
            .collect();
        assert!(by_accident.is_empty(), "{place}: {by_accident:?}");
    }
}

fn plant(result: &mut Value, place: &str, value: Option<Value>) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match (result.pointer_mut(parent).unwrap(), value) {
        (Value::Object(members), Some(value)) => {
            members.insert(name.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.remove(name);
        }
        (Value::Array(items), Some(value)) => items.insert(name.parse().unwrap(), value),
        (Value::Array(items), None) => {
            items.remove(name.parse().unwrap());
        }
        (other, _) => panic!("{other} has no parts"),
    }
}

#[test]
fn usage_before_stop_is_told_with_what_came_too_early() {
    let mut result = streamed();
    result["stream"]["events"]
        .as_array_mut()
        .unwrap()
        .swap(3, 4);
    let scope = Scope::default();
    let yaml = "$in_order:\n- choices: [{finish_reason: stop}]\n- {usage: {total_tokens: $int}}";
    let found = pattern(yaml, Shape::Open).check(Some(&result["stream"]["events"]), "", &scope);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].expected,
        "after item 4: {usage: {total_tokens: $int}}"
    );
    assert_eq!(found[0].actual, "none of the 0 items left");
    let note = "item 3 matches, but it comes before the 1 already matched";
    assert_eq!(found[0].note.as_deref(), Some(note));
}

#[test]
fn a_diff_tells_no_secret_and_nothing_that_the_pattern_does_not_name() {
    let redactor = Redactor::default();
    redactor.register("pw", "not-a-real-secret").unwrap();
    let mut found = check(
        "[{a: not-a-real-secret}, {a: x}, {a: y}]",
        &json!([{"a": "z", "b": 1}, {"a": "x", "b": 2}]),
    );
    found[0].mask(&redactor);
    assert_eq!(
        found[0].diff.as_deref(),
        Some(
            "@@ 0.a @@\n [\n   {\n-    \"a\": \"<pw>\"\n+    \"a\": \"z\"\n   }\n   {\n     \"a\": \
             \"x\"\n-  }\n-  {\n-    \"a\": \"y\"\n   }\n ]\n"
        )
    );
    // Of what is too much the same is told as of the last.
    let mut found = check("[{a: 1}]", &json!([{"a": 1, "b": 2}, {"a": 3, "b": 4}]));
    found[0].mask(&redactor);
    let diff = found[0].diff.as_deref().unwrap();
    assert!(
        diff.contains("\"a\": 3") && !diff.contains("\"b\""),
        "{diff}"
    );
    let mut found = check("{$eq: [other]}", &json!(["not-a-real-secret"]));
    found[0].mask(&redactor);
    assert_eq!(
        found[0].diff.as_deref(),
        Some("@@ 0 @@\n [\n-  \"other\"\n+  \"<pw>\"\n ]\n")
    );
}

#[test]
fn a_cut_leaves_no_half_of_a_secret() {
    let redactor = Redactor::default();
    let secret = "not-a-real-key-0123456789";
    redactor.register("key", secret).unwrap();
    for before in 270..300 {
        let echoed = format!("{}{secret}{}", "x".repeat(before), "y".repeat(100));
        let mut found = check("other", &json!(echoed));
        found[0].mask(&redactor);
        assert!(!found[0].actual.contains("not-a"), "{}", found[0].actual);
        assert!(found[0].actual.ends_with('…'));
    }
}
