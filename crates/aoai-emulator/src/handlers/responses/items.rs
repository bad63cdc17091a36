//! Items as the service keeps them.

use serde_json::{Value, json};

use crate::text;

/// A request's item with an id, a state, and its text in parts.
pub(in super::super) fn kept(item: &Value) -> Value {
    let mut kept = item.clone();
    let kind = item["type"].as_str().unwrap_or("message");
    if item["id"].is_null() {
        kept["id"] = json!(text::id(prefix(kind)));
    }
    if kind == "message" {
        kept["type"] = json!("message");
        kept["content"] = parts(item);
    }
    if item["status"].is_null() && STATED.contains(&kind) {
        kept["status"] = json!("completed");
    }
    kept
}

/// A message's content in parts.
fn parts(message: &Value) -> Value {
    match (&message["content"], message["role"].as_str()) {
        (Value::String(text), Some("assistant")) => {
            json!([{"type": "output_text", "annotations": [], "logprobs": [], "text": text}])
        }
        (Value::String(text), _) => json!([{"type": "input_text", "text": text}]),
        (parts, _) => parts.clone(),
    }
}

/// What the ids of items of this type begin with.
fn prefix(kind: &str) -> &'static str {
    match kind {
        "message" => "msg",
        "function_call" => "fc",
        "function_call_output" => "fco",
        "custom_tool_call" => "ctc",
        "custom_tool_call_output" => "ctco",
        "reasoning" => "rs",
        "compaction" => "cmp",
        "file_search_call" => "fs",
        "web_search_call" => "ws",
        "code_interpreter_call" => "ci",
        "image_generation_call" => "ig",
        "computer_call" | "computer_call_output" => "cu",
        "local_shell_call" | "local_shell_call_output" => "lsh",
        "mcp_list_tools" => "mcpl",
        "mcp_approval_request" | "mcp_approval_response" => "mcpr",
        "mcp_call" => "mcp",
        _ => "item",
    }
}

/// Items that say how far they have come.
const STATED: &[&str] = &[
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
];
