//! The answers and conversations that the service keeps.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::members::Members;
use crate::state::locked;

/// What is kept, by its id.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    answers: Mutex<HashMap<String, KeptAnswer>>,
    conversations: Mutex<HashMap<String, Conversation>>,
}

/// An answer that can be read again, and gone on from.
#[derive(Clone, Debug)]
pub(crate) struct KeptAnswer {
    /// The answer as it is in the end.
    pub(crate) body: Members,
    /// When it was asked for, in seconds since 1970.
    pub(crate) begun: u64,
    pub(crate) background: bool,
    pub(crate) cancelled: bool,
    /// What the model was given.
    pub(crate) input: Vec<Value>,
    /// What it made of it.
    pub(crate) output: Vec<Value>,
    /// The events, where they were asked for in the background.
    pub(crate) events: Option<Vec<Bytes>>,
}

/// A list of items that answers add to.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) id: String,
    pub(crate) created: u64,
    pub(crate) metadata: Value,
    pub(crate) items: Vec<Value>,
}

impl Kept {
    pub(crate) fn keep(&self, id: &str, answer: KeptAnswer) {
        locked(&self.answers).insert(id.to_owned(), answer);
    }

    /// The answer of this id, unless it was too long ago.
    pub(crate) fn answer(&self, id: &str, now: u64) -> Option<KeptAnswer> {
        let answers = locked(&self.answers);
        let answer = answers.get(id)?;
        (answer.age(now) < KEPT_FOR).then(|| answer.clone())
    }

    /// Whether there was an answer to forget.
    pub(crate) fn forget(&self, id: &str) -> bool {
        locked(&self.answers).remove(id).is_some()
    }

    pub(crate) fn cancel(&self, id: &str) {
        if let Some(answer) = locked(&self.answers).get_mut(id) {
            answer.cancelled = true;
        }
    }

    /// The item of this id, wherever it is kept.
    pub(crate) fn item(&self, id: &str) -> Option<Value> {
        let answers = locked(&self.answers);
        let conversations = locked(&self.conversations);
        let in_answers = answers
            .values()
            .flat_map(|answer| answer.input.iter().chain(&answer.output));
        let in_conversations = conversations.values().flat_map(|it| &it.items);
        let mut items = in_answers.chain(in_conversations);
        items.find(|item| item["id"] == id).cloned()
    }

    pub(crate) fn begin(&self, conversation: Conversation) {
        locked(&self.conversations).insert(conversation.id.clone(), conversation);
    }

    pub(crate) fn conversation(&self, id: &str) -> Option<Conversation> {
        locked(&self.conversations).get(id).cloned()
    }

    /// Changes a conversation and gives it as it is then.
    pub(crate) fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut Conversation),
    ) -> Option<Conversation> {
        let mut conversations = locked(&self.conversations);
        let conversation = conversations.get_mut(id)?;
        change(conversation);
        Some(conversation.clone())
    }

    /// Whether there was a conversation to end.
    pub(crate) fn end(&self, id: &str) -> bool {
        locked(&self.conversations).remove(id).is_some()
    }
}

impl KeptAnswer {
    /// Whether it is still being made, in the background.
    pub(crate) fn is_pending(&self, now: u64) -> bool {
        self.background && !self.cancelled && self.age(now) < MADE_WITHIN
    }

    /// The answer as far as it has come.
    pub(crate) fn at(&self, now: u64) -> Members {
        if self.cancelled {
            unfinished(&self.body, "cancelled")
        } else if self.is_pending(now) {
            unfinished(&self.body, "in_progress")
        } else {
            self.body.clone()
        }
    }

    fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.begun)
    }
}

/// An answer as it is before it is whole.
pub(crate) fn unfinished(body: &Members, status: &str) -> Members {
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
