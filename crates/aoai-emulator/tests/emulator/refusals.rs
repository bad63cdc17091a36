//! Every refusal: status, reason phrase, headers, body.

use aoai_emulator::{Emulator, FILTERED_PROMPT};
use serde_json::{Value, json};

use crate::support::{Answer, CHAT, request, start};

const GATEWAY: &[&str] = &[
    "apim-request-id",
    "connection",
    "content-length",
    "content-type",
    "date",
];

const NO_TOKEN: &str = r#"{"statusCode":401,"message":"Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired."}"#;

const WRONG_KEY: &str = r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}"#;

const NOT_FOUND: &str = r#"{"error":{"code":"404","message": "Resource not found"}}"#;

fn ping() -> Value {
    json!({"messages": [{"role": "user", "content": "ping"}]})
}

#[track_caller]
fn assert_gateway(answer: &Answer, status: u16, reason: &str, body: &str) {
    assert_eq!((answer.status, answer.reason.as_str()), (status, reason));
    assert_eq!(answer.body, body);
    assert_eq!(answer.header_names(), GATEWAY);
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[track_caller]
fn assert_invalid(answer: &Answer, message: &str, param: Option<&str>, code: Option<&str>) {
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "model_error"),
        "{answer:?}"
    );
    let quote = |text: Option<&str>| serde_json::to_string(&text).unwrap();
    let expected = format!(
        r#"{{"error":{{"message":{},"type":"invalid_request_error","param":{},"code":{}}}}}"#,
        quote(Some(message)),
        quote(param),
        quote(code)
    );
    assert_eq!(answer.body, expected);
    assert!(answer.headers.contains_key("x-request-id"), "{answer:?}");
}

