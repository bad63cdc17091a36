//! The arguments of completions.

use aoai_types::ApiVersion;

use super::{Field, Rule};

pub(crate) const FIELDS: &[Field] = &[
    Field::optional("best_of", &Rule::Integer(1, 20)),
    Field::optional("echo", &Rule::Bool),
    Field::optional("frequency_penalty", &Rule::Number(-2.0, 2.0)),
    Field::optional("logit_bias", &Rule::Map(&Rule::Number(-100.0, 100.0))),
    Field::optional("logprobs", &Rule::Integer(0, 5)),
    Field::optional("max_tokens", &Rule::Integer(0, i64::MAX)),
    Field::optional("model", &Rule::Text),
    Field::optional("n", &Rule::Integer(1, 128)),
    Field::optional("presence_penalty", &Rule::Number(-2.0, 2.0)),
    Field::optional("prompt", &PROMPT),
    Field::optional("seed", &Rule::Integer(i64::MIN, i64::MAX)),
    Field::optional("stop", &super::chat::STOP),
    Field::optional("stream", &Rule::Bool),
    Field::optional("stream_options", &super::chat::STREAM_OPTIONS)
        .since(ApiVersion::preview(2024, 9, 1)),
    Field::optional("suffix", &Rule::Text),
    Field::optional("temperature", &Rule::Number(0.0, 2.0)),
    Field::optional("top_p", &Rule::Number(0.0, 1.0)),
    Field::optional("user", &Rule::Text),
];

const PROMPT: Rule = Rule::OneOf(&[
    &Rule::Text,
    &Rule::List {
        of: &Rule::Text,
        min: 1,
        max: 2048,
    },
    &TOKENS,
    &Rule::List {
        of: &TOKENS,
        min: 1,
        max: 2048,
    },
]);

const TOKENS: Rule = Rule::List {
    of: &Rule::Integer(0, i64::MAX),
    min: 1,
    max: usize::MAX,
};
