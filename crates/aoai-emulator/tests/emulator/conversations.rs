//! Conversations and their items.

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

fn send(emulator: &Emulator, line: &str, body: &Value) -> Answer {
    let line = line.replace(' ', " /openai/v1/");
    let call = request(emulator, &line);
    if body.is_null() {
        call.send()
    } else {
        call.json(body).send()
    }
}

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[track_caller]
fn assert_not_found(answer: &Answer, what: &str, id: &str) {
    assert_eq!(answer.status, 404, "{answer:?}");
    let expected = format!(
        r#"{{"error":{{"message":"{what} with id '{id}' not found.","type":"invalid_request_error","param":null,"code":null}}}}"#
    );
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn a_conversation_is_begun_changed_and_ended() {
    let emulator = start().await;
    let body = json!({"metadata": {"a": "b"}});
    let begun = ok(&send(&emulator, "POST conversations", &body));
    let id = begun["id"].as_str().unwrap();
    assert!(id.starts_with("conv_") && id.len() == 55, "{id}");
    let expected = json!({
        "id": id, "object": "conversation", "created_at": begun["created_at"], "metadata": {"a": "b"},
    });
    assert_eq!(begun, expected);
    let path = format!("conversations/{id}");
    assert_eq!(
        ok(&send(&emulator, &format!("GET {path}"), &Value::Null)),
        begun
    );
    let body = json!({"metadata": {"c": "d"}});
    let changed = ok(&send(&emulator, &format!("POST {path}"), &body));
    assert_eq!(changed["metadata"], json!({"c": "d"}));
    let ended = send(&emulator, &format!("DELETE {path}"), &Value::Null);
    let expected = format!(r#"{{"deleted":true,"id":"{id}","object":"conversation.deleted"}}"#);
    assert_eq!(ended.body, expected);
    for (line, body) in [
        (format!("GET {path}"), Value::Null),
        (format!("POST {path}"), json!({"metadata": {}})),
        (format!("DELETE {path}"), Value::Null),
        (format!("GET {path}/items"), Value::Null),
        (format!("POST {path}/items"), json!({"items": []})),
        (format!("GET {path}/items/msg_1"), Value::Null),
        (format!("DELETE {path}/items/msg_1"), Value::Null),
    ] {
        assert_not_found(&send(&emulator, &line, &body), "Conversation", id);
    }
}

#[tokio::test]
async fn items_are_added_listed_read_and_taken_out() {
    let emulator = start().await;
    let begun = ok(&send(&emulator, "POST conversations", &json!({})));
    let path = format!("conversations/{}", begun["id"].as_str().unwrap());
    let items = json!([
        {"role": "user", "content": "Hello."},
        {"type": "message", "role": "assistant", "content": "Hi."},
    ]);
    let added = ok(&send(
        &emulator,
        &format!("POST {path}/items"),
        &json!({ "items": items }),
    ));
    let [first, second] = &added["data"].as_array().unwrap()[..] else {
        panic!("{added}")
    };
    let id = first["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "type": "message",
        "role": "user",
        "status": "completed",
        "content": [{"type": "input_text", "text": "Hello."}],
    });
    assert_eq!(*first, expected);
    assert_eq!(second["content"][0]["type"], "output_text");
    assert_eq!(added["first_id"], first["id"]);
    assert_eq!(added["last_id"], second["id"]);

    let listed = ok(&send(
        &emulator,
        &format!("GET {path}/items?limit=1"),
        &Value::Null,
    ));
    assert_eq!(
        (&listed["data"][0], &listed["has_more"]),
        (second, &json!(true))
    );
    let read = ok(&send(
        &emulator,
        &format!("GET {path}/items/{id}"),
        &Value::Null,
    ));
    assert_eq!(read, *first);
    let told = ok(&send(
        &emulator,
        &format!("DELETE {path}/items/{id}"),
        &Value::Null,
    ));
    assert_eq!(told, begun);
    for line in [
        format!("GET {path}/items/{id}"),
        format!("DELETE {path}/items/{id}"),
    ] {
        assert_not_found(&send(&emulator, &line, &Value::Null), "Item", id);
    }
}

#[tokio::test]
async fn answers_add_to_their_conversation() {
    let emulator = start().await;
    let items = json!([{"role": "user", "content": "My name is Ada."}]);
    let begun = ok(&send(
        &emulator,
        "POST conversations",
        &json!({ "items": items }),
    ));
    let id = &begun["id"];
    for conversation in [id.clone(), json!({ "id": id })] {
        let body =
            json!({"model": "chat", "input": "What is my name?", "conversation": conversation});
        let answer = ok(&send(&emulator, "POST responses", &body));
        assert_eq!(answer["conversation"], json!({ "id": id }));
    }
    let line = format!("GET conversations/{}/items?order=asc", id.as_str().unwrap());
    let listed = ok(&send(&emulator, &line, &Value::Null));
    let roles: Vec<&Value> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["role"])
        .collect();
    assert_eq!(roles, ["user", "user", "assistant", "user", "assistant"]);
}

