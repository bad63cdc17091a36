//! `POST /responses/compact`: a long input made short enough to go on with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::Answer;
use super::context::Context;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::text;

/// Keeps what the user said, and seals the rest.
pub(super) fn compact(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.served()?;
    let given = |name: &str| call.body.get(name).is_some_and(|value| !value.is_null());
    if !given("input") && !given("previous_response_id") {
        let message = "One of \"input\" or \"previous_response_id\" must be provided.";
        let code = "missing_required_parameter";
        return Err(Refusal::invalid(message, None, Some(code)));
    }
    let context = Context::read(call)?;
    let prompt = context.prompt(&call.body);
    let is_user = |item: &&Value| item["type"] == "message" && item["role"] == "user";
    let mut output: Vec<Value> = context.items().filter(is_user).cloned().collect();
    let sealed = STANDARD.encode(text::truncate(&prompt.text, SEALED));
    let tokens = text::count(&sealed);
    output.push(json!({
        "id": text::id("cmp"),
        "type": "compaction",
        "encrypted_content": sealed,
    }));
    let body = Members::new([
        ("id", json!(text::id("resp"))),
        ("object", json!("response.compaction")),
        ("created_at", json!(call.now)),
        ("output", json!(output)),
        (
            "usage",
            json!({
                "input_tokens": prompt.tokens,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": prompt.tokens + tokens,
            }),
        ),
    ]);
    Ok(Answer::json(body.to_json(), prompt.tokens + tokens))
}

/// How many tokens of what was said the summary stands for.
const SEALED: u64 = 16;
