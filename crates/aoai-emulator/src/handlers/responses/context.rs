//! What the model is given: what was said before, and what the request adds.

use serde_json::{Map, Value, json};

use super::super::prompt::{Prompt, Speaker};
use super::{KeptAnswer, items};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::text;

pub(super) struct Context {
    /// What was said before, in an earlier answer's turn or in the conversation.
    pub(super) history: Vec<Value>,
    /// What the request adds, as the service keeps it.
    pub(super) input: Vec<Value>,
    /// The conversation that the answer is added to.
    pub(super) conversation: Option<String>,
}

impl Context {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let body = &call.body;
        let conversation = match body.get("conversation") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(object) => object["id"].as_str().map(str::to_owned),
            None => None,
        };
        let history = match (text_of(body, "previous_response_id"), &conversation) {
            (Some(id), _) => previous(call, id)?,
            (None, Some(id)) => {
                let store = call.state.store();
                let found = store.conversations.get(id, call.now);
                let found = found.ok_or_else(|| Refusal::not_kept("Conversation", id))?;
                found.items.clone()
            }
            (None, None) => Vec::new(),
        };
        Ok(Self {
            history,
            input: input(call)?,
            conversation,
        })
    }

    /// All items, the oldest first.
    pub(super) fn items(&self) -> impl Iterator<Item = &Value> {
        self.history.iter().chain(&self.input)
    }

    /// What they say.
    pub(super) fn prompt(&self, body: &Map<String, Value>) -> Prompt {
        let mut prompt = Prompt::default();
        if let Some(instructions) = text_of(body, "instructions") {
            prompt.add(Speaker::Other, instructions.to_owned(), 0);
        }
        for item in self.items() {
            let speaker = match (item["type"].as_str(), item["role"].as_str()) {
                (Some("message"), Some("user")) => Speaker::User,
                (Some("function_call_output" | "custom_tool_call_output"), _) => Speaker::Tool,
                _ => Speaker::Other,
            };
            prompt.add(speaker, said(item), extra_tokens(item));
        }
        prompt
    }
}

/// What the answer before was given, and what it made of it.
fn previous(call: &Call<'_>, id: &str) -> Result<Vec<Value>, Refusal> {
    let store = call.state.store();
    let Some(before) = store.answers.get(id, call.now) else {
        return Err(Refusal::invalid(
            format!("Previous response with id '{id}' not found."),
            Some("previous_response_id"),
            Some("previous_response_not_found"),
        ));
    };
    Ok(before.items().cloned().collect())
}

fn input(call: &Call<'_>) -> Result<Vec<Value>, Refusal> {
    match call.body.get("input") {
        Some(Value::String(text)) => {
            let message = json!({"role": "user", "content": text});
            Ok(vec![items::kept(&message)])
        }
        Some(Value::Array(given)) => given.iter().map(|item| resolve(call, item)).collect(),
        _ => Ok(Vec::new()),
    }
}

/// An item as it is kept; what only names one is replaced by the one it names.
fn resolve(call: &Call<'_>, item: &Value) -> Result<Value, Refusal> {
    let names_one = match item["type"].as_str() {
        Some("item_reference") => true,
        // Thoughts that are neither sealed nor kept are nowhere.
        Some("reasoning") => item["encrypted_content"].is_null(),
        _ => false,
    };
    let (true, Some(id)) = (names_one, item["id"].as_str()) else {
        return Ok(items::kept(item));
    };
    kept(call, id).ok_or_else(|| {
        let message = format!(
            "Item with id '{id}' not found. Items are not persisted when `store` is set to false. \
             Try again with `store` set to true, or remove this item from your input."
        );
        Refusal::invalid(message, Some("input"), None)
    })
}

/// The item of this id, wherever it is kept.
fn kept(call: &Call<'_>, id: &str) -> Option<Value> {
    let store = call.state.store();
    let answers = store.answers.all(call.now).into_iter();
    let conversations = store.conversations.all(call.now).into_iter();
    let mut items = answers
        .flat_map(KeptAnswer::items)
        .chain(conversations.flat_map(|conversation| &conversation.items));
    items.find(|item| item["id"] == id).cloned()
}

/// The words of an item.
fn said(item: &Value) -> String {
    let parts = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts
                .iter()
                .filter_map(|part| part["text"].as_str().or_else(|| part["refusal"].as_str()));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    match item["type"].as_str() {
        Some("message") => parts(&item["content"]),
        _ => parts(&item["output"]),
    }
}

/// What an item costs beside its words: calls of tools, pictures, recordings, files, sealed thoughts.
fn extra_tokens(item: &Value) -> u64 {
    let parts = item["content"].as_array().map_or(&[][..], Vec::as_slice);
    let parts = parts.iter().map(|part| match part["type"].as_str() {
        Some("input_image") if part["detail"] == "low" => 85,
        Some("input_image") => 765,
        Some("input_audio" | "input_file") => 100,
        _ => 0,
    });
    let members = ["name", "arguments", "input", "encrypted_content"];
    let members = members.map(|name| text::count(item[name].as_str().unwrap_or_default()));
    parts.chain(members).sum()
}

fn text_of<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name)?.as_str()
}
