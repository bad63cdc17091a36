//! `POST /embeddings`: vectors that follow from the words of a text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::arguments::{self, Input, number};
use super::{Answer, Group, Handler};
use crate::catalog::{Model, Serves};
use crate::refusal::Refusal;
use crate::route::{Call, Served};
use crate::text;

pub(super) const HANDLERS: Group = &[(
    "embeddings",
    Handler::new("Embeddings_Create", answer)
        .json(crate::check::embeddings::FIELDS)
        .made_for("embeddings", Model::embeds),
)];

pub(super) fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let served = call.served()?;
    let inputs = inputs(&call.body["input"])?;
    let tokens = inputs.iter().map(|input| input.tokens).sum();
    if let Some(longest) = inputs.iter().map(|input| input.tokens).max()
        && longest > served.context()
    {
        return Err(Refusal::too_long(served.context(), longest, 0));
    }
    let dimensions = dimensions(call, served)?;
    let base64 = call.body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let item = |(index, input): (usize, &Input)| Item {
        object: "embedding",
        index,
        embedding: match vector(&input.text, dimensions) {
            vector if base64 => Embedding::Base64(vector),
            vector => Embedding::Numbers(vector),
        },
    };
    let body = List {
        object: "list",
        data: inputs.iter().enumerate().map(item).collect(),
        model: served.model.wire,
        usage: Usage {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    };
    // The service's embeddings come indented, unlike everything else it says.
    let body = serde_json::to_vec_pretty(&body).expect("numbers and texts always serialise");
    Ok(Answer::json(body, tokens))
}

/// The texts; unlike a prompt, none of them may be empty.
fn inputs(input: &Value) -> Result<Vec<Input>, Refusal> {
    let inputs = arguments::inputs(input);
    if inputs.iter().any(|input| input.text.is_empty()) {
        return Err(Refusal::invalid(
            "'$.input' is invalid. Please check the API reference: \
             https://platform.openai.com/docs/api-reference.",
            None,
            None,
        ));
    }
    Ok(inputs)
}

fn dimensions(call: &Call<'_>, served: &Served<'_>) -> Result<usize, Refusal> {
    let Serves::Embeddings {
        dimensions,
        shrinks,
    } = served.model.serves
    else {
        return Err(Refusal::operation_not_supported("embeddings", &served.name));
    };
    let Some(wanted) = number(&call.body, "dimensions") else {
        return Ok(dimensions);
    };
    if !shrinks {
        return Err(Refusal::invalid(
            "This model does not support specifying dimensions.",
            None,
            None,
        ));
    }
    match usize::try_from(wanted) {
        Ok(wanted) if wanted <= dimensions => Ok(wanted),
        _ => Err(Refusal::invalid(
            format!(
                "Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {dimensions}."
            ),
            None,
            None,
        )),
    }
}

/// The sum of its words' directions, of length 1: texts that share words are near each other.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; dimensions];
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut random = fastrand::Rng::with_seed(text::hash(b"no word"));
    let mut any = false;
    for word in words {
        any = true;
        random = fastrand::Rng::with_seed(text::hash(word.as_bytes()));
        for at in &mut sum {
            *at += random.f32() - 0.5;
        }
    }
    if !any {
        for at in &mut sum {
            *at = random.f32() - 0.5;
        }
    }
    let length = sum.iter().map(|at| at * at).sum::<f32>().sqrt();
    for at in &mut sum {
        *at /= length;
    }
    sum
}

#[derive(Serialize)]
struct List {
    object: &'static str,
    data: Vec<Item>,
    model: &'static str,
    usage: Usage,
}

#[derive(Serialize)]
struct Item {
    object: &'static str,
    index: usize,
    embedding: Embedding,
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

enum Embedding {
    Numbers(Vec<f32>),
    /// Little-endian, four bytes a number.
    Base64(Vec<f32>),
}

impl Serialize for Embedding {
    fn serialize<S: Serializer>(&self, ser: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Numbers(numbers) => numbers.serialize(ser),
            Self::Base64(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
                ser.serialize_str(&STANDARD.encode(bytes))
            }
        }
    }
}
