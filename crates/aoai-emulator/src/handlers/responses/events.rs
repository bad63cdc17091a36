//! An answer as a stream of typed events, in the service's order.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::generated;
use super::Made;
use super::kept::unfinished;
use super::output::{Message, Output, Thought, ToolCall, summary_part};
use crate::instructions::Filter;
use crate::members::Members;
use crate::stream::{self, Dialect, Events};

impl Made<'_> {
    /// From `response.created` to the event that says how the answer ended.
    pub(super) fn events(&self, begun: &Members, whole: &Members, background: bool) -> Events {
        let mut writer = Writer {
            made: self,
            events: Vec::new(),
        };
        if background {
            let queued = unfinished(begun, "queued");
            writer.lifecycle("response.created", &queued);
            writer.lifecycle("response.queued", &queued);
        } else {
            writer.lifecycle("response.created", begun);
        }
        writer.lifecycle("response.in_progress", begun);
        for (index, output) in self.output.iter().enumerate() {
            writer.output(index, output);
        }
        let before_end = writer.events.len();
        if self.filter == Some(Filter::Late) {
            writer.taken_back(begun);
        } else {
            let kind = format!("response.{}", self.ending.status());
            writer.lifecycle(&kind, whole);
        }
        let end = writer.events.split_off(before_end);
        Events {
            prompt_filter: None,
            then: writer.events,
            end,
            dialect: Dialect::Named,
        }
    }
}

/// Writes events with their numbers.
struct Writer<'a> {
    made: &'a Made<'a>,
    events: Vec<Bytes>,
}

impl Writer<'_> {
    fn lifecycle(&mut self, kind: &str, response: &Members) {
        #[derive(Serialize)]
        struct Lifecycle<'a> {
            r#type: &'a str,
            sequence_number: usize,
            response: &'a Members,
        }
        let event = Lifecycle {
            r#type: kind,
            sequence_number: self.events.len(),
            response,
        };
        self.events.push(stream::named(kind, &event));
    }

    fn send(&mut self, kind: &str, members: impl IntoIterator<Item = (&'static str, Value)>) {
        let head = [
            ("type", json!(kind)),
            ("sequence_number", json!(self.events.len())),
        ];
        let event = Members::new(head.into_iter().chain(members));
        self.events.push(stream::named(kind, &event));
    }

    fn output(&mut self, index: usize, output: &Output) {
        match output {
            Output::Thought(thought) => self.thought(index, thought),
            Output::Message(message) => self.message(index, message),
            Output::Call(call) => self.call(index, call),
        }
        self.item("response.output_item.done", index, output.item());
    }

    fn item(&mut self, kind: &str, index: usize, item: Value) {
        self.send(kind, [("output_index", json!(index)), ("item", item)]);
    }

    fn thought(&mut self, index: usize, thought: &Thought) {
        let mut item = thought.item();
        item["summary"] = json!([]);
        self.item("response.output_item.added", index, item);
        let Some(summary) = &thought.summary else {
            return;
        };
        let place = || {
            [
                ("item_id", json!(thought.id)),
                ("output_index", json!(index)),
                ("summary_index", json!(0)),
            ]
        };
        let part = |text: &str| place().into_iter().chain([("part", summary_part(text))]);
        self.send("response.reasoning_summary_part.added", part(""));
        self.deltas(
            "response.reasoning_summary_text.delta",
            summary,
            place,
            |_| None,
        );
        let done = place().into_iter().chain([("text", json!(summary))]);
        self.send("response.reasoning_summary_text.done", done);
        self.send("response.reasoning_summary_part.done", part(summary));
    }

    fn message(&mut self, index: usize, message: &Message) {
        let item = json!({
            "id": message.id,
            "type": "message",
            "status": "in_progress",
            "content": [],
            "role": "assistant",
        });
        self.item("response.output_item.added", index, item);
        let place = || {
            [
                ("item_id", json!(message.id)),
                ("output_index", json!(index)),
                ("content_index", json!(0)),
            ]
        };
        let part = |text: &str| place().into_iter().chain([("part", message.part(text))]);
        self.send("response.content_part.added", part(""));
        let text = &message.text;
        if message.refuses {
            self.deltas("response.refusal.delta", text, place, |_| None);
            let done = place().into_iter().chain([("refusal", json!(text))]);
            self.send("response.refusal.done", done);
        } else {
            let logprobs = |text: &str| Some(("logprobs", message.logprobs(text)));
            self.deltas("response.output_text.delta", text, place, logprobs);
            let done = [("text", json!(text))].into_iter().chain(logprobs(text));
            self.send("response.output_text.done", place().into_iter().chain(done));
        }
        self.send("response.content_part.done", part(text));
    }

    fn call(&mut self, index: usize, call: &ToolCall) {
        let begun = call.item("", "in_progress");
        self.item("response.output_item.added", index, begun);
        let (kind, member) = if call.custom {
            ("response.custom_tool_call_input", "input")
        } else {
            ("response.function_call_arguments", "arguments")
        };
        let input = call.input();
        let place = || [("item_id", json!(call.id)), ("output_index", json!(index))];
        self.deltas(&format!("{kind}.delta"), &input, place, |_| None);
        let done = place().into_iter().chain([(member, json!(input))]);
        self.send(&format!("{kind}.done"), done);
    }

    /// A text piece by piece.
    fn deltas<P: IntoIterator<Item = (&'static str, Value)>>(
        &mut self,
        kind: &str,
        text: &str,
        place: impl Fn() -> P,
        beside: impl Fn(&str) -> Option<(&'static str, Value)>,
    ) {
        let pads = generated::obfuscates(self.made.call);
        for piece in generated::pieces(text, self.made.call.instructions.chunks) {
            let padding = generated::obfuscation(&self.made.id, self.events.len());
            let padding = pads.then_some(("obfuscation", padding));
            let members = place()
                .into_iter()
                .chain([("delta", json!(piece))])
                .chain(beside(&piece))
                .chain(padding);
            self.send(kind, members);
        }
    }

    /// The end of an answer that the filter kills when it is already out: first that it failed,
    /// then why.
    fn taken_back(&mut self, begun: &Members) {
        let failed = begun.clone().with("status", "failed");
        self.lifecycle("response.failed", &failed);
        let error = json!({
            "code": "content_policy_violation",
            "message": "The response was filtered due to the content management policy.",
            "param": null,
            "type": "invalid_request_error",
        });
        let number = json!(self.events.len());
        let event = Members::new([
            ("type", json!("error")),
            ("error", error),
            ("sequence_number", number),
        ]);
        self.events.push(stream::named("error", &event));
    }
}
