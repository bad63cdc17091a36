//! Answers that come whole.

use aoai_emulator::{
    Config, Emulator, FILTER_DOWN, FILTERED_ANSWER, Filter, Instructions, Reply, ToolCall,
};
use serde_json::{Value, json};

use crate::support::{Answer, CHAT, request, start};

const INSTRUCT: &str = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
const EMBED: &str = "POST /openai/deployments/embeddings/embeddings?api-version=2024-10-21";

fn user(content: &str) -> Value {
    json!({"messages": [{"role": "user", "content": content}]})
}

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (200, "OK"),
        "{answer:?}"
    );
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.complete);
    answer.json()
}

/// The body with what differs from call to call replaced.
fn fixed(mut body: Value, prefix: &str) -> Value {
    let id = body["id"].as_str().unwrap();
    assert!(
        id.starts_with(prefix) && id.len() == prefix.len() + 29,
        "{id}"
    );
    assert!(body["created"].as_u64().unwrap() > 1_700_000_000);
    body["id"] = json!("ID");
    body["created"] = json!(0);
    body
}

fn safe() -> Value {
    json!({"filtered": false, "severity": "safe"})
}

fn answer_passes() -> Value {
    json!({
        "hate": safe(),
        "protected_material_code": {"detected": false, "filtered": false},
        "protected_material_text": {"detected": false, "filtered": false},
        "self_harm": safe(),
        "sexual": safe(),
        "violence": safe(),
    })
}

fn prompt_passes(index: usize) -> Value {
    json!({
        "content_filter_results": {
            "hate": safe(),
            "jailbreak": {"detected": false, "filtered": false},
            "self_harm": safe(),
            "sexual": safe(),
            "violence": safe(),
        },
        "prompt_index": index,
    })
}

#[tokio::test]
async fn a_chat_is_answered_in_full() {
    let emulator = start().await;
    let body = json!({
        "messages": [
            {"role": "system", "content": "Answer with one word."},
            {"role": "user", "content": "What is the capital of France?"},
        ],
        "max_tokens": 10,
        "temperature": 0,
    });
    let call = request(&emulator, CHAT).json(&body);
    let answer = call.instructed("one", Instructions::reply("Paris")).send();
    let expected = json!({
        "choices": [{
            "content_filter_results": answer_passes(),
            "finish_reason": "stop",
            "index": 0,
            "logprobs": null,
            "message": {"annotations": [], "content": "Paris", "refusal": null, "role": "assistant"},
        }],
        "created": 0,
        "id": "ID",
        "model": "gpt-4o-mini-2024-07-18",
        "object": "chat.completion",
        "prompt_filter_results": [prompt_passes(0)],
        "service_tier": "default",
        "system_fingerprint": "fp_emulator00",
        "usage": {
            "completion_tokens": 2,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 14,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 16,
        },
    });
    assert_eq!(fixed(ok(&answer), "chatcmpl-"), expected);
    // On one line, its members in the order of serde_json's maps: sorted, unless the program that is
    // built has them keep the order of the text.
    assert_eq!(answer.body, format!("{}\n", ok(&answer)));
    assert_eq!(
        answer.header_names(),
        [
            "apim-request-id",
            "azureml-model-session",
            "connection",
            "content-length",
            "content-type",
            "date",
            "skip-error-remapping",
            "strict-transport-security",
            "x-accel-buffering",
            "x-content-type-options",
            "x-ms-deployment-name",
            "x-ms-is-spilled-over",
            "x-ms-rai-invoked",
            "x-ms-region",
            "x-ratelimit-abusepenalty-active",
            "x-ratelimit-limit-requests",
            "x-ratelimit-limit-tokens",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-remaining-tokens",
            "x-ratelimit-renewalperiod-requests",
            "x-ratelimit-renewalperiod-tokens",
            "x-ratelimit-reset-requests",
            "x-ratelimit-reset-tokens",
            "x-request-id",
        ]
    );
    assert_eq!(answer.headers["x-ms-deployment-name"], "chat");
    assert_eq!(answer.headers["x-ratelimit-remaining-tokens"], "119984");
}

