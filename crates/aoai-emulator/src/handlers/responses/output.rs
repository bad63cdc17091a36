//! The items of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::generated;
use super::super::say::{Called, Said};
use crate::route::Call;
use crate::text;

/// One thing that the model does.
pub(super) enum Output {
    Thought(Thought),
    Message(Message),
    Call(ToolCall),
}

pub(super) struct Thought {
    pub(super) id: String,
    pub(super) summary: Option<String>,
    /// The thoughts themselves, for nobody to read.
    sealed: Option<String>,
}

pub(super) struct Message {
    pub(super) id: String,
    pub(super) text: String,
    /// Whether the model declines to answer.
    pub(super) refuses: bool,
    pub(super) whole: bool,
    /// How many of the likeliest tokens to tell, where it was asked for.
    pub(super) logprobs: Option<usize>,
}

pub(super) struct ToolCall {
    pub(super) id: String,
    pub(super) call: Called,
    /// Whether the tool takes plain text.
    pub(super) custom: bool,
}

/// The items for what the model said after so many tokens of thought.
pub(super) fn of(call: &Call<'_>, said: Said, thought: u64) -> Vec<Output> {
    let mut output = Vec::new();
    if thought > 0 {
        output.push(Output::Thought(Thought::new(call)));
    }
    let refuses = said.refusal.is_some();
    let whole = said.finish != "length" && said.finish != "content_filter";
    if let Some(text) = said.refusal.or(said.text)
        && (whole || !text.is_empty())
    {
        let top = super::super::arguments::size(&call.body, "top_logprobs");
        output.push(Output::Message(Message {
            id: text::id("msg"),
            text,
            refuses,
            whole,
            logprobs: includes(call, "message.output_text.logprobs").then(|| top.unwrap_or(0)),
        }));
    }
    output.extend(said.calls.into_iter().map(|called| {
        let custom = is_custom(call, &called.name);
        Output::Call(ToolCall {
            id: text::id(if custom { "ctc" } else { "fc" }),
            call: called,
            custom,
        })
    }));
    output
}

impl Output {
    /// The item in the end.
    pub(super) fn item(&self) -> Value {
        match self {
            Self::Thought(thought) => thought.item(),
            Self::Message(message) => message.item(),
            Self::Call(call) => call.item(&call.input(), "completed"),
        }
    }
}

impl Thought {
    fn new(call: &Call<'_>) -> Self {
        let reasoning = call.body.get("reasoning").unwrap_or(&Value::Null);
        let summed = ["summary", "generate_summary"]
            .iter()
            .any(|name| !reasoning[*name].is_null());
        let sealed = includes(call, "reasoning.encrypted_content");
        Self {
            id: text::id("rs"),
            summary: summed.then(|| "The emulator has thought about it.".to_owned()),
            sealed: sealed.then(|| STANDARD.encode("The emulator's thoughts.")),
        }
    }

    pub(super) fn item(&self) -> Value {
        let summary = self.summary.iter().map(|text| summary_part(text));
        let mut item = json!({
            "id": self.id,
            "type": "reasoning",
            "summary": summary.collect::<Vec<_>>(),
        });
        if let Some(sealed) = &self.sealed {
            item["encrypted_content"] = json!(sealed);
        }
        item
    }
}

pub(super) fn summary_part(text: &str) -> Value {
    json!({"type": "summary_text", "text": text})
}

impl Message {
    fn item(&self) -> Value {
        json!({
            "id": self.id,
            "type": "message",
            "status": if self.whole { "completed" } else { "incomplete" },
            "content": [self.part(&self.text)],
            "role": "assistant",
        })
    }

    /// The message's one part, with as much of its text.
    pub(super) fn part(&self, text: &str) -> Value {
        if self.refuses {
            return json!({"type": "refusal", "refusal": text});
        }
        json!({
            "type": "output_text",
            "annotations": [],
            "logprobs": self.logprobs(text),
            "text": text,
        })
    }

    pub(super) fn logprobs(&self, text: &str) -> Value {
        let told = self.logprobs.map(|most| generated::logprobs(text, most));
        json!(told.unwrap_or_default())
    }
}

impl ToolCall {
    /// What the tool is called with, in its own form.
    pub(super) fn input(&self) -> String {
        let arguments = &self.call.arguments;
        if !self.custom {
            return arguments.clone();
        }
        let members: Map<String, Value> = serde_json::from_str(arguments).unwrap_or_default();
        match members.get("input") {
            Some(Value::String(text)) if members.len() == 1 => text.clone(),
            _ if members.is_empty() => String::new(),
            _ => arguments.clone(),
        }
    }

    /// The item with this much of its input.
    pub(super) fn item(&self, input: &str, status: &str) -> Value {
        let (kind, member) = if self.custom {
            ("custom_tool_call", "input")
        } else {
            ("function_call", "arguments")
        };
        let mut item = json!({
            "id": self.id,
            "type": kind,
            "status": status,
            "call_id": self.call.id,
            "name": self.call.name,
        });
        item[member] = json!(input);
        item
    }
}

fn includes(call: &Call<'_>, what: &str) -> bool {
    let include = call.body.get("include").and_then(Value::as_array);
    include.is_some_and(|include| include.iter().any(|it| it == what))
}

fn is_custom(call: &Call<'_>, name: &str) -> bool {
    let tools = call.body.get("tools").and_then(Value::as_array);
    let mut tools = tools.into_iter().flatten();
    tools.any(|tool| tool["type"] == "custom" && tool["name"] == name)
}
