//! Completions, as a caller meets them.

use aoai_types::chat::FinishReason;
use aoai_types::completions::{Completion, CreateCompletion};
use aoai_types::operation::Body;
use aoai_types::{Encode, Operation, StreamEvent, Surface};
use serde_json::{Value, json};

fn event(value: &Value) -> Completion {
    <Completion as StreamEvent>::decode(&value.to_string()).unwrap()
}

#[test]
fn a_request_carries_members_that_it_does_not_know() {
    let mut request = CreateCompletion::new("m", "Once");
    request.extra.insert("beta".into(), json!(1));
    let wire = request.to_wire(&Encode::new(Surface::V1)).unwrap();
    let Body::Json(bytes) = wire.body else {
        panic!("not JSON")
    };
    assert_eq!(bytes, r#"{"model":"m","prompt":"Once","beta":1}"#);
}

#[test]
fn an_answer_says_what_it_says() {
    let answer = event(&json!({
        "choices": [{"index": 0, "text": "a", "finish_reason": "length"},
                    {"index": 1, "text": "b", "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }));
    assert_eq!(answer.text(), Some("a"));
    assert_eq!(answer.finish_reason(), Some(&FinishReason::Length));
    let usage = answer.usage().unwrap();
    assert_eq!((usage.prompt, usage.completion, usage.total), (3, 4, 7));
    assert_eq!(CreateCompletion::usage(&answer), Some(usage));
    let empty = event(&json!({"choices": []}));
    assert_eq!((empty.text(), empty.finish_reason()), (None, None));
    assert_eq!(
        (empty.usage(), CreateCompletion::usage(&empty)),
        (None, None)
    );
}

#[test]
fn only_what_the_caller_sees_is_output() {
    for (choices, expected) in [
        (json!([]), false),
        (json!([{"index": 0}]), false),
        (json!([{"index": 0, "text": ""}]), false),
        (json!([{"index": 0, "content_filter_results": {}}]), false),
        (json!([{"index": 0, "text": "a"}]), true),
        (json!([{"index": 0, "finish_reason": "stop"}]), true),
        (json!([{"index": 0}, {"index": 1, "text": "a"}]), true),
    ] {
        let event = event(&json!({"choices": choices}));
        assert_eq!(event.is_output(), expected, "{choices}");
    }
}

#[test]
fn a_message_beside_something_else_is_no_error() {
    for data in [
        json!({"usage": {"total_tokens": 1}, "message": "hi"}),
        json!({"prompt_filter_results": [], "message": "hi"}),
        json!({"prompt_annotations": [], "message": "hi"}),
    ] {
        assert_eq!(event(&data).error(), None, "{data}");
    }
    let both = event(&json!({"error": {"message": "busy"}, "message": "hi"}));
    assert_eq!(both.error().unwrap().message, "busy");
}
