//! A fine-tuning job in the course of time.

use serde_json::{Value, json};

use crate::handlers::files::File;
use crate::store::{Kept, guid_id, hex_id};
use crate::text;

/// A job. How far it has come at a time follows from when it began and from when it was paused,
/// resumed and called off.
#[derive(Debug)]
pub(crate) struct Job {
    pub(super) id: String,
    pub(super) created_at: u64,
    /// The model that it begins with, as the catalogue lists it.
    pub(super) model: &'static str,
    pub(super) training_file: String,
    pub(super) validation_file: Value,
    pub(super) suffix: Value,
    pub(super) seed: u64,
    pub(super) method: Value,
    pub(super) hyperparameters: Value,
    pub(super) integrations: Value,
    pub(super) metadata: Value,
    pub(super) epochs: u64,
    pub(super) tokens: u64,
    /// What is wrong with its files.
    pub(super) error: Option<Value>,
    pub(super) pauses: Vec<Pause>,
    pub(super) cancelled_at: Option<u64>,
    pub(super) copies: Vec<Copy>,
    /// The end of the new model's name.
    mark: String,
    /// The id of the file with its metrics.
    results: String,
}

/// A time in which nothing goes on.
#[derive(Debug)]
pub(super) struct Pause {
    pub(super) at: u64,
    pub(super) resumed_at: Option<u64>,
}

