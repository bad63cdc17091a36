//! What a step's call came to: the one document that expectations, polls and saves speak about.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

mod operation;
pub(crate) mod outline;
pub(crate) mod shape;

pub use self::outline::OutlineDifference;

/// The result of one call.
///
/// Times are in milliseconds. What there is none of is absent from the JSON.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct StepResult {
    /// The status of the last HTTP response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body: decoded if it is JSON, else text; absent for a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// What the client reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// The answer's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish: Option<String>,
    /// What the model says where it declines to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The tools that the model wants called.
    pub tools: Vec<ToolCall>,
    /// What the content filter found.
    pub filter: Filter,
    /// Tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What it cost in US dollars, where the profile has prices for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The stream, where the answer was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Stream>,
    /// How long it took.
    pub time: Times,
    /// The HTTP attempts, in order.
    pub attempts: Vec<Attempt>,
    /// The last request as it left the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// What authenticated the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// What the wire types lose of the answer, or make of it.
    pub drift: Vec<Drift>,
}

impl StepResult {
    /// The document as JSON.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The answer's text, empty where there is none.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Whether the wire types lose something of the answer.
    pub(crate) fn drifts(&self) -> bool {
        !self.drift.is_empty()
    }

    /// The service's ids of the last response, for its support.
    pub fn request_ids(&self) -> impl Iterator<Item = (&str, &str)> {
        ["apim-request-id", "x-request-id"]
            .into_iter()
            .filter_map(|name| Some((name, self.headers.get(name)?.as_str())))
    }
}

/// What the client reported instead of an answer.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The client's classification: `rate_limit`, `content_filter`, ….
    pub kind: String,
    /// The service's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The service's message, or the client's where there was no service.
    pub message: String,
    /// The parameter that the service complains about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// How long the service asks to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// The client's error as a program would log it, to be looked at for secrets.
    #[serde(skip)]
    pub(crate) debug: String,
}

/// A tool that the model wants called.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// The tool's name.
    pub name: String,
    /// Its arguments, decoded; as text where they are not JSON.
    pub arguments: Value,
    /// The call's id.
    pub id: String,
    /// Whether the arguments fit the schema that the request gave for the tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
}

/// What the content filter found.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Filter {
    /// In the prompt.
    pub prompt: Vec<Finding>,
    /// In the answer.
    pub answer: Vec<Finding>,
}

/// What the content filter found in one category.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The category.
    pub category: String,
    /// Whether the filter acted.
    pub filtered: bool,
    /// Whether it was there, for categories that are only detected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<bool>,
    /// How severe it was, for categories that are graded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// Tokens that a call cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the input.
    pub prompt: u64,
    /// Tokens of the answer.
    pub completion: u64,
    /// Both.
    pub total: u64,
    /// Those of the input that came from the cache.
    pub cached: u64,
    /// Those of the answer that the model spent on reasoning.
    pub reasoning: u64,
}

/// A streamed answer.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Stream {
    /// Its events, decoded.
    pub events: Vec<Value>,
    /// The names of the events that have one.
    pub types: Vec<String>,
    /// How many events there were.
    pub count: usize,
    /// Whether it came to its proper end.
    pub done: bool,
    /// When each event came, in milliseconds from the beginning of the call; for reports.
    #[serde(skip)]
    pub times: Vec<f64>,
}

/// How long a call took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Times {
    /// From its beginning to its end.
    pub total: f64,
    /// From its beginning to the first piece of text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<f64>,
    /// The longest silence between two events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
}

/// One HTTP attempt.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long the client waited before it, in milliseconds.
    pub waited: f64,
    /// Why it was not the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What authenticated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
}

/// A request as it left the process; credentials are masked by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Sent {
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its query, decoded; a parameter that stands there repeatedly has a list of its values.
    pub query: Map<String, Value>,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body: decoded if it is JSON, else text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// What authenticated a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Auth {
    /// `key` or `entra`.
    pub kind: String,
    /// `local`, `network` or `cache`.
    pub source: String,
    /// Whom it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The version that its keeper gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A place where a wire type says something else than the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// Where in the answer, or in an event of its stream: `choices.0.message.content`.
    pub path: String,
    /// `lost`, `changed`, `added`, or `refused` where the type cannot read it.
    pub kind: String,
}
