//! What a model says: as instructed, as scripted, or made up.

use serde_json::{Map, Value, json};

use super::prompt::Prompt;
use super::{generated, schema};
use crate::catalog::{Model, Serves};
use crate::instructions::{Filter, ToolCall};
use crate::route::Call;
use crate::text;

/// What a request lets the model do, whichever way it writes it.
pub(super) struct Wish<'a> {
    pub(super) offer: Offer<'a>,
    pub(super) form: Form<'a>,
    pub(super) stops: Vec<&'a str>,
}

/// The tools that a request offers, and whether one has to be called.
pub(super) struct Offer<'a> {
    pub(super) tools: Vec<Tool<'a>>,
    /// Whether they are `functions`, which are called in the older form.
    pub(super) legacy: bool,
    pub(super) choice: Choice<'a>,
    /// Whether several may be called at a time.
    pub(super) parallel: bool,
}

/// A tool of the caller's own.
pub(super) struct Tool<'a> {
    pub(super) name: &'a str,
    pub(super) parameters: &'a Value,
}

#[derive(Clone, Copy)]
pub(super) enum Choice<'a> {
    None,
    Auto,
    Required,
    Named(&'a str),
}

/// The form of the text.
#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    Prose,
    /// JSON of any shape.
    Json,
    /// JSON that fits a schema.
    Schema(&'a Value),
}

/// What the model says.
pub(super) struct Said {
    pub(super) text: Option<String>,
    /// What it says in place of an answer, where it declines to give one.
    pub(super) refusal: Option<String>,
    pub(super) calls: Vec<Called>,
    /// Whether the calls are in the older form.
    pub(super) legacy: bool,
    pub(super) finish: &'static str,
    pub(super) tokens: u64,
}

/// A call of a tool.
pub(super) struct Called {
    pub(super) id: String,
    pub(super) name: String,
    /// JSON, as text.
    pub(super) arguments: String,
}

/// The answer number `which`, with room for so many tokens.
pub(super) fn say(
    call: &Call<'_>,
    prompt: &Prompt,
    wish: &Wish<'_>,
    limit: u64,
    filter: Option<Filter>,
    which: usize,
) -> Said {
    if let Some(refusal) = &call.instructions.refusal {
        let (refusal, finish) = generated::finish(refusal, &[], limit);
        return Said {
            tokens: text::count(&refusal),
            refusal: Some(refusal),
            finish,
            ..Said::nothing()
        };
    }
    let calls = calls(call, prompt, &wish.offer);
    if !calls.is_empty() {
        return called(calls, &wish.offer, which);
    }
    let text = reply(call, prompt, wish.form, which);
    let (mut text, mut finish) = generated::finish(&text, &wish.stops, limit);
    if matches!(filter, Some(Filter::Answer | Filter::Late)) {
        text.truncate(generated::cut_off(&text).len());
        finish = "content_filter";
    }
    Said {
        tokens: text::count(&text),
        text: Some(text),
        finish,
        ..Said::nothing()
    }
}

/// How many tokens a model thinks before it answers, with room for so many.
pub(super) fn thinking(model: &Model, limit: u64) -> u64 {
    match model.serves {
        Serves::Reasoning => REASONING.min(limit),
        _ => 0,
    }
}

impl Said {
    fn nothing() -> Self {
        Self {
            text: None,
            refusal: None,
            calls: Vec::new(),
            legacy: false,
            finish: "stop",
            tokens: 0,
        }
    }
}

impl Offer<'_> {
    /// A call of the tool of this name, or of the first one, with the least that it takes.
    fn least(&self, name: Option<&str>) -> Vec<ToolCall> {
        let mut tools = self.tools.iter();
        let tool = tools.find(|tool| name.is_none_or(|name| tool.name == name));
        let call = |tool: &Tool<'_>| {
            let arguments = match schema::instance(tool.parameters) {
                Value::Object(arguments) => arguments,
                _ => Map::new(),
            };
            ToolCall::new(tool.name, arguments)
        };
        tool.map(call).into_iter().collect()
    }
}

impl Choice<'_> {
    /// The choice that a word stands for.
    pub(super) fn of_word(word: &str) -> Self {
        match word {
            "none" => Self::None,
            "required" => Self::Required,
            _ => Self::Auto,
        }
    }
}

impl<'a> Form<'a> {
    /// The form of this `type`, with its schema if it has one.
    pub(super) fn of(kind: &Value, schema: &'a Value) -> Self {
        match kind.as_str() {
            Some("json_schema") => Self::Schema(schema),
            Some("json_object") => Self::Json,
            _ => Self::Prose,
        }
    }
}

fn calls(call: &Call<'_>, prompt: &Prompt, offer: &Offer<'_>) -> Vec<ToolCall> {
    if !call.instructions.tools.is_empty() {
        return call.instructions.tools.clone();
    }
    // What a tool has answered is to be told, not asked for again.
    let waits = prompt.tool.is_none() && !offer.tools.is_empty();
    if !waits || call.instructions.reply.is_some() {
        return Vec::new();
    }
    let scripted = call
        .state
        .scripted(&prompt.user)
        .map_or(&[][..], |script| &script.tools);
    match offer.choice {
        Choice::None => Vec::new(),
        Choice::Required if scripted.is_empty() => offer.least(None),
        Choice::Auto | Choice::Required => scripted.to_vec(),
        Choice::Named(name) => match scripted.iter().find(|call| call.name == name) {
            Some(call) => vec![call.clone()],
            None => offer.least(Some(name)),
        },
    }
}

fn called(mut calls: Vec<ToolCall>, offer: &Offer<'_>, which: usize) -> Said {
    if !offer.parallel {
        calls.truncate(1);
    }
    let calls: Vec<Called> = (0..)
        .zip(calls)
        .map(|(index, call)| {
            let arguments = Value::Object(call.arguments).to_string();
            let seed = text::hash(format!("{which} {index} {} {arguments}", call.name).as_bytes());
            let id = format!("call_{}", text::letters(seed, 24));
            Called {
                id,
                name: call.name,
                arguments,
            }
        })
        .collect();
    let tokens = |call: &Called| text::count(&call.name) + text::count(&call.arguments);
    let finish = match (offer.legacy, offer.choice) {
        // A call that was asked for by name is no decision of the model.
        (_, Choice::Named(_)) => "stop",
        (true, _) => "function_call",
        (false, _) => "tool_calls",
    };
    Said {
        tokens: calls.iter().map(tokens).sum(),
        calls,
        legacy: offer.legacy,
        finish,
        ..Said::nothing()
    }
}

fn reply(call: &Call<'_>, prompt: &Prompt, form: Form<'_>, which: usize) -> String {
    if let Some(reply) = &call.instructions.reply {
        return reply.clone();
    }
    if prompt.tool.is_none()
        && let Some(reply) = call
            .state
            .scripted(&prompt.user)
            .and_then(|script| script.reply.as_ref())
    {
        return reply.clone();
    }
    match form {
        Form::Schema(schema) => schema::instance(schema).to_string(),
        Form::Json => json!({"answer": made_up(prompt, which)}).to_string(),
        Form::Prose => made_up(prompt, which),
    }
}

fn made_up(prompt: &Prompt, which: usize) -> String {
    match &prompt.tool {
        Some(result) => format!("The tool says: {}", text::truncate(result, 100)),
        None => text::made_up(&prompt.user, which),
    }
}

/// How many tokens a reasoning model thinks.
const REASONING: u64 = 64;
