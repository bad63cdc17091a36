//! The answers, one handler an operation.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::catalog::Model;
use crate::check::{Field, FrontEnd};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::Events;

pub(crate) mod arguments;
mod audio;
mod batches;
mod chat;
mod completions;
mod containers;
mod conversations;
mod embeddings;
mod evals;
mod files;
mod fine_tuning;
mod generated;
mod grading;
mod images;
pub(crate) mod kept;
mod models;
mod prompt;
mod realtime;
mod responses;
mod say;
mod schema;
mod uploads;
mod vector_stores;

/// How an operation is answered.
pub(crate) struct Handler {
    /// What the service calls the operation in refusals.
    pub(crate) operation: &'static str,
    /// The models that can do it; any, or none at all, where it is not said.
    pub(crate) made_for: Option<MadeFor>,
    /// What the request carries.
    pub(crate) takes: Takes,
    /// Who checks it.
    pub(crate) front_end: FrontEnd,
    /// The parameters that the query may have; it is not looked at where there is no table.
    pub(crate) query: Option<&'static [Field]>,
    /// A header without which the service does not know the operation.
    pub(crate) header: Option<(&'static str, &'static str)>,
    pub(crate) answer: Answers,
}

/// Makes the answer to a request that is in order as far as the tables can tell.
type Answers = fn(&Call<'_>) -> Result<Answer, Refusal>;

/// What a request carries, with the table of its arguments.
pub(crate) enum Takes {
    Nothing,
    Json(&'static [Field]),
    Form(&'static [Field]),
}

/// The models that can do an operation.
pub(crate) struct MadeFor {
    /// What the service calls the operation towards a model that cannot.
    pub(crate) operation: &'static str,
    pub(crate) fits: fn(&Model) -> bool,
}

impl Handler {
    /// An operation without arguments; the service calls it `operation`.
    const fn new(operation: &'static str, answer: Answers) -> Self {
        Self {
            operation,
            made_for: None,
            takes: Takes::Nothing,
            front_end: FrontEnd::Inference,
            query: None,
            header: None,
            answer,
        }
    }

    /// The same, checked by the front end of the newer resources.
    const fn resource(operation: &'static str, answer: Answers) -> Self {
        Self::new(operation, answer).by(FrontEnd::Resources)
    }

    /// With a JSON body of these arguments.
    const fn json(mut self, fields: &'static [Field]) -> Self {
        self.takes = Takes::Json(fields);
        self
    }

    /// With a form of these fields.
    const fn form(mut self, fields: &'static [Field]) -> Self {
        self.takes = Takes::Form(fields);
        self
    }

    /// With these parameters in the query, and no others.
    const fn query(mut self, fields: &'static [Field]) -> Self {
        self.query = Some(fields);
        self
    }

    /// For requests with this header only.
    const fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Checked by this front end.
    const fn by(mut self, front_end: FrontEnd) -> Self {
        self.front_end = front_end;
        self
    }

    /// For models that `fits`; towards others the service calls it `operation`.
    const fn made_for(mut self, operation: &'static str, fits: fn(&Model) -> bool) -> Self {
        self.made_for = Some(MadeFor { operation, fits });
        self
    }
}

/// An answer to a request that was in order.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content: Content,
    /// How many tokens it costs.
    pub(crate) tokens: u64,
}

/// What an answer consists of.
pub(crate) enum Content {
    /// JSON.
    Whole(Bytes),
    Events(Events),
    /// A file, speech, a text: with its media type.
    Bytes(&'static str, Bytes),
    Nothing,
}

impl Answer {
    /// A JSON body that costs so many tokens.
    pub(crate) fn json(body: impl Into<Bytes>, tokens: u64) -> Self {
        Self::of(Content::Whole(body.into()), tokens)
    }

    /// A JSON body that no model had a part in.
    pub(crate) fn value(body: &Value) -> Self {
        Self::json(body.to_string(), 0)
    }

    /// A stream that costs so many tokens.
    pub(crate) fn events(events: Events, tokens: u64) -> Self {
        Self::of(Content::Events(events), tokens)
    }

    /// Something else than JSON, of this media type.
    pub(crate) fn bytes(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::of(Content::Bytes(content_type, body.into()), 0)
    }

    /// That it is done, and no more: 204.
    pub(crate) fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            ..Self::of(Content::Nothing, 0)
        }
    }

    /// The same, for something that was made: 201.
    pub(crate) fn created(self) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..self
        }
    }

    fn of(content: Content, tokens: u64) -> Self {
        Self {
            status: StatusCode::OK,
            content,
            tokens,
        }
    }

    pub(crate) fn content_type(&self) -> Option<&'static str> {
        match self.content {
            Content::Whole(_) => Some("application/json"),
            Content::Events(_) => Some("text/event-stream; charset=utf-8"),
            Content::Bytes(content_type, _) => Some(content_type),
            Content::Nothing => None,
        }
    }
}

/// The handler of the operation with this id.
pub(crate) fn of(id: &str) -> Option<&'static Handler> {
    let mut handlers = GROUPS.iter().copied().flatten();
    handlers
        .find(|(handled, _)| *handled == id)
        .map(|(_, handler)| handler)
}

/// The handlers of a group of operations, by the ids of these.
type Group = &'static [(&'static str, Handler)];

/// Every operation that is answered. A group's module has its list.
const GROUPS: &[Group] = &[
    audio::HANDLERS,
    batches::HANDLERS,
    chat::HANDLERS,
    completions::HANDLERS,
    containers::HANDLERS,
    conversations::HANDLERS,
    embeddings::HANDLERS,
    evals::HANDLERS,
    files::HANDLERS,
    fine_tuning::HANDLERS,
    images::HANDLERS,
    models::HANDLERS,
    realtime::HANDLERS,
    responses::HANDLERS,
    uploads::HANDLERS,
    vector_stores::HANDLERS,
];
