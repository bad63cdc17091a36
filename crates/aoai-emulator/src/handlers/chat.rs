//! `POST /chat/completions`: the next thing that an assistant says.

use serde_json::{Value, json};

use super::arguments::flag;
use super::generated;
use super::say::{self, Said};
use super::{Answer, Group, Handler};
use crate::catalog::Model;
use crate::filter;
use crate::instructions::Filter;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::text;

mod check;
mod events;
mod prompt;
mod wish;

pub(super) const HANDLERS: Group = &[(
    "chat",
    Handler::new("ChatCompletions_Create", answer)
        .json(crate::check::chat::FIELDS)
        .made_for("chatCompletion", Model::chats),
)];

pub(super) fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let served = call.served()?;
    let prompt = prompt::read(&call.body);
    check::together(call, served.model)?;
    let limit = check::limit(call, served, prompt.tokens)?;
    let filter = filter::of(call.instructions.filter, &prompt.text);
    if filter == Some(Filter::Prompt) {
        return Err(Refusal::filtered_prompt(filter::prompt_refused()));
    }
    let reasoning = say::thinking(served.model, limit);
    let wish = wish::read(&call.body);
    let n = super::arguments::size(&call.body, "n").unwrap_or(1);
    let said: Vec<Said> = (0..n)
        .map(|which| say::say(call, &prompt, &wish, limit - reasoning, filter, which))
        .collect();
    let usage = Usage {
        prompt: prompt.tokens,
        completion: said.iter().map(|said| said.tokens + reasoning).sum(),
        reasoning: reasoning * n as u64,
    };
    let chat = Chat {
        call,
        filter,
        said,
        id: format!("chatcmpl-{}", text::letters(fastrand::u64(..), 29)),
        created: call.now,
        model: served.model.wire,
        usage: usage.json(),
    };
    Ok(if flag(&call.body, "stream") {
        Answer::events(chat.events(), usage.total())
    } else {
        Answer::json(chat.whole(), usage.total())
    })
}

/// An answer before it is written.
struct Chat<'a> {
    call: &'a Call<'a>,
    filter: Option<Filter>,
    said: Vec<Said>,
    id: String,
    created: u64,
    model: &'static str,
    usage: Value,
}

impl Chat<'_> {
    fn whole(&self) -> Vec<u8> {
        let choice = |(index, said): (usize, &Said)| self.choice(index, said);
        let choices: Vec<Value> = self.said.iter().enumerate().map(choice).collect();
        let mut body = json!({
            "choices": choices,
            "created": self.created,
            "id": self.id,
            "model": self.model,
            "object": "chat.completion",
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
            "usage": self.usage,
        });
        let results = generated::prompt_filter_results(self.call, self.filter, 1);
        if let Some((name, results)) = results {
            body[name] = results;
        }
        let mut body = body.to_string();
        body.push('\n');
        body.into_bytes()
    }

    fn choice(&self, index: usize, said: &Said) -> Value {
        let mut choice = json!({
            "finish_reason": said.finish,
            "index": index,
            "logprobs": self.logprobs(said.text.as_deref().unwrap_or_default()),
        });
        // The service leaves the message out where the filter cut the answer off.
        if said.finish != "content_filter" {
            choice["message"] = self.message(said);
        }
        generated::judge(&mut choice, self.filter);
        choice
    }

    fn message(&self, said: &Said) -> Value {
        let mut message = json!({
            "annotations": [],
            "content": said.text,
            "refusal": said.refusal,
            "role": "assistant",
        });
        let called = |call: &say::Called| {
            json!({
                "function": {"arguments": call.arguments, "name": call.name},
                "id": call.id,
                "type": "function",
            })
        };
        match said.calls.first() {
            None => {}
            Some(call) if said.legacy => {
                let call = json!({"arguments": call.arguments, "name": call.name});
                message["function_call"] = call;
            }
            Some(_) => message["tool_calls"] = said.calls.iter().map(called).collect(),
        }
        if self
            .call
            .body
            .get("data_sources")
            .is_some_and(Value::is_array)
        {
            message["context"] = cited();
        }
        message
    }

    fn logprobs(&self, text: &str) -> Value {
        if !flag(&self.call.body, "logprobs") {
            return Value::Null;
        }
        let most = super::arguments::size(&self.call.body, "top_logprobs").unwrap_or(0);
        let content = generated::logprobs(text, most);
        json!({"content": content, "refusal": null})
    }
}

struct Usage {
    prompt: u64,
    completion: u64,
    reasoning: u64,
}

impl Usage {
    fn total(&self) -> u64 {
        self.prompt + self.completion
    }

    fn json(&self) -> Value {
        json!({
            "completion_tokens": self.completion,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": self.reasoning,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": self.prompt,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": self.total(),
        })
    }
}

/// What an answer from the caller's own documents was drawn from.
fn cited() -> Value {
    json!({
        "citations": [{
            "chunk_id": "0",
            "content": "The emulator has read no document.",
            "filepath": "emulator.txt",
            "title": "The emulator",
            "url": null,
        }],
        "intent": "[]",
    })
}

const FINGERPRINT: &str = "fp_emulator00";
