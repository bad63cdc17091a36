//! What a conversation says, and how many tokens that is.

use serde_json::{Map, Value};

use crate::text;

/// A conversation as far as the answer depends on it.
pub(super) struct Prompt {
    /// Everything that is said in it.
    pub(super) text: String,
    pub(super) tokens: u64,
    /// What the user said last.
    pub(super) user: String,
    /// What a tool has answered since.
    pub(super) tool: Option<String>,
}

impl Prompt {
    pub(super) fn read(body: &Map<String, Value>) -> Self {
        let mut prompt = Self {
            text: String::new(),
            tokens: 0,
            user: String::new(),
            tool: None,
        };
        let messages = body.get("messages").and_then(Value::as_array);
        for message in messages.into_iter().flatten() {
            let said = said(message);
            prompt.tokens += text::count(&said) + extra_tokens(message);
            prompt.text.push_str(&said);
            prompt.text.push('\n');
            match message["role"].as_str() {
                Some("user") => {
                    prompt.user = said;
                    prompt.tool = None;
                }
                Some("tool" | "function") => prompt.tool = Some(said),
                _ => {}
            }
        }
        prompt
    }
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
