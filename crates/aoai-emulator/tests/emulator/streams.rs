//! Streams, event by event.

use aoai_emulator::{FILTERED_ANSWER, FILTERED_LATE, Filter, Instructions, ToolCall};
use serde_json::{Value, json};

use crate::support::{Answer, CHAT, request, start};

const INSTRUCT: &str = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";

fn streamed(content: &str) -> Value {
    json!({"messages": [{"role": "user", "content": content}], "stream": true})
}

#[track_caller]
fn assert_stream(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (200, "OK"),
        "{answer:?}"
    );
    assert_eq!(
        answer.headers["content-type"],
        "text/event-stream; charset=utf-8"
    );
    assert_eq!(answer.headers["transfer-encoding"], "chunked");
}

/// What is not the same in every chunk: the choices and, where it is told, the usage.
fn parts(chunk: &Value) -> (Value, Option<Value>) {
    (chunk["choices"].clone(), chunk.get("usage").cloned())
}

#[tokio::test]
async fn a_chat_streams_in_the_services_order() {
    let emulator = start().await;
    let mut body = streamed("Count to five.");
    body["stream_options"] = json!({"include_usage": true});
    let call = request(&emulator, CHAT).json(&body);
    let answer = call
        .instructed("count", Instructions::reply("1, 2, 3"))
        .send();
    assert_stream(&answer);
    let chunks = answer.chunks();

    let first = &chunks[0];
    assert_eq!(first["prompt_filter_results"][0]["prompt_index"], 0);
    let names: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "choices",
            "created",
            "id",
            "model",
            "object",
            "prompt_filter_results"
        ]
    );
    assert_eq!(first["choices"], json!([]));
    assert_eq!(first["created"], 0);
    for name in ["id", "model", "object"] {
        assert_eq!(first[name], "");
    }

    let id = chunks[1]["id"].as_str().unwrap();
    assert!(id.starts_with("chatcmpl-"));
    for chunk in &chunks[1..] {
        assert_eq!(chunk["id"], id);
        assert_eq!(chunk["model"], "gpt-4o-mini-2024-07-18");
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["system_fingerprint"], "fp_emulator00");
        assert!(!chunk["obfuscation"].as_str().unwrap().is_empty());
    }
    let passes = |delta: Value| {
        let safe = json!({"filtered": false, "severity": "safe"});
        json!([{
            "content_filter_results": {
                "hate": safe,
                "protected_material_code": {"detected": false, "filtered": false},
                "protected_material_text": {"detected": false, "filtered": false},
                "self_harm": safe,
                "sexual": safe,
                "violence": safe,
            },
            "delta": delta,
            "finish_reason": null,
            "index": 0,
            "logprobs": null,
        }])
    };
    let bare = |delta: Value, finish: Value| json!([{"content_filter_results": {}, "delta": delta, "finish_reason": finish, "index": 0, "logprobs": null}]);
    let role = json!({"content": "", "refusal": null, "role": "assistant"});
    let null = || Some(Value::Null);
    assert_eq!(parts(&chunks[1]), (bare(role, Value::Null), null()));
    assert_eq!(
        parts(&chunks[2]),
        (passes(json!({"content": "1, 2"})), null())
    );
    assert_eq!(
        parts(&chunks[3]),
        (passes(json!({"content": ", 3"})), null())
    );
    assert_eq!(parts(&chunks[4]), (bare(json!({}), json!("stop")), null()));
    assert_eq!(chunks[5]["choices"], json!([]));
    assert_eq!(chunks[5]["usage"]["total_tokens"], 6);
    assert_eq!(chunks.len(), 6);
}

#[tokio::test]
async fn a_stream_tells_usage_and_hides_lengths_only_where_asked() {
    let emulator = start().await;
    let plain = request(&emulator, CHAT)
        .json(&streamed("a"))
        .send()
        .chunks();
    assert!(plain.iter().all(|chunk| chunk.get("usage").is_none()));
    let mut body = streamed("a");
    body["stream_options"] = json!({"include_obfuscation": false});
    let bare = request(&emulator, CHAT).json(&body).send().chunks();
    assert!(bare.iter().all(|chunk| chunk.get("obfuscation").is_none()));
}

