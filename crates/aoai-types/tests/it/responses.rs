//! Answers that are put together from their pieces, and what they say.

use aoai_types::operation::StreamEnd;
use aoai_types::outcome::ToolUse;
use aoai_types::responses::event::ResponseEvent;
use aoai_types::responses::item::{
    ComputerCallOutput, ComputerScreenshot, Item, LocalShellCallOutput,
};
use aoai_types::responses::tool::{ComputerTool, Tool};
use aoai_types::responses::{CreateResponse, Response, ResponseAccumulator};
use aoai_types::{Accumulator, Operation, StreamEvent};
use serde_json::{Value, json};

use crate::same::differences;

/// What is left of a stream that breaks off after these events.
fn cut(events: &[Value]) -> Response {
    let mut answer = ResponseAccumulator::default();
    for event in events {
        answer.push(<ResponseEvent as StreamEvent>::decode(&event.to_string()).unwrap());
    }
    answer.finish()
}

#[track_caller]
fn check(events: &[Value], item: &Value) {
    let answer = serde_json::to_value(cut(events)).unwrap();
    assert_eq!(differences(item, &answer["output"][0]), [""; 0]);
}

fn added(item: &Value) -> Value {
    json!({"type": "response.output_item.added", "output_index": 0, "item": item})
}

fn message() -> Value {
    added(&json!({"type": "message", "role": "assistant", "content": []}))
}

fn piece(kind: &str, content_index: i64, more: &Value) -> Value {
    let mut event = json!({"type": kind, "output_index": 0, "content_index": content_index});
    event
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    event
}

fn said(content: &Value) -> Value {
    json!({"type": "message", "role": "assistant", "content": content})
}

#[test]
fn text_comes_with_how_likely_it_was() {
    let part = json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []});
    let delta = |text: &str| {
        let more = json!({"delta": text, "logprobs": [{"token": text, "logprob": -0.5}]});
        piece("response.output_text.delta", 0, &more)
    };
    check(
        &[
            message(),
            piece("response.content_part.added", 0, &json!({"part": part})),
            delta("Hel"),
            delta("lo"),
        ],
        &said(
            &json!([{"type": "output_text", "text": "Hello", "annotations": [],
            "logprobs": [{"token": "Hel", "logprob": -0.5}, {"token": "lo", "logprob": -0.5}]}]),
        ),
    );
}

#[test]
fn pieces_of_a_part_that_nobody_announced_are_kept() {
    check(
        &[
            message(),
            piece("response.output_text.delta", 0, &json!({"delta": "Well. "})),
            piece("response.refusal.delta", 1, &json!({"delta": "No"})),
            piece("response.output_text.delta", 0, &json!({"delta": "Hm."})),
            piece("response.refusal.delta", 1, &json!({"delta": "."})),
        ],
        &said(&json!([{"type": "output_text", "text": "Well. Hm."},
                      {"type": "refusal", "refusal": "No."}])),
    );
}

#[test]
fn parts_keep_their_places_where_some_are_missing() {
    let part = |text: &str| json!({"part": {"type": "output_text", "text": text}});
    let done = piece("response.content_part.done", 3, &part("fourth"));
    check(
        &[
            message(),
            piece("response.content_part.added", 3, &part("")),
            piece("response.output_text.delta", 3, &json!({"delta": "four"})),
            piece("response.output_text.delta", 3, &json!({"delta": "th"})),
            piece("response.content_part.added", 1, &part("")),
            piece("response.output_text.delta", 1, &json!({"delta": "second"})),
            done.clone(),
            done,
        ],
        &said(&json!([{"type": "output_text", "text": "second"},
                      {"type": "output_text", "text": "fourth"}])),
    );
}

#[test]
fn what_is_whole_takes_the_place_of_its_pieces() {
    let delta = piece("response.output_text.delta", 0, &json!({"delta": "lo"}));
    let done = piece("response.output_text.done", 0, &json!({"text": "Hello"}));
    check(
        &[message(), delta, done.clone(), done],
        &said(&json!([{"type": "output_text", "text": "Hello"}])),
    );
    let refused = piece("response.refusal.done", 0, &json!({"refusal": "No."}));
    check(
        &[message(), refused],
        &said(&json!([{"type": "refusal", "refusal": "No."}])),
    );
}