/// A checkpoint on its way to another resource.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) checkpoint: String,
    pub(super) resource: String,
    pub(super) region: String,
    pub(super) at: u64,
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
    pub(super) fn new(model: &'static str, training_file: &str, now: u64) -> Self {
        Self {
            id: hex_id("ftjob-"),
            created_at: now,
            model,
            training_file: training_file.to_owned(),
            validation_file: Value::Null,
            suffix: Value::Null,
            seed: 0,
            method: Value::Null,
            hyperparameters: Value::Null,
            integrations: Value::Null,
            metadata: Value::Null,
            epochs: 3,
            tokens: 0,
            error: None,
            pauses: Vec::new(),
            cancelled_at: None,
            copies: Vec::new(),
            mark: hex_id("")[..12].to_owned(),
            results: guid_id("file-"),
        }
    }

    pub(super) fn status(&self, now: u64) -> &'static str {
        if self.cancelled_at.is_some() {
            return "cancelled";
        }
        if self.finished_at().is_some_and(|at| at <= now) {
            return if self.error.is_some() {
                "failed"
            } else {
                "succeeded"
            };
        }
        match self.pauses.last() {
            Some(Pause {
                at,
                resumed_at: None,
            }) if now < at + TURNING => return "pausing",
            Some(Pause {
                resumed_at: None, ..
            }) => return "paused",
            Some(Pause {
                resumed_at: Some(at),
                ..
            }) if now < at + TURNING => return "resuming",
            _ => {}
        }
        match self.at(QUEUED) {
            Some(at) if at <= now => "running",
            _ => "queued",
        }
    }

    /// Whether nothing more becomes of it.
    pub(super) fn is_over(&self, now: u64) -> bool {
        matches!(self.status(now), "succeeded" | "failed" | "cancelled")
    }

    pub(super) fn json(&self, now: u64) -> Value {
        let status = self.status(now);
        let finished_at = match self.cancelled_at {
            Some(at) => Some(at),
            None => self.finished_at().filter(|_| self.is_over(now)),
        };
        let succeeded = status == "succeeded";
        let results: Vec<&str> = succeeded.then_some(&*self.results).into_iter().collect();
        json!({
            "created_at": self.created_at,
            "error": self.error.as_ref().filter(|_| status == "failed"),
            "estimated_finish": self.finished_at().filter(|_| status == "running"),
            "fine_tuned_model": succeeded.then(|| self.tuned(None)),
            "finished_at": finished_at,
            "hyperparameters": self.hyperparameters,
            "id": self.id,
            "integrations": self.integrations,
            "metadata": self.metadata,
            "method": self.method,
            "model": self.model,
            "object": "fine_tuning.job",
            "organization_id": "",
            "result_files": results,
            "seed": self.seed,
            "status": status,
            "trained_tokens": succeeded.then(|| self.tokens * self.epochs),
            "training_file": self.training_file,
            "user_provided_suffix": self.suffix,
            "validation_file": self.validation_file,
        })
    }

    /// As the dated surface describes it.
    pub(super) fn dated_json(&self, now: u64) -> Value {
        let mut job = self.json(now);
        if let Some(members) = job.as_object_mut() {
            for name in ["integrations", "metadata", "method", "organization_id"] {
                members.remove(name);
            }
            let suffix = members.remove("user_provided_suffix").unwrap_or_default();
            members.insert("suffix".to_owned(), suffix);
            if self.status(now) == "queued" {
                members.insert("status".to_owned(), "pending".into());
            }
        }
        for value in job["hyperparameters"].as_object_mut().into_iter().flatten() {
            if *value.1 == "auto" {
                *value.1 = json!(-1);
            }
        }
        job
    }

    /// What has happened so far, the oldest first.
    pub(super) fn events(&self, now: u64) -> Vec<Value> {
        let mut all: Vec<(Option<u64>, String, Value)> = vec![(
            Some(self.created_at),
            "Job enqueued. Waiting for jobs ahead to complete.".to_owned(),
            Value::Null,
        )];
        let mut plain = |at: Option<u64>, message: &str| {
            all.push((at, message.to_owned(), Value::Null));
        };
        if let Some(error) = &self.error {
            let message = error["message"].as_str().unwrap_or_default();
            plain(self.finished_at(), &format!("Job failed: {message}"));
        } else {
            plain(self.at(QUEUED), "Job started.");
            plain(
                self.finished_at(),
                &format!("Completed results file: {}", self.results),
            );
            plain(self.finished_at(), "Job succeeded.");
        }
        for pause in &self.pauses {
            plain(Some(pause.at), "Job paused.");
            plain(pause.resumed_at, "Job resumed.");
        }
        plain(self.cancelled_at, "Job cancelled.");
        for (step, at) in self.steps() {
            let loss = loss(step);
            all.push((
                at,
                format!("Step {step}: training loss={loss:.2}"),
                json!({"step": step, "train_loss": loss, "train_mean_token_accuracy": 1.0 - loss / 4.0}),
            ));
            all.push((
                at,
                format!("Checkpoint created at step {step}."),
                Value::Null,
            ));
        }
        let until = self.cancelled_at.unwrap_or(now).min(now);
        all.retain(|(at, ..)| at.is_some_and(|at| at <= until));
        all.sort_by_key(|(at, ..)| *at);
        let event = |(at, message, data): (Option<u64>, String, Value)| {
            let id = text::hash(format!("{}{message}{at:?}", self.id).as_bytes());
            json!({
                "created_at": at,
                "data": data,
                "id": format!("ftevent-{id:032x}"),
                "level": if message.starts_with("Job failed") { "error" } else { "info" },
                "message": message,
                "object": "fine_tuning.job.event",
                "type": if data.is_null() { "message" } else { "metrics" },
            })
        };
        all.into_iter().map(event).collect()
    }

    /// The states of the model that can be deployed so far, the oldest first.
    pub(super) fn checkpoints(&self, now: u64) -> Vec<Value> {
        let until = self.cancelled_at.unwrap_or(now).min(now);
        let reached = self.steps().into_iter();
        let reached = reached.filter(|(_, at)| at.is_some_and(|at| at <= until));
        let checkpoint = |(step, at): (u64, Option<u64>)| {
            let loss = loss(step);
            let id = text::hash(format!("{}{step}", self.id).as_bytes());
            json!({
                "created_at": at,
                "fine_tuned_model_checkpoint": self.tuned(Some(step)),
                "fine_tuning_job_id": self.id,
                "id": format!("ftchkpt-{id:032x}"),
                "metrics": {
                    "full_valid_loss": loss + 0.125,
                    "full_valid_mean_token_accuracy": 0.875 - loss / 4.0,
                    "step": step,
                    "train_loss": loss,
                    "train_mean_token_accuracy": 1.0 - loss / 4.0,
                },
                "object": "fine_tuning.job.checkpoint",
                "step_number": step,
            })
        };
        reached.map(checkpoint).collect()
    }

    /// The file with its metrics, if it is going to succeed as it stands.
    pub(super) fn results(&self) -> Option<File> {
        if self.error.is_some() || self.cancelled_at.is_some() {
            return None;
        }
        let mut csv = vec!["step,train_loss,train_mean_token_accuracy".to_owned()];
        for (step, _) in self.steps() {
            let loss = loss(step);
            csv.push(format!("{step},{loss},{}", 1.0 - loss / 4.0));
        }
        let at = self.finished_at()?;
        let csv = csv.join("\n") + "\n";
        Some(File::made("results.csv", "fine-tune-results", csv, at).called(&self.results))
    }

    pub(super) fn results_id(&self) -> String {
        self.results.clone()
    }

    /// When it ends if nobody interferes any more; never, while it is paused.
    fn finished_at(&self) -> Option<u64> {
        match self.error {
            Some(_) => self.at(QUEUED),
            None => self.at(QUEUED + self.epochs * EPOCH),
        }
    }

    /// The last step of each epoch and when it is done.
    fn steps(&self) -> Vec<(u64, Option<u64>)> {
        if self.error.is_some() {
            return Vec::new();
        }
        let step = |epoch| (epoch * STEPS, self.at(QUEUED + epoch * EPOCH));
        (1..=self.epochs).map(step).collect()
    }

    /// The time at which it has worked for so many seconds, waiting in the queue included.
    fn at(&self, worked: u64) -> Option<u64> {
        let mut at = self.created_at + worked;
        for pause in &self.pauses {
            if pause.at < at {
                at += pause.resumed_at? + TURNING - pause.at;
            }
        }
        Some(at)
    }

    fn tuned(&self, step: Option<u64>) -> String {
        let step = step.map_or(String::new(), |step| format!(":ckpt-step-{step}"));
        match self.suffix.as_str() {
            Some(suffix) => format!("{}.ft-{}-{suffix}{step}", self.model, self.mark),
            None => format!("{}.ft-{}{step}", self.model, self.mark),
        }
    }
}

fn loss(step: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are few steps")]
    let epochs = (step / STEPS) as f64;
    2.0 / (epochs + 1.0)
}

/// Seconds in the queue.
const QUEUED: u64 = 10;

/// Seconds of each run through the examples.
const EPOCH: u64 = 20;

/// Steps of each run through the examples.
const STEPS: u64 = 100;

/// Seconds until a job has stopped, or goes on.
const TURNING: u64 = 5;