#[tokio::test]
async fn what_is_no_conversation_is_refused() {
    let emulator = start().await;
    let many: Vec<Value> = (0..21)
        .map(|_| json!({"role": "user", "content": "a"}))
        .collect();
    for (body, code, param) in [
        (json!({"itmes": []}), "unknown_parameter", "itmes"),
        (json!({ "items": many }), "array_above_max_length", "items"),
        (json!({"metadata": {"a": 1}}), "invalid_type", "metadata.a"),
        (
            json!({"items": [{"role": "user"}]}),
            "missing_required_parameter",
            "items[0].content",
        ),
        (
            json!({"items": [{"type": "dream"}]}),
            "invalid_value",
            "items[0].type",
        ),
    ] {
        let answer = send(&emulator, "POST conversations", &body);
        let error = &answer.json()["error"];
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(
            (&error["code"], &error["param"]),
            (&json!(code), &json!(param)),
            "{error}"
        );
    }
    let line = "POST /openai/conversations?api-version=2025-04-01-preview";
    assert_eq!(request(&emulator, line).json(&json!({})).send().status, 404);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table")]
async fn the_id_of_an_item_tells_its_kind() {
    let emulator = start().await;
    let begun = ok(&send(&emulator, "POST conversations", &json!({})));
    let path = format!("conversations/{}/items", begun["id"].as_str().unwrap());
    for (item, prefix, status) in [
        (
            json!({"role": "developer", "content": "a"}),
            "msg",
            json!("completed"),
        ),
        (
            json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}),
            "fc",
            json!("completed"),
        ),
        (
            json!({"type": "function_call_output", "call_id": "c", "output": "a"}),
            "fco",
            json!("completed"),
        ),
        (
            json!({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "a"}),
            "ctc",
            json!("completed"),
        ),
        (
            json!({"type": "custom_tool_call_output", "call_id": "c", "output": "a"}),
            "ctco",
            json!("completed"),
        ),
        (
            json!({"type": "reasoning", "summary": []}),
            "rs",
            Value::Null,
        ),
        (
            json!({"type": "compaction", "encrypted_content": "a"}),
            "cmp",
            Value::Null,
        ),
        (
            json!({"type": "file_search_call", "queries": ["a"]}),
            "fs",
            Value::Null,
        ),
        (json!({"type": "web_search_call"}), "ws", Value::Null),
        (
            json!({"type": "code_interpreter_call", "container_id": "c"}),
            "ci",
            Value::Null,
        ),
        (json!({"type": "image_generation_call"}), "ig", Value::Null),
        (
            json!({"type": "computer_call", "call_id": "c", "action": {}}),
            "cu",
            Value::Null,
        ),
        (
            json!({"type": "computer_call_output", "call_id": "c", "output": {}}),
            "cu",
            Value::Null,
        ),
        (
            json!({"type": "local_shell_call", "call_id": "c", "action": {}}),
            "lsh",
            Value::Null,
        ),
        (
            json!({"type": "local_shell_call_output", "output": "a"}),
            "lsh",
            Value::Null,
        ),
        (
            json!({"type": "mcp_list_tools", "server_label": "s", "tools": []}),
            "mcpl",
            Value::Null,
        ),
        (
            json!({
                "type": "mcp_approval_request", "arguments": "{}", "name": "f", "server_label": "s",
            }),
            "mcpr",
            Value::Null,
        ),
        (
            json!({"type": "mcp_approval_response", "approval_request_id": "a", "approve": true}),
            "mcpr",
            Value::Null,
        ),
        (
            json!({"type": "mcp_call", "arguments": "{}", "name": "f", "server_label": "s"}),
            "mcp",
            Value::Null,
        ),
    ] {
        let added = send(
            &emulator,
            &format!("POST {path}"),
            &json!({"items": [item]}),
        );
        let added = ok(&added);
        let kept = &added["data"][0];
        let id = kept["id"].as_str().unwrap();
        let told = id.split_once('_').map(|(prefix, _)| prefix);
        assert_eq!(told, Some(prefix), "{item}");
        assert_eq!(kept["status"], status, "{item}");
        assert_eq!(added["has_more"], false);
    }
}

#[tokio::test]
async fn what_an_item_says_of_itself_is_kept() {
    let emulator = start().await;
    let begun = ok(&send(&emulator, "POST conversations", &json!({})));
    let path = format!("conversations/{}/items", begun["id"].as_str().unwrap());
    let item = json!({
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "incomplete",
        "content": [{"type": "refusal", "refusal": "No."}],
    });
    let added = send(
        &emulator,
        &format!("POST {path}"),
        &json!({"items": [item]}),
    );
    assert_eq!(ok(&added)["data"], json!([item]));
}
