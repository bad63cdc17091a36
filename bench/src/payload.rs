//! The bodies that the canned server sends: invented words in the shapes that the service sends.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A whole chat completion with `text` bytes of answer.
pub fn chat(text: usize) -> String {
    let filter = verdicts(true);
    let body = json!({
        "choices": [{
            "content_filter_results": filter,
            "finish_reason": "stop",
            "index": 0,
            "logprobs": null,
            "message": {
                "annotations": [],
                "content": words(text),
                "refusal": null,
                "role": "assistant",
            },
        }],
        "created": CREATED,
        "id": ID,
        "model": MODEL,
        "object": "chat.completion",
        "prompt_filter_results": [{"content_filter_results": filter, "prompt_index": 0}],
        "system_fingerprint": FINGERPRINT,
        "usage": usage(),
    });
    format!("{body}\n")
}

/// The events of a chat completion: filter results of the prompt, the role, `events` pieces of
/// text, the stop, and `[DONE]`.
pub fn chat_events(events: usize, text: usize, obfuscated: bool) -> Vec<String> {
    let mut all = vec![
        event(&json!({
            "choices": [],
            "created": 0,
            "id": "",
            "model": "",
            "object": "",
            "prompt_filter_results": [{"content_filter_results": verdicts(false), "prompt_index": 0}],
        })),
        event(&chunk(
            &json!({}),
            &json!({"content": "", "refusal": null, "role": "assistant"}),
            &Value::Null,
            obfuscated.then_some(0),
        )),
    ];
    let verdicts = verdicts(false);
    all.extend((0..events).map(|at| {
        let delta = json!({"content": piece(at, text)});
        event(&chunk(
            &verdicts,
            &delta,
            &Value::Null,
            obfuscated.then_some(at),
        ))
    }));
    all.push(event(&chunk(
        &json!({}),
        &json!({}),
        &json!("stop"),
        obfuscated.then_some(1),
    )));
    all.push("data: [DONE]\n\n".into());
    all
}

/// The events of one tool call whose arguments come in `fragments` pieces.
pub fn tool_call_chunks(fragments: usize) -> Vec<String> {
    let first = json!({"tool_calls": [{
        "function": {"arguments": "", "name": "plant_orchard"},
        "id": "call_1",
        "index": 0,
        "type": "function",
    }]});
    let rest = (0..fragments)
        .map(|_| json!({"tool_calls": [{"function": {"arguments": "\\\"row"}, "index": 0}]}));
    std::iter::once(first)
        .chain(rest)
        .map(|delta| chunk(&json!({}), &delta, &Value::Null, None).to_string())
        .collect()
}

/// `inputs` vectors of 1,536 numbers as JSON numbers.
pub fn embeddings_as_numbers(inputs: usize) -> String {
    embeddings(inputs, |body, input| {
        body.push('[');
        for at in 0..DIMENSIONS {
            let separator = if at == 0 { "" } else { "," };
            let _ = write!(body, "{separator}{}", component(input, at));
        }
        body.push(']');
    })
}

/// `inputs` vectors of 1,536 numbers as base64 of little-endian `f32`.
pub fn embeddings_as_base64(inputs: usize) -> String {
    embeddings(inputs, |body, input| {
        let bytes: Vec<u8> = (0..DIMENSIONS)
            .flat_map(|at| component(input, at).to_le_bytes())
            .collect();
        let _ = write!(body, "\"{}\"", STANDARD.encode(&bytes));
    })
}

/// Numbers in a vector.
pub const DIMENSIONS: usize = 1_536;

/// The headers that the service sends with an answer, and `more` besides.
pub fn headers(more: usize) -> String {
    let mut headers = String::from(AZURE_HEADERS);
    for at in 0..more {
        let _ = write!(headers, "x-orchard-{at}: {}\r\n", piece(at, 24).trim());
    }
    headers
}

