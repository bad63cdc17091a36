//! A chat as a stream of events, in the service's order.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::arguments::include_usage;
use super::super::generated;
use super::super::say::{Called, Said};
use super::{Chat, FINGERPRINT};
use crate::filter;
use crate::instructions::Filter;
use crate::stream::{self, Dialect, Events, event};

impl Chat<'_> {
    /// First what the filter says of the prompt, then for each choice its role, its pieces and its
    /// end, then the usage.
    pub(super) fn events(&self) -> Events {
        let mut pieces: Vec<Vec<Value>> = Vec::with_capacity(self.said.len());
        for (index, said) in self.said.iter().enumerate() {
            pieces.push(self.deltas(index, said));
        }
        let mut events = Vec::new();
        // Choices are generated side by side, so their pieces come in turns.
        let longest = pieces.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..longest {
            for choice in pieces.iter().filter_map(|pieces| pieces.get(at)) {
                events.push(self.chunk(&json!([choice]), &Value::Null, events.len()));
            }
        }
        for (index, said) in self.said.iter().enumerate() {
            events.extend(self.afterwards(index, said));
        }
        if include_usage(&self.call.body) {
            events.push(self.chunk(&json!([]), &self.usage, events.len()));
        }
        let results = generated::prompt_filter_results(self.call, self.filter, 1);
        Events {
            prompt_filter: generated::prompt_filter_event(results),
            then: events,
            end: stream::done(),
            dialect: Dialect::Data,
        }
    }

    /// The choice's pieces from role to end.
    fn deltas(&self, index: usize, said: &Said) -> Vec<Value> {
        let mut pieces = vec![self.piece(index, &opening(said), None, "")];
        for text in said.text.iter().flat_map(|text| self.texts(text)) {
            pieces.push(self.piece(index, &json!({"content": text}), None, &text));
        }
        for text in said.refusal.iter().flat_map(|text| self.texts(text)) {
            pieces.push(self.piece(index, &json!({"refusal": text}), None, ""));
        }
        for (position, call) in said.calls.iter().enumerate() {
            for delta in call_deltas(call, position, said.legacy) {
                pieces.push(self.piece(index, &delta, None, ""));
            }
        }
        if self.filter != Some(Filter::Late) {
            pieces.push(self.piece(index, &json!({}), Some(said.finish), ""));
        }
        pieces
    }

    fn texts(&self, text: &str) -> Vec<String> {
        generated::pieces(text, self.call.instructions.chunks)
    }

    /// What an asynchronous filter says when the text is out, under nobody's id.
    fn afterwards(&self, index: usize, said: &Said) -> Vec<Bytes> {
        let end = said.tokens * 4;
        let annotation = |results: Value, finish: Option<&str>| {
            event(&json!({
                "choices": [{
                    "content_filter_offsets": {
                        "check_offset": end,
                        "end_offset": end,
                        "start_offset": 0,
                    },
                    "content_filter_results": results,
                    "finish_reason": finish,
                    "index": index,
                }],
                "created": 0,
                "id": "",
                "model": "",
                "object": "",
            }))
        };
        match self.filter {
            Some(Filter::Async) => vec![annotation(filter::answer_passes(), None)],
            Some(Filter::Late) => vec![
                annotation(filter::answer_passes(), None),
                annotation(filter::taken_back(), Some("content_filter")),
            ],
            _ => Vec::new(),
        }
    }

    fn piece(&self, index: usize, delta: &Value, finish: Option<&str>, text: &str) -> Value {
        let logprobs = if text.is_empty() {
            Value::Null
        } else {
            self.logprobs(text)
        };
        let mut choice = json!({
            "delta": delta,
            "finish_reason": finish,
            "index": index,
            "logprobs": logprobs,
        });
        match self.filter {
            Some(Filter::Async | Filter::Late) => {}
            // Nothing to judge in a role, or in the end of an answer that passed.
            None | Some(Filter::Answer | Filter::Prompt)
                if text.is_empty() && finish != Some("content_filter") =>
            {
                choice["content_filter_results"] = json!({});
            }
            filter => generated::judge(&mut choice, filter),
        }
        choice
    }

    fn chunk(&self, choices: &Value, usage: &Value, number: usize) -> Bytes {
        let mut chunk = json!({
            "choices": choices,
            "created": self.created,
            "id": self.id,
            "model": self.model,
            "object": "chat.completion.chunk",
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
        });
        if generated::obfuscates(self.call) {
            chunk["obfuscation"] = generated::obfuscation(&self.id, number);
        }
        if include_usage(&self.call.body) {
            chunk["usage"] = usage.clone();
        }
        event(&chunk)
    }
}

/// The first delta: who speaks.
fn opening(said: &Said) -> Value {
    let content = said.calls.is_empty().then_some("");
    json!({"content": content, "refusal": null, "role": "assistant"})
}

/// The deltas of a call: first its name, then its arguments in pieces.
fn call_deltas(call: &Called, position: usize, legacy: bool) -> Vec<Value> {
    let named = json!({"arguments": "", "name": call.name});
    let pieces = generated::pieces(&call.arguments, None);
    if legacy {
        let piece = |piece| json!({"function_call": {"arguments": piece}});
        let first = json!({"function_call": named});
        return std::iter::once(first)
            .chain(pieces.into_iter().map(piece))
            .collect();
    }
    let first = json!({
        "tool_calls": [{"function": named, "id": call.id, "index": position, "type": "function"}],
    });
    let piece =
        |piece| json!({"tool_calls": [{"function": {"arguments": piece}, "index": position}]});
    std::iter::once(first)
        .chain(pieces.into_iter().map(piece))
        .collect()
}
