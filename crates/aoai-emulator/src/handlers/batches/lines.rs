//! The lines of a batch's input.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::route::{self, Call};
use crate::text;

/// What a batch's input file holds.
#[derive(Debug, Default)]
pub(super) struct Lines {
    requests: Vec<Request>,
    /// Lines that are no requests, by number.
    broken: Vec<usize>,
    /// Whether there was nothing at all.
    empty: bool,
}

/// A line that is a request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The line's number, from 1.
    number: usize,
    pub(super) custom_id: String,
    url: String,
    body: Map<String, Value>,
}

/// What a request came to.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) custom_id: String,
    /// Whether its answer goes into the output file.
    pub(super) succeeded: bool,
    /// The line of the file that it goes into.
    pub(super) line: String,
}

impl Lines {
    pub(super) fn read(content: &[u8]) -> Self {
        let mut lines = Self {
            empty: content.trim_ascii().is_empty(),
            ..Self::default()
        };
        for (at, line) in content.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match Request::read(at + 1, line) {
                Some(request) => lines.requests.push(request),
                None => lines.broken.push(at + 1),
            }
        }
        lines
    }

    /// How many tokens the requests have.
    pub(super) fn tokens(&self) -> u64 {
        let tokens =
            |request: &Request| text::count(&Value::from(request.body.clone()).to_string());
        self.requests.iter().map(tokens).sum()
    }

    /// The deployment that the first of them is for; all must be for the same.
    pub(super) fn deployment(&self) -> Option<&str> {
        self.requests.first()?.model()
    }

    /// What is wrong with them, as the batch tells it.
    pub(super) fn errors(&self, call: &Call<'_>, endpoint: &str) -> Vec<Value> {
        let error = |code: &str, message: String, line: Option<usize>| json!({"code": code, "line": line, "message": message, "param": null});
        if self.empty {
            return vec![error(
                "empty_file",
                "The input file is empty.".to_owned(),
                None,
            )];
        }
        let mut errors = Vec::new();
        for line in &self.broken {
            let message = "This line is not a valid request in JSON.".to_owned();
            errors.push(error("invalid_json_line", message, Some(*line)));
        }
        if self.requests.len() > MOST {
            let message = format!("The input file has more than {MOST} requests.");
            return vec![error("too_many_tasks", message, None)];
        }
        let mut seen = HashSet::new();
        for request in &self.requests {
            let line = Some(request.number);
            if !seen.insert(&request.custom_id) {
                let message = format!("The custom_id '{}' is used twice.", request.custom_id);
                errors.push(error("duplicate_custom_id", message, line));
            }
            if path(&request.url) != path(endpoint) {
                let message = format!(
                    "The URL '{}' does not match the batch's endpoint '{endpoint}'.",
                    request.url
                );
                errors.push(error("url_mismatch", message, line));
            }
            let model = request.model().unwrap_or_default();
            let deployment = call.state.config.deployments.get(model);
            if !deployment.is_some_and(|it| BATCH_SKUS.contains(&&*it.sku)) {
                let message = format!("There is no batch deployment '{model}'.");
                errors.push(error("model_not_found", message, line));
            } else if self.deployment() != Some(model) {
                let message = "All requests must be for the same deployment.".to_owned();
                errors.push(error("model_mismatch", message, line));
            }
        }
        errors
    }

    /// Has each of them answered as if it had been sent alone.
    pub(super) fn answer(&self, call: &Call<'_>) -> Vec<Answered> {
        let answer = |request: &Request| {
            let (status, body) = route::inner(call, path(&request.url), request.body.clone());
            let line = json!({
                "custom_id": request.custom_id,
                "error": null,
                "response": {"body": body, "request_id": text::guid(), "status_code": status},
            });
            Answered {
                custom_id: request.custom_id.clone(),
                succeeded: status == 200,
                line: line.to_string(),
            }
        };
        self.requests.iter().map(answer).collect()
    }
}

impl Request {
    fn read(number: usize, line: &[u8]) -> Option<Self> {
        let mut line: Map<String, Value> = serde_json::from_slice(line).ok()?;
        let text = |name: &str| Some(line.get(name)?.as_str()?.to_owned());
        let (custom_id, method, url) = (text("custom_id")?, text("method")?, text("url")?);
        let Some(Value::Object(body)) = line.remove("body") else {
            return None;
        };
        (method == "POST").then_some(Self {
            number,
            custom_id,
            url,
            body,
        })
    }

    fn model(&self) -> Option<&str> {
        self.body.get("model").and_then(Value::as_str)
    }
}

impl Answered {
    /// What is told of a request that came to nothing before its batch ended.
    pub(super) fn undone(&self, code: &str, message: &str) -> String {
        let error = json!({"code": code, "message": message});
        json!({"custom_id": self.custom_id, "error": error, "response": null}).to_string()
    }
}

/// `/chat/completions`, however it is written.
fn path(url: &str) -> &str {
    url.strip_prefix("/v1").unwrap_or(url)
}

/// The most requests that a file may have.
const MOST: usize = 100_000;

/// The kinds of deployments that answer batches.
const BATCH_SKUS: &[&str] = &["GlobalBatch", "DataZoneBatch"];
