//! Chat, as a caller meets it.

use std::sync::Arc;

use aoai_types::chat::{
    AllowedTools, AudioFormat, ChatCompletion, ChatCompletionChunk, Content, ContentPart,
    CreateChatCompletion, CustomDefinition, CustomFormat, DataSource, FinishReason,
    FunctionDefinition, ImageDetail, ImageUrl, Message, NamedToolChoice, Prediction,
    ResponseFormat, StreamOptions, Tool, ToolCall, ToolChoice, ToolChoiceMode,
};
use aoai_types::completions::Completion;
use aoai_types::error::ErrorCode;
use aoai_types::operation::{Body, StreamMemory};
use aoai_types::{Encode, Json, Operation, StreamEvent, Surface};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn chunk(value: &Value) -> ChatCompletionChunk {
    <ChatCompletionChunk as StreamEvent>::decode(&value.to_string()).unwrap()
}

fn body(request: &CreateChatCompletion) -> String {
    let wire = request.to_wire(&Encode::new(Surface::V1)).unwrap();
    match wire.body {
        Body::Json(bytes) => String::from_utf8(bytes.into()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_small_request_is_a_small_body() {
    let mut request = CreateChatCompletion::new("contoso-chat", [Message::user("Hello.")]);
    assert_eq!(
        body(&request),
        r#"{"model":"contoso-chat","messages":[{"role":"user","content":"Hello."}]}"#
    );
    request.temperature = Some(0.2);
    request.stream_options = Some(StreamOptions::with_usage());
    request.extra.insert("beta".into(), json!({"on": true}));
    assert_eq!(
        body(&request),
        r#"{"model":"contoso-chat","messages":[{"role":"user","content":"Hello."}],"#.to_owned()
            + r#""stream_options":{"include_usage":true},"temperature":0.2,"beta":{"on":true}}"#
    );
}

#[test]
fn messages_are_made_from_what_is_at_hand() {
    let owned = String::from("text");
    let messages = vec![
        Message::developer("text"),
        Message::system(owned.clone()),
        Message::user(&owned),
        Message::user([
            ContentPart::text("a"),
            ContentPart::image("https://contoso.example/i"),
        ]),
        Message::user(vec![
            ContentPart::audio("AAAA", AudioFormat::Wav),
            ContentPart::file("f-1"),
            "b".into(),
        ]),
        Message::assistant("text"),
        Message::tool("call_1", "text"),
        Message::function("now", "text"),
    ];
    assert_eq!(
        serde_json::to_value(messages).unwrap(),
        json!([
            {"role": "developer", "content": "text"},
            {"role": "system", "content": "text"},
            {"role": "user", "content": "text"},
            {"role": "user", "content": [
                {"type": "text", "text": "a"},
                {"type": "image_url", "image_url": {"url": "https://contoso.example/i"}}]},
            {"role": "user", "content": [
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "file", "file": {"file_id": "f-1"}},
                {"type": "text", "text": "b"}]},
            {"role": "assistant", "content": "text"},
            {"role": "tool", "tool_call_id": "call_1", "content": "text"},
            {"role": "function", "name": "now", "content": "text"},
        ])
    );
}

#[test]
fn a_schema_keeps_its_order() {
    // In the alphabet's order, the answer would come before the reasons.
    let text =
        r#"{"type":"object","properties":{"why":{"type":"string"},"answer":{"type":"string"}}}"#;
    let mut request = CreateChatCompletion::new("m", []);
    request.response_format = Some(ResponseFormat::json_schema(
        "verdict",
        Json::parse(text).unwrap(),
    ));
    request.tools = Some(vec![Tool::function("f", "", Json::parse(text).unwrap())]);
    let body = body(&request);
    assert_eq!(body.matches(text).count(), 2, "{body}");

    let schema = Json::new(&Schema { z: 1, a: 2 }).unwrap();
    assert_eq!(schema.as_str(), r#"{"z":1,"a":2}"#);
    assert_eq!(schema, Json::from(json!({"a": 2, "z": 1})));
    assert_ne!(schema, Json::from(json!({"a": 2, "z": 2})));
    assert!(Json::parse("{").is_err());
}

#[test]
fn parts_and_tools_are_made_of_their_descriptions() {
    let mut picture = ImageUrl::new("https://contoso.example/i");
    picture.detail = Some(ImageDetail::Low);
    let parts = [
        ContentPart::from(picture),
        ContentPart::inline_file("a.pdf", "data:application/pdf;base64,JVBERg=="),
    ];
    assert_eq!(
        serde_json::to_value(parts).unwrap(),
        json!([
            {"type": "image_url",
             "image_url": {"url": "https://contoso.example/i", "detail": "low"}},
            {"type": "file", "file": {"filename": "a.pdf",
             "file_data": "data:application/pdf;base64,JVBERg=="}},
        ])
    );
    let mut sum = CustomDefinition::new("sum");
    sum.format = Some(CustomFormat::grammar("regex", "[0-9+]+"));
    let tools = [Tool::from(FunctionDefinition::new("now")), sum.into()];
    assert_eq!(
        serde_json::to_value(tools).unwrap(),
        json!([
            {"type": "function", "function": {"name": "now"}},
            {"type": "custom", "custom": {"name": "sum", "format": {"type": "grammar",
                "grammar": {"definition": "[0-9+]+", "syntax": "regex"}}}},
        ])
    );
}

#[test]
fn choices_of_tools_are_written_as_the_service_reads_them() {
    let written = |choice: ToolChoice| serde_json::to_value(choice).unwrap();
    assert_eq!(written(ToolChoiceMode::Required.into()), json!("required"));
    assert_eq!(written("auto".into()), json!("auto"));
    assert_eq!(
        written(ToolChoice::function("f")),
        json!({"type": "function", "function": {"name": "f"}})
    );
    assert_eq!(
        written(ToolChoice::custom("f")),
        json!({"type": "custom", "custom": {"name": "f"}})
    );
    let tools = vec![NamedToolChoice::function("f"), NamedToolChoice::custom("g")];
    assert_eq!(
        written(AllowedTools::new(ToolChoiceMode::Auto, tools).into()),
        json!({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [
            {"type": "function", "function": {"name": "f"}},
            {"type": "custom", "custom": {"name": "g"}}]}})
    );
    assert_eq!(
        serde_json::to_value(Prediction::content("x")).unwrap(),
        json!({"type": "content", "content": "x"})
    );
    assert_eq!(
        serde_json::to_value(FunctionDefinition::new("f")).unwrap(),
        json!({"name": "f"})
    );
    assert_eq!(
        serde_json::to_value(CustomDefinition::new("f")).unwrap(),
        json!({"name": "f"})
    );
}

#[expect(deprecated, reason = "it is typed as long as the service has it")]
#[test]
fn the_credentials_of_a_data_source_are_not_shown() {
    let parameters = json!({"authentication": {"type": "api_key", "key": "made-up-key"}});
    let source = DataSource::new("azure_search", parameters.as_object().unwrap().clone());
    let mut request = CreateChatCompletion::new("m", []);
    request.data_sources = Some(vec![source]);
    let shown = format!("{request:?}");
    assert!(
        shown.contains("azure_search") && !shown.contains("made-up-key"),
        "{shown}"
    );
    assert!(body(&request).contains("made-up-key"));
}

#[test]
fn an_answer_says_what_it_says() {
    let answer: ChatCompletion = serde_json::from_value(json!({
        "choices": [
            {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant",
                "content": "Let me look.", "refusal": "no", "tool_calls": [
                    {"id": "a", "type": "function",
                     "function": {"name": "f", "arguments": "{\"from\":\"Ulm\"}"}},
                    {"id": "b", "type": "custom", "custom": {"name": "g", "input": "x"}},
                    {"id": "c", "type": "oracle"}]}},
            {"index": 1, "finish_reason": "stop", "message": {"content": "second"}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 2}},
    }))
    .unwrap();
    assert_eq!(answer.text(), Some("Let me look."));
    assert_eq!(answer.refusal(), Some("no"));
    assert_eq!(answer.finish_reason(), Some(&FinishReason::ToolCalls));
    let outcome = CreateChatCompletion::outcome(&answer);
    assert_eq!(outcome.text.as_deref(), Some("Let me look."));
    assert_eq!(outcome.finish.as_deref(), Some("tool_calls"));
    assert_eq!(outcome.refusal.as_deref(), Some("no"));
    let tools: Vec<_> = outcome
        .tools
        .iter()
        .map(|t| (t.id, t.name, t.arguments))
        .collect();
    assert_eq!(
        tools,
        [
            ("a", "f", r#"{"from":"Ulm"}"#),
            ("b", "g", "x"),
            ("c", "", "")
        ]
    );
    let usage = outcome.usage.unwrap();
    assert_eq!(
        (
            usage.prompt,
            usage.completion,
            usage.total,
            usage.cached,
            usage.reasoning
        ),
        (3, 4, 7, 1, 2)
    );
    assert_eq!(CreateChatCompletion::usage(&answer), Some(usage));

    let arguments: Arguments = answer.tool_calls()[0].parse().unwrap();
    assert_eq!(arguments.from, "Ulm");
    let error = answer.tool_calls()[1].parse::<Arguments>().unwrap_err();
    assert!(error.to_string().starts_with("expected value"), "{error}");

    let empty = ChatCompletion::default();
    assert_eq!(
        (empty.text(), empty.refusal(), empty.finish_reason()),
        (None, None, None)
    );
    assert!(empty.tool_calls().is_empty() && empty.message().is_none());
    assert_eq!(CreateChatCompletion::usage(&empty), None);
}

#[test]
fn usage_is_counted_from_what_is_told() {
    for (usage, expected) in [
        (json!({}), (0, 0, 0, 0, 0)),
        (
            json!({"prompt_tokens": 3, "completion_tokens": 4}),
            (3, 4, 7, 0, 0),
        ),
        (
            json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 9,
                   "prompt_tokens_details": {"cached_tokens": 2}, "reasoning_tokens": 1}),
            (3, 4, 9, 2, 1),
        ),
        (
            json!({"reasoning_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 2}}),
            (0, 0, 0, 0, 2),
        ),
        (
            json!({"reasoning_tokens": 9, "completion_tokens_details": {"audio_tokens": 2}}),
            (0, 0, 0, 0, 9),
        ),
    ] {
        let answer = json!({"choices": [], "usage": usage});
        let answer: ChatCompletion = serde_json::from_value(answer).unwrap();
        let told = CreateChatCompletion::usage(&answer).unwrap();
        let told = (
            told.prompt,
            told.completion,
            told.total,
            told.cached,
            told.reasoning,
        );
        assert_eq!(told, expected, "{usage}");
    }
}

#[test]
fn calls_that_a_server_wrote_oddly_are_read() {
    for (written, expected) in [
        (
            json!({"id": "a", "function": {"name": "f", "arguments": "{}"}}),
            ("a", "f", "{}"),
        ),
        (
            json!({"id": "a", "type": null, "function": {"name": "f", "arguments": null}}),
            ("a", "f", ""),
        ),
        (
            json!({"id": null, "type": "", "function": {"name": "f", "arguments": {"x": [1]}}}),
            ("", "f", r#"{"x":[1]}"#),
        ),
        (json!({"type": "function"}), ("", "", "")),
        (
            json!({"id": "a", "type": "custom", "custom": {"name": "g", "input": null}}),
            ("a", "g", ""),
        ),
    ] {
        let call: ToolCall = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(
            (call.id(), call.name(), call.arguments()),
            expected,
            "{written}"
        );
    }
}

#[test]
fn an_answer_goes_back_into_the_conversation() {
    let answer: ChatCompletion = serde_json::from_value(json!({"choices": [{"message": {
        "role": "assistant", "content": null, "refusal": "no", "annotations": [],
        "reasoning_content": "hm", "end_turn": true, "context": {"intent": "x"},
        "audio": {"id": "audio_7", "data": "AAAA", "transcript": "x", "expires_at": 1},
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}},
                       {"id": "b", "type": "oracle", "oracle": {"ask": "why"}}],
        "function_call": {"name": "f", "arguments": ""}}}]}))
    .unwrap();
    let message = Message::from(answer.message().unwrap().clone());
    assert_eq!(
        serde_json::to_value(message).unwrap(),
        json!({"role": "assistant", "refusal": "no", "audio": {"id": "audio_7"},
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}},
                {"id": "b", "type": "oracle", "oracle": {"ask": "why"}}],
            "function_call": {"name": "f", "arguments": ""}})
    );
    let plain: ChatCompletion = serde_json::from_value(
        json!({"choices": [{"message": {"role": "assistant", "content": "Yes.", "tool_calls": []}}]}),
    )
    .unwrap();
    let message = Message::from(plain.message().unwrap().clone());
    assert_eq!(message, Message::assistant("Yes."));
}