#[tokio::test]
async fn both_surfaces_answer_alike() {
    let emulator = start().await;
    let dated = request(&emulator, CHAT).json(&user("hello")).send();
    let mut named = user("hello");
    named["model"] = json!("chat");
    let v1 = request(&emulator, "POST /openai/v1/chat/completions")
        .json(&named)
        .send();
    assert_eq!(fixed(ok(&dated), "chatcmpl-"), fixed(ok(&v1), "chatcmpl-"));
    assert_eq!(
        dated.headers["x-ms-deployment-name"],
        v1.headers["x-ms-deployment-name"]
    );
}

#[tokio::test]
async fn the_first_dated_versions_tell_nothing_of_the_filter() {
    let emulator = start().await;
    let at = |version| CHAT.replace("2024-10-21", version);
    let told = |line: &str, body: &Value, name: &str| {
        let body = ok(&request(&emulator, line).json(body).send());
        body.get(name).cloned()
    };
    // The findings had another name at first.
    let (first, now) = ("prompt_annotations", "prompt_filter_results");
    for (version, name) in [
        ("2023-05-15", None),
        ("2023-06-01-preview", Some(first)),
        ("2023-07-01-preview", Some(first)),
        ("2023-08-01-preview", Some(now)),
        ("2024-10-21", Some(now)),
    ] {
        let instruct = INSTRUCT.replace("2024-10-21", version);
        for (line, body) in [
            (&at(version), &user("a")),
            (&instruct, &json!({"prompt": "a"})),
        ] {
            for asked in [first, now] {
                let expected = (name == Some(asked)).then(|| json!([prompt_passes(0)]));
                assert_eq!(told(line, body, asked), expected, "{line}: {asked}");
            }
        }
    }
}

/// The text and the `finish_reason` of a chat's only choice.
fn said(emulator: &Emulator, body: &Value, reply: &str) -> (Value, Value) {
    let call = request(emulator, CHAT).json(body);
    let body = ok(&call.instructed("said", Instructions::reply(reply)).send());
    let choice = &body["choices"][0];
    (
        choice["message"]["content"].clone(),
        choice["finish_reason"].clone(),
    )
}

#[tokio::test]
async fn a_text_ends_at_the_limit_or_at_a_stop_sequence() {
    let emulator = start().await;
    for (arguments, text, finish) in [
        (json!({}), "one two three", "stop"),
        (json!({"max_tokens": 2}), "one two ", "length"),
        (json!({"max_completion_tokens": 1}), "one ", "length"),
        (json!({"max_tokens": 4}), "one two three", "stop"),
        (json!({"stop": "three"}), "one two ", "stop"),
        (json!({"stop": ["x", " two"]}), "one", "stop"),
        (
            json!({"stop": null, "max_tokens": null}),
            "one two three",
            "stop",
        ),
    ] {
        let mut body = user("count");
        for (name, value) in arguments.as_object().unwrap() {
            body[name] = value.clone();
        }
        let expected = (json!(text), json!(finish));
        assert_eq!(
            said(&emulator, &body, "one two three"),
            expected,
            "{arguments}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_nobody_scripted_is_the_same_every_time() {
    let emulator = start().await;
    let mut body = user("ping");
    body["n"] = json!(2);
    let choices = |emulator: &Emulator| {
        let body = ok(&request(emulator, CHAT).json(&body).send());
        let choices = body["choices"].as_array().unwrap().clone();
        choices
            .iter()
            .map(|choice| choice["message"]["content"].clone())
            .collect::<Vec<_>>()
    };
    let expected = [
        "This is the emulator's answer to: ping",
        "This is the emulator's answer 2 to: ping",
    ];
    assert_eq!(choices(&emulator), expected);
    assert_eq!(choices(&start().await), expected);
}

#[tokio::test]
async fn replies_follow_the_last_thing_the_user_said() {
    let mut config = Config::default();
    config.replies.push(Reply::new("ping", "pong"));
    let emulator = Emulator::start(config).await.unwrap();
    let reply = |messages: Value| {
        let body = ok(&request(&emulator, CHAT)
            .json(&json!({"messages": messages}))
            .send());
        body["choices"][0]["message"]["content"].clone()
    };
    assert_eq!(
        reply(json!([{"role": "user", "content": " ping\n"}])),
        "pong"
    );
    assert_eq!(
        reply(json!([
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "hi"},
            {"role": "user", "content": [{"type": "text", "text": "ping"}]},
        ])),
        "pong"
    );
    assert_ne!(
        reply(json!([{"role": "system", "content": "ping"}])),
        "pong"
    );
    let body = ok(&request(&emulator, INSTRUCT)
        .json(&json!({"prompt": "ping"}))
        .send());
    assert_eq!(body["choices"][0]["text"], "pong");
}

fn weather() -> Value {
    json!([{
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
                "required": ["city"],
            },
        },
    }])
}

