//! Answers made of items: whole, streamed, kept, refused.

use std::time::Duration;

use aoai_emulator::{
    Emulator, FILTER_DOWN, FILTERED_ANSWER, FILTERED_PROMPT, Filter, Instructions, ToolCall,
};
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const CREATE: &str = "POST /openai/v1/responses";

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.complete);
    answer.json()
}

#[track_caller]
fn create(emulator: &Emulator, body: Value) -> Value {
    create_with(emulator, body, Instructions::default())
}

#[track_caller]
fn create_with(emulator: &Emulator, mut body: Value, instructions: Instructions) -> Value {
    if body["model"].is_null() {
        body["model"] = json!("chat");
    }
    let call = request(emulator, CREATE).json(&body);
    ok(&call.instructed("create", instructions).send())
}

#[track_caller]
fn stream_with(emulator: &Emulator, mut body: Value, instructions: Instructions) -> Vec<Value> {
    if body["model"].is_null() {
        body["model"] = json!("chat");
    }
    body["stream"] = json!(true);
    let call = request(emulator, CREATE).json(&body);
    let answer = call.instructed("stream", instructions).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = &answer.headers["content-type"];
    assert_eq!(kind, "text/event-stream; charset=utf-8");
    numbered(&answer)
}

/// The events, after their numbers were found to count from 0 on.
#[track_caller]
fn numbered(answer: &Answer) -> Vec<Value> {
    let events = answer.named_events();
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], number, "{event}");
    }
    events
}

fn get(emulator: &Emulator, path: &str) -> Answer {
    request(emulator, &format!("GET /openai/v1/{path}")).send()
}

fn types(events: &[Value]) -> Vec<&str> {
    let kinds = events.iter().map(|event| event["type"].as_str().unwrap());
    kinds.collect()
}

#[track_caller]
fn assert_refused(
    answer: &Answer,
    status: u16,
    message: &str,
    param: Option<&str>,
    code: Option<&str>,
) {
    assert_eq!(answer.status, status, "{answer:?}");
    let expected = json!({"error": {
        "code": code,
        "message": message,
        "param": param,
        "type": "invalid_request_error",
    }});
    assert_eq!(answer.json(), expected);
}

