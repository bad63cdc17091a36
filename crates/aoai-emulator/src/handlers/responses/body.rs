//! The object that tells of an answer, from its beginning to its end.

use serde_json::{Value, json};

use super::super::say::Said;
use super::Made;
use super::output::Output;
use crate::catalog::Serves;
use crate::filter;
use crate::instructions::Filter;
use crate::members::Members;
use crate::route::Served;

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Completed,
    /// Broken off, for this reason.
    Incomplete(&'static str),
}

impl Ending {
    pub(super) fn of(said: &Said) -> Self {
        match said.finish {
            "length" => Self::Incomplete("max_output_tokens"),
            "content_filter" => Self::Incomplete("content_filter"),
            _ => Self::Completed,
        }
    }

    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Incomplete(_) => "incomplete",
        }
    }
}

impl Made<'_> {
    /// The answer when it has been begun: mostly what the request said, or what holds without it.
    pub(super) fn begun(&self, served: &Served<'_>, conversation: Option<&str>) -> Members {
        let body = &self.call.body;
        let given = |name: &str| body.get(name).cloned().unwrap_or_default();
        let or = |name: &str, default: Value| match given(name) {
            Value::Null => default,
            given => given,
        };
        let begun = Members::new([
            ("id", json!(self.id)),
            ("object", json!("response")),
            ("created_at", json!(self.created)),
            ("status", json!("in_progress")),
            ("background", or("background", json!(false))),
            ("completed_at", Value::Null),
            ("content_filters", Value::Null),
            ("error", Value::Null),
            ("frequency_penalty", json!(0.0)),
            ("incomplete_details", Value::Null),
            ("instructions", given("instructions")),
            ("max_output_tokens", given("max_output_tokens")),
            ("max_tool_calls", given("max_tool_calls")),
            ("model", json!(served.model.name)),
            ("output", json!([])),
            (
                "parallel_tool_calls",
                or("parallel_tool_calls", json!(true)),
            ),
            ("presence_penalty", json!(0.0)),
            ("previous_response_id", given("previous_response_id")),
            ("prompt_cache_key", given("prompt_cache_key")),
            ("prompt_cache_retention", given("prompt_cache_retention")),
            ("reasoning", reasoning(&given("reasoning"), served)),
            ("safety_identifier", given("safety_identifier")),
            ("service_tier", json!("auto")),
            ("store", or("store", json!(true))),
            ("temperature", or("temperature", json!(1.0))),
            ("text", text_settings(given("text"))),
            ("tool_choice", or("tool_choice", json!("auto"))),
            ("tools", tools(given("tools"))),
            ("top_logprobs", or("top_logprobs", json!(0))),
            ("top_p", or("top_p", json!(1.0))),
            ("truncation", or("truncation", json!("disabled"))),
            ("usage", Value::Null),
            ("user", given("user")),
            ("metadata", or("metadata", json!({}))),
        ]);
        match conversation {
            None => begun,
            Some(id) => begun.with("conversation", json!({"id": id})),
        }
    }

    /// The answer in the end.
    pub(super) fn whole(&self, begun: &Members) -> Members {
        let items: Vec<Value> = self.output.iter().map(Output::item).collect();
        let reason = match self.ending {
            Ending::Completed => Value::Null,
            Ending::Incomplete(reason) => json!({"reason": reason}),
        };
        let completed_at = match self.ending {
            Ending::Completed => json!(self.created),
            Ending::Incomplete(_) => Value::Null,
        };
        begun
            .clone()
            .with("status", self.ending.status())
            .with("completed_at", completed_at)
            .with("content_filters", self.content_filters())
            .with("incomplete_details", reason)
            .with("output", items)
            .with("service_tier", "default")
            .with("usage", self.usage())
    }

    fn content_filters(&self) -> Value {
        let cut = self.ending == Ending::Incomplete("content_filter");
        let (prompt, answer) = match self.filter {
            Some(Filter::Off) => return Value::Null,
            Some(Filter::Down) => (filter::out_of_order(), filter::out_of_order()),
            _ if cut => (filter::prompt_passes(), filter::answer_cut()),
            _ => (filter::prompt_passes(), filter::answer_passes()),
        };
        let length = self.output.iter().map(|output| match output {
            Output::Message(message) => message.text.chars().count(),
            _ => 0,
        });
        json!([
            content_filter("prompt", false, &prompt, self.prompt_length),
            content_filter("completion", cut, &answer, length.sum()),
        ])
    }

    fn usage(&self) -> Value {
        json!({
            "input_tokens": self.prompt_tokens,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": self.tokens,
            "output_tokens_details": {"reasoning_tokens": self.thought},
            "total_tokens": self.prompt_tokens + self.tokens,
        })
    }
}

/// What the filter found in a stretch of text.
pub(super) fn content_filter(source: &str, blocked: bool, results: &Value, length: usize) -> Value {
    json!({
        "blocked": blocked,
        "source_type": source,
        "content_filter_raw": [],
        "content_filter_results": results,
        "content_filter_offsets": {"start_offset": 0, "end_offset": length, "check_offset": 0},
    })
}

fn reasoning(given: &Value, served: &Served<'_>) -> Value {
    let effort = match (&given["effort"], served.model.serves) {
        (Value::Null, Serves::Reasoning) => json!("medium"),
        (effort, _) => effort.clone(),
    };
    json!({"effort": effort, "summary": given["summary"]})
}

fn text_settings(mut given: Value) -> Value {
    if given.is_null() {
        given = json!({});
    }
    if given["format"].is_null() {
        given["format"] = json!({"type": "text"});
    }
    if given["verbosity"].is_null() {
        given["verbosity"] = json!("medium");
    }
    given
}

/// The tools, with what holds for functions that do not say it.
fn tools(mut given: Value) -> Value {
    for tool in given.as_array_mut().into_iter().flatten() {
        if tool["type"] == "function" {
            if tool["description"].is_null() {
                tool["description"] = Value::Null;
            }
            if tool["strict"].is_null() {
                tool["strict"] = json!(true);
            }
        }
    }
    match given {
        Value::Null => json!([]),
        given => given,
    }
}
