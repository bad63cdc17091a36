//! The answers, one handler an operation.

use bytes::Bytes;

use crate::catalog::Model;
use crate::check::{self, Field, FrontEnd};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::Events;

mod arguments;
mod chat;
mod completions;
mod conversations;
mod embeddings;
mod generated;
mod models;
mod page;
mod prompt;
mod query;
mod responses;
mod say;
mod schema;

/// How an operation is answered.
pub(crate) struct Handler {
    /// What the service calls the operation in refusals.
    pub(crate) operation: &'static str,
    /// The models that can do it; any, or none at all, where it is not said.
    pub(crate) made_for: Option<MadeFor>,
    /// The front end that checks the body.
    pub(crate) front_end: FrontEnd,
    /// The arguments that a body may have.
    pub(crate) fields: Option<&'static [Field]>,
    pub(crate) answer: Answering,
}

/// A handler's function.
type Answering = fn(&Call<'_>) -> Result<Answer, Refusal>;

impl Handler {
    /// Any model or none, and a body without arguments.
    const fn new(operation: &'static str, answer: Answering) -> Self {
        Self {
            operation,
            made_for: None,
            front_end: FrontEnd::Resources,
            fields: None,
            answer,
        }
    }

    /// Only models that fit, and what the service calls the operation towards one that does not.
    const fn by(mut self, operation: &'static str, fits: fn(&Model) -> bool) -> Self {
        self.made_for = Some(MadeFor { operation, fits });
        self
    }

    const fn fields(mut self, fields: &'static [Field]) -> Self {
        self.fields = Some(fields);
        self
    }

    /// Fields that the front end of chat checks.
    const fn inference(mut self, fields: &'static [Field]) -> Self {
        self.front_end = FrontEnd::Inference;
        self.fields(fields)
    }
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
        Handler::new("ChatCompletions_Create", chat::answer)
            .by("chatCompletion", Model::chats)
            .inference(check::chat::FIELDS),
    ),
    (
        "completions",
        Handler::new("Completions_Create", completions::answer)
            .by("completion", Model::completes)
            .inference(check::completions::FIELDS),
    ),
    (
        "embeddings",
        Handler::new("Embeddings_Create", embeddings::answer)
            .by("embeddings", Model::embeds)
            .inference(check::embeddings::FIELDS),
    ),
    ("models.list", Handler::new("Models_List", models::list)),
    ("models.get", Handler::new("Models_Get", models::get)),
    (
        "responses.create",
        Handler::new("Responses_Create", responses::create)
            .by("responses", Model::chats)
            .fields(check::responses::CREATE),
    ),
    (
        "responses.compact",
        Handler::new("Responses_Compact", responses::compact)
            .by("responses", Model::chats)
            .fields(check::responses::COMPACT),
    ),
    (
        "responses.get",
        Handler::new("Responses_Get", responses::get),
    ),
    (
        "responses.delete",
        Handler::new("Responses_Delete", responses::delete),
    ),
    (
        "responses.cancel",
        Handler::new("Responses_Cancel", responses::cancel),
    ),
    (
        "responses.input_items.list",
        Handler::new("Responses_ListInputItems", responses::input_items),
    ),
    (
        "conversations.create",
        Handler::new("Conversations_Create", conversations::create)
            .fields(check::conversations::CREATE),
    ),
    (
        "conversations.get",
        Handler::new("Conversations_Get", conversations::get),
    ),
    (
        "conversations.update",
        Handler::new("Conversations_Update", conversations::update)
            .fields(check::conversations::UPDATE),
    ),
    (
        "conversations.delete",
        Handler::new("Conversations_Delete", conversations::delete),
    ),
    (
        "conversations.items.create",
        Handler::new("ConversationItems_Create", conversations::add_items)
            .fields(check::conversations::ADD_ITEMS),
    ),
    (
        "conversations.items.list",
        Handler::new("ConversationItems_List", conversations::list_items),
    ),
    (
        "conversations.items.get",
        Handler::new("ConversationItems_Get", conversations::get_item),
    ),
    (
        "conversations.items.delete",
        Handler::new("ConversationItems_Delete", conversations::delete_item),
    ),
];