/// Replaces what differs from call to call, after a look at its form.
fn fixed(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match (name.as_str(), member.as_str()) {
                    ("id" | "item_id", Some(id)) => {
                        let (prefix, hex) = id.split_once('_').unwrap();
                        assert_eq!(hex.len(), 50, "{id}");
                        assert!(hex.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
                        *member = json!(format!("{prefix}_ID"));
                    }
                    ("created_at" | "completed_at", None) if member.is_u64() => {
                        assert!(member.as_u64().unwrap() > 1_700_000_000);
                        *member = json!("NOW");
                    }
                    _ => *member = fixed(member.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = fixed(item.take())),
        _ => {}
    }
    value
}

fn safe() -> Value {
    json!({"filtered": false, "severity": "safe"})
}

fn filters(prompt: u64, answer: u64) -> Value {
    let detected = json!({"detected": false, "filtered": false});
    let filter = |source: &str, length: u64, results: Value| {
        json!({
            "blocked": false,
            "content_filter_offsets": {"check_offset": 0, "end_offset": length, "start_offset": 0},
            "content_filter_raw": [],
            "content_filter_results": results,
            "source_type": source,
        })
    };
    json!([
        filter(
            "prompt",
            prompt,
            json!({
                "hate": safe(), "jailbreak": detected, "self_harm": safe(), "sexual": safe(),
                "violence": safe(),
            })
        ),
        filter(
            "completion",
            answer,
            json!({
                "hate": safe(), "protected_material_code": detected,
                "protected_material_text": detected, "self_harm": safe(), "sexual": safe(),
                "violence": safe(),
            })
        ),
    ])
}

fn begun() -> Value {
    json!({
        "background": false,
        "completed_at": null,
        "content_filters": null,
        "created_at": "NOW",
        "error": null,
        "frequency_penalty": 0.0,
        "id": "resp_ID",
        "incomplete_details": null,
        "instructions": null,
        "max_output_tokens": null,
        "max_tool_calls": null,
        "metadata": {},
        "model": "gpt-4o-mini",
        "object": "response",
        "output": [],
        "parallel_tool_calls": true,
        "presence_penalty": 0.0,
        "previous_response_id": null,
        "prompt_cache_key": null,
        "prompt_cache_retention": null,
        "reasoning": {"effort": null, "summary": null},
        "safety_identifier": null,
        "service_tier": "auto",
        "status": "in_progress",
        "store": true,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": null,
        "user": null,
    })
}

fn message(text: &str) -> Value {
    json!({
        "content": [{"annotations": [], "logprobs": [], "text": text, "type": "output_text"}],
        "id": "msg_ID",
        "role": "assistant",
        "status": "completed",
        "type": "message",
    })
}

fn whole() -> Value {
    let mut whole = begun();
    whole["status"] = json!("completed");
    whole["completed_at"] = json!("NOW");
    whole["content_filters"] = filters(11, 7);
    whole["output"] = json!([message("1, 2, 3")]);
    whole["service_tier"] = json!("default");
    whole["usage"] = json!({
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 5,
    });
    whole
}

#[tokio::test]
async fn an_answer_comes_whole() {
    let emulator = start().await;
    let body = json!({"model": "chat", "input": "Count to 3"});
    let call = request(&emulator, CREATE).json(&body);
    let answer = call.instructed("c", Instructions::reply("1, 2, 3")).send();
    assert_eq!(fixed(ok(&answer)), whole());
    assert!(answer.body.starts_with(r#"{"id":"resp_"#), "{answer:?}");
    assert_eq!(answer.headers["x-ms-deployment-name"], "chat");
    assert_eq!(answer.headers["x-ratelimit-remaining-tokens"], "119995");
}

#[tokio::test]
async fn the_dated_surface_serves_it_from_its_preview_on() {
    let emulator = start().await;
    let body = json!({"model": "chat", "input": "ping"});
    let send = |version: &str| {
        let line = format!("POST /openai/responses?api-version={version}");
        request(&emulator, &line).json(&body).send().status
    };
    assert_eq!(send("2025-03-01-preview"), 200);
    assert_eq!(send("2025-04-01-preview"), 200);
    assert_eq!(send("2024-10-21"), 404);
    let line = "POST /openai/deployments/chat/responses?api-version=2025-04-01-preview";
    assert_eq!(request(&emulator, line).json(&body).send().status, 404);
}

#[tokio::test]
async fn what_the_request_says_stands_in_the_answer() {
    let emulator = start().await;
    let tool = json!({
        "type": "function",
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {}},
    });
    let said = json!({
        "input": "ping",
        "instructions": "Be brief.",
        "max_output_tokens": 100,
        "metadata": {"a": "b"},
        "temperature": 0.5,
        "text": {"verbosity": "low"},
        "tool_choice": "none",
        "tools": [tool],
        "top_logprobs": 2,
        "truncation": "auto",
        "user": "u",
        "store": false,
        "max_tool_calls": 3,
        "parallel_tool_calls": false,
        "prompt_cache_key": "k",
        "safety_identifier": "s",
        "top_p": 0.5,
    });
    let answer = create(&emulator, said.clone());
    for name in [
        "instructions",
        "max_output_tokens",
        "metadata",
        "temperature",
        "tool_choice",
        "top_logprobs",
        "truncation",
        "user",
        "store",
        "max_tool_calls",
        "parallel_tool_calls",
        "prompt_cache_key",
        "safety_identifier",
        "top_p",
    ] {
        assert_eq!(answer[name], said[name], "{name}");
    }
    let format = json!({"format": {"type": "text"}, "verbosity": "low"});
    assert_eq!(answer["text"], format);
    let mut told = tool;
    told["description"] = Value::Null;
    told["strict"] = json!(true);
    assert_eq!(answer["tools"], json!([told]));
}

#[tokio::test]
async fn an_answer_streams_in_the_services_order() {
    let emulator = start().await;
    let events = stream_with(
        &emulator,
        json!({"input": "Count to 3", "stream_options": {"include_obfuscation": false}}),
        Instructions::reply("1, 2, 3"),
    );
    let part = |text: &str| json!({"annotations": [], "logprobs": [], "text": text, "type": "output_text"});
    let mut opened = message("");
    opened["status"] = json!("in_progress");
    opened["content"] = json!([]);
    let place = |kind: &str, number: u64, more: Value| {
        let mut event = json!({
            "type": kind, "sequence_number": number, "output_index": 0, "content_index": 0,
            "item_id": "msg_ID",
        });
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        event
    };
    let expected = [
        json!({"type": "response.created", "sequence_number": 0, "response": begun()}),
        json!({"type": "response.in_progress", "sequence_number": 1, "response": begun()}),
        json!({"type": "response.output_item.added", "sequence_number": 2, "output_index": 0, "item": opened}),
        place("response.content_part.added", 3, json!({"part": part("")})),
        place(
            "response.output_text.delta",
            4,
            json!({"delta": "1, 2", "logprobs": []}),
        ),
        place(
            "response.output_text.delta",
            5,
            json!({"delta": ", 3", "logprobs": []}),
        ),
        place(
            "response.output_text.done",
            6,
            json!({"text": "1, 2, 3", "logprobs": []}),
        ),
        place(
            "response.content_part.done",
            7,
            json!({"part": part("1, 2, 3")}),
        ),
        json!({"type": "response.output_item.done", "sequence_number": 8, "output_index": 0, "item": message("1, 2, 3")}),
        json!({"type": "response.completed", "sequence_number": 9, "response": whole()}),
    ];
    let events: Vec<Value> = events.into_iter().map(fixed).collect();
    assert_eq!(events, expected);
}

#[tokio::test]
async fn events_begin_with_their_type_and_are_padded() {
    let emulator = start().await;
    let body = json!({"model": "chat", "input": "Count to 3", "stream": true});
    let answer = request(&emulator, CREATE).json(&body).send();
    assert!(
        answer.body.starts_with("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_"),
        "{answer:?}"
    );
    assert!(!answer.body.contains("[DONE]"));
    let events = numbered(&answer);
    let deltas = events
        .iter()
        .filter(|event| event["type"] == "response.output_text.delta");
    for delta in deltas {
        assert!(
            !delta["obfuscation"].as_str().unwrap().is_empty(),
            "{delta}"
        );
    }
}

#[tokio::test]
async fn a_conversation_goes_on_from_an_answer() {
    let emulator = start().await;
    let first = create(&emulator, json!({"input": "My name is Ada."}));
    let second = create(
        &emulator,
        json!({"input": "What is my name?", "previous_response_id": first["id"]}),
    );
    assert_eq!(second["previous_response_id"], first["id"]);
    // Both questions and the first answer.
    let tokens = |text: &str| text.len().div_ceil(4) as u64;
    let said = first["output"][0]["content"][0]["text"].as_str().unwrap();
    let expected = tokens("My name is Ada.") + tokens(said) + tokens("What is my name?");
    assert_eq!(second["usage"]["input_tokens"], expected);

    let path = format!("responses/{}/input_items", second["id"].as_str().unwrap());
    let page = ok(&get(&emulator, &path));
    let texts: Vec<&Value> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["content"][0]["text"])
        .collect();
    assert_eq!(texts, ["What is my name?", said, "My name is Ada."]);
    assert_eq!(page["has_more"], false);
    assert_eq!(page["first_id"], page["data"][0]["id"]);
    assert_eq!(page["last_id"], page["data"][2]["id"]);
}

#[tokio::test]
async fn a_kept_answer_is_read_and_forgotten() {
    let emulator = start().await;
    let answer = create(&emulator, json!({"input": "ping"}));
    let id = answer["id"].as_str().unwrap();
    let path = format!("responses/{id}");
    assert_eq!(ok(&get(&emulator, &path)), answer);
    let line = format!("DELETE /openai/v1/{path}");
    let deleted = request(&emulator, &line).send();
    let expected = format!(r#"{{"deleted":true,"id":"{id}","object":"response.deleted"}}"#);
    assert_eq!(deleted.body, expected);
    let message = format!("Response with id '{id}' not found.");
    for answer in [
        get(&emulator, &path),
        get(&emulator, &format!("{path}/input_items")),
        request(&emulator, &line).send(),
        request(&emulator, &format!("POST /openai/v1/{path}/cancel")).send(),
    ] {
        assert_refused(&answer, 404, &message, None, None);
    }
    let body = json!({"model": "chat", "input": "ping", "previous_response_id": id});
    assert_refused(
        &request(&emulator, CREATE).json(&body).send(),
        400,
        &format!("Previous response with id '{id}' not found."),
        Some("previous_response_id"),
        Some("previous_response_not_found"),
    );
}

#[tokio::test]
async fn an_answer_is_kept_for_thirty_days_and_only_if_it_may_be() {
    let emulator = start().await;
    let status = |answer: &Value| {
        let path = format!("responses/{}", answer["id"].as_str().unwrap());
        get(&emulator, &path).status
    };
    let kept = create(&emulator, json!({"input": "ping"}));
    let not_kept = create(&emulator, json!({"input": "ping", "store": false}));
    assert_eq!((status(&kept), status(&not_kept)), (200, 404));
    let day = Duration::from_secs(24 * 60 * 60);
    emulator.advance(day * 29);
    assert_eq!(status(&kept), 200);
    emulator.advance(day);
    assert_eq!(status(&kept), 404);
}

#[tokio::test]
async fn input_items_come_in_pages() {
    let emulator = start().await;
    let input: Vec<Value> = (0..5)
        .map(|at| json!({"id": format!("msg_{at}"), "role": "user", "content": format!("{at}")}))
        .collect();
    let answer = create(&emulator, json!({ "input": input }));
    let path = format!("responses/{}/input_items", answer["id"].as_str().unwrap());
    let page = |query: &str| {
        let page = ok(&get(&emulator, &format!("{path}?{query}")));
        let ids = page["data"].as_array().unwrap().iter();
        let ids: Vec<String> = ids
            .map(|item| item["id"].as_str().unwrap()[4..].to_owned())
            .collect();
        (ids.concat(), page["has_more"] == true)
    };
    for (query, ids, more) in [
        ("", "43210", false),
        ("order=asc", "01234", false),
        ("limit=2", "43", true),
        ("limit=2&after=msg_3", "21", true),
        ("limit=2&after=msg_1", "0", false),
        ("after=msg_0", "", false),
        ("order=asc&after=msg_0&before=msg_4&limit=2", "12", true),
        ("order=asc&after=msg_0&before=msg_3", "12", false),
    ] {
        assert_eq!(page(query), (ids.to_owned(), more), "{query}");
    }
    let refused = get(&emulator, &format!("{path}?limit=101"));
    assert_refused(
        &refused,
        400,
        "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
        Some("limit"),
        Some("integer_above_max_value"),
    );
    let refused = get(&emulator, &format!("{path}?order=up"));
    assert_refused(
        &refused,
        400,
        "Invalid value: 'up'. Supported values are: 'asc' and 'desc'.",
        Some("order"),
        Some("invalid_value"),
    );
    let refused = get(&emulator, &format!("{path}?limit=few"));
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].clone()),
        (400, json!("invalid_type"))
    );
    let refused = get(&emulator, &format!("{path}?after=msg_9"));
    assert_refused(
        &refused,
        400,
        "Invalid 'after': there is no object with the id 'msg_9'.",
        Some("after"),
        Some("invalid_value"),
    );
    let refused = get(&emulator, &format!("{path}?page=2"));
    assert_refused(
        &refused,
        400,
        "Unknown parameter: 'page'.",
        Some("page"),
        Some("unknown_parameter"),
    );
}

