//! `/responses`: answers made of items, which the service keeps.

use bytes::Bytes;
use serde_json::{Value, json};

use super::arguments::{flag, flag_unless_off, number};
use super::say;
use super::{Answer, Group, Handler};
use crate::catalog::Model;
use crate::check::{FrontEnd, responses as arguments};
use crate::filter;
use crate::instructions::Filter;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::{Call, Served};
use crate::stream::{self, Dialect, Events};
use crate::text;

use self::body::Ending;
use self::context::Context;
use self::kept::unfinished;
use self::output::Output;

pub(crate) use self::kept::KeptAnswer;

mod body;
mod check;
mod compact;
mod context;
mod events;
pub(super) mod items;
mod kept;
mod output;
mod read;
mod wish;

pub(super) const HANDLERS: Group = &[
    (
        "responses.create",
        Handler::new("Responses_Create", create)
            .json(arguments::CREATE)
            .by(FrontEnd::Resources)
            .made_for("responses", Model::chats),
    ),
    (
        "responses.compact",
        Handler::new("Responses_Compact", compact::compact)
            .json(arguments::COMPACT)
            .by(FrontEnd::Resources)
            .made_for("responses", Model::chats),
    ),
    (
        "responses.get",
        Handler::new("Responses_Get", read::get)
            .query(arguments::GET)
            .by(FrontEnd::Resources),
    ),
    (
        "responses.delete",
        Handler::new("Responses_Delete", read::delete),
    ),
    (
        "responses.cancel",
        Handler::new("Responses_Cancel", read::cancel),
    ),
    (
        "responses.input_items.list",
        Handler::new("Responses_ListInputItems", read::input_items)
            .query(arguments::INPUT_ITEMS)
            .by(FrontEnd::Resources),
    ),
];

/// `POST /responses`.
fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let Some(served) = &call.served else {
        return unknown_deployment(call);
    };
    check::together(call, served.model)?;
    let context = Context::read(call)?;
    let prompt = context.prompt(&call.body);
    check::fits(call, &context, prompt.tokens)?;
    let filter = filter::of(call.instructions.filter, &prompt.text);
    if filter == Some(Filter::Prompt) {
        let length = prompt.text.chars().count();
        let results = &filter::prompt_refused();
        let found = body::content_filter("prompt", true, results, length);
        return Err(Refusal::filtered_input(json!([found])));
    }
    let limit = limit(call, served, prompt.tokens);
    let thought = match wish::effort(&call.body) {
        Some("none") => 0,
        _ => say::thinking(served.model, limit),
    };
    let said = say::say(
        call,
        &prompt,
        &wish::read(&call.body),
        limit - thought,
        filter,
        0,
    );
    let made = Made {
        call,
        id: text::id("resp"),
        created: call.now,
        filter,
        prompt_length: prompt.text.chars().count(),
        prompt_tokens: prompt.tokens,
        tokens: said.tokens + thought,
        thought,
        ending: Ending::of(&said),
        output: output::of(call, said, thought),
    };
    Ok(made.answer(served, context))
}

/// How many tokens the answer may have: what the request says, if there is room for it.
fn limit(call: &Call<'_>, served: &Served<'_>, prompt: u64) -> u64 {
    let room = served.context().saturating_sub(prompt);
    let most = room.min(served.model.output);
    number(&call.body, "max_output_tokens").map_or(most, |limit| limit.min(most))
}

/// A deployment that does not exist is refused at once, and in the stream where one was asked for.
fn unknown_deployment(call: &Call<'_>) -> Result<Answer, Refusal> {
    if !flag(&call.body, "stream") {
        return Err(Refusal::deployment_not_found());
    }
    let error = json!({
        "code": null,
        "message": "Could not find an existing deployment to match the model in the request.",
        "param": null,
        "type": "invalid_request_error",
    });
    let event = json!({"type": "error", "error": error, "sequence_number": 0});
    let events = Events {
        end: vec![stream::named("error", &event)],
        dialect: Dialect::Named,
        ..Events::default()
    };
    Ok(Answer::events(events, 0))
}

/// An answer before it is written.
struct Made<'a> {
    call: &'a Call<'a>,
    id: String,
    created: u64,
    filter: Option<Filter>,
    /// In characters.
    prompt_length: usize,
    prompt_tokens: u64,
    tokens: u64,
    /// How many of the tokens were thought, not said.
    thought: u64,
    ending: Ending,
    output: Vec<Output>,
}

impl Made<'_> {
    fn answer(self, served: &Served<'_>, context: Context) -> Answer {
        let streams = flag(&self.call.body, "stream");
        let background = flag(&self.call.body, "background");
        let cost = self.prompt_tokens + self.tokens;
        let begun = self.begun(served, context.conversation.as_deref());
        let whole = self.whole(&begun);
        let queued = unfinished(&whole, "queued");
        let events = self.events(&begun, &whole, background);
        self.keep(&whole, context, streams.then(|| all(&events)));
        if streams {
            Answer::events(events, cost)
        } else if background {
            Answer::json(queued.to_json(), cost)
        } else {
            Answer::json(whole.to_json(), cost)
        }
    }

    /// Keeps the answer, and adds it to its conversation, unless the caller wants neither.
    fn keep(&self, whole: &Members, context: Context, events: Option<Vec<Bytes>>) {
        let mut store = self.call.state.store();
        let output: Vec<Value> = whole.get("output").as_array().cloned().unwrap_or_default();
        if let Some(id) = &context.conversation
            && let Some(conversation) = store.conversations.get_mut(id, self.call.now)
        {
            let added = context.input.iter().chain(&output).cloned();
            conversation.items.extend(added);
        }
        if !flag_unless_off(&self.call.body, "store") {
            return;
        }
        let mut input = context.history;
        input.extend(context.input);
        let background = flag(&self.call.body, "background");
        store.answers.put(KeptAnswer {
            id: self.id.clone(),
            body: whole.clone(),
            begun: self.call.now,
            background,
            cancelled: false,
            input,
            output,
            events: events.filter(|_| background),
        });
    }
}

fn all(events: &Events) -> Vec<Bytes> {
    events.then.iter().chain(&events.end).cloned().collect()
}
