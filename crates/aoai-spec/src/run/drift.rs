//! What the wire types make of the service's answers: nothing may get lost in them.

use std::collections::BTreeSet;

use aoai_types::operation::{DecodeError, StreamEvent};
use aoai_types::{Endpoint, Operation, Payload, Streaming, Visitor, visit};
use bytes::Bytes;
use serde_json::Value;

use crate::parse::body::{Difference, DifferenceKind, differences};
use crate::result::{Drift, StepResult};

/// Decodes a good answer, encodes it again, and lists what has changed on the way.
///
/// A stream's events are taken one by one; what they have in common is told once.
pub(super) fn of(endpoint: &Endpoint, result: &StepResult) -> Vec<Drift> {
    if !result
        .status
        .is_some_and(|status| (200..300).contains(&status))
    {
        return Vec::new();
    }
    let trip = Trip { result };
    let mut found = visit(endpoint.id, trip).unwrap_or_default();
    let mut told = BTreeSet::new();
    found.retain(|drift| told.insert((anywhere(&drift.path), drift.kind.clone())));
    found
}

struct Trip<'a> {
    result: &'a StepResult,
}

impl Trip<'_> {
    fn body<O: Operation>(&self) -> Vec<Drift> {
        let Some(body @ (Value::Object(_) | Value::Array(_))) = &self.result.body else {
            return Vec::new();
        };
        let decoded = O::Response::decode(&Bytes::from(body.to_string()));
        compare(body, decoded, |response| {
            serde_json::from_slice(&response.encode().ok()?).ok()
        })
    }
}

impl Visitor for Trip<'_> {
    type Out = Vec<Drift>;

    fn unary<O: Operation>(self) -> Vec<Drift> {
        self.body::<O>()
    }

    fn streaming<O: Streaming>(self) -> Vec<Drift> {
        let Some(stream) = &self.result.stream else {
            return self.body::<O>();
        };
        let events = stream.events.iter().filter(|event| event.is_object());
        events
            .flat_map(|event| {
                let decoded = <O::Event as StreamEvent>::decode(&event.to_string());
                compare(event, decoded, |event| serde_json::to_value(event).ok())
            })
            .collect()
    }
}

fn compare<T>(
    sent: &Value,
    decoded: Result<T, DecodeError>,
    encode: impl Fn(T) -> Option<Value>,
) -> Vec<Drift> {
    let drift = |path: String, kind: &str| Drift {
        path,
        kind: kind.to_owned(),
    };
    let value = match decoded {
        Ok(value) => value,
        Err(error) => return vec![drift(error.path().to_owned(), "refused")],
    };
    // What has no JSON form is a file's content, which is kept as it came.
    let Some(encoded) = encode(value) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    differences(sent, &encoded, &mut Vec::new(), &mut found);
    let is_null = |difference: &Difference| {
        let pointer: String = difference.path.iter().map(|step| pointer(step)).collect();
        match &difference.kind {
            DifferenceKind::Dropped => sent.pointer(&pointer).is_some_and(Value::is_null),
            DifferenceKind::Added(value) => value.is_null(),
            DifferenceKind::Changed(_) => false,
        }
    };
    // Null and absent are the same to the types.
    found.retain(|difference| !is_null(difference));
    let told = found.into_iter().map(|difference| {
        let kind = match difference.kind {
            DifferenceKind::Dropped => "lost",
            DifferenceKind::Changed(_) => "changed",
            DifferenceKind::Added(_) => "added",
        };
        drift(difference.path.join("."), kind)
    });
    told.collect()
}

fn pointer(step: &str) -> String {
    format!("/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// A path that is the same for every item of a list.
fn anywhere(path: &str) -> String {
    let steps = path.split('.').map(|step| match step.parse::<usize>() {
        Ok(_) => "*",
        Err(_) => step,
    });
    steps.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::Stream;

    fn drift(id: &str, result: &StepResult) -> Vec<(String, String)> {
        let mut endpoints = aoai_types::ENDPOINTS.iter();
        let endpoint = endpoints.find(|endpoint| endpoint.id == id).unwrap();
        let found = of(endpoint, result).into_iter();
        found.map(|drift| (drift.path, drift.kind)).collect()
    }

    fn answer(body: Value) -> StepResult {
        StepResult {
            status: Some(200),
            body: Some(body),
            ..StepResult::default()
        }
    }

    fn told(path: &str, kind: &str) -> (String, String) {
        (path.to_owned(), kind.to_owned())
    }

    #[test]
    fn a_field_that_nobody_has_heard_of_is_lost_and_told_by_its_place() {
        let body = json!({
            "object": "list", "model": "m",
            "data": [
                {"object": "embedding", "index": 0, "embedding": [0.5, 1.0], "novelty": 1},
                {"object": "embedding", "index": 1, "embedding": [0.5, 1], "novelty": 2},
            ],
            "usage": {"prompt_tokens": 1, "total_tokens": 1, "carbon": null},
            "surprise": {"a": 1},
        });
        assert_eq!(
            drift("embeddings", &answer(body)),
            [told("data.0.novelty", "lost"), told("surprise", "lost")]
        );
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_told_by_the_place() {
        let body = json!({"object": "list", "data": [{"id": 5, "object": "model"}]});
        assert_eq!(
            drift("models.list", &answer(body)),
            [told("data[0].id", "refused")]
        );
    }

    #[test]
    fn the_events_of_a_stream_tell_what_they_have_in_common_once() {
        let event = |content: &str| {
            json!({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
                "choices": [{"index": 0, "delta": {"content": content, "mood": "good"}}]})
        };
        let result = StepResult {
            status: Some(200),
            stream: Some(Stream {
                events: vec![event("a"), event("b"), json!("[DONE]")],
                ..Stream::default()
            }),
            ..StepResult::default()
        };
        assert_eq!(
            drift("chat", &result),
            [told("choices.0.delta.mood", "lost")]
        );
    }

    #[test]
    fn errors_and_text_have_no_drift() {
        let mut refused = answer(json!({"error": {"code": "x", "novelty": 1}}));
        refused.status = Some(404);
        assert_eq!(drift("chat", &refused), []);
        assert_eq!(drift("chat", &answer(json!("text"))), []);
    }
}
