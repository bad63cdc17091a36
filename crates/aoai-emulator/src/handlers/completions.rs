//! `POST /completions`: texts that go on where prompts end.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::arguments::{self, Input, flag, number, size};
use super::generated;
use super::{Answer, Group, Handler};
use crate::catalog::Model;
use crate::filter;
use crate::instructions::Filter;
use crate::refusal::Refusal;
use crate::route::{Call, Served};
use crate::stream::{self, Dialect, Events, event};
use crate::text;

pub(super) const HANDLERS: Group = &[(
    "completions",
    Handler::new("Completions_Create", answer)
        .json(crate::check::completions::FIELDS)
        .made_for("completion", Model::completes),
)];

pub(super) fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let served = call.served()?;
    let prompts = prompts(&call.body);
    check(&call.body)?;
    let limit = limit(call, served, &prompts)?;
    let all: Vec<&str> = prompts.iter().map(|prompt| prompt.text.as_str()).collect();
    let filter = filter::of(call.instructions.filter, &all.join("\n"));
    if filter == Some(Filter::Prompt) {
        return Err(Refusal::filtered_prompt(filter::prompt_refused()));
    }
    let n = size(&call.body, "n").unwrap_or(1);
    let asked = prompts
        .iter()
        .flat_map(|prompt| (0..n).map(move |which| (prompt, which)));
    let said: Vec<Said> = asked
        .map(|(prompt, which)| say(call, filter, limit, prompt, which))
        .collect();
    let usage = Usage {
        prompt_tokens: prompts.iter().map(|prompt| prompt.tokens).sum(),
        completion_tokens: said.iter().map(|said| said.tokens).sum(),
    };
    let answer = Completion {
        call,
        filter,
        said,
        id: format!("cmpl-{}", text::letters(fastrand::u64(..), 29)),
        created: call.now,
        model: served.model.wire,
        prompts: prompts.len(),
        usage: usage.json(),
    };
    Ok(if flag(&call.body, "stream") {
        Answer::events(answer.events(), usage.total())
    } else {
        Answer::json(answer.whole(), usage.total())
    })
}

/// What the model has to say to one of the prompts.
struct Said {
    text: String,
    finish: &'static str,
    tokens: u64,
}

struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

fn prompts(body: &Map<String, Value>) -> Vec<Input> {
    match body.get("prompt") {
        None | Some(Value::Null) => vec![Input {
            tokens: 1,
            ..Input::new("<|endoftext|>")
        }],
        Some(prompt) => arguments::inputs(prompt),
    }
}

/// What no table can say: arguments that do not go together.
fn check(body: &Map<String, Value>) -> Result<(), Refusal> {
    let n = number(body, "n").unwrap_or(1);
    let best_of = number(body, "best_of").unwrap_or(n);
    if best_of < n {
        let message = format!("'best_of' ({best_of}) must not be less than 'n' ({n}).");
        return Err(Refusal::invalid(message, Some("best_of"), None));
    }
    if best_of > n && flag(body, "stream") {
        let message = "'stream' does not go together with a 'best_of' greater than 'n'.";
        return Err(Refusal::invalid(message, Some("best_of"), None));
    }
    arguments::check_stream_options(body)
}

fn limit(call: &Call<'_>, served: &Served<'_>, prompts: &[Input]) -> Result<u64, Refusal> {
    let limit = number(&call.body, "max_tokens").unwrap_or(16);
    let longest = prompts
        .iter()
        .map(|prompt| prompt.tokens)
        .max()
        .unwrap_or(0);
    if longest.saturating_add(limit) > served.context() {
        return Err(Refusal::too_long(served.context(), longest, limit));
    }
    Ok(limit)
}

fn say(call: &Call<'_>, filter: Option<Filter>, limit: u64, prompt: &Input, which: usize) -> Said {
    let instructed = call.instructions.reply.clone();
    let scripted = || {
        call.state
            .scripted(&prompt.text)
            .and_then(|script| script.reply.clone())
    };
    let text = instructed.or_else(scripted);
    let text = text.unwrap_or_else(|| text::made_up(&prompt.text, which));
    let stops = arguments::stops(&call.body);
    let (mut text, mut finish) = generated::finish(&text, &stops, limit);
    if matches!(filter, Some(Filter::Answer | Filter::Late)) {
        text = generated::cut_off(&text).to_owned();
        finish = "content_filter";
    }
    let tokens = text::count(&text);
    if flag(&call.body, "echo") {
        text.insert_str(0, &prompt.text);
    }
    Said {
        text,
        finish,
        tokens,
    }
}

