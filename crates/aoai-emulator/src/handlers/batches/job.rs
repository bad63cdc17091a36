//! A batch in the course of time.

use std::time::Duration;

use serde_json::{Value, json};

use super::lines::{Answered, Lines};
use crate::handlers::files::File;
use crate::route::Call;
use crate::store::{Kept, guid_id};

/// What a batch reads.
pub(super) enum Input {
    File { id: String, lines: Lines },
    Blob { input: String, folder: String },
}

/// A batch. What has become of it at a time follows from when it began, from how long its requests
/// take, and from whether it was called off.
#[derive(Debug)]
pub(crate) struct Job {
    id: String,
    created_at: u64,
    endpoint: String,
    metadata: Value,
    output_expires_after: Option<Value>,
    source: Source,
    deployment: Option<String>,
    tokens: u64,
    errors: Vec<Value>,
    answered: Vec<Answered>,
    /// How long so many requests take.
    pace: (Duration, usize),
    cancelling_at: Option<u64>,
    /// The ids of the files that it leaves behind.
    output: String,
    error: String,
}

#[derive(Debug)]
enum Source {
    File(String),
    Blob {
        input: String,
        output: String,
        error: String,
    },
}

impl Kept for Job {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Job {
    pub(super) fn begin(call: &Call<'_>, input: Input, endpoint: &str) -> Self {
        let mut job = Self {
            id: guid_id("batch_"),
            created_at: call.now,
            endpoint: endpoint.to_owned(),
            metadata: call.body.get("metadata").cloned().unwrap_or_default(),
            output_expires_after: call.body.get("output_expires_after").cloned(),
            source: Source::File(String::new()),
            deployment: None,
            tokens: 0,
            errors: Vec::new(),
            answered: Vec::new(),
            pace: (Duration::ZERO, 1),
            cancelling_at: None,
            output: guid_id("file-"),
            error: guid_id("file-"),
        };
        match input {
            Input::File { id, lines } => {
                job.source = Source::File(id);
                job.errors = lines.errors(call, endpoint);
                job.tokens = lines.tokens();
                job.deployment = lines.deployment().map(str::to_owned);
                if job.errors.is_empty() {
                    job.answered = lines.answer(call);
                }
            }
            // The emulator reaches no storage: a batch of a blob has no requests.
            Input::Blob { input, folder } => {
                let folder = folder.trim_end_matches('/').to_owned();
                job.source = Source::Blob {
                    input,
                    output: format!("{folder}/{}/results.jsonl", job.id),
                    error: format!("{folder}/{}/errors.jsonl", job.id),
                };
            }
        }
        let deployments = &call.state.config.deployments;
        let deployment = job
            .deployment
            .as_deref()
            .and_then(|name| deployments.get(name));
        let slow = deployment.and_then(|deployment| deployment.pace);
        let usual = (WORKING, job.answered.len().max(1));
        job.pace = slow.map_or(usual, |pace| (pace, 1));
        job
    }

    pub(super) fn deployment(&self) -> Option<&str> {
        self.deployment.as_deref()
    }

    pub(super) fn tokens(&self) -> u64 {
        self.tokens
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelling_at.is_some()
    }

    pub(super) fn cancel(&mut self, now: u64) {
        self.cancelling_at = Some(now);
        self.output = guid_id("file-");
        self.error = guid_id("file-");
    }

    /// Whether nothing more becomes of it.
    pub(super) fn is_over(&self, now: u64) -> bool {
        self.end().1 <= now
    }

    pub(super) fn status(&self, now: u64) -> &'static str {
        let (status, at) = self.end();
        match self.cancelling_at {
            _ if at <= now => status,
            Some(_) => "cancelling",
            None if now < self.in_progress_at() => "validating",
            None if status == "completed" && self.worked_at() <= now => "finalizing",
            None => "in_progress",
        }
    }

