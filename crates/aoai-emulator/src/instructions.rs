//! What a test tells the emulator to answer to one of its calls.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::faults::Fault;

/// What the emulator answers to the call whose `x-ms-client-request-id` names them.
///
/// In a spec these are the words of a step's `emulator`:
///
/// ```
/// let instructions: aoai_emulator::Instructions = serde_json::from_value(serde_json::json!({
///     "reply": "Paris",
///     "latency": "20ms",
///     "faults": [{"status": 429, "headers": {"retry-after": 1}}],
/// }))?;
/// assert_eq!(instructions.reply.as_deref(), Some("Paris"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Instructions {
    /// The text of the answer.
    pub reply: Option<String>,
    /// What the model says in place of an answer, declining to give one.
    pub refusal: Option<String>,
    /// The tools that the answer calls, in place of a text.
    pub tools: Vec<ToolCall>,
    /// What the content filter does.
    pub filter: Option<Filter>,
    /// How long the answer takes to begin.
    #[serde(deserialize_with = "crate::duration::deserialize")]
    pub latency: Option<Duration>,
    /// In how many pieces a stream carries the text; one for each token where it is not said.
    pub chunks: Option<usize>,
    /// What goes wrong: the first attempt meets the first of them, the second the next, and so on.
    pub faults: Vec<Fault>,
}

impl Instructions {
    /// Answer with this text.
    pub fn reply(text: impl Into<String>) -> Self {
        Self {
            reply: Some(text.into()),
            ..Self::default()
        }
    }

    /// Meet these faults, one an attempt.
    pub fn faults(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            faults: faults.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A call of a tool that the answer makes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ToolCall {
    /// The tool.
    pub name: String,
    /// What it is called with.
    #[serde(default)]
    pub arguments: Map<String, Value>,
}

impl ToolCall {
    /// Calls `name` with `arguments`.
    pub fn new(name: impl Into<String>, arguments: Map<String, Value>) -> Self {
        Self {
            name: name.into(),
            arguments,
        }
    }
}

/// What the content filter does to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Filter {
    /// Refuses the prompt: 400.
    Prompt,
    /// Cuts the answer off where it offends.
    Answer,
    /// Works beside the stream, and lets the answer pass.
    Async,
    /// Works beside the stream, and takes the answer back when it is already out.
    Late,
    /// Is out of order: the answer comes unfiltered and says so.
    Down,
    /// Does not run, and says nothing.
    Off,
}
