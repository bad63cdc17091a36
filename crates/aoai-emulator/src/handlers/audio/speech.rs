//! `POST /audio/speech`: a text read aloud, in silence.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::Answer;
use super::sound;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::{Dialect, Events, event};
use crate::text;

pub(super) fn speak(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.served()?;
    let word = |name: &str| call.body.get(name).and_then(Value::as_str);
    let input = word("input").unwrap_or_default();
    let speed = call
        .body
        .get("speed")
        .and_then(Value::as_f64)
        .unwrap_or(1.0);
    let words = u32::try_from(input.split_whitespace().count()).unwrap_or(u32::MAX);
    let seconds = f64::from(words.max(1)) * A_WORD / speed;
    let (media_type, bytes) = sound::silence(word("response_format").unwrap_or("mp3"), seconds);
    if word("stream_format") != Some("sse") {
        return Ok(Answer::bytes(media_type, bytes));
    }
    let tokens = text::count(input);
    let pieces = bytes.chunks(
        bytes
            .len()
            .div_ceil(call.instructions.chunks.unwrap_or(4).max(1)),
    );
    let delta = |piece: &[u8]| {
        event(&json!({"type": "speech.audio.delta", "audio": STANDARD.encode(piece)}))
    };
    let usage = json!({
        "input_tokens": tokens,
        "output_tokens": tokens * 10,
        "total_tokens": tokens * 11,
    });
    let events = Events {
        prompt_filter: None,
        then: pieces.map(delta).collect(),
        end: vec![event(&json!({"type": "speech.audio.done", "usage": usage}))],
        dialect: Dialect::Data,
    };
    Ok(Answer::events(events, tokens * 11))
}

/// How long a word takes, in seconds.
const A_WORD: f64 = 0.25;