    pub(super) fn json(&self, now: u64) -> Value {
        let (end, at) = self.end();
        let past = |at: u64| (at <= now && at <= self.halt()).then_some(at);
        let ended = |status: &str| (end == status && at <= now).then_some(at);
        let failed = ended("failed").is_some();
        let has_results = at <= now && end != "failed";
        let file = |id: &String| has_results.then(|| id.clone());
        let begun = (!failed).then(|| past(self.in_progress_at())).flatten();
        let errors = json!({"data": self.errors, "object": "list"});
        let mut job = json!({
            "cancelled_at": ended("cancelled"),
            "cancelling_at": self.cancelling_at,
            "completed_at": ended("completed"),
            "completion_window": "24h",
            "created_at": self.created_at,
            "endpoint": self.endpoint,
            "error_file_id": file(&self.error),
            "errors": failed.then_some(errors),
            "expired_at": ended("expired"),
            "expires_at": self.expires_at(),
            "failed_at": ended("failed"),
            "finalizing_at": begun.and_then(|_| past(self.worked_at())),
            "id": self.id,
            "in_progress_at": begun,
            "metadata": self.metadata,
            "object": "batch",
            "output_file_id": file(&self.output),
            "request_counts": self.counts(now),
            "status": self.status(now),
        });
        match &self.source {
            Source::File(id) => job["input_file_id"] = id.as_str().into(),
            Source::Blob {
                input,
                output,
                error,
            } => {
                for name in ["input_file_id", "output_file_id", "error_file_id"] {
                    job[name] = Value::Null;
                }
                job["input_blob"] = input.as_str().into();
                job["output_blob"] = json!(has_results.then_some(output));
                job["error_blob"] = json!(has_results.then_some(error));
            }
        }
        job
    }

    /// The files that it leaves behind at its end, on the way it is going now.
    pub(super) fn results(&self) -> Vec<File> {
        let (end, at) = self.end();
        if end == "failed" || matches!(self.source, Source::Blob { .. }) {
            return Vec::new();
        }
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        for (place, answered) in self.answered.iter().enumerate() {
            match self.done_at(place) <= self.halt() {
                true if answered.succeeded => output.push(answered.line.clone()),
                true => errors.push(answered.line.clone()),
                false => errors.push(match end {
                    "cancelled" => answered.undone(
                        "batch_cancelled",
                        "This request was not executed because the batch was cancelled.",
                    ),
                    _ => answered.undone(
                        "batch_expired",
                        "This request could not be executed before the completion window expired.",
                    ),
                }),
            }
        }
        // As from the service, the order is not that of the requests.
        output.reverse();
        let file = |id: &str, name: &str, lines: &[String]| {
            let mut content = String::new();
            for line in lines {
                content.push_str(line);
                content.push('\n');
            }
            let name = format!("{}_{name}.jsonl", self.id);
            File::made(&name, "batch_output", content, at)
                .called(id)
                .expiring(self.output_expires_after.as_ref())
        };
        vec![
            file(&self.output, "output", &output),
            file(&self.error, "error", &errors),
        ]
    }

    fn counts(&self, now: u64) -> Value {
        if now < self.in_progress_at() {
            return json!({"completed": null, "failed": null, "total": null});
        }
        let until = now.min(self.halt());
        let done = self.answered.iter().enumerate();
        let done = done.filter(|(place, _)| self.done_at(*place) <= until);
        let (completed, failed): (Vec<_>, Vec<_>) =
            done.partition(|(_, answered)| answered.succeeded);
        json!({
            "completed": completed.len(),
            "failed": failed.len(),
            "total": self.answered.len(),
        })
    }

    /// How it ends and when, on the way it is going now.
    fn end(&self) -> (&'static str, u64) {
        if let Some(at) = self.cancelling_at {
            return ("cancelled", at + CANCELLING);
        }
        if !self.errors.is_empty() {
            return ("failed", self.in_progress_at());
        }
        match self.worked_at().saturating_add(FINALIZING) {
            completed if completed <= self.expires_at() => ("completed", completed),
            _ => ("expired", self.expires_at()),
        }
    }

    /// After this no more requests are answered.
    fn halt(&self) -> u64 {
        self.cancelling_at.unwrap_or(self.expires_at())
    }

    fn in_progress_at(&self) -> u64 {
        self.created_at + VALIDATING
    }

    fn done_at(&self, place: usize) -> u64 {
        // In whole numbers: a rest that is none would be rounded up to a second.
        let (span, requests) = self.pace;
        let after = span.as_nanos() * (place as u128 + 1);
        let after = after.div_ceil(requests as u128 * Duration::from_secs(1).as_nanos());
        let after = u64::try_from(after).unwrap_or(u64::MAX);
        self.in_progress_at().saturating_add(after)
    }

    /// When all its requests are answered.
    fn worked_at(&self) -> u64 {
        match self.answered.len() {
            0 => self.in_progress_at(),
            all => self.done_at(all - 1),
        }
    }

    fn expires_at(&self) -> u64 {
        self.created_at + 24 * 60 * 60
    }
}

/// Seconds until a batch's input is read.
const VALIDATING: u64 = 10;

/// How long it takes to answer all requests, where the deployment does not say how long one takes.
const WORKING: Duration = Duration::from_secs(20);

/// Seconds until the answers are written.
const FINALIZING: u64 = 10;

/// Seconds until a batch that is called off has stopped.
const CANCELLING: u64 = 10;