#[tokio::test]
async fn the_first_event_is_missing_where_the_filter_tells_nothing() {
    let emulator = start().await;
    let old = CHAT.replace("2024-10-21", "2023-05-15");
    let chunks = request(&emulator, &old)
        .json(&streamed("a"))
        .send()
        .chunks();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
}

#[tokio::test]
async fn the_first_event_calls_the_findings_by_the_name_of_its_version() {
    let emulator = start().await;
    let instruct = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
    for (line, body) in [
        (CHAT, streamed("a")),
        (instruct, json!({"prompt": "a", "stream": true})),
    ] {
        for (version, name, other) in [
            (
                "2023-07-01-preview",
                "prompt_annotations",
                "prompt_filter_results",
            ),
            (
                "2023-08-01-preview",
                "prompt_filter_results",
                "prompt_annotations",
            ),
        ] {
            let line = line.replace("2024-10-21", version);
            let chunks = request(&emulator, &line).json(&body).send().chunks();
            assert_eq!(chunks[0]["choices"], json!([]), "{line}");
            assert_eq!(chunks[0][name][0]["prompt_index"], 0, "{line}");
            assert_eq!(chunks[0].get(other), None, "{line}");
        }
    }
}

#[tokio::test]
async fn a_text_comes_in_as_many_pieces_as_instructed() {
    let emulator = start().await;
    let mut instructions = Instructions::reply("one two three four");
    instructions.chunks = Some(2);
    let call = request(&emulator, CHAT).json(&streamed("a"));
    let chunks = call.instructed("two", instructions).send().chunks();
    let texts: Vec<&str> = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(texts, ["", "one two ", "three four"]);
}