fn chunk(filter: &Value, delta: &Value, finish: &Value, obfuscated: Option<usize>) -> Value {
    let mut chunk = json!({
        "choices": [{
            "content_filter_results": filter,
            "delta": delta,
            "finish_reason": finish,
            "index": 0,
            "logprobs": null,
        }],
        "created": CREATED,
        "id": ID,
        "model": MODEL,
        "object": "chat.completion.chunk",
        "system_fingerprint": FINGERPRINT,
    });
    if let Some(at) = obfuscated {
        chunk["obfuscation"] = json!(&"kQ4vT9xZ2mW7bR1nY6"[..4 + at % 12]);
    }
    chunk
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn verdicts(whole: bool) -> Value {
    let safe = json!({"filtered": false, "severity": "safe"});
    let mut verdicts = json!({
        "hate": safe,
        "self_harm": safe,
        "sexual": safe,
        "violence": safe,
    });
    if whole {
        verdicts["protected_material_text"] = json!({"detected": false, "filtered": false});
    }
    verdicts
}

fn usage() -> Value {
    json!({
        "completion_tokens": 42,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        "prompt_tokens": 23,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": 65,
    })
}

fn embeddings(inputs: usize, vector: impl Fn(&mut String, usize)) -> String {
    let mut body = String::from(r#"{"object":"list","data":["#);
    for input in 0..inputs {
        let separator = if input == 0 { "" } else { "," };
        let _ = write!(
            body,
            r#"{separator}{{"object":"embedding","index":{input},"embedding":"#
        );
        vector(&mut body, input);
        body.push('}');
    }
    body.push_str(
        r#"],"model":"text-embedding-3-small","usage":{"prompt_tokens":512,"total_tokens":512}}"#,
    );
    body.push('\n');
    body
}

/// A number between -0.1 and 0.1 that needs eight or nine digits, as those of the service do.
fn component(input: usize, at: usize) -> f32 {
    let mixed = (input * DIMENSIONS + at).wrapping_mul(2_654_435_761) % 1_000_003;
    (mixed as f32 / 1_000_003.0 - 0.5) * 0.2
}

/// About `bytes` bytes of words.
fn words(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 8);
    for at in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(WORDS[at % WORDS.len()]);
    }
    text.truncate(bytes);
    text
}

/// The piece of text in an event: `bytes` bytes, different from event to event.
fn piece(at: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    for word in WORDS.iter().cycle().skip(at % WORDS.len()) {
        if text.len() >= bytes {
            break;
        }
        text.push_str(word);
    }
    text.truncate(bytes);
    text
}

const CREATED: u64 = 1_774_962_747;
const ID: &str = "chatcmpl-B3nchB3nchB3nchB3nchB3nchB3n";
const MODEL: &str = "gpt-4o-mini-2024-07-18";
const FINGERPRINT: &str = "fp_0123456789";

const WORDS: [&str; 12] = [
    " apple", " birch", " cloud", " daisy", " eagle", " fjord", " grain", " heath", " inlet",
    " knoll", " larch", " maple",
];

const AZURE_HEADERS: &str = "\
apim-request-id: 01234567-89ab-cdef-0123-456789abcdef\r\n\
azureml-model-session: d20260330170902-0123456789ab\r\n\
date: Tue, 31 Mar 2026 13:12:27 GMT\r\n\
skip-error-remapping: true\r\n\
strict-transport-security: max-age=31536000; includeSubDomains; preload\r\n\
x-accel-buffering: no\r\n\
x-content-type-options: nosniff\r\n\
x-ms-deployment-name: bench\r\n\
x-ms-is-spilled-over: false\r\n\
x-ms-rai-invoked: true\r\n\
x-ms-region: East US 2\r\n\
x-ratelimit-abusepenalty-active: False\r\n\
x-ratelimit-limit-requests: 120\r\n\
x-ratelimit-limit-tokens: 120000\r\n\
x-ratelimit-remaining-requests: 119\r\n\
x-ratelimit-remaining-tokens: 119986\r\n\
x-ratelimit-reset-requests: 500\r\n\
x-ratelimit-reset-tokens: 7\r\n\
x-request-id: 76543210-ba98-fedc-3210-fedcba987654\r\n";