#[test]
fn thoughts_and_their_summaries_are_kept() {
    let item = json!({"type": "reasoning", "id": "rs_1", "summary": []});
    let summary = |kind: &str, more: &Value| {
        let mut event = piece(kind, 0, more);
        event["summary_index"] = json!(0);
        event
    };
    for (deltas, done) in [(true, false), (true, true), (false, true)] {
        let mut events = vec![
            added(&item),
            piece(
                "response.reasoning_text.delta",
                0,
                &json!({"delta": "Let me"}),
            ),
            piece("response.reasoning.delta", 0, &json!({"delta": " see."})),
            summary(
                "response.reasoning_summary_text.delta",
                &json!({"delta": "Looking."}),
            ),
        ];
        if !deltas {
            events.truncate(1);
        }
        if done {
            events.extend([
                piece(
                    "response.reasoning_text.done",
                    0,
                    &json!({"text": "Let me see."}),
                ),
                summary(
                    "response.reasoning_summary_text.done",
                    &json!({"text": "Looking."}),
                ),
            ]);
        }
        check(
            &events,
            &json!({"type": "reasoning", "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "Looking."}],
                "content": [{"type": "reasoning_text", "text": "Let me see."}]}),
        );
    }
}

#[test]
fn parts_of_a_summary_keep_their_places() {
    let part = |kind: &str, index: i64, text: &str| {
        json!({"type": kind, "output_index": 0, "summary_index": index,
               "part": {"type": "summary_text", "text": text}})
    };
    let summary = |text: &str| json!({"type": "summary_text", "text": text});
    check(
        &[
            added(&json!({"type": "reasoning", "id": "rs_1", "summary": []})),
            part("response.reasoning_summary_part.added", 2, "third"),
            part("response.reasoning_summary_part.added", 0, ""),
            part("response.reasoning_summary_part.done", 0, "first"),
        ],
        &json!({"type": "reasoning", "id": "rs_1",
                "summary": [summary("first"), summary("third")]}),
    );
}

#[test]
fn pieces_go_on_where_the_item_left_off() {
    check(
        &[
            added(&said(&json!([{"type": "output_text", "text": "Hel"}]))),
            piece("response.output_text.delta", 0, &json!({"delta": "lo"})),
        ],
        &said(&json!([{"type": "output_text", "text": "Hello"}])),
    );
    let thoughts = |content: &str, summary: &str| {
        json!({"type": "reasoning", "id": "rs_1",
               "summary": [{"type": "summary_text", "text": summary}],
               "content": [{"type": "reasoning_text", "text": content}]})
    };
    let mut summary = piece(
        "response.reasoning_summary_text.delta",
        0,
        &json!({"delta": "d"}),
    );
    summary["summary_index"] = json!(0);
    check(
        &[
            added(&thoughts("a", "c")),
            piece("response.reasoning_text.delta", 0, &json!({"delta": "b"})),
            summary,
        ],
        &thoughts("ab", "cd"),
    );
}

#[test]
fn annotations_stand_in_their_places() {
    let note = |id: &str| json!({"type": "file_citation", "file_id": id, "index": 0});
    let annotated = |place: i64, id: &str| {
        let more = json!({"annotation_index": place, "annotation": note(id)});
        piece("response.output_text.annotation.added", 0, &more)
    };
    check(
        &[
            message(),
            piece("response.output_text.delta", 0, &json!({"delta": "Hello"})),
            annotated(0, "a"),
            annotated(1, "b"),
            annotated(0, "c"),
            annotated(7, "d"),
        ],
        &said(&json!([{"type": "output_text", "text": "Hello",
                       "annotations": [note("c"), note("b"), note("d")]}])),
    );
}

#[test]
fn the_last_event_has_the_whole_answer() {
    let told = |kind: &str, status: &str, output: Value| json!({"type": kind, "response": {"id": "resp_1", "status": status, "output": output}});
    let error = json!({"type": "error", "code": "odd", "message": "Late."});
    for (kind, status) in [
        ("response.completed", "completed"),
        ("response.incomplete", "incomplete"),
        ("response.failed", "failed"),
    ] {
        let whole = said(&json!([{"type": "output_text", "text": "Hello"}]));
        let mut events = vec![
            told("response.created", "queued", json!([])),
            told("response.in_progress", "in_progress", json!([])),
            message(),
            piece("response.output_text.delta", 0, &json!({"delta": "Hel"})),
            told(kind, status, json!([whole])),
        ];
        let answer = cut(&events);
        let told = |answer: &Response| answer.status.as_ref().map(ToString::to_string);
        assert_eq!(
            (answer.text(), told(&answer)),
            ("Hello".into(), Some(status.into()))
        );
        assert!(answer.error.is_none());
        // What the answer said of its end stays.
        events.push(error.clone());
        let answer = cut(&events);
        assert_eq!(told(&answer).as_deref(), Some(status));
        assert_eq!(answer.error.unwrap().message, "Late.");
        // Without that, it failed.
        events.remove(4);
        assert_eq!(told(&cut(&events)).as_deref(), Some("failed"));
    }
}

