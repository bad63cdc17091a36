//! Answers that the service keeps.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::members::Members;
use crate::store::Kept;

/// An answer that can be read again, and gone on from.
#[derive(Clone, Debug)]
pub(crate) struct KeptAnswer {
    pub(super) id: String,
    /// The answer as it is in the end.
    pub(super) body: Members,
    /// When it was asked for, in seconds since 1970.
    pub(super) begun: u64,
    pub(super) background: bool,
    pub(super) cancelled: bool,
    /// What the model was given.
    pub(super) input: Vec<Value>,
    /// What it made of it.
    pub(super) output: Vec<Value>,
    /// The events, where they were asked for in the background.
    pub(super) events: Option<Vec<Bytes>>,
}

impl Kept for KeptAnswer {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.begun
    }

    fn is_there(&self, now: u64) -> bool {
        self.begun <= now && now < self.begun + KEPT_FOR
    }
}

impl KeptAnswer {
    /// Whether it is still being made, in the background.
    pub(super) fn is_pending(&self, now: u64) -> bool {
        self.background && !self.cancelled && now < self.begun + MADE_WITHIN
    }

    /// The answer as far as it has come.
    pub(super) fn at(&self, now: u64) -> Members {
        if self.cancelled {
            unfinished(&self.body, "cancelled")
        } else if self.is_pending(now) {
            unfinished(&self.body, "in_progress")
        } else {
            self.body.clone()
        }
    }

    /// What was given and what was made of it, the oldest first.
    pub(super) fn items(&self) -> impl Iterator<Item = &Value> {
        self.input.iter().chain(&self.output)
    }
}

/// An answer as it is before it is whole.
pub(super) fn unfinished(body: &Members, status: &str) -> Members {
    body.clone()
        .with("status", status)
        .with("completed_at", Value::Null)
        .with("content_filters", Value::Null)
        .with("incomplete_details", Value::Null)
        .with("output", json!([]))
        .with("service_tier", "auto")
        .with("usage", Value::Null)
}

/// How long the service keeps an answer, in seconds.
const KEPT_FOR: u64 = 30 * 24 * 60 * 60;

/// How long an answer takes in the background, in seconds.
const MADE_WITHIN: u64 = 2;
