//! What may be spent, and what calls cost.

use std::time::Duration;

use serde_json::Value;

use crate::diagnostic::Problems;
use crate::parse::fields::{Fields, wrong};
use crate::result::Usage;
use crate::value::{Data, Node};

/// What may be spent: by a cell, or by a whole run. What is `None` has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Budget {
    /// Tokens of prompts and answers.
    pub tokens: Option<u64>,
    /// HTTP requests, those sent again included.
    pub requests: Option<u64>,
    /// US dollars, by the profile's prices.
    pub usd: Option<f64>,
    /// Time, by the clock that polls move.
    pub time: Option<Duration>,
}

impl Budget {
    /// This one, and `weaker` where it sets no limit.
    #[must_use]
    pub fn over(self, weaker: Self) -> Self {
        Self {
            tokens: self.tokens.or(weaker.tokens),
            requests: self.requests.or(weaker.requests),
            usd: self.usd.or(weaker.usd),
            time: self.time.or(weaker.time),
        }
    }

    pub(crate) fn read(node: Option<&Node>, problems: &mut Problems) -> Self {
        let fields = node.and_then(|node| Fields::read(node, "`budget`", BUDGET_KEYS, problems));
        let Some(fields) = fields else {
            return Self::default();
        };
        Self {
            tokens: fields.whole("tokens", problems),
            requests: fields.whole("requests", problems),
            usd: dollars(&fields, "usd", problems),
            time: fields.duration("time", problems),
        }
    }
}

/// What the tokens of a deployment cost, in US dollars per million.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// Tokens of the input.
    pub prompt: f64,
    /// Tokens of the answer.
    pub completion: f64,
    /// Tokens of the input that came from the cache, where they are cheaper.
    pub cached: Option<f64>,
}

impl Price {
    /// Prices per million tokens of the input and of the answer.
    pub fn new(prompt: f64, completion: f64) -> Self {
        Self {
            prompt,
            completion,
            cached: None,
        }
    }

    /// What a call cost.
    pub fn of(&self, usage: &Usage) -> f64 {
        let cached = usage.cached.min(usage.prompt);
        let cached_price = self.cached.unwrap_or(self.prompt);
        let sum = tokens(usage.prompt - cached) * self.prompt
            + tokens(cached) * cached_price
            + tokens(usage.completion) * self.completion;
        sum / MILLION
    }

    /// Whether sums of it can be compared with a budget.
    pub(crate) fn is_money(&self) -> bool {
        let parts = [Some(self.prompt), Some(self.completion), self.cached];
        let is_money = |dollars: f64| (0.0..f64::INFINITY).contains(&dollars);
        parts.into_iter().flatten().all(is_money)
    }

    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::read(node, "a price", PRICE_KEYS, problems)?;
        let prompt = dollars(&fields, "prompt", problems);
        let completion = dollars(&fields, "completion", problems);
        if prompt.is_none() && completion.is_none() {
            problems
                .error(fields.span, "a price needs `prompt` or `completion`", "")
                .help("in US dollars per million tokens: {prompt: 0.15, completion: 0.60}");
            return None;
        }
        Some(Self {
            prompt: prompt.unwrap_or_default(),
            completion: completion.unwrap_or_default(),
            cached: dollars(&fields, "cached", problems),
        })
    }
}

/// The most that a call is expected to cost, as far as its request tells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) tokens: u64,
    pub(crate) usd: f64,
}

impl Estimate {
    /// Reads a request's body; `price` is that of its deployment.
    ///
    /// A token is taken for four bytes of text, which is generous. An answer whose length the
    /// request does not limit counts nothing beforehand.
    pub(crate) fn of(body: &Value, price: Option<Price>) -> Self {
        let number = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| body.get(*name)?.as_u64());
            found.next()
        };
        let longest = number(&["max_completion_tokens", "max_tokens", "max_output_tokens"]);
        let answers = number(&["best_of", "n"]).unwrap_or(1);
        let usage = Usage {
            prompt: text_bytes(body).div_ceil(4),
            completion: longest.unwrap_or(0).saturating_mul(answers),
            ..Usage::default()
        };
        Self {
            tokens: usage.prompt.saturating_add(usage.completion),
            usd: price.map_or(0.0, |price| price.of(&usage)),
        }
    }
}

fn text_bytes(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(text_bytes).sum(),
        Value::Object(members) => members.values().map(text_bytes).sum(),
        _ => 0,
    }
}

fn dollars(fields: &Fields<'_>, name: &str, problems: &mut Problems) -> Option<f64> {
    let node = fields.get(name)?;
    let number = match &node.data {
        Data::Number(number) => number.as_f64().filter(|number| *number >= 0.0),
        _ => None,
    };
    if number.is_none() {
        wrong(node, name, "a number of US dollars", problems);
    }
    number
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody pays for so many tokens that it shows"
)]
fn tokens(number: u64) -> f64 {
    number as f64
}

const MILLION: f64 = 1_000_000.0;

pub(crate) const BUDGET_KEYS: &[&str] = &["tokens", "requests", "usd", "time"];

const PRICE_KEYS: &[&str] = &["prompt", "completion", "cached"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_costs_what_its_tokens_cost() {
        let mut price = Price::new(2.0, 8.0);
        let usage = Usage {
            prompt: 1_000_000,
            completion: 500_000,
            cached: 250_000,
            ..Usage::default()
        };
        assert!((price.of(&usage) - 6.0).abs() < 1e-9);
        price.cached = Some(0.0);
        assert!((price.of(&usage) - 5.5).abs() < 1e-9);
    }

    #[test]
    fn a_request_tells_the_most_it_may_cost() {
        let price = Some(Price::new(1_000_000.0, 10_000_000.0));
        for (body, tokens, usd) in [
            (json!(null), 0, 0.0),
            (json!({"input": "12345678", "dimensions": 256}), 2, 2.0),
            (json!({"prompt": ["123", "4"], "max_tokens": 5}), 6, 51.0),
            (json!({"max_tokens": 5, "n": 3}), 15, 150.0),
            (json!({"max_tokens": 5, "n": 3, "best_of": 4}), 20, 200.0),
            (
                json!({"max_completion_tokens": 7, "max_tokens": 5}),
                7,
                70.0,
            ),
            (json!({"max_output_tokens": 9}), 9, 90.0),
        ] {
            let estimate = Estimate::of(&body, price);
            assert_eq!(estimate, Estimate { tokens, usd }, "{body}");
        }
    }
}