#[tokio::test]
async fn tools_are_called_as_instructed() {
    let emulator = start().await;
    let mut instructions = Instructions::default();
    let paris = json!({"city": "Paris"}).as_object().unwrap().clone();
    instructions.tools = vec![ToolCall::new("get_weather", paris)];
    let mut body = user("Weather in Paris?");
    body["tools"] = weather();
    let call = request(&emulator, CHAT)
        .json(&body)
        .instructed("tools", instructions);
    let mut choice = ok(&call.send())["choices"][0].take();
    let id = choice["message"]["tool_calls"][0]["id"].take();
    let id = id.as_str().unwrap();
    assert!(id.starts_with("call_") && id.len() == 29, "{id}");
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(
        choice["message"],
        json!({
            "annotations": [],
            "content": null,
            "refusal": null,
            "role": "assistant",
            "tool_calls": [{
                "function": {"arguments": r#"{"city":"Paris"}"#, "name": "get_weather"},
                "id": null,
                "type": "function",
            }],
        })
    );
}

#[tokio::test]
async fn tool_choice_decides_whether_a_tool_is_called() {
    let mut config = Config::default();
    let mut scripted = Reply::new("Weather in Paris?", "Sunny.");
    let paris = json!({"city": "Paris"}).as_object().unwrap().clone();
    scripted.tools = vec![ToolCall::new("get_weather", paris)];
    config.replies.push(scripted);
    let emulator = Emulator::start(config).await.unwrap();
    let outcome = |prompt: &str, arguments: Value| {
        let mut body = user(prompt);
        for (name, value) in arguments.as_object().unwrap() {
            body[name] = value.clone();
        }
        let choice = ok(&request(&emulator, CHAT).json(&body).send())["choices"][0].take();
        let message = &choice["message"];
        let called = match message.get("function_call") {
            Some(call) => call["arguments"].clone(),
            None => message["tool_calls"][0]["function"]["arguments"].clone(),
        };
        (called, choice["finish_reason"].clone())
    };
    let tools = weather();
    let named = json!({"type": "function", "function": {"name": "get_weather"}});
    let functions = json!([tools[0]["function"]]);
    let paris = json!(r#"{"city":"Paris"}"#);
    let least = json!(r#"{"city":"text"}"#);
    for (prompt, arguments, expected) in [
        ("Weather in Paris?", json!({}), (Value::Null, json!("stop"))),
        (
            "Weather in Paris?",
            json!({"tools": tools}),
            (paris.clone(), json!("tool_calls")),
        ),
        (
            "Weather in Paris?",
            json!({"tools": tools, "tool_choice": "none"}),
            (Value::Null, json!("stop")),
        ),
        (
            "Weather in Paris?",
            json!({"tools": tools, "tool_choice": named}),
            (paris.clone(), json!("stop")),
        ),
        (
            "Weather in Paris?",
            json!({"functions": functions}),
            (paris, json!("function_call")),
        ),
        (
            "ping",
            json!({"tools": tools}),
            (Value::Null, json!("stop")),
        ),
        (
            "ping",
            json!({"tools": tools, "tool_choice": "required"}),
            (least.clone(), json!("tool_calls")),
        ),
        (
            "ping",
            json!({"tools": tools, "tool_choice": named}),
            (least.clone(), json!("stop")),
        ),
        (
            "ping",
            json!({"functions": functions, "function_call": {"name": "get_weather"}}),
            (least, json!("stop")),
        ),
    ] {
        assert_eq!(
            outcome(prompt, arguments.clone()),
            expected,
            "{prompt} {arguments}"
        );
    }
}

#[tokio::test]
async fn what_a_tool_answered_is_told() {
    let emulator = start().await;
    let body = json!({
        "messages": [
            {"role": "user", "content": "Weather in Paris?"},
            {"role": "assistant", "content": null, "annotations": [], "refusal": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees"},
        ],
        "tools": weather(),
        "tool_choice": "required",
    });
    let body = ok(&request(&emulator, CHAT).json(&body).send());
    assert_eq!(
        body["choices"][0]["message"]["content"],
        "The tool says: 21 degrees"
    );
}

#[tokio::test]
async fn json_comes_where_json_is_asked_for() {
    let emulator = start().await;
    let content = |format: Value| {
        let mut body = user("Give me json.");
        body["response_format"] = format;
        let body = ok(&request(&emulator, CHAT).json(&body).send());
        let content = body["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned();
        serde_json::from_str::<Value>(&content).unwrap()
    };
    assert!(content(json!({"type": "json_object"})).is_object());
    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": false,
    });
    let format =
        json!({"type": "json_schema", "json_schema": {"name": "person", "schema": schema}});
    assert_eq!(content(format), json!({"name": "text", "age": 0}));
}

#[tokio::test]
async fn a_value_keeps_the_bounds_of_its_schema() {
    let emulator = start().await;
    let integer = |bounds: Value| with(json!({"type": "integer"}), bounds);
    let number = |bounds: Value| with(json!({"type": "number"}), bounds);
    let text = |bounds: Value| with(json!({"type": "string"}), bounds);
    let list = |bounds: Value| with(json!({"type": "array", "items": {"const": 1}}), bounds);
    for (schema, expected) in [
        (list(json!({"minItems": 0})), json!([])),
        (list(json!({"minItems": 1})), json!([1])),
        (list(json!({"minItems": 2, "maxItems": 2})), json!([1, 1])),
        (list(json!({"maxItems": 0})), json!([])),
        (text(json!({"minLength": 3})), json!("text")),
        (text(json!({"minLength": 4})), json!("text")),
        (text(json!({"minLength": 5})), json!("text.")),
        (text(json!({"maxLength": 5})), json!("text")),
        (text(json!({"maxLength": 4})), json!("text")),
        (text(json!({"maxLength": 3})), json!("tex")),
        (text(json!({"maxLength": 0})), json!("")),
        (
            text(json!({"minLength": 6, "maxLength": 6})),
            json!("text.."),
        ),
        (integer(json!({"minimum": -1})), json!(0)),
        (integer(json!({"minimum": 0})), json!(0)),
        (integer(json!({"minimum": 1})), json!(1)),
        (integer(json!({"minimum": 0.5})), json!(1)),
        (integer(json!({"maximum": 1})), json!(0)),
        (integer(json!({"maximum": 0})), json!(0)),
        (integer(json!({"maximum": -1})), json!(-1)),
        (integer(json!({"maximum": -1.5})), json!(-2)),
        (integer(json!({"minimum": -3, "maximum": -3})), json!(-3)),
        (integer(json!({"exclusiveMinimum": -1})), json!(0)),
        (integer(json!({"exclusiveMinimum": 0})), json!(1)),
        (integer(json!({"exclusiveMinimum": 1.5})), json!(2)),
        (integer(json!({"exclusiveMaximum": 1})), json!(0)),
        (integer(json!({"exclusiveMaximum": 0})), json!(-1)),
        (integer(json!({"exclusiveMaximum": -1.5})), json!(-2)),
        (
            integer(json!({"exclusiveMinimum": -2.5, "maximum": -2})),
            json!(-2),
        ),
        // The narrower of two bounds is the one that counts.
        (
            integer(json!({"minimum": 0, "exclusiveMinimum": 0})),
            json!(1),
        ),
        (
            integer(json!({"minimum": 2, "exclusiveMinimum": 0})),
            json!(2),
        ),
        (
            integer(json!({"maximum": 0, "exclusiveMaximum": 0})),
            json!(-1),
        ),
        (integer(json!({"minimum": 5, "multipleOf": 5})), json!(5)),
        (integer(json!({"minimum": 6, "multipleOf": 5})), json!(10)),
        (integer(json!({"maximum": -6, "multipleOf": 5})), json!(-10)),
        (number(json!({"minimum": 1.5})), json!(1.5)),
        (number(json!({"maximum": -1.5})), json!(-1.5)),
        (number(json!({"exclusiveMinimum": 0})), json!(1.0)),
        // Between 0 and 1 there is room, if not for a whole number.
        (
            number(json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1})),
            json!(0.5),
        ),
        (
            number(json!({"exclusiveMinimum": 0, "maximum": 0.5})),
            json!(0.25),
        ),
        (
            number(json!({"minimum": -0.5, "exclusiveMaximum": 0})),
            json!(-0.25),
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"it": schema}, "required": ["it"]});
        let mut body = user("Give me json.");
        body["response_format"] = json!({
            "type": "json_schema", "json_schema": {"name": "it", "schema": schema},
        });
        let body = ok(&request(&emulator, CHAT).json(&body).send());
        let content = body["choices"][0]["message"]["content"].as_str().unwrap();
        let content: Value = serde_json::from_str(content).unwrap();
        assert_eq!(content, json!({"it": expected}), "{schema}");
    }
}