/// An answer before it is written.
struct Completion<'a> {
    call: &'a Call<'a>,
    filter: Option<Filter>,
    said: Vec<Said>,
    id: String,
    created: u64,
    model: &'static str,
    prompts: usize,
    usage: Value,
}

impl Completion<'_> {
    fn whole(&self) -> Vec<u8> {
        /// The members in the service's order, which is another one than that of chat.
        #[derive(Serialize)]
        struct Body<'a> {
            id: &'a str,
            object: &'static str,
            created: u64,
            model: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            prompt_annotations: Option<Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            prompt_filter_results: Option<Value>,
            choices: Vec<Value>,
            usage: &'a Value,
        }
        let choice =
            |(index, said): (usize, &Said)| self.choice(index, &said.text, 0, Some(said.finish));
        let (prompt_annotations, prompt_filter_results) = match self.prompt_filter_results() {
            Some(("prompt_annotations", results)) => (Some(results), None),
            results => (None, results.map(|(_, results)| results)),
        };
        let body = Body {
            id: &self.id,
            object: "text_completion",
            created: self.created,
            model: self.model,
            prompt_annotations,
            prompt_filter_results,
            choices: self.said.iter().enumerate().map(choice).collect(),
            usage: &self.usage,
        };
        serde_json::to_vec(&body).expect("texts and numbers always serialise")
    }

    fn events(&self) -> Events {
        let counts = arguments::include_usage(&self.call.body);
        let mut events = Vec::new();
        let mut send = |choices: Value, usage: &Value| {
            let mut chunk = json!({
                "choices": choices,
                "created": self.created,
                "id": self.id,
                "model": self.model,
                "object": "text_completion",
            });
            if counts {
                chunk["usage"] = usage.clone();
            }
            events.push(event(&chunk));
        };
        for (index, said) in self.said.iter().enumerate() {
            let mut offset = 0;
            for piece in generated::pieces(&said.text, self.call.instructions.chunks) {
                let choice = self.choice(index, &piece, offset, None);
                send(json!([choice]), &Value::Null);
                offset += piece.chars().count();
            }
            let last = self.choice(index, "", offset, Some(said.finish));
            send(json!([last]), &Value::Null);
        }
        if counts {
            send(json!([]), &self.usage);
        }
        Events {
            prompt_filter: generated::prompt_filter_event(self.prompt_filter_results()),
            then: events,
            end: stream::done(),
            dialect: Dialect::Data,
        }
    }

    fn prompt_filter_results(&self) -> Option<(&'static str, Value)> {
        generated::prompt_filter_results(self.call, self.filter, self.prompts)
    }

    /// A choice, or the piece of one that begins after `offset` characters.
    fn choice(&self, index: usize, text: &str, offset: usize, finish: Option<&str>) -> Value {
        let mut choice = json!({
            "finish_reason": finish,
            "index": index,
            "logprobs": self.logprobs(text, offset),
            "text": text,
        });
        generated::judge(&mut choice, self.filter);
        choice
    }

    fn logprobs(&self, text: &str, offset: usize) -> Value {
        let Some(most) = size(&self.call.body, "logprobs") else {
            return Value::Null;
        };
        let tokens = text::tokens(text);
        let mut next = offset;
        let mut offsets = Vec::with_capacity(tokens.len());
        let mut likely = Vec::with_capacity(tokens.len());
        for token in &tokens {
            offsets.push(next);
            next += token.chars().count();
            let ranked = text::likely(token, most).into_iter();
            likely.push(
                ranked
                    .map(|(token, logprob)| (token, json!(logprob)))
                    .collect::<Value>(),
            );
        }
        json!({
            "text_offset": offsets,
            "token_logprobs": vec![text::LOGPROB; tokens.len()],
            "tokens": tokens,
            "top_logprobs": likely,
        })
    }
}

impl Usage {
    fn total(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }

    fn json(&self) -> Value {
        json!({
            "completion_tokens": self.completion_tokens,
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.total(),
        })
    }
}