#[tokio::test]
async fn an_answer_is_made_in_the_background() {
    let emulator = start().await;
    let queued = create(&emulator, json!({"input": "ping", "background": true}));
    assert_eq!(queued["status"], "queued");
    assert_eq!(queued["output"], json!([]));
    assert_eq!(
        (&queued["usage"], &queued["background"]),
        (&Value::Null, &json!(true))
    );
    let path = format!("responses/{}", queued["id"].as_str().unwrap());
    let pending = ok(&get(&emulator, &path));
    assert_eq!(pending["status"], "in_progress");
    assert_eq!(pending["output"], json!([]));
    emulator.advance(Duration::from_secs(2));
    let whole = ok(&get(&emulator, &path));
    assert_eq!(whole["status"], "completed");
    assert_eq!(whole["output"][0]["type"], "message");

    // What has come to its end stays as it is.
    let cancel = format!("POST /openai/v1/{path}/cancel");
    assert_eq!(ok(&request(&emulator, &cancel).send()), whole);
}

#[tokio::test]
async fn an_answer_in_the_making_is_cancelled() {
    let emulator = start().await;
    let queued = create(&emulator, json!({"input": "ping", "background": true}));
    let path = format!("responses/{}", queued["id"].as_str().unwrap());
    let cancel = format!("POST /openai/v1/{path}/cancel");
    let cancelled = ok(&request(&emulator, &cancel).send());
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["output"], json!([]));
    emulator.advance(Duration::from_secs(60));
    assert_eq!(ok(&request(&emulator, &cancel).send()), cancelled);
    assert_eq!(ok(&get(&emulator, &path)), cancelled);

    let whole = create(&emulator, json!({"input": "ping"}));
    let cancel = format!(
        "POST /openai/v1/responses/{}/cancel",
        whole["id"].as_str().unwrap()
    );
    let refused = request(&emulator, &cancel).send();
    let message = "Cannot cancel a synchronous response.";
    assert_refused(&refused, 400, message, None, None);
}