#[test]
fn what_a_tool_is_given_is_kept() {
    for (item, member, delta, done) in [
        (
            json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}),
            "arguments",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
        ),
        (
            json!({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": ""}),
            "input",
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.done",
        ),
        (
            json!({"type": "mcp_call", "server_label": "s", "name": "f", "arguments": ""}),
            "arguments",
            "response.mcp_call_arguments.delta",
            "response.mcp_call.arguments_done",
        ),
        (
            json!({"type": "code_interpreter_call", "id": "ci_1", "status": "in_progress"}),
            "code",
            "response.code_interpreter_call_code.delta",
            "response.code_interpreter_call_code.done",
        ),
    ] {
        let mut expected = item.clone();
        expected[member] = json!("1 + 1");
        let deltas = [
            piece(delta, 0, &json!({"delta": "1 +"})),
            piece(delta, 0, &json!({"delta": " 1"})),
        ];
        let whole = piece(done, 0, &Value::from_iter([(member, "1 + 1")]));
        check(&[&[added(&item)], &deltas[..]].concat(), &expected);
        check(&[added(&item), whole.clone()], &expected);
        check(
            &[&[added(&item)], &deltas[..], &[whole]].concat(),
            &expected,
        );
    }
}

#[test]
fn arguments_in_another_form_than_text_erase_nothing() {
    let item = json!({"type": "mcp_call", "server_label": "s", "name": "f", "arguments": "{}"});
    let odd = piece(
        "response.mcp_call.arguments_done",
        0,
        &json!({"arguments": {"any": []}}),
    );
    check(&[added(&item), odd], &item);
}

#[test]
fn an_item_that_is_whole_takes_the_place_of_its_pieces() {
    let item = said(&json!([{"type": "output_text", "text": "Hello"}]));
    let done = json!({"type": "response.output_item.done", "output_index": 0, "item": item});
    let delta = piece("response.output_text.delta", 0, &json!({"delta": "Hel"}));
    check(&[message(), delta, done.clone(), done], &item);
    let plain = said(&json!("Hello"));
    check(&[added(&plain)], &plain);
    assert_eq!(cut(&[added(&plain)]).text(), "Hello");
}

#[test]
fn an_error_that_is_a_mere_text_is_told() {
    for event in [
        json!({"error": "The gateway is tired."}),
        json!({"type": "error", "error": "The gateway is tired.", "sequence_number": 3}),
        json!({"type": "error", "message": "The gateway is tired.", "sequence_number": "third"}),
    ] {
        let read = <ResponseEvent as StreamEvent>::decode(&event.to_string()).unwrap();
        assert_eq!(
            read.error().unwrap().message,
            "The gateway is tired.",
            "{event}"
        );
        let written = serde_json::to_string(&read).unwrap();
        let again = <ResponseEvent as StreamEvent>::decode(&written).unwrap();
        assert_eq!(again, read, "{event}");
    }
}

#[test]
fn an_error_is_written_as_it_came() {
    for written in [
        r#"{"type":"error","message":"a","sequence_number":3}"#,
        r#"{"type":"error","error":{"message":"a"},"event_id":"event_1","sequence_number":3}"#,
        r#"{"type":"error","message":"a","event_id":"event_1"}"#,
        r#"{"error":{"message":"a"}}"#,
    ] {
        let read = <ResponseEvent as StreamEvent>::decode(written).unwrap();
        assert_eq!(read.error().unwrap().message, "a", "{written}");
        // In any order, and nothing twice.
        let again = serde_json::to_string(&read).unwrap();
        let members = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(members(&again), members(written));
        assert_eq!(again.len(), written.len(), "{again}");
    }
    let odd = r#"{"type":"error","error":null,"message":"a"}"#;
    let read = <ResponseEvent as StreamEvent>::decode(odd).unwrap();
    assert_eq!(read.error().unwrap().message, "a");
}