#[tokio::test]
async fn choices_come_in_turns() {
    let emulator = start().await;
    let mut body = streamed("a");
    body["n"] = json!(2);
    let call = request(&emulator, CHAT).json(&body);
    let chunks = call
        .instructed("n", Instructions::reply("one"))
        .send()
        .chunks();
    let order: Vec<_> = chunks[1..]
        .iter()
        .map(|it| it["choices"][0]["index"].clone())
        .collect();
    assert_eq!(order, [0, 1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn a_call_of_a_tool_streams_its_arguments_in_pieces() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    let arguments = json!({"city": "Paris"}).as_object().unwrap().clone();
    instructions.tools = vec![
        ToolCall::new("get_weather", arguments),
        ToolCall::new("get_time", serde_json::Map::new()),
    ];
    let mut body = streamed("Weather in Paris?");
    body["tools"] = json!([{"type": "function", "function": {"name": "get_weather"}}]);
    let call = request(&emulator, CHAT)
        .json(&body)
        .instructed("tools", instructions);
    let chunks = call.send().chunks();
    assert_eq!(chunks[1]["choices"][0]["delta"]["content"], Value::Null);
    let deltas: Vec<&Value> = chunks[2..]
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array())
        .flatten()
        .collect();
    assert_eq!(
        deltas[0]["function"],
        json!({"arguments": "", "name": "get_weather"})
    );
    assert_eq!(deltas[0]["type"], "function");
    assert!(deltas[0]["id"].is_string());
    let pieces: Vec<&str> = deltas
        .iter()
        .filter(|delta| delta["index"] == 0)
        .map(|delta| delta["function"]["arguments"].as_str().unwrap())
        .collect();
    assert_eq!(pieces, ["", "{\"ci", "ty\":", "\"Par", "is\"}"]);
    let second = deltas.iter().find(|delta| delta["index"] == 1).unwrap();
    assert_eq!(second["function"]["name"], "get_time");
    assert_eq!(
        chunks.last().unwrap()["choices"][0]["finish_reason"],
        "tool_calls"
    );
}

#[tokio::test]
async fn the_filter_ends_a_stream_where_the_answer_offends() {
    let emulator = start().await;
    let call = request(&emulator, CHAT).json(&streamed(FILTERED_ANSWER));
    let chunks = call
        .instructed("cut", Instructions::reply("one two "))
        .send()
        .chunks();
    assert_eq!(chunks[2]["choices"][0]["delta"]["content"], "one ");
    let last = &chunks[3]["choices"][0];
    assert_eq!(last["delta"], json!({}));
    assert_eq!(last["finish_reason"], "content_filter");
    assert_eq!(last["content_filter_results"]["violence"]["filtered"], true);
    assert_eq!(chunks.len(), 4);
}

#[tokio::test]
async fn a_filter_beside_the_stream_speaks_when_the_text_is_out() {
    let emulator = start().await;
    let mut instructions = Instructions::reply("one two ");
    instructions.filter = Some(Filter::Async);
    let call = request(&emulator, CHAT)
        .json(&streamed("a"))
        .instructed("async", instructions);
    let chunks = call.send().chunks();
    for chunk in &chunks[1..5] {
        assert_eq!(chunk["choices"][0].get("content_filter_results"), None);
    }
    assert_eq!(chunks[4]["choices"][0]["finish_reason"], "stop");
    let note = &chunks[5];
    assert_eq!(
        (&note["id"], &note["model"], &note["created"]),
        (&json!(""), &json!(""), &json!(0))
    );
    let choice = &note["choices"][0];
    assert_eq!(choice.get("delta"), None);
    assert_eq!(choice["finish_reason"], Value::Null);
    assert_eq!(choice["content_filter_results"]["hate"]["severity"], "safe");
    assert_eq!(
        choice["content_filter_offsets"],
        json!({"check_offset": 8, "end_offset": 8, "start_offset": 0})
    );
}

#[tokio::test]
async fn a_late_filter_takes_an_answer_back_that_is_already_out() {
    let emulator = start().await;
    let call = request(&emulator, CHAT).json(&streamed(FILTERED_LATE));
    let chunks = call
        .instructed("late", Instructions::reply("one two "))
        .send()
        .chunks();
    assert_eq!(chunks[2]["choices"][0]["delta"]["content"], "one ");
    let last = &chunks.last().unwrap()["choices"][0];
    assert_eq!(last.get("delta"), None);
    assert_eq!(last["finish_reason"], "content_filter");
    assert_eq!(
        last["content_filter_results"],
        json!({"protected_material_text": {"detected": true, "filtered": true}})
    );
}

#[tokio::test]
async fn every_chunk_says_when_the_filter_is_out_of_order() {
    let emulator = start().await;
    let mut instructions = Instructions::reply("one");
    instructions.filter = Some(Filter::Down);
    let call = request(&emulator, CHAT)
        .json(&streamed("a"))
        .instructed("down", instructions);
    let chunks = call.send().chunks();
    assert_eq!(chunks.len(), 3, "the first event is missing");
    for chunk in &chunks {
        let choice = &chunk["choices"][0];
        assert_eq!(choice["content_filter_results"], json!({}));
        assert_eq!(
            choice["content_filter_result"]["error"]["code"],
            "content_filter_error"
        );
    }
}

#[tokio::test]
async fn log_probabilities_come_with_their_piece() {
    let emulator = start().await;
    let mut body = streamed("a");
    body["logprobs"] = json!(true);
    let call = request(&emulator, CHAT).json(&body);
    let chunks = call
        .instructed("log", Instructions::reply("Paris"))
        .send()
        .chunks();
    assert_eq!(chunks[1]["choices"][0]["logprobs"], Value::Null);
    assert_eq!(
        chunks[2]["choices"][0]["logprobs"]["content"][0]["token"],
        "Pari"
    );
    assert_eq!(
        chunks[3]["choices"][0]["logprobs"]["content"][0]["token"],
        "s"
    );
}

#[tokio::test]
async fn completions_stream_texts_prompt_by_prompt() {
    let emulator = start().await;
    let body = json!({
        "prompt": ["a", "b"],
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    let call = request(&emulator, INSTRUCT).json(&body);
    let answer = call
        .instructed("two", Instructions::reply("one two"))
        .send();
    assert_stream(&answer);
    let chunks = answer.chunks();
    assert_eq!(
        chunks[0]["prompt_filter_results"].as_array().unwrap().len(),
        2
    );
    let told: Vec<_> = chunks[1..7]
        .iter()
        .map(|chunk| {
            let choice = &chunk["choices"][0];
            assert_eq!(chunk["object"], "text_completion");
            assert_eq!(chunk["usage"], Value::Null);
            assert!(choice["content_filter_results"]["hate"].is_object());
            (
                choice["index"].clone(),
                choice["text"].clone(),
                choice["finish_reason"].clone(),
            )
        })
        .collect();
    let expected = [0, 1].map(|index| {
        [
            (json!(index), json!("one "), json!(null)),
            (json!(index), json!("two"), json!(null)),
            (json!(index), json!(""), json!("stop")),
        ]
    });
    assert_eq!(told, expected.concat());
    assert_eq!(chunks[7]["choices"], json!([]));
    assert_eq!(
        chunks[7]["usage"],
        json!({"completion_tokens": 4, "prompt_tokens": 2, "total_tokens": 6})
    );
    assert_eq!(chunks.len(), 8);
}

#[tokio::test]
async fn pieces_of_a_completion_tell_where_in_the_text_their_tokens_begin() {
    let emulator = start().await;
    let mut body = json!({"prompt": ["Größe", "b"], "echo": true, "logprobs": 2});
    let said = || Instructions::reply(": „ja“, sagt sie");
    let whole = request(&emulator, INSTRUCT).json(&body);
    let whole = whole.instructed("whole", said()).send().json();
    // Counted are characters, and each text begins anew.
    let offsets = [json!([0, 4, 8, 12, 16, 20]), json!([0, 4, 8, 12, 16])];
    for (choice, offsets) in offsets.iter().enumerate() {
        assert_eq!(
            whole["choices"][choice]["logprobs"]["text_offset"],
            *offsets
        );
    }
    body["stream"] = json!(true);
    for chunks in [1, 2, 3, 100] {
        let mut instructions = said();
        instructions.chunks = Some(chunks);
        let call = request(&emulator, INSTRUCT).json(&body);
        let streamed = call.instructed("pieces", instructions).send().chunks();
        for choice in whole["choices"].as_array().unwrap() {
            let pieces = streamed
                .iter()
                .flat_map(|chunk| chunk["choices"].as_array().unwrap());
            let pieces: Vec<_> = pieces.filter(|it| it["index"] == choice["index"]).collect();
            for part in ["text_offset", "tokens", "token_logprobs", "top_logprobs"] {
                let told = pieces
                    .iter()
                    .map(|it| it["logprobs"][part].as_array().unwrap());
                let told: Vec<&Value> = told.flatten().collect();
                let expected: Vec<&Value> = choice["logprobs"][part]
                    .as_array()
                    .unwrap()
                    .iter()
                    .collect();
                assert_eq!(told, expected, "{part} in {chunks} pieces");
            }
        }
    }
}

#[tokio::test]
async fn a_model_declines_in_pieces() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    instructions.refusal = Some("I cannot help with that.".to_owned());
    let call = request(&emulator, CHAT).json(&streamed("a"));
    let chunks = call.instructed("declined", instructions).send().chunks();
    let of = |name: &str| -> String {
        let deltas = chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]);
        deltas.filter_map(|delta| delta[name].as_str()).collect()
    };
    assert_eq!(of("refusal"), "I cannot help with that.");
    assert_eq!(of("content"), "");
}

#[tokio::test]
async fn a_call_in_the_older_form_streams_its_arguments_too() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    let paris = json!({"city": "Paris"}).as_object().unwrap().clone();
    instructions.tools = vec![ToolCall::new("get_weather", paris)];
    let mut body = streamed("Weather in Paris?");
    body["functions"] = json!([{"name": "get_weather"}]);
    let call = request(&emulator, CHAT).json(&body);
    let chunks = call.instructed("older", instructions).send().chunks();
    let of = |name: &str| -> String {
        let deltas = chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]);
        deltas
            .filter_map(|delta| delta["function_call"][name].as_str())
            .collect()
    };
    assert_eq!(of("name"), "get_weather");
    assert_eq!(of("arguments"), r#"{"city":"Paris"}"#);
}
