//! The answers, one handler an operation.

use bytes::Bytes;

use crate::catalog::Model;
use crate::check::{self, Field};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::Events;

mod arguments;
mod chat;
mod completions;
mod embeddings;
mod generated;
mod models;
mod schema;

/// How an operation is answered.
pub(crate) struct Handler {
    /// What the service calls the operation in refusals.
    pub(crate) operation: &'static str,
    /// The models that can do it; any, or none at all, where it is not said.
    pub(crate) made_for: Option<MadeFor>,
    /// The arguments that a body may have.
    pub(crate) fields: Option<&'static [Field]>,
    pub(crate) answer: fn(&Call<'_>) -> Result<Answer, Refusal>,
}

/// The models that can do an operation.
pub(crate) struct MadeFor {
    /// What the service calls the operation towards a model that cannot.
    pub(crate) operation: &'static str,
    pub(crate) fits: fn(&Model) -> bool,
}

/// An answer to a request that was in order.
pub(crate) struct Answer {
    pub(crate) content: Content,
    /// How many tokens it costs.
    pub(crate) tokens: u64,
}

/// What an answer consists of.
pub(crate) enum Content {
    /// JSON.
    Whole(Bytes),
    Events(Events),
}

impl Answer {
    /// A JSON body that costs so many tokens.
    pub(crate) fn json(body: impl Into<Bytes>, tokens: u64) -> Self {
        Self {
            content: Content::Whole(body.into()),
            tokens,
        }
    }

    /// A stream that costs so many tokens.
    pub(crate) fn events(events: Events, tokens: u64) -> Self {
        Self {
            content: Content::Events(events),
            tokens,
        }
    }

    pub(crate) fn content_type(&self) -> &'static str {
        match self.content {
            Content::Whole(_) => "application/json",
            Content::Events(_) => "text/event-stream; charset=utf-8",
        }
    }
}

/// The handler of the operation with this id.
pub(crate) fn of(id: &str) -> Option<&'static Handler> {
    let (_, handler) = HANDLERS.iter().find(|(handled, _)| *handled == id)?;
    Some(handler)
}

const HANDLERS: &[(&str, Handler)] = &[
    (
        "chat",
        Handler {
            operation: "ChatCompletions_Create",
            made_for: Some(MadeFor {
                operation: "chatCompletion",
                fits: Model::chats,
            }),
            fields: Some(check::chat::FIELDS),
            answer: chat::answer,
        },
    ),
    (
        "completions",
        Handler {
            operation: "Completions_Create",
            made_for: Some(MadeFor {
                operation: "completion",
                fits: Model::completes,
            }),
            fields: Some(check::completions::FIELDS),
            answer: completions::answer,
        },
    ),
    (
        "embeddings",
        Handler {
            operation: "Embeddings_Create",
            made_for: Some(MadeFor {
                operation: "embeddings",
                fits: Model::embeds,
            }),
            fields: Some(check::embeddings::FIELDS),
            answer: embeddings::answer,
        },
    ),
    (
        "models.list",
        Handler {
            operation: "Models_List",
            made_for: None,
            fields: None,
            answer: models::list,
        },
    ),
    (
        "models.get",
        Handler {
            operation: "Models_Get",
            made_for: None,
            fields: None,
            answer: models::get,
        },
    ),
];
