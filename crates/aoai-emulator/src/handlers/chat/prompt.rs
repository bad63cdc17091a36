//! What the messages of a chat say.

use serde_json::{Map, Value};

use super::super::prompt::{Prompt, Speaker};
use crate::text;

pub(super) fn read(body: &Map<String, Value>) -> Prompt {
    let mut prompt = Prompt::default();
    let messages = body.get("messages").and_then(Value::as_array);
    for message in messages.into_iter().flatten() {
        let speaker = match message["role"].as_str() {
            Some("user") => Speaker::User,
            Some("tool" | "function") => Speaker::Tool,
            _ => Speaker::Other,
        };
        prompt.add(speaker, said(message), extra_tokens(message));
    }
    prompt
}

fn said(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// What a message costs beside its text: calls of tools, pictures, recordings, files.
fn extra_tokens(message: &Value) -> u64 {
    let parts = message["content"].as_array().map_or(&[][..], Vec::as_slice);
    let parts = parts.iter().map(|part| match part["type"].as_str() {
        Some("image_url") if part["image_url"]["detail"] == "low" => 85,
        Some("image_url") => 765,
        Some("input_audio" | "file") => 100,
        _ => 0,
    });
    let calls = message["tool_calls"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let calls = calls.iter().map(|call| {
        let function = &call["function"];
        let count = |name: &str| text::count(function[name].as_str().unwrap_or_default());
        count("name") + count("arguments")
    });
    parts.chain(calls).sum()
}
