//! What the assistant says: as instructed, as scripted, or made up.

use serde_json::{Map, Value, json};

use super::super::arguments;
use super::super::{generated, schema};
use super::prompt::Prompt;
use super::{Called, Said};
use crate::instructions::{Filter, ToolCall};
use crate::route::Call;
use crate::text;

/// The choice number `which`, with room for so many tokens.
pub(super) fn say(
    call: &Call<'_>,
    prompt: &Prompt,
    limit: u64,
    filter: Option<Filter>,
    which: usize,
) -> Said {
    let offer = Offer::read(&call.body);
    let calls = calls(call, prompt, &offer);
    if !calls.is_empty() {
        return called(calls, &offer, which);
    }
    let text = reply(call, prompt, which);
    let (mut text, mut finish) = generated::finish(&text, &arguments::stops(&call.body), limit);
    if matches!(filter, Some(Filter::Answer | Filter::Late)) {
        text.truncate(generated::cut_off(&text).len());
        finish = "content_filter";
    }
    Said {
        tokens: text::count(&text),
        text: Some(text),
        calls: Vec::new(),
        legacy: false,
        finish,
    }
}

/// The tools that a request offers, and whether one has to be called.
struct Offer<'a> {
    functions: Vec<&'a Value>,
    legacy: bool,
    choice: Choice<'a>,
    parallel: bool,
}

#[derive(Clone, Copy)]
enum Choice<'a> {
    None,
    Auto,
    Required,
    Named(&'a str),
}

impl<'a> Offer<'a> {
    fn read(body: &'a Map<String, Value>) -> Self {
        let list = |name: &str| body.get(name).and_then(Value::as_array);
        let legacy = list("tools").is_none() && list("functions").is_some();
        let functions = match (list("tools"), list("functions")) {
            (Some(tools), _) => tools.iter().map(|tool| &tool["function"]).collect(),
            (None, Some(functions)) => functions.iter().collect(),
            (None, None) => Vec::new(),
        };
        let choice = body.get(if legacy {
            "function_call"
        } else {
            "tool_choice"
        });
        let choice = match choice {
            Some(Value::String(word)) if word == "none" => Choice::None,
            Some(Value::String(word)) if word == "required" => Choice::Required,
            Some(named @ Value::Object(_)) => {
                let named = if legacy { named } else { &named["function"] };
                Choice::Named(named["name"].as_str().unwrap_or_default())
            }
            _ => Choice::Auto,
        };
        let parallel = body.get("parallel_tool_calls") != Some(&Value::Bool(false)) && !legacy;
        Self {
            functions,
            legacy,
            choice,
            parallel,
        }
    }

    /// A call of the function of this name, or of the first one, with the least that it takes.
    fn least(&self, name: Option<&str>) -> Vec<ToolCall> {
        let mut functions = self.functions.iter();
        let function = functions.find(|function| name.is_none_or(|name| function["name"] == name));
        let call = |function: &&Value| {
            let arguments = match schema::instance(&function["parameters"]) {
                Value::Object(arguments) => arguments,
                _ => Map::new(),
            };
            ToolCall::new(function["name"].as_str().unwrap_or_default(), arguments)
        };
        function.map(call).into_iter().collect()
    }
}

fn calls(call: &Call<'_>, prompt: &Prompt, offer: &Offer<'_>) -> Vec<ToolCall> {
    if !call.instructions.tools.is_empty() {
        return call.instructions.tools.clone();
    }
    // What a tool has answered is to be told, not asked for again.
    let waits = prompt.tool.is_none() && !offer.functions.is_empty();
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
        text: None,
        tokens: calls.iter().map(tokens).sum(),
        calls,
        legacy: offer.legacy,
        finish,
    }
}

fn reply(call: &Call<'_>, prompt: &Prompt, which: usize) -> String {
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
    let format = call.body.get("response_format").unwrap_or(&Value::Null);
    match format["type"].as_str() {
        Some("json_schema") => schema::instance(&format["json_schema"]["schema"]).to_string(),
        Some("json_object") => json!({"answer": made_up(prompt, which)}).to_string(),
        _ => made_up(prompt, which),
    }
}

fn made_up(prompt: &Prompt, which: usize) -> String {
    match &prompt.tool {
        Some(result) => format!("The tool says: {}", text::truncate(result, 100)),
        None => text::made_up(&prompt.user, which),
    }
}