#[test]
fn only_what_the_caller_sees_is_output() {
    let delta = |delta: Value| json!({"choices": [{"index": 0, "delta": delta}]});
    let rows = [
        (json!({"choices": [], "prompt_filter_results": []}), false),
        (json!({"choices": [], "usage": {"total_tokens": 1}}), false),
        (json!({"error": {"message": "no"}}), false),
        (
            json!({"choices": [{"index": 0, "content_filter_results": {}}]}),
            false,
        ),
        (delta(json!(null)), false),
        (delta(json!({})), false),
        (
            delta(json!({"role": "assistant", "content": "", "refusal": null})),
            false,
        ),
        (delta(json!({"tool_calls": []})), false),
        (delta(json!({"content": "a"})), true),
        (delta(json!({"refusal": "a"})), true),
        (delta(json!({"reasoning_content": "a"})), true),
        (delta(json!({"tool_calls": [{"index": 0}]})), true),
        (delta(json!({"function_call": {"name": "f"}})), true),
        (delta(json!({"audio": {"id": "a"}})), true),
        (delta(json!({"context": {"intent": "a"}})), true),
        (
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
            true,
        ),
        (
            json!({"choices": [{"index": 0}, {"index": 1, "delta": {"content": "a"}}]}),
            true,
        ),
    ];
    for (event, expected) in rows {
        assert_eq!(chunk(&event).is_output(), expected, "{event}");
        assert!(chunk(&event).end().is_none());
    }
}