#[test]
fn events_tell_output_end_usage_and_id() {
    let whole = |kind: &str| {
        let usage = json!({"input_tokens": 3, "output_tokens": 4, "total_tokens": 7});
        let error = json!({"message": "no"});
        json!({"type": kind, "response": {"id": "resp_1", "output": [], "usage": usage,
                                          "error": error}})
    };
    let part = json!({"part": {"type": "output_text", "text": ""}});
    let (complete, failed) = (Some(StreamEnd::Complete), Some(StreamEnd::Failed));
    let id = Some("resp_1");
    for (event, output, end, error, tokens, id) in [
        (whole("response.created"), false, None, false, None, id),
        (whole("response.in_progress"), false, None, false, None, id),
        (whole("response.queued"), false, None, false, None, None),
        (message(), false, None, false, None, None),
        (
            piece("response.content_part.added", 0, &part),
            false,
            None,
            false,
            None,
            None,
        ),
        (
            piece("response.output_text.delta", 0, &json!({"delta": "a"})),
            true,
            None,
            false,
            None,
            None,
        ),
        (
            whole("response.completed"),
            true,
            complete,
            false,
            Some(7),
            None,
        ),
        (
            whole("response.incomplete"),
            true,
            complete,
            false,
            Some(7),
            None,
        ),
        (whole("response.failed"), false, failed, true, Some(7), None),
        (
            json!({"type": "error", "message": "no"}),
            false,
            failed,
            true,
            None,
            None,
        ),
    ] {
        let read = <ResponseEvent as StreamEvent>::decode(&event.to_string()).unwrap();
        let told = (
            read.is_output(),
            read.end(),
            read.error().is_some(),
            read.usage().map(|usage| usage.total),
            read.resource_id(),
        );
        assert_eq!(told, (output, end, error, tokens, id), "{event}");
    }
}

#[test]
fn tools_that_take_plain_text_are_wanted_too() {
    let answer: Response = serde_json::from_value(json!({"status": "completed", "output": [
        {"type": "custom_tool_call", "call_id": "a", "name": "sql", "input": "SELECT 1"},
        {"type": "function_call", "call_id": "b", "name": "f", "arguments": "{}"}]}))
    .unwrap();
    let outcome = CreateResponse::outcome(&answer);
    let expected = [
        ToolUse::new("a", "sql", "SELECT 1"),
        ToolUse::new("b", "f", "{}"),
    ];
    assert_eq!(outcome.tools, expected);
    let functions: Vec<_> = answer.function_calls().map(|call| &*call.call_id).collect();
    assert_eq!(functions, ["b"]);
    let Item::CustomToolCall(call) = &answer.output[0] else {
        panic!("not a call of a custom tool");
    };
    assert_eq!(
        serde_json::to_value(call.result("1")).unwrap(),
        json!({"type": "custom_tool_call_output", "call_id": "a", "output": "1"})
    );
}

#[test]
fn what_the_caller_did_for_the_model_is_made_without_json() {
    let items = [
        Item::from(ComputerCallOutput::new(
            "a",
            ComputerScreenshot::new("data:,"),
        )),
        LocalShellCallOutput::new("b", "ok").into(),
    ];
    assert_eq!(
        serde_json::to_value(items).unwrap(),
        json!([
            {"type": "computer_call_output", "call_id": "a",
             "output": {"type": "computer_screenshot", "image_url": "data:,"}},
            {"type": "local_shell_call_output", "call_id": "b", "output": "ok"},
        ])
    );
    assert_eq!(
        serde_json::to_value(Tool::from(ComputerTool::new("browser", 1024, 768))).unwrap(),
        json!({"type": "computer_use_preview", "environment": "browser", "display_width": 1024,
               "display_height": 768})
    );
}

#[test]
fn every_event_tells_its_place_in_the_stream() {
    let fixtures = [
        include_str!("../fixtures/responses.create/events.jsonl"),
        include_str!("../fixtures/responses.create/events_error.jsonl"),
        include_str!("../fixtures/responses.create/events_oddities.jsonl"),
        include_str!("../fixtures/responses.create/events_throttled.jsonl"),
        include_str!("../fixtures/responses.get/events.jsonl"),
        r#"{"type": "response.of_tomorrow", "sequence_number": 7.0}"#,
    ];
    let lines = fixtures.iter().flat_map(|text| text.lines());
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let event = <ResponseEvent as StreamEvent>::decode(line).unwrap();
        let written: Value = serde_json::from_str(line).unwrap();
        // Some gateways write whole numbers as `5.0`.
        let place = event.sequence_number().map(|number| number.to_string());
        let expected = &written["sequence_number"];
        let expected = expected.as_f64().map(|number| number.to_string());
        assert_eq!(place, expected, "{line}");
    }
}