#[tokio::test]
async fn without_a_credential_the_gateway_asks_for_a_token() {
    let emulator = start().await;
    let answer = request(&emulator, CHAT).without_key().json(&ping()).send();
    assert_gateway(&answer, 401, "Unauthorized", NO_TOKEN);
    let basic = request(&emulator, CHAT)
        .without_key()
        .header("authorization", "Basic eDp5");
    assert_gateway(&basic.json(&ping()).send(), 401, "Unauthorized", NO_TOKEN);
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_every_header() {
    let emulator = start().await;
    let v1 = "GET /openai/v1/models";
    for (line, name, value) in [
        (CHAT, "api-key", "fake-wrong-key"),
        (CHAT, "Ocp-Apim-Subscription-Key", "fake-wrong-key"),
        (v1, "authorization", "Bearer fake-wrong-key"),
        (v1, "api-key", ""),
    ] {
        let call = request(&emulator, line).without_key().header(name, value);
        assert_gateway(
            &call.json(&ping()).send(),
            401,
            "PermissionDenied",
            WRONG_KEY,
        );
    }
}

#[tokio::test]
async fn a_key_as_bearer_opens_the_v1_surface_only() {
    let emulator = start().await;
    let [key, _] = emulator.keys();
    let bearer = format!("Bearer {key}");
    let call = |line| {
        request(&emulator, line)
            .without_key()
            .header("authorization", &bearer)
    };
    assert_eq!(call("GET /openai/v1/models").send().status, 200);
    let dated = call(CHAT).json(&ping()).send();
    assert_gateway(&dated, 401, "Unauthorized", NO_TOKEN);
}

#[tokio::test]
async fn something_like_a_token_is_no_key() {
    let emulator = start().await;
    let call = request(&emulator, "GET /openai/v1/models").without_key();
    let answer = call
        .header("authorization", "Bearer eyJfake.eyJfake.fake")
        .send();
    assert_gateway(&answer, 401, "Unauthorized", NO_TOKEN);
}

#[tokio::test]
async fn both_keys_open_until_they_are_rotated() {
    use aoai_emulator::KeySlot;

    let emulator = start().await;
    let [first, second] = emulator.keys();
    let status = |key: &str| {
        let call = request(&emulator, "GET /openai/v1/models").without_key();
        call.header("api-key", key).send().status
    };
    assert_eq!((status(&first), status(&second)), (200, 200));
    let renewed = emulator.rotate_key(KeySlot::Key1);
    assert_eq!(emulator.keys(), [renewed.clone(), second.clone()]);
    assert_eq!(
        (status(&first), status(&second), status(&renewed)),
        (401, 200, 200)
    );
    emulator.rotate_key(KeySlot::Key2);
    assert_eq!((status(&second), status(&renewed)), (401, 200));
}

#[tokio::test]
async fn what_the_gateway_does_not_know_is_not_found() {
    let emulator = start().await;
    for line in [
        "POST /openai/deployments/chat/chat/completions",
        "POST /openai/deployments/chat/chat/completions?api-version=",
        "POST /openai/deployments/chat/chat/completions?api-version=v1",
        "POST /openai/deployments/chat/chat/completions?api-version=preview",
        "POST /openai/deployments/chat/chat/completions?api-version=2024-10-22",
        "POST /openai/deployments/chat/chat/completions?api-version=2024-10-21-preview",
        "POST /openai/deployments/chat/chat/completions?api-version=2024-10-21-beta",
        "POST /openai/deployments/chat/chat?api-version=2024-10-21",
        "POST /openai/chat/completions?api-version=2024-10-21",
        "POST /openai/v1/deployments/chat/chat/completions",
        "GET /openai/deployments?api-version=2024-10-21",
        "GET /openai/v1/deployments",
        "GET /openai/v1/chat/completions",
        "POST /openai/v1/models",
        "POST /v1/chat/completions",
        "GET /",
    ] {
        // The path is looked at before the credential.
        for call in [
            request(&emulator, line),
            request(&emulator, line).without_key(),
        ] {
            assert_gateway(&call.json(&ping()).send(), 404, "Not Found", NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn the_v1_surface_knows_no_dated_version() {
    let emulator = start().await;
    let body = r#"{"error":{"code":"BadRequest","message":"API version not supported"}}"#;
    let at = |version: &str| format!("GET /openai/v1/models?api-version={version}");
    for version in ["2024-10-21", "2025-04-01-preview", "x"] {
        let line = at(version);
        assert_gateway(&request(&emulator, &line).send(), 400, "Bad Request", body);
    }
    for version in ["v1", "preview"] {
        let line = at(version);
        assert_eq!(request(&emulator, &line).send().status, 200, "{version}");
    }
}

#[tokio::test]
async fn an_unknown_deployment_is_refused_without_a_content_type() {
    let emulator = start().await;
    let dated = CHAT.replace("/chat/chat/", "/missing/chat/");
    let mut named = ping();
    named["model"] = json!("missing");
    for (line, body) in [
        (dated.as_str(), ping()),
        ("POST /openai/v1/chat/completions", named),
    ] {
        let answer = request(&emulator, line).json(&body).send();
        assert_eq!((answer.status, answer.reason.as_str()), (404, "Not Found"));
        assert_eq!(
            answer.header_names(),
            [
                "apim-request-id",
                "connection",
                "date",
                "strict-transport-security",
                "transfer-encoding",
                "x-content-type-options",
                "x-ms-region",
            ]
        );
        assert!(
            answer
                .body
                .starts_with("{\n  \"error\": {\n    \"type\": \"invalid_request_error\"")
        );
        assert_eq!(answer.json()["error"]["code"], "DeploymentNotFound");
    }
}

#[tokio::test]
async fn the_v1_surface_wants_a_model() {
    let emulator = start().await;
    for body in [ping(), json!({"model": null}), json!({"model": 5})] {
        let answer = request(&emulator, "POST /openai/v1/chat/completions")
            .json(&body)
            .send();
        assert_invalid(&answer, "you must provide a model parameter", None, None);
    }
}

#[tokio::test]
async fn a_model_made_for_something_else_is_refused() {
    let emulator = start().await;
    for (path, deployment, operation, body) in [
        ("chat/completions", "instruct", "chatCompletion", ping()),
        ("chat/completions", "embeddings", "chatCompletion", ping()),
        ("completions", "chat", "completion", json!({"prompt": "a"})),
        ("embeddings", "chat", "embeddings", json!({"input": "a"})),
    ] {
        let line = format!("POST /openai/deployments/{deployment}/{path}?api-version=2024-10-21");
        let answer = request(&emulator, &line).json(&body).send();
        let expected = format!(
            r#"{{"error":{{"code":"OperationNotSupported","message":"The {operation} operation does not work with the specified model, {deployment}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993."}}}}"#
        );
        assert_gateway(&answer, 400, "Bad Request", &expected);
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let emulator = start().await;
    for body in ["", "{", "[]", "\"text\"", "null", "{\"messages\": nope}"] {
        let answer = request(&emulator, CHAT).text(body).send();
        let message = "We could not parse the JSON body of your request.";
        assert_invalid(&answer, message, None, None);
    }
}

/// Sends a chat with some members changed or added.
fn chat_with(emulator: &Emulator, changes: &Value) -> Answer {
    let mut body = ping();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    request(emulator, CHAT).json(&body).send()
}

#[tokio::test]
async fn unknown_arguments_are_refused() {
    let emulator = start().await;
    let answer = chat_with(&emulator, &json!({"max_token": 5}));
    let message = "Unrecognized request argument supplied: max_token";
    assert_invalid(&answer, message, None, Some(""));
    let answer = chat_with(&emulator, &json!({"maxTokens": 5, "topP": 1}));
    let message = "Unrecognized request arguments supplied: maxTokens, topP";
    assert_invalid(&answer, message, None, Some(""));
}

#[tokio::test]
async fn arguments_that_only_v1_knows_are_unknown_to_every_dated_version() {
    let emulator = start().await;
    for (argument, value) in [
        ("prompt_cache_key", "tenant-7"),
        ("service_tier", "auto"),
        ("service_tier", "default"),
        ("service_tier", "priority"),
    ] {
        let mut body = ping();
        body[argument] = value.into();
        let line = CHAT.replace("2024-10-21", "2025-04-01-preview");
        let answer = request(&emulator, &line).json(&body).send();
        let message = format!("Unrecognized request argument supplied: {argument}");
        assert_invalid(&answer, &message, None, Some(""));
        body["model"] = json!("chat");
        let v1 = "POST /openai/v1/chat/completions";
        let answer = request(&emulator, v1).json(&body).send();
        assert_eq!(answer.status, 200, "{argument}: {answer:?}");
        assert_eq!(answer.json()["service_tier"], "default");
    }
}

#[tokio::test]
async fn arguments_of_later_versions_are_unknown_to_earlier_ones() {
    let emulator = start().await;
    for (argument, value, since, before) in [
        (
            "tools",
            json!([{"type": "function", "function": {"name": "f"}}]),
            "2023-12-01-preview",
            "2023-05-15",
        ),
        (
            "max_completion_tokens",
            json!(9),
            "2024-09-01-preview",
            "2024-06-01",
        ),
        ("store", json!(true), "2024-12-01-preview", "2024-10-21"),
        (
            "prediction",
            json!({"type": "content", "content": "a"}),
            "2025-01-01-preview",
            "2024-12-01-preview",
        ),
    ] {
        let mut body = ping();
        body[argument] = value;
        let at = |version: &str| CHAT.replace("2024-10-21", version);
        let (since, before) = (at(since), at(before));
        assert_eq!(
            request(&emulator, &since).json(&body).send().status,
            200,
            "{argument}"
        );
        let answer = request(&emulator, &before).json(&body).send();
        let message = format!("Unrecognized request argument supplied: {argument}");
        assert_invalid(&answer, &message, None, Some(""));
        body["model"] = json!("chat");
        let v1 = request(&emulator, "POST /openai/v1/chat/completions")
            .json(&body)
            .send();
        assert_eq!(v1.status, 200, "{argument}");
    }
}

#[tokio::test]
async fn messages_that_do_not_fit_are_refused_with_their_place() {
    let emulator = start().await;
    let user = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    for (changes, param, code, message) in [
        (
            json!({"messages": "hi"}),
            "messages",
            "invalid_type",
            "Invalid type for 'messages': expected an array of objects, but got a string instead.",
        ),
        (
            json!({"messages": []}),
            "messages",
            "empty_array",
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        ),
        (
            json!({"messages": null}),
            "messages",
            "invalid_type",
            "Invalid type for 'messages': expected an array of objects, but got null instead.",
        ),
        (
            json!({"messages": [{"content": "a"}]}),
            "messages[0].role",
            "missing_required_parameter",
            "Missing required parameter: 'messages[0].role'.",
        ),
        (
            json!({"messages": [{"role": "human", "content": "a"}]}),
            "messages[0].role",
            "invalid_value",
            "Invalid value: 'human'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        ),
        (
            json!({"messages": [{"role": "user"}]}),
            "messages[0].content",
            "missing_required_parameter",
            "Missing required parameter: 'messages[0].content'.",
        ),
        (
            user(json!(null)),
            "messages[0].content",
            "invalid_type",
            "Invalid type for 'messages[0].content': expected one of a string or an array of objects, but got null instead.",
        ),
        (
            user(json!([{"type": "image_url", "image_url": "x"}])),
            "messages[0].content[0].image_url",
            "invalid_type",
            "Invalid type for 'messages[0].content[0].image_url': expected an object, but got a string instead.",
        ),
        (
            user(json!([{"type": "image_url", "image_url": {"url": "x", "detail": "best"}}])),
            "messages[0].content[0].image_url.detail",
            "invalid_value",
            "Invalid value: 'best'. Supported values are: 'low', 'high', and 'auto'.",
        ),
    ] {
        assert_invalid(
            &chat_with(&emulator, &changes),
            message,
            Some(param),
            Some(code),
        );
    }
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused_with_their_place() {
    let emulator = start().await;
    for (changes, param, code, message) in [
        (
            json!({"temperature": 3}),
            "temperature",
            "decimal_above_max_value",
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
        ),
        (
            json!({"top_p": -0.5}),
            "top_p",
            "decimal_below_min_value",
            "Invalid 'top_p': decimal below minimum value. Expected a value >= 0, but got -0.5 instead.",
        ),
        (
            json!({"temperature": "hot"}),
            "temperature",
            "invalid_type",
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        ),
        (
            json!({"n": 0}),
            "n",
            "integer_below_min_value",
            "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        ),
        (
            json!({"n": 129}),
            "n",
            "integer_above_max_value",
            "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
        ),
        (
            json!({"n": 9_223_372_036_854_775_808_u64}),
            "n",
            "integer_above_max_value",
            "Invalid 'n': integer above maximum value. Expected a value <= 128, but got \
             9223372036854775808 instead.",
        ),
        (
            json!({"n": 1e20}),
            "n",
            "integer_above_max_value",
            "Invalid 'n': integer above maximum value. Expected a value <= 128, but got \
             100000000000000000000 instead.",
        ),
        (
            json!({"n": 1.5}),
            "n",
            "invalid_type",
            "Invalid type for 'n': expected an integer, but got a decimal instead.",
        ),
        (
            json!({"stream": "yes"}),
            "stream",
            "invalid_type",
            "Invalid type for 'stream': expected a boolean, but got a string instead.",
        ),
        (
            json!({"stop": ["a", "b", "c", "d", "e"]}),
            "stop",
            "array_above_max_length",
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
        ),
        (
            json!({"stop": 5}),
            "stop",
            "invalid_type",
            "Invalid type for 'stop': expected one of a string or an array of strings, but got an integer instead.",
        ),
        (
            json!({"tools": [{"type": "function", "function": {}}]}),
            "tools[0].function.name",
            "missing_required_parameter",
            "Missing required parameter: 'tools[0].function.name'.",
        ),
        (
            json!({"response_format": {"type": "xml"}}),
            "response_format.type",
            "invalid_value",
            "Invalid value: 'xml'. Supported values are: 'text', 'json_object', and 'json_schema'.",
        ),
        (
            json!({"max_tokens": 20_000}),
            "max_tokens",
            "invalid_value",
            "max_tokens is too large: 20000. This model supports at most 16384 completion tokens, whereas you provided 20000.",
        ),
    ] {
        assert_invalid(
            &chat_with(&emulator, &changes),
            message,
            Some(param),
            Some(code),
        );
    }
}

#[tokio::test]
async fn members_that_messages_do_not_have_are_refused() {
    let emulator = start().await;
    for (message, complaint) in [
        (
            json!({"role": "user", "content": "a", "parsed": 1}),
            "Additional properties are not allowed ('parsed' was unexpected) - 'messages.0'",
        ),
        (
            json!({"role": "user", "content": "a", "tool_calls": [], "x": 1}),
            "Additional properties are not allowed ('tool_calls', 'x' were unexpected) - 'messages.0'",
        ),
        (
            json!({"role": "user", "content": [{"type": "text", "text": "a", "size": 1}]}),
            "Additional properties are not allowed ('size' was unexpected) - 'messages.0.content.0'",
        ),
    ] {
        let answer = chat_with(&emulator, &json!({"messages": [message]}));
        assert_invalid(&answer, complaint, None, None);
    }
}

#[tokio::test]
async fn arguments_that_do_not_go_together_are_refused() {
    let emulator = start().await;
    for (changes, param, message) in [
        (
            json!({"stream_options": {"include_usage": true}}),
            "stream_options",
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        ),
        (
            json!({"tool_choice": "auto"}),
            "tool_choice",
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        ),
        (
            json!({"parallel_tool_calls": false}),
            "parallel_tool_calls",
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
        ),
        (
            json!({"top_logprobs": 2}),
            "top_logprobs",
            "The 'top_logprobs' parameter requires 'logprobs' to be enabled.",
        ),
        (
            json!({"response_format": {"type": "json_object"}}),
            "messages",
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        ),
    ] {
        assert_invalid(&chat_with(&emulator, &changes), message, Some(param), None);
    }
}

#[tokio::test]
async fn calls_of_tools_and_their_answers_belong_together() {
    let emulator = start().await;
    let user = json!({"role": "user", "content": "a"});
    let call = |id: &str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let calls = |ids: &[&str]| {
        let calls: Vec<Value> = ids.iter().map(|id| call(id)).collect();
        json!({"role": "assistant", "content": null, "tool_calls": calls})
    };
    let tool = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "b"});
    let send = |messages: Value| chat_with(&emulator, &json!({"messages": messages}));
    let stray = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
    assert_invalid(
        &send(json!([user, tool("1")])),
        stray,
        Some("messages.[1].role"),
        None,
    );
    let other = json!([user, calls(&["1"]), tool("2")]);
    assert_invalid(&send(other), stray, Some("messages.[2].role"), None);
    let unanswered = |ids: &str| {
        format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {ids}"
        )
    };
    assert_invalid(
        &send(json!([user, calls(&["1"])])),
        &unanswered("1"),
        Some("messages"),
        None,
    );
    let early = json!([user, calls(&["1", "2", "3"]), tool("2"), user]);
    assert_invalid(&send(early), &unanswered("1, 3"), Some("messages"), None);
    let whole = json!([user, calls(&["1", "2"]), tool("2"), tool("1"), user]);
    assert_eq!(send(whole).status, 200);
}

#[tokio::test]
async fn strict_schemas_are_closed_and_functions_have_names() {
    let emulator = start().await;
    let open = json!({"type": "object", "properties": {}});
    let tool = |function: Value| json!({"tools": [{"type": "function", "function": function}]});
    let format = json!({"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema": open}});
    assert_invalid(
        &chat_with(&emulator, &json!({"response_format": format})),
        "Invalid schema for response_format 'a': In context=(), 'additionalProperties' is required to be supplied and to be false.",
        Some("response_format"),
        None,
    );
    assert_invalid(
        &chat_with(
            &emulator,
            &tool(json!({"name": "f", "strict": true, "parameters": open})),
        ),
        "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
        Some("tools[0].function.parameters"),
        Some("invalid_function_parameters"),
    );
    assert_eq!(
        chat_with(&emulator, &tool(json!({"name": "f", "parameters": open}))).status,
        200
    );
    assert_invalid(
        &chat_with(&emulator, &tool(json!({"name": "get weather"}))),
        "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        Some("tools[0].function.name"),
        Some("invalid_value"),
    );
    assert_invalid(
        &chat_with(&emulator, &tool(json!({"name": "f".repeat(65)}))),
        "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
        Some("tools[0].function.name"),
        Some("string_above_max_length"),
    );
}

#[tokio::test]
async fn an_answer_has_one_limit() {
    let emulator = start().await;
    let line = CHAT.replace("2024-10-21", "2024-12-01-preview");
    let mut body = ping();
    body["max_tokens"] = json!(100);
    body["max_completion_tokens"] = json!(100);
    assert_invalid(
        &request(&emulator, &line).json(&body).send(),
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        Some("max_tokens"),
        Some("invalid_parameter_combination"),
    );
    body["max_tokens"] = json!(null);
    let answer = request(&emulator, &line).json(&body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_model_that_thinks_takes_other_arguments() {
    let emulator = start().await;
    let line = CHAT.replace("/chat/chat/", "/reasoning/chat/");
    let mut body = ping();
    body["max_tokens"] = json!(100);
    assert_invalid(
        &request(&emulator, &line).json(&body).send(),
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        Some("max_tokens"),
        Some("unsupported_parameter"),
    );
    let mut body = ping();
    body["temperature"] = json!(0.2);
    assert_invalid(
        &request(&emulator, &line).json(&body).send(),
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
        Some("temperature"),
        Some("unsupported_value"),
    );
    for (argument, value) in [
        ("frequency_penalty", json!(0.5)),
        ("logit_bias", json!({})),
        ("logprobs", json!(true)),
        ("presence_penalty", json!(-2)),
        ("stop", json!("\n")),
        ("stop", json!(["\n"])),
    ] {
        let mut body = ping();
        body[argument] = value;
        assert_invalid(
            &request(&emulator, &line).json(&body).send(),
            &format!("Unsupported parameter: '{argument}' is not supported with this model."),
            Some(argument),
            Some("unsupported_parameter"),
        );
    }
    let mut body = ping();
    for (argument, value) in [
        ("frequency_penalty", json!(0)),
        ("logit_bias", json!(null)),
        ("logprobs", json!(false)),
        ("presence_penalty", json!(0.0)),
        ("stop", json!(null)),
        ("temperature", json!(1)),
    ] {
        body[argument] = value;
    }
    let answer = request(&emulator, &line).json(&body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_model_that_thinks_finishes_nothing_with_a_handful_of_tokens() {
    let emulator = start().await;
    let line = CHAT.replace("/chat/chat/", "/reasoning/chat/");
    let ask = |most: u64, stream: bool| {
        let mut body = ping();
        body["max_completion_tokens"] = json!(most);
        body["stream"] = json!(stream);
        request(&emulator, &line).json(&body).send()
    };
    for (most, stream) in [(1, false), (1, true), (15, false)] {
        assert_invalid(
            &ask(most, stream),
            "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.",
            None,
            None,
        );
    }
    assert_eq!(ask(16, false).status, 200);
    let mut body = ping();
    body["max_tokens"] = json!(1);
    assert_eq!(request(&emulator, CHAT).json(&body).send().status, 200);
}

#[tokio::test]
async fn only_a_model_that_thinks_knows_of_effort() {
    let emulator = start().await;
    let chat = "POST /openai/v1/chat/completions";
    let mut body = ping();
    body["reasoning_effort"] = json!("low");
    body["model"] = json!("reasoning");
    let answer = request(&emulator, chat).json(&body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    body["model"] = json!("chat");
    let answer = request(&emulator, chat).json(&body).send();
    let message = "Unrecognized request argument supplied: reasoning_effort";
    assert_invalid(&answer, message, None, Some(""));
    body["reasoning_effort"] = json!(null);
    let answer = request(&emulator, chat).json(&body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn structured_outputs_need_a_later_version() {
    let emulator = start().await;
    let mut body = ping();
    body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "a"}});
    let line = CHAT.replace("2024-10-21", "2024-06-01");
    let expected = r#"{"error":{"code":"BadRequest","message":"response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"}}"#;
    let answer = request(&emulator, &line).json(&body).send();
    assert_gateway(&answer, 400, "Bad Request", expected);
    let first = CHAT.replace("2024-10-21", "2024-08-01-preview");
    assert_eq!(request(&emulator, &first).json(&body).send().status, 200);
}

#[tokio::test]
async fn more_than_the_context_holds_is_refused() {
    let emulator = start().await;
    let small = CHAT.replace("/chat/chat/", "/small/chat/");
    let words = |characters: usize| "x".repeat(characters);
    let body = |characters, most: Value| json!({"messages": [{"role": "user", "content": words(characters)}], "max_tokens": most});
    assert_invalid(
        &request(&emulator, &small)
            .json(&body(260, json!(null)))
            .send(),
        "This model's maximum context length is 64 tokens. However, your messages resulted in 65 tokens. Please reduce the length of the messages.",
        Some("messages"),
        Some("context_length_exceeded"),
    );
    assert_invalid(
        &request(&emulator, &small)
            .json(&body(160, json!(25)))
            .send(),
        "This model's maximum context length is 64 tokens. However, you requested 65 tokens (40 in the messages, 25 in the completion). Please reduce the length of the messages or completion.",
        Some("messages"),
        Some("context_length_exceeded"),
    );
    assert_eq!(
        request(&emulator, &small)
            .json(&body(160, json!(24)))
            .send()
            .status,
        200
    );

    let instruct = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
    let long = json!({"prompt": words(16_000), "max_tokens": 98});
    assert_invalid(
        &request(&emulator, instruct).json(&long).send(),
        "This model's maximum context length is 4097 tokens, however you requested 4098 tokens (4000 in your prompt; 98 for the completion). Please reduce your prompt; or completion length.",
        None,
        None,
    );
    let embed = "POST /openai/deployments/embeddings/embeddings?api-version=2024-10-21";
    assert_invalid(
        &request(&emulator, embed)
            .json(&json!({"input": ["a", words(32_772)]}))
            .send(),
        "This model's maximum context length is 8192 tokens, however you requested 8193 tokens (8193 in your prompt; 0 for the completion). Please reduce your prompt; or completion length.",
        None,
        None,
    );
}

#[tokio::test]
async fn completions_and_embeddings_have_tables_of_their_own() {
    let emulator = start().await;
    let instruct = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
    let embed = "POST /openai/deployments/embeddings/embeddings?api-version=2024-10-21";
    for (line, body, message, param, code) in [
        (
            instruct,
            json!({"prompt": "a", "messages": []}),
            "Unrecognized request argument supplied: messages",
            None,
            Some(""),
        ),
        (
            instruct,
            json!({"prompt": {"a": 1}}),
            "Invalid type for 'prompt': expected one of a string, an array of strings, an array of integers, or an array of arrays of integers, but got an object instead.",
            Some("prompt"),
            Some("invalid_type"),
        ),
        (
            instruct,
            json!({"prompt": ["a", 5]}),
            "Invalid type for 'prompt[1]': expected a string, but got an integer instead.",
            Some("prompt[1]"),
            Some("invalid_type"),
        ),
        (
            instruct,
            json!({"prompt": "a", "n": 3, "best_of": 2}),
            "'best_of' (2) must not be less than 'n' (3).",
            Some("best_of"),
            None,
        ),
        (
            instruct,
            json!({"prompt": "a", "best_of": 2, "stream": true}),
            "'stream' does not go together with a 'best_of' greater than 'n'.",
            Some("best_of"),
            None,
        ),
        (
            instruct,
            json!({"prompt": "a", "logprobs": 6}),
            "Invalid 'logprobs': integer above maximum value. Expected a value <= 5, but got 6 instead.",
            Some("logprobs"),
            Some("integer_above_max_value"),
        ),
        (
            embed,
            json!({}),
            "Missing required parameter: 'input'.",
            Some("input"),
            Some("missing_required_parameter"),
        ),
        (
            embed,
            json!({"input": ["a", ""]}),
            "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
            None,
            None,
        ),
        (
            embed,
            json!({"input": "a", "encoding_format": "hex"}),
            "Invalid value: 'hex'. Supported values are: 'float' and 'base64'.",
            Some("encoding_format"),
            Some("invalid_value"),
        ),
        (
            embed,
            json!({"input": "a", "dimensions": 1537}),
            "Invalid value for 'dimensions' = 1537. Must be less than or equal to 1536.",
            None,
            None,
        ),
    ] {
        assert_invalid(
            &request(&emulator, line).json(&body).send(),
            message,
            param,
            code,
        );
    }
}

#[tokio::test]
async fn a_filtered_prompt_is_refused_whether_streamed_or_not() {
    let emulator = start().await;
    let expected = r#"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"detected":false,"filtered":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"}}}}}"#;
    let prompt = format!("Say: {FILTERED_PROMPT}!");
    let chat = json!({"messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}], "stream": true});
    let instruct = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";
    for (line, body) in [(CHAT, chat), (instruct, json!({"prompt": ["a", prompt]}))] {
        let answer = request(&emulator, line).json(&body).send();
        assert_eq!(
            (answer.status, answer.reason.as_str()),
            (400, "model_error")
        );
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.body, expected);
    }
}

#[tokio::test]
async fn documents_of_the_callers_own_take_no_stream_options() {
    let emulator = start().await;
    let answer = chat_with(
        &emulator,
        &json!({
            "data_sources": [{"type": "azure_search", "parameters": {}}],
            "stream": true,
            "stream_options": {"include_usage": true},
        }),
    );
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "Bad Request")
    );
    let error = &answer.json()["error"];
    assert_eq!(error["code"], 400);
    assert_eq!(
        error["message"],
        "Validation error at #/stream_options: Extra inputs are not permitted"
    );
    assert!(error["requestid"].is_string());
}

#[tokio::test]
async fn a_model_that_is_not_in_the_catalogue_is_not_found() {
    let emulator = start().await;
    let answer = request(&emulator, "GET /openai/v1/models/chat").send();
    let expected = r#"{"error":{"message":"The model 'chat' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#;
    assert_gateway(&answer, 404, "Not Found", expected);
}

#[tokio::test]
async fn a_deployment_that_does_not_exist_is_told_before_what_is_wrong_with_the_body() {
    let emulator = start().await;
    let dated = CHAT.replace("/chat/chat/", "/missing/chat/");
    for body in ["{", "[]", r#"{"messages": "none"}"#] {
        let answer = request(&emulator, &dated).text(body).send();
        assert_eq!(answer.status, 404, "{body}: {answer:?}");
        assert_eq!(answer.json()["error"]["code"], "DeploymentNotFound");
    }
}