#[test]
fn a_chunk_says_why_the_answer_ends_and_what_it_took() {
    let event = chunk(&json!({
        "choices": [{"index": 0, "finish_reason": "length"}, {"index": 1, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }));
    assert_eq!(event.finish_reason(), Some(&FinishReason::Length));
    let usage = event.usage().unwrap();
    assert_eq!((usage.prompt, usage.completion, usage.total), (3, 4, 7));
    let event = chunk(&json!({"choices": [{"index": 0}, {"index": 1, "finish_reason": "stop"}]}));
    assert_eq!((event.finish_reason(), event.usage()), (None, None));
}

#[test]
fn an_error_in_place_of_a_chunk_is_one() {
    let event = json!({"error": {"message": "busy", "type": "server_error", "code": null}});
    let error = chunk(&event);
    assert_eq!(error.error().unwrap().message, "busy");
    assert_eq!(
        serde_json::to_value(&error).unwrap(),
        json!({"error": {"message": "busy", "type": "server_error"}})
    );
    for event in [
        json!({"choices": [], "error": null}),
        json!({"choices": [], "message": "hi"}),
        json!({"choices": null, "message": "hi"}),
        json!({"message": 7}),
        json!({"usage": {"total_tokens": 1}, "message": "hi"}),
        json!({"prompt_filter_results": [], "message": "hi"}),
        json!({"prompt_annotations": [], "message": "hi"}),
        json!({}),
    ] {
        assert!(chunk(&event).error().is_none(), "{event}");
    }
    let both = chunk(&json!({"error": {"message": "busy"}, "message": "hi"}));
    assert_eq!(both.error().unwrap().message, "busy");
}

#[test]
fn an_error_without_its_wrapper_is_one_too() {
    let flat = json!({"object": "error", "message": "boom", "code": 500}).to_string();
    let gateway = json!({"statusCode": 429, "message": "boom"}).to_string();
    let mut memory = StreamMemory::default();
    for (data, code, status) in [(flat, Some(500), None), (gateway, None, Some(429))] {
        let chunk = <ChatCompletionChunk as StreamEvent>::decode(&data).unwrap();
        let next = ChatCompletionChunk::decode_next(&data, &mut memory).unwrap();
        assert_eq!(chunk, next);
        let completion = <Completion as StreamEvent>::decode(&data).unwrap();
        for error in [chunk.error(), completion.error()].map(Option::unwrap) {
            assert_eq!(error.message, "boom");
            let number = error.code.as_ref().and_then(ErrorCode::as_number);
            assert_eq!((number, error.status), (code, status));
        }
    }
}

#[test]
fn events_share_what_they_have_in_common() {
    let event = |id: &str, text: &str| {
        json!({"id": id, "model": "m", "object": "chat.completion.chunk", "system_fingerprint": "fp",
               "choices": [{"index": 0, "delta": {"content": text}}]})
        .to_string()
    };
    let mut memory = StreamMemory::default();
    let mut next = |text: &str| ChatCompletionChunk::decode_next(text, &mut memory).unwrap();
    let first = next(&event("c-1", "a"));
    let between = next(&event("", ""));
    let second = next(&event("c-1", "b"));
    let other = next(&event("c-2", "b"));
    let same = |a: &Option<Arc<str>>, b: &Option<Arc<str>>| {
        Arc::ptr_eq(a.as_ref().unwrap(), b.as_ref().unwrap())
    };
    assert!(same(&first.id, &second.id) && same(&first.model, &other.model));
    assert!(same(&first.object, &between.object));
    assert!(same(&first.system_fingerprint, &other.system_fingerprint));
    assert_eq!(
        (between.id.as_deref(), other.id.as_deref()),
        (Some(""), Some("c-2"))
    );
    assert_eq!((first.text(), second.text()), (Some("a"), Some("b")));
    assert_eq!(second.finish_reason(), None);
    assert!(ChatCompletionChunk::decode_next("{", &mut memory).is_err());
}

#[test]
fn an_error_in_a_body_names_its_place() {
    let wrong =
        json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]});
    let error = serde_json::from_value::<CreateChatCompletion>(wrong).unwrap_err();
    let expected = r#"in "user": content[0]: in "text": missing field `text`"#;
    assert_eq!(error.to_string(), expected);
    let error = serde_json::from_value::<Content>(json!(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: integer `1`, expected a string or a list of content parts"
    );
}

/// Arguments, as a caller declares them.
#[derive(Deserialize, Debug, PartialEq)]
struct Arguments {
    from: String,
}

/// A schema whose members are not in the alphabet's order.
#[derive(Serialize)]
struct Schema {
    z: u8,
    a: u8,
}

#[test]
fn a_memory_that_other_events_left_is_begun_anew() {
    let mut memory = StreamMemory::default();
    *memory.of::<u32>() = 7;
    assert_eq!(*memory.of::<u32>(), 7);
    let data = r#"{"choices": [{"index": 0, "delta": {"content": "a"}}]}"#;
    let read = ChatCompletionChunk::decode_next(data, &mut memory).unwrap();
    assert_eq!(read.text(), Some("a"));
    assert_eq!(*memory.of::<u32>(), 0);
}