/// An object with more members.
fn with(mut object: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("{more} has no members")
    };
    object.as_object_mut().unwrap().extend(more);
    object
}

#[tokio::test]
async fn log_probabilities_cover_the_text() {
    let emulator = start().await;
    let mut body = user("a");
    body["logprobs"] = json!(true);
    body["top_logprobs"] = json!(2);
    let call = request(&emulator, CHAT).json(&body);
    let body = ok(&call.instructed("log", Instructions::reply("Paris")).send());
    assert_eq!(
        body["choices"][0]["logprobs"],
        json!({
            "content": [
                {"bytes": [80, 97, 114, 105], "logprob": -0.1, "token": "Pari", "top_logprobs": [
                    {"bytes": [80, 97, 114, 105], "logprob": -0.1, "token": "Pari"},
                    {"bytes": [80, 97, 114, 105, 49], "logprob": -4.0, "token": "Pari1"},
                ]},
                {"bytes": [115], "logprob": -0.1, "token": "s", "top_logprobs": [
                    {"bytes": [115], "logprob": -0.1, "token": "s"},
                    {"bytes": [115, 49], "logprob": -4.0, "token": "s1"},
                ]},
            ],
            "refusal": null,
        })
    );
}

#[tokio::test]
async fn pictures_cost_tokens() {
    let emulator = start().await;
    let tokens = |detail: &str| {
        let body = json!({"messages": [{"role": "user", "content": [
            {"type": "text", "text": "What?"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": detail}},
        ]}]});
        ok(&request(&emulator, CHAT).json(&body).send())["usage"]["prompt_tokens"].clone()
    };
    assert_eq!((tokens("low"), tokens("high")), (json!(87), json!(767)));
}

#[tokio::test]
async fn a_model_that_thinks_says_how_much() {
    let emulator = start().await;
    let line = CHAT.replace("/chat/chat/", "/reasoning/chat/");
    let mut body = user("a");
    body["max_completion_tokens"] = json!(66);
    let call = request(&emulator, &line).json(&body);
    let answer = ok(&call
        .instructed("think", Instructions::reply("one two three"))
        .send());
    assert_eq!(answer["choices"][0]["message"]["content"], "one two ");
    assert_eq!(answer["usage"]["completion_tokens"], 66);
    assert_eq!(
        answer["usage"]["completion_tokens_details"]["reasoning_tokens"],
        64
    );
    // All thought, nothing said.
    body["max_completion_tokens"] = json!(16);
    let answer = ok(&request(&emulator, &line).json(&body).send());
    assert_eq!(answer["choices"][0]["message"]["content"], "");
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn the_filter_cuts_answers_off_and_breaks_down() {
    let emulator = start().await;
    let choice = |prompt: &str| {
        let mut body = ok(&request(&emulator, CHAT).json(&user(prompt)).send());
        (
            body["choices"][0].take(),
            body.get("prompt_filter_results").is_some(),
        )
    };
    let (cut, judged) = choice(FILTERED_ANSWER);
    assert!(judged);
    assert_eq!(cut["finish_reason"], "content_filter");
    assert_eq!(cut.get("message"), None);
    assert_eq!(
        cut["content_filter_results"]["violence"],
        json!({"filtered": true, "severity": "high"})
    );
    let (down, judged) = choice(FILTER_DOWN);
    assert!(!judged);
    assert_eq!(down["finish_reason"], "stop");
    assert_eq!(down["content_filter_results"], json!({}));
    let error = json!({"code": "content_filter_error", "message": "The contents are not filtered"});
    assert_eq!(down["content_filter_result"], json!({"error": error}));
}

#[tokio::test]
async fn instructions_set_the_filter_off_without_a_mark() {
    let emulator = start().await;
    for (filter, status) in [
        (Filter::Prompt, 400),
        (Filter::Answer, 200),
        (Filter::Off, 200),
    ] {
        let mut instructions = Instructions::default();
        instructions.filter = Some(filter);
        let call = request(&emulator, CHAT).json(&user("harmless"));
        let answer = call.instructed("filter", instructions).send();
        assert_eq!(answer.status, status, "{filter:?}");
    }
}

#[tokio::test]
async fn answers_from_documents_cite_them() {
    let emulator = start().await;
    let mut body = user("a");
    body["data_sources"] = json!([{"type": "azure_search", "parameters": {"endpoint": "x"}}]);
    let body = ok(&request(&emulator, CHAT).json(&body).send());
    let context = &body["choices"][0]["message"]["context"];
    assert_eq!(context["citations"][0]["filepath"], "emulator.txt");
    assert!(context["intent"].is_string());
}

#[tokio::test]
async fn a_completion_is_answered_in_full() {
    let emulator = start().await;
    let call = request(&emulator, INSTRUCT).json(&json!({"prompt": "Once", "max_tokens": 5}));
    let answer = call
        .instructed("one", Instructions::reply(" upon a time"))
        .send();
    let expected = json!({
        "choices": [{
            "content_filter_results": answer_passes(),
            "finish_reason": "stop",
            "index": 0,
            "logprobs": null,
            "text": " upon a time",
        }],
        "created": 0,
        "id": "ID",
        "model": "gpt-35-turbo-instruct",
        "object": "text_completion",
        "prompt_filter_results": [prompt_passes(0)],
        "usage": {"completion_tokens": 3, "prompt_tokens": 1, "total_tokens": 4},
    });
    assert_eq!(fixed(ok(&answer), "cmpl-"), expected);
    assert!(
        answer.body.starts_with(r#"{"id":"cmpl-"#),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn each_prompt_has_its_choices() {
    let emulator = start().await;
    for (prompt, prompts, tokens) in [
        (json!("Once upon"), 1, 3),
        (json!(["Once upon a time", "Hello,"]), 2, 6),
        (json!([1, 2, 3]), 1, 3),
        (json!([[1, 2], [3, 4, 5]]), 2, 5),
        (json!(null), 1, 1),
    ] {
        let body = json!({"prompt": prompt, "n": 2, "max_tokens": 5});
        let body = ok(&request(&emulator, INSTRUCT).json(&body).send());
        let choices = body["choices"].as_array().unwrap();
        let indices: Vec<u64> = choices
            .iter()
            .map(|it| it["index"].as_u64().unwrap())
            .collect();
        assert_eq!(indices, (0..prompts * 2).collect::<Vec<u64>>(), "{prompt}");
        assert_eq!(
            body["prompt_filter_results"].as_array().unwrap().len() as u64,
            prompts
        );
        assert_eq!(body["usage"]["prompt_tokens"], tokens, "{prompt}");
        assert!(body["usage"]["completion_tokens"].as_u64().unwrap() <= 10 * prompts);
    }
}

#[tokio::test]
async fn a_completion_echoes_its_prompt_and_tells_probabilities() {
    let emulator = start().await;
    let body =
        json!({"prompt": "Once", "echo": true, "logprobs": 1, "max_tokens": 16, "suffix": "!"});
    let call = request(&emulator, INSTRUCT).json(&body);
    let body = ok(&call.instructed("echo", Instructions::reply(" upon")).send());
    assert_eq!(body["choices"][0]["text"], "Once upon");
    assert_eq!(body["usage"]["completion_tokens"], 2);
    assert_eq!(
        body["choices"][0]["logprobs"],
        json!({
            "text_offset": [0, 4, 8],
            "token_logprobs": [-0.1, -0.1, -0.1],
            "tokens": ["Once", " upo", "n"],
            "top_logprobs": [{"Once": -0.1}, {" upo": -0.1}, {"n": -0.1}],
        })
    );
}

#[tokio::test]
async fn sixteen_tokens_are_what_a_completion_has_by_default() {
    let emulator = start().await;
    let call = request(&emulator, INSTRUCT).json(&json!({"prompt": "a"}));
    let body = ok(&call
        .instructed("long", Instructions::reply("x".repeat(100)))
        .send());
    assert_eq!(body["choices"][0]["text"], "x".repeat(64));
    assert_eq!(body["choices"][0]["finish_reason"], "length");
}

fn numbers(item: &Value) -> Vec<f64> {
    item["embedding"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_f64().unwrap())
        .collect()
}

#[tokio::test]
async fn embeddings_come_indented_as_numbers_or_base64() {
    use base64::Engine;

    let emulator = start().await;
    let body = json!({"input": ["first", "second"], "dimensions": 8});
    let answer = request(&emulator, EMBED).json(&body).send();
    let list = ok(&answer);
    assert!(
        answer
            .body
            .starts_with("{\n  \"object\": \"list\",\n  \"data\": [\n")
    );
    assert_eq!(list["model"], "text-embedding-3-small");
    assert_eq!(
        list["usage"],
        json!({"prompt_tokens": 4, "total_tokens": 4})
    );
    let first = numbers(&list["data"][0]);
    assert_eq!(
        (first.len(), list["data"][1]["index"].clone()),
        (8, json!(1))
    );
    let length: f64 = first.iter().map(|it| it * it).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");

    let body = json!({"input": ["first"], "dimensions": 8, "encoding_format": "base64"});
    let list = ok(&request(&emulator, EMBED).json(&body).send());
    let text = list["data"][0]["embedding"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    let decoded = bytes
        .chunks(4)
        .map(|it| f32::from_le_bytes(it.try_into().unwrap()));
    for (number, decoded) in first.iter().zip(decoded) {
        assert!((number - f64::from(decoded)).abs() < 1e-6);
    }
}

#[tokio::test]
async fn texts_that_share_words_are_near_each_other() {
    let emulator = start().await;
    let body = json!({"input": ["the cat sat on the mat", "a cat on a mat", "tax law of 1913"]});
    let list = ok(&request(&emulator, EMBED).json(&body).send());
    let [cat, mat, tax] = [0, 1, 2].map(|index| numbers(&list["data"][index]));
    assert_eq!(cat.len(), 1536);
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    assert!(near(&cat, &mat) > near(&cat, &tax) + 0.2);
}

#[tokio::test]
async fn a_text_without_a_word_has_a_direction_too() {
    let emulator = start().await;
    let body = json!({"input": ["?!", " ", "…", "word"], "dimensions": 8});
    let list = ok(&request(&emulator, EMBED).json(&body).send());
    let vectors = [0, 1, 2, 3].map(|index| numbers(&list["data"][index]));
    for vector in &vectors {
        let length: f64 = vector.iter().map(|it| it * it).sum();
        assert!((length - 1.0).abs() < 1e-5, "{vector:?}");
    }
    // Where no word is, no text differs from another, but from those that have some.
    assert_eq!(vectors[0], vectors[1]);
    assert_eq!(vectors[0], vectors[2]);
    assert_ne!(vectors[0], vectors[3]);
    let again = ok(&request(&emulator, EMBED).json(&body).send());
    assert_eq!(again["data"], list["data"]);
    // What has no text at all has no direction.
    for none in [
        json!(""),
        json!(["word", ""]),
        json!([]),
        json!([[]]),
        json!([[1], []]),
    ] {
        let answer = request(&emulator, EMBED)
            .json(&json!({"input": none}))
            .send();
        assert_eq!(answer.status, 400, "{none}: {answer:?}");
    }
}

#[tokio::test]
async fn embeddings_take_every_form_of_input() {
    let emulator = start().await;
    for (input, items, tokens) in [
        (json!("hello"), 1, 2),
        (json!(["hello", "you"]), 2, 3),
        (json!([1, 2, 3]), 1, 3),
        (json!([[1, 2], [3]]), 2, 3),
        (json!("…"), 1, 1),
    ] {
        let list = ok(&request(&emulator, EMBED)
            .json(&json!({"input": input}))
            .send());
        assert_eq!(list["data"].as_array().unwrap().len(), items, "{input}");
        assert_eq!(list["usage"]["total_tokens"], tokens, "{input}");
    }
}

#[tokio::test]
async fn models_are_the_catalogue_in_azures_shape() {
    let emulator = start().await;
    for prefix in ["/openai/v1/models", "/openai/models"] {
        let version = if prefix.contains("v1") {
            ""
        } else {
            "?api-version=2024-10-21"
        };
        let line = format!("GET {prefix}{version}");
        let list = ok(&request(&emulator, &line).send());
        assert_eq!(list["object"], "list");
        let data = list["data"].as_array().unwrap();
        assert!(
            data.iter().all(|model| model["id"] != "chat"),
            "no deployments"
        );
        let line = format!("GET {prefix}/text-embedding-3-small{version}");
        let model = ok(&request(&emulator, &line).send());
        assert!(data.contains(&model));
        assert_eq!(
            model,
            json!({
                "capabilities": {
                    "chat_completion": false,
                    "completion": false,
                    "embeddings": true,
                    "fine_tune": false,
                    "inference": true,
                },
                "created_at": 1_706_140_800,
                "deprecation": {"inference": 1_823_299_200},
                "id": "text-embedding-3-small",
                "lifecycle_status": "generally-available",
                "object": "model",
                "status": "succeeded",
            })
        );
    }
}

#[tokio::test]
async fn the_headers_tell_what_is_left_of_the_quota() {
    let config = "deployments: {chat: {model: gpt-4o-mini, capacity: 3}}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let mut body = user("ping");
    body["max_tokens"] = json!(10);
    let answer = request(&emulator, CHAT).json(&body).send();
    let spent = ok(&answer)["usage"]["total_tokens"].as_u64().unwrap();
    for (name, value) in [
        ("x-ms-deployment-name", "chat".to_owned()),
        ("x-ratelimit-limit-requests", "3".to_owned()),
        ("x-ratelimit-remaining-requests", "2".to_owned()),
        ("x-ratelimit-limit-tokens", "3000".to_owned()),
    ] {
        assert_eq!(answer.headers[name], value, "{name}");
    }
    let left = answer.headers["x-ratelimit-remaining-tokens"].parse::<u64>();
    assert!(left.is_ok_and(|left| left <= 3000 - spent), "{answer:?}");
}

#[tokio::test]
async fn one_tool_is_called_where_several_at_once_are_not_wanted() {
    let emulator = start().await;
    for (parallel, calls) in [(json!(true), 2), (Value::Null, 2), (json!(false), 1)] {
        let mut instructions = Instructions::default();
        let call = |city: &str| {
            let arguments = json!({"city": city}).as_object().unwrap().clone();
            ToolCall::new("get_weather", arguments)
        };
        instructions.tools = vec![call("Paris"), call("Rome")];
        let mut body = user("Weather in Paris and Rome?");
        body["tools"] = weather();
        body["parallel_tool_calls"] = parallel;
        let request = request(&emulator, CHAT).json(&body);
        let answer = ok(&request.instructed("tools", instructions).send());
        let called = answer["choices"][0]["message"]["tool_calls"].as_array();
        assert_eq!(called.map(Vec::len), Some(calls), "{answer}");
    }
}

#[tokio::test]
async fn what_the_user_says_after_a_tool_is_answered() {
    let emulator = start().await;
    let body = json!({
        "messages": [
            {"role": "user", "content": "Weather in Paris?"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees"},
            {"role": "user", "content": "And then?"},
        ],
    });
    let body = ok(&request(&emulator, CHAT).json(&body).send());
    assert_eq!(
        body["choices"][0]["message"]["content"],
        "This is the emulator's answer to: And then?"
    );
}

#[tokio::test]
async fn a_completion_that_offends_is_cut_off() {
    let emulator = start().await;
    let line = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
    let body = json!({"prompt": FILTERED_ANSWER, "max_tokens": 100});
    let answer = ok(&request(&emulator, line).json(&body).send());
    assert_eq!(answer["choices"][0]["finish_reason"], "content_filter");
}

#[tokio::test]
async fn the_oldest_embeddings_have_the_length_that_they_have() {
    let config = "deployments: {old: {model: text-embedding-ada-002}}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let line = "POST /openai/v1/embeddings";
    let mut body = json!({"model": "old", "input": "a"});
    let answer = ok(&request(&emulator, line).json(&body).send());
    let embedding = answer["data"][0]["embedding"].as_array();
    assert_eq!(embedding.map(Vec::len), Some(1536));
    body["dimensions"] = json!(1536);
    let refused = request(&emulator, line).json(&body).send();
    assert_eq!(
        (refused.status, &refused.json()["error"]["message"]),
        (
            400,
            &json!("This model does not support specifying dimensions.")
        )
    );
}