#[tokio::test]
async fn a_stream_from_the_background_is_taken_up_again() {
    let emulator = start().await;
    let body = json!({"input": "Count to 3", "background": true});
    let events = stream_with(&emulator, body, Instructions::reply("1, 2, 3"));
    assert_eq!(
        types(&events)[..4],
        [
            "response.created",
            "response.queued",
            "response.in_progress",
            "response.output_item.added"
        ]
    );
    assert_eq!(events[0]["response"]["status"], "queued");
    let id = events[0]["response"]["id"].as_str().unwrap();
    let again = |query: &str| get(&emulator, &format!("responses/{id}?{query}")).named_events();
    assert_eq!(again("stream=true"), events);
    assert_eq!(again("stream=true&starting_after=4"), events[5..]);
    let last = events.len() - 1;
    assert_eq!(
        again(&format!("stream=true&starting_after={last}")),
        Vec::<Value>::new()
    );

    let plain = |body: Value, missing: &str| {
        let answer = create(&emulator, body);
        let path = format!("responses/{}?stream=true", answer["id"].as_str().unwrap());
        let message = format!(
            "This response cannot be streamed because it was not created with {missing}=true."
        );
        assert_refused(&get(&emulator, &path), 400, &message, None, None);
    };
    plain(json!({"input": "ping"}), "background");
    plain(json!({"input": "ping", "background": true}), "stream");
}

fn weather() -> Value {
    json!({
        "type": "function",
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": false,
        },
        "strict": true,
    })
}

fn in_paris() -> Instructions {
    let mut instructions = Instructions::default();
    let arguments = serde_json::from_value(json!({"city": "Paris"})).unwrap();
    instructions.tools = vec![ToolCall::new("get_weather", arguments)];
    instructions
}

#[tokio::test]
async fn a_function_is_called_and_its_output_told() {
    let emulator = start().await;
    let body = json!({"input": "Weather?", "tools": [weather()]});
    let answer = create_with(&emulator, body.clone(), in_paris());
    let call = &answer["output"][0];
    let id = call["call_id"].as_str().unwrap();
    assert!(id.starts_with("call_") && id.len() == 29, "{id}");
    let mut expected = json!({
        "arguments": "{\"city\":\"Paris\"}",
        "call_id": id,
        "id": "fc_ID",
        "name": "get_weather",
        "status": "completed",
        "type": "function_call",
    });
    assert_eq!(fixed(call.clone()), expected);

    let told = create(
        &emulator,
        json!({
            "previous_response_id": answer["id"],
            "input": [{"type": "function_call_output", "call_id": id, "output": "Sunny."}],
            "tools": [weather()],
        }),
    );
    assert_eq!(
        told["output"][0]["content"][0]["text"],
        "The tool says: Sunny."
    );

    let events = stream_with(&emulator, body, in_paris());
    assert_eq!(
        types(&events),
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    assert_eq!(fixed(events[8]["item"].clone()), expected);
    expected["arguments"] = json!("");
    expected["status"] = json!("in_progress");
    assert_eq!(fixed(events[2]["item"].clone()), expected);
    let deltas = events.iter().filter_map(|event| event["delta"].as_str());
    assert_eq!(deltas.collect::<String>(), "{\"city\":\"Paris\"}");
    assert_eq!(events[7]["arguments"], "{\"city\":\"Paris\"}");
}

#[tokio::test]
async fn a_tool_of_plain_text_is_called_with_text() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    let input = serde_json::from_value(json!({"input": "select 1"})).unwrap();
    instructions.tools = vec![ToolCall::new("sql", input)];
    let body = json!({"input": "Ask it.", "tools": [{"type": "custom", "name": "sql"}]});
    let events = stream_with(&emulator, body, instructions);
    assert_eq!(
        types(&events)[2..6],
        [
            "response.output_item.added",
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.done",
        ]
    );
    let item = &events[6]["item"];
    assert_eq!(
        (&item["type"], &item["input"]),
        (&json!("custom_tool_call"), &json!("select 1"))
    );
}

#[tokio::test]
async fn a_choice_of_tools_is_followed() {
    let emulator = start().await;
    let other = json!({"type": "function", "name": "other", "parameters": {"type": "object"}});
    let called = |choice: Value| {
        let answer = create(
            &emulator,
            json!({"input": "Weather?", "tools": [weather(), other], "tool_choice": choice}),
        );
        answer["output"][0]["name"]
            .as_str()
            .unwrap_or("none")
            .to_owned()
    };
    assert_eq!(called(json!("auto")), "none");
    assert_eq!(called(json!("none")), "none");
    assert_eq!(called(json!("required")), "get_weather");
    assert_eq!(
        called(json!({"type": "function", "name": "other"})),
        "other"
    );
    let allowed = json!([{"type": "function", "name": "other"}]);
    let choice = json!({"type": "allowed_tools", "mode": "required", "tools": allowed});
    assert_eq!(called(choice), "other");
}

#[tokio::test]
async fn an_answer_has_the_form_that_was_asked_for() {
    let emulator = start().await;
    let schema = json!({
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": false,
    });
    let format =
        json!({"type": "json_schema", "name": "capital", "schema": schema, "strict": true});
    let answer = create(
        &emulator,
        json!({"input": "Where?", "text": {"format": format}}),
    );
    assert_eq!(
        answer["output"][0]["content"][0]["text"],
        r#"{"city":"text"}"#
    );
    assert_eq!(answer["text"]["format"], format);
}

#[tokio::test]
async fn the_model_declines() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    instructions.refusal = Some("I cannot.".to_owned());
    let answer = create_with(&emulator, json!({"input": "ping"}), instructions.clone());
    let content = &answer["output"][0]["content"];
    assert_eq!(
        *content,
        json!([{"type": "refusal", "refusal": "I cannot."}])
    );
    assert_eq!(answer["status"], "completed");
    let events = stream_with(&emulator, json!({"input": "ping"}), instructions);
    assert_eq!(
        types(&events)[3..9],
        [
            "response.content_part.added",
            "response.refusal.delta",
            "response.refusal.delta",
            "response.refusal.delta",
            "response.refusal.done",
            "response.content_part.done",
        ]
    );
    assert_eq!(events[7]["refusal"], "I cannot.");
}

#[tokio::test]
async fn a_model_thinks_before_it_answers() {
    let emulator = start().await;
    let answer = create(&emulator, json!({"model": "reasoning", "input": "ping"}));
    let thought = json!({"id": "rs_ID", "type": "reasoning", "summary": []});
    assert_eq!(fixed(answer["output"][0].clone()), thought);
    assert_eq!(answer["output"][1]["type"], "message");
    assert_eq!(
        answer["reasoning"],
        json!({"effort": "medium", "summary": null})
    );
    assert_eq!(
        answer["usage"]["output_tokens_details"]["reasoning_tokens"],
        64
    );

    let body = json!({
        "model": "reasoning",
        "input": "ping",
        "reasoning": {"summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "store": false,
    });
    let events = stream_with(&emulator, body, Instructions::default());
    let kinds = types(&events);
    assert_eq!(
        kinds[2..4],
        [
            "response.output_item.added",
            "response.reasoning_summary_part.added"
        ]
    );
    let done = kinds
        .iter()
        .position(|kind| *kind == "response.output_item.done")
        .unwrap();
    assert_eq!(
        kinds[done - 2..done],
        [
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done"
        ]
    );
    let item = &events[done]["item"];
    assert_eq!(
        item["summary"][0]["text"],
        "The emulator has thought about it."
    );
    let sealed = item["encrypted_content"].as_str().unwrap();

    // Thoughts that the service does not keep are given back sealed, or not at all.
    assert!(!sealed.is_empty());
    let mut item = item.clone();
    item["encrypted_content"] = Value::Null;
    let id = item["id"].as_str().unwrap().to_owned();
    let body = json!({"model": "reasoning", "input": [item]});
    assert_refused(
        &request(&emulator, CREATE).json(&body).send(),
        400,
        &format!(
            "Item with id '{id}' not found. Items are not persisted when `store` is set to false. \
             Try again with `store` set to true, or remove this item from your input."
        ),
        Some("input"),
        None,
    );
    item["encrypted_content"] = json!(sealed);
    let body =
        json!({"model": "reasoning", "input": [item, {"role": "user", "content": "Go on."}]});
    create(&emulator, body);
}

#[tokio::test]
async fn an_answer_stops_at_its_limit() {
    let emulator = start().await;
    let long = Instructions::reply("word ".repeat(50));
    let body = json!({"input": "ping", "max_output_tokens": 16});
    let answer = create_with(&emulator, body.clone(), long.clone());
    assert_eq!(answer["status"], "incomplete");
    assert_eq!(
        answer["incomplete_details"],
        json!({"reason": "max_output_tokens"})
    );
    assert_eq!(answer["output"][0]["status"], "incomplete");
    assert_eq!(answer["usage"]["output_tokens"], 16);
    assert_eq!(answer["completed_at"], Value::Null);
    let events = stream_with(&emulator, body, long);
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.incomplete");
    assert_eq!(
        last["response"]["incomplete_details"]["reason"],
        "max_output_tokens"
    );

    // A model that thinks may use up the limit before it says a word.
    let body = json!({"model": "reasoning", "input": "ping", "max_output_tokens": 20});
    let answer = create(&emulator, body);
    assert_eq!(answer["status"], "incomplete");
    let kinds: Vec<&Value> = answer["output"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["type"])
        .collect();
    assert_eq!(kinds, ["reasoning"]);
}

#[tokio::test]
async fn a_filtered_prompt_is_refused_with_and_without_a_stream() {
    let emulator = start().await;
    for stream in [false, true] {
        let body = json!({"model": "chat", "input": FILTERED_PROMPT, "stream": stream});
        let answer = request(&emulator, CREATE).json(&body).send();
        assert_eq!(
            (answer.status, answer.reason.as_str()),
            (400, "model_error")
        );
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "content_filter");
        assert_eq!(
            (&error["type"], &error["param"]),
            (&json!("invalid_request_error"), &json!("prompt"))
        );
        let found = &error["content_filters"][0];
        assert_eq!(
            (&found["blocked"], &found["source_type"]),
            (&json!(true), &json!("prompt"))
        );
        let violence = json!({"filtered": true, "severity": "medium"});
        assert_eq!(found["content_filter_results"]["violence"], violence);
    }
}

#[tokio::test]
async fn a_filtered_answer_is_incomplete() {
    let emulator = start().await;
    let body = json!({"input": format!("Say it: {FILTERED_ANSWER}")});
    let answer = create_with(&emulator, body.clone(), Instructions::reply("12345678"));
    assert_eq!(
        answer["incomplete_details"],
        json!({"reason": "content_filter"})
    );
    assert_eq!(answer["output"][0]["content"][0]["text"], "1234");
    let filters = &answer["content_filters"];
    assert_eq!(
        (&filters[0]["blocked"], &filters[1]["blocked"]),
        (&json!(false), &json!(true))
    );
    let violence = json!({"filtered": true, "severity": "high"});
    assert_eq!(filters[1]["content_filter_results"]["violence"], violence);
    let events = stream_with(&emulator, body, Instructions::default());
    assert_eq!(events.last().unwrap()["type"], "response.incomplete");
}

#[tokio::test]
async fn a_stream_that_the_filter_kills_fails_first_and_says_why_then() {
    let emulator = start().await;
    let mut instructions = Instructions::reply("12345678");
    instructions.filter = Some(Filter::Late);
    let events = stream_with(&emulator, json!({"input": "ping"}), instructions);
    let [.., failed, error] = &events[..] else {
        panic!()
    };
    assert_eq!(failed["type"], "response.failed");
    assert_eq!(
        (&failed["response"]["status"], &failed["response"]["error"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(error["type"], "error");
    assert_eq!(error["error"]["code"], "content_policy_violation");
}

#[tokio::test]
async fn a_filter_that_does_not_work_says_so_or_nothing() {
    let emulator = start().await;
    let down = create(&emulator, json!({ "input": FILTER_DOWN }));
    let error = json!({"code": "content_filter_error", "message": "The contents are not filtered"});
    assert_eq!(
        down["content_filters"][1]["content_filter_results"],
        json!({ "error": error })
    );
    let mut off = Instructions::default();
    off.filter = Some(Filter::Off);
    let off = create_with(&emulator, json!({"input": "ping"}), off);
    assert_eq!(off["content_filters"], Value::Null);
}

#[tokio::test]
async fn an_unknown_deployment_is_refused_at_once_and_in_the_stream() {
    let emulator = start().await;
    let mut body = json!({"model": "missing", "input": "ping"});
    let answer = request(&emulator, CREATE).json(&body).send();
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["code"], "DeploymentNotFound");
    body["stream"] = json!(true);
    let answer = request(&emulator, CREATE).json(&body).send();
    assert_eq!(answer.status, 200);
    let expected = json!({
        "type": "error",
        "error": {
            "code": null,
            "message": "Could not find an existing deployment to match the model in the request.",
            "param": null,
            "type": "invalid_request_error",
        },
        "sequence_number": 0,
    });
    assert_eq!(answer.named_events(), [expected]);
}

#[tokio::test]
async fn likely_tokens_are_told_where_they_are_asked_for() {
    let emulator = start().await;
    let body = json!({
        "input": "ping",
        "include": ["message.output_text.logprobs"],
        "top_logprobs": 1,
    });
    let answer = create_with(&emulator, body, Instructions::reply("12345"));
    let told = &answer["output"][0]["content"][0]["logprobs"];
    let tokens: Vec<&Value> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["token"])
        .collect();
    assert_eq!(tokens, ["1234", "5"]);
    assert_eq!(told[0]["top_logprobs"][0]["token"], "1234");
}

#[tokio::test]
async fn a_long_input_is_made_short() {
    let emulator = start().await;
    let first = create(&emulator, json!({"input": "Tell me a story."}));
    let body = json!({"model": "chat", "previous_response_id": first["id"], "input": "Go on."});
    let line = "POST /openai/v1/responses/compact";
    let compacted = ok(&request(&emulator, line).json(&body).send());
    assert_eq!(compacted["object"], "response.compaction");
    let output = compacted["output"].as_array().unwrap();
    let kinds: Vec<&Value> = output.iter().map(|item| &item["type"]).collect();
    assert_eq!(kinds, ["message", "message", "compaction"]);
    assert_eq!(output[1]["content"][0]["text"], "Go on.");
    // Its items take the place of the input.
    create(&emulator, json!({ "input": output }));

    let refused = request(&emulator, line)
        .json(&json!({"model": "chat"}))
        .send();
    let message = "One of \"input\" or \"previous_response_id\" must be provided.";
    assert_refused(
        &refused,
        400,
        message,
        None,
        Some("missing_required_parameter"),
    );
    let body = json!({"model": "missing", "input": "ping"});
    assert_eq!(request(&emulator, line).json(&body).send().status, 404);
}

#[track_caller]
fn refuse(
    emulator: &Emulator,
    mut body: Value,
    message: &str,
    param: Option<&str>,
    code: Option<&str>,
) {
    if body["model"].is_null() {
        body["model"] = json!("chat");
    }
    let answer = request(emulator, CREATE).json(&body).send();
    assert_refused(&answer, 400, message, param, code);
}

#[tokio::test]
async fn unknown_and_contradictory_arguments_are_refused() {
    let emulator = start().await;
    for (body, message, param, code) in [
        (
            json!({"input": "a", "inptu": "b"}),
            "Unknown parameter: 'inptu'.",
            Some("inptu"),
            Some("unknown_parameter"),
        ),
        (
            json!({"input": [{"role": "user", "content": "a", "nmae": "b"}]}),
            "Unknown parameter: 'input[0].nmae'.",
            Some("input[0].nmae"),
            Some("unknown_parameter"),
        ),
        (
            json!({"input": "a", "max_output_tokens": 15}),
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.",
            Some("max_output_tokens"),
            Some("integer_below_min_value"),
        ),
        (
            json!({"input": "a", "text": {"format": {"type": "yaml"}}}),
            "Invalid value: 'yaml'. Supported values are: 'text', 'json_object', and 'json_schema'.",
            Some("text.format.type"),
            Some("invalid_value"),
        ),
        (
            json!({}),
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.",
            None,
            Some("missing_required_parameter"),
        ),
        (
            json!({"input": "a", "previous_response_id": "resp_1", "conversation": "conv_1"}),
            "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
            None,
            Some("mutually_exclusive_parameters"),
        ),
        (
            json!({"input": "a", "background": true, "store": false}),
            "Background mode requires 'store' to be true.",
            Some("background"),
            None,
        ),
    ] {
        refuse(&emulator, body, message, param, code);
    }
}

#[tokio::test]
async fn items_that_do_not_go_together_are_refused() {
    let emulator = start().await;
    let call =
        json!({"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"});
    let output = json!({"type": "function_call_output", "call_id": "call_2", "output": ""});
    let said =
        |role: &str, kind: &str| json!([{"role": role, "content": [{"type": kind, "text": "a"}]}]);
    for (body, message, param, code) in [
        (
            json!({"input": [call]}),
            "No tool output found for function call call_1.",
            Some("input"),
            None,
        ),
        (
            json!({"input": [output]}),
            "No tool call found for function call output with call_id call_2.",
            Some("input"),
            None,
        ),
        (
            json!({"input": said("assistant", "input_text")}),
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
            Some("input[0].content[0]"),
            Some("invalid_value"),
        ),
        (
            json!({"input": said("user", "output_text")}),
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', 'input_file', and 'input_audio'.",
            Some("input[0].content[0]"),
            Some("invalid_value"),
        ),
    ] {
        refuse(&emulator, body, message, param, code);
    }
}

#[tokio::test]
async fn what_the_model_cannot_do_is_refused() {
    let emulator = start().await;
    let lax = json!({"type": "object", "properties": {}});
    let strict = json!({"type": "function", "name": "f", "parameters": lax, "strict": true});
    let format = json!({"type": "json_schema", "name": "n", "schema": lax, "strict": true});
    let lax_says =
        "In context=(), 'additionalProperties' is required to be supplied and to be false.";
    for (body, message, param, code) in [
        (
            json!({"input": "a", "tools": [strict]}),
            &*format!("Invalid schema for function 'f': {lax_says}"),
            Some("tools[0].parameters"),
            Some("invalid_function_parameters"),
        ),
        (
            json!({"input": "a", "text": {"format": format}}),
            &*format!("Invalid schema for response_format 'n': {lax_says}"),
            Some("text.format.schema"),
            Some("invalid_json_schema"),
        ),
        (
            json!({"input": "a", "text": {"format": {"type": "json_object"}}}),
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
            Some("input"),
            None,
        ),
        (
            json!({"input": "a", "reasoning": {"effort": "low"}}),
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            Some("reasoning.effort"),
            Some("unsupported_parameter"),
        ),
        (
            json!({"model": "reasoning", "input": "a", "temperature": 0.5}),
            "Unsupported parameter: 'temperature' is not supported with this model.",
            Some("temperature"),
            None,
        ),
        (
            json!({"model": "small", "input": "word ".repeat(60)}),
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            Some("input"),
            Some("context_length_exceeded"),
        ),
    ] {
        refuse(&emulator, body, message, param, code);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_refused() {
    let emulator = start().await;
    let wrong_model = json!({"model": "embeddings", "input": "a"});
    let answer = request(&emulator, CREATE).json(&wrong_model).send();
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (400, json!("OperationNotSupported"))
    );
    let template = json!({"model": "chat", "prompt": {"id": "pmpt_1"}});
    let answer = request(&emulator, CREATE).json(&template).send();
    assert_refused(
        &answer,
        404,
        "Prompt with id 'pmpt_1' not found.",
        None,
        None,
    );
    let nowhere = json!({"model": "chat", "input": "a", "conversation": "conv_1"});
    let answer = request(&emulator, CREATE).json(&nowhere).send();
    assert_refused(
        &answer,
        404,
        "Conversation with id 'conv_1' not found.",
        None,
        None,
    );
}

#[tokio::test]
async fn faults_reach_named_events_too() {
    let emulator = start().await;
    let fault = |fault: Value| {
        let instructions = serde_json::from_value(json!({"faults": [fault]})).unwrap();
        let body = json!({"model": "chat", "input": "ping", "stream": true});
        let call = request(&emulator, CREATE).json(&body);
        call.instructed("fault", instructions).send()
    };
    let unended = fault(json!({"omit": ["done"]})).named_events();
    assert_eq!(unended.last().unwrap()["type"], "response.output_item.done");
    let throttled = fault(json!({"event": {"after": 1}})).named_events();
    assert_eq!(
        types(&throttled),
        ["response.created", "error", "response.failed"]
    );
    assert_eq!(throttled[1]["error"]["code"], "rate_limit_exceeded");
    assert_eq!(throttled[1]["error"]["headers"]["x-ms-fe-error"], "true");
    let data = json!({"type": "error", "error": {"code": "x"}});
    let given = fault(json!({"event": {"after": 0, "data": data}})).named_events();
    assert_eq!(given, [data]);
    let cut = fault(json!({"cut": {"events": 3}}));
    assert!(!cut.complete);
    assert_eq!(cut.named_events().len(), 3);
}

#[tokio::test]
async fn whatever_the_model_is_given_costs_tokens() {
    let emulator = start().await;
    let spent = |body: Value| {
        create(&emulator, body)["usage"]["input_tokens"]
            .as_u64()
            .unwrap()
    };
    let said = |role: &str, content: &Value| json!({"input": [{"role": role, "content": content}]});
    let nothing = spent(said("user", &json!([])));
    for (role, content, expected) in [
        ("user", json!([{"type": "input_text", "text": "word"}]), 1),
        (
            "assistant",
            json!([{"type": "refusal", "refusal": "wordword"}]),
            2,
        ),
        (
            "user",
            json!([{"type": "input_image", "image_url": "https://example.com/a.png"}]),
            765,
        ),
        (
            "user",
            json!([{
                "type": "input_image", "detail": "low", "image_url": "https://example.com/a.png",
            }]),
            85,
        ),
        (
            "user",
            json!([{"type": "input_file", "file_id": "assistant-1"}]),
            100,
        ),
        (
            "user",
            json!([{"type": "input_audio", "data": "AAAA", "format": "wav"}]),
            100,
        ),
    ] {
        assert_eq!(spent(said(role, &content)) - nothing, expected, "{content}");
    }
    let mut told = said("user", &json!([]));
    told["instructions"] = json!("word");
    assert!(spent(told) > nothing);
}

#[tokio::test]
async fn an_item_that_is_named_stands_for_what_it_names() {
    let emulator = start().await;
    let first = create(&emulator, json!({"input": "What is the capital?"}));
    let said = &first["output"][0]["id"];
    let input = json!([
        {"type": "item_reference", "id": said},
        {"role": "user", "content": "And then?"},
    ]);
    let second = create(&emulator, json!({"input": input}));
    let path = format!(
        "responses/{}/input_items?order=asc",
        second["id"].as_str().unwrap()
    );
    let items = ok(&get(&emulator, &path));
    assert_eq!(items["data"][0], first["output"][0]);
    let body = json!({"model": "chat", "input": [{"type": "item_reference", "id": "msg_0"}]});
    let missing = request(&emulator, "POST /openai/v1/responses")
        .json(&body)
        .send();
    assert_refused(
        &missing,
        400,
        "Item with id 'msg_0' not found. Items are not persisted when `store` is set to false. Try \
         again with `store` set to true, or remove this item from your input.",
        Some("input"),
        None,
    );
}

#[tokio::test]
async fn an_input_or_an_answer_before_it_is_enough_to_be_made_short() {
    let emulator = start().await;
    let first = create(&emulator, json!({"input": "Tell me a story."}));
    for given in [
        json!({"model": "chat", "input": "Tell me a story."}),
        json!({"model": "chat", "previous_response_id": first["id"]}),
    ] {
        let line = "POST /openai/v1/responses/compact";
        let compacted = ok(&request(&emulator, line).json(&given).send());
        let said = &compacted["output"][0]["content"][0]["text"];
        assert_eq!(said, "Tell me a story.", "{given}");
    }
}

#[tokio::test]
async fn a_summary_of_thoughts_comes_in_pieces() {
    let emulator = start().await;
    let body = json!({"model": "reasoning", "input": "ping", "reasoning": {"summary": "auto"}});
    let events = stream_with(&emulator, body, Instructions::default());
    let of = |kind: &str| -> Vec<&Value> {
        let of_kind = events.iter().filter(|event| event["type"] == kind);
        of_kind.collect()
    };
    assert_eq!(
        of("response.output_item.added")[0]["item"]["summary"],
        json!([])
    );
    let pieces = of("response.reasoning_summary_text.delta");
    let pieces = pieces.iter().filter_map(|event| event["delta"].as_str());
    let whole = "The emulator has thought about it.";
    assert_eq!(pieces.collect::<String>(), whole);
    assert_eq!(of("response.reasoning_summary_text.done")[0]["text"], whole);
}
