//! `POST /realtime/client_secrets`: keys with which browsers and phones open one session each.

use serde_json::{Value, json};

use super::arguments::whole;
use super::{Answer, Group, Handler};
use crate::catalog::Serves;
use crate::check::{FrontEnd, realtime as arguments};
use crate::refusal::Refusal;
use crate::route::{self, Call};
use crate::text;

pub(super) const HANDLERS: Group = &[(
    "realtime.client_secrets.create",
    Handler::new("Realtime_CreateClientSecret", create)
        .json(arguments::CLIENT_SECRET)
        .by(FrontEnd::Resources),
)];

fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let given = &call.body["session"];
    if let Some(name) = given["model"].as_str() {
        let served = route::deployment(call.state, name)?;
        if served.model.serves != Serves::Realtime {
            return Err(Refusal::operation_not_supported("realtime", name));
        }
    }
    let mut session = defaults(given["type"] == "transcription");
    overlay(&mut session, given);
    session["id"] = json!(format!("sess_{}", text::letters(fastrand::u64(..), 21)));
    let lives = call
        .body
        .get("expires_after")
        .and_then(|it| whole(&it["seconds"]));
    Ok(Answer::value(&json!({
        "expires_at": call.now + lives.unwrap_or(LIVES),
        "session": session,
        "value": format!("ek_{}", text::letters(fastrand::u64(..), 32)),
    })))
}

/// A session of which nothing is said; its own expiry is never told.
fn defaults(transcription: bool) -> Value {
    let input = json!({
        "format": {"rate": 24000, "type": "audio/pcm"},
        "noise_reduction": null,
        "transcription": null,
        "turn_detection": {
            "create_response": true,
            "idle_timeout_ms": null,
            "interrupt_response": true,
            "prefix_padding_ms": 300,
            "silence_duration_ms": 200,
            "threshold": 0.5,
            "type": "server_vad",
        },
    });
    if transcription {
        return json!({
            "audio": {"input": input},
            "expires_at": 0,
            "id": null,
            "include": null,
            "object": "realtime.transcription_session",
            "type": "transcription",
        });
    }
    json!({
        "audio": {
            "input": input,
            "output": {
                "format": {"rate": 24000, "type": "audio/pcm"},
                "speed": 1.0,
                "voice": "alloy",
            },
        },
        "expires_at": 0,
        "id": null,
        "include": null,
        "instructions": "",
        "max_output_tokens": "inf",
        "model": null,
        "object": "realtime.session",
        "output_modalities": ["audio"],
        "prompt": null,
        "tool_choice": "auto",
        "tools": [],
        "tracing": null,
        "truncation": "auto",
        "type": "realtime",
    })
}

/// Puts what is given in the place of what holds otherwise, member by member.
fn overlay(value: &mut Value, given: &Value) {
    match (value, given) {
        (Value::Object(members), Value::Object(given)) => {
            for (name, given) in given {
                overlay(members.entry(name).or_insert(Value::Null), given);
            }
        }
        (_, Value::Null) => {}
        (value, given) => *value = given.clone(),
    }
}

/// How long a key can be used, in seconds, where nobody says it.
const LIVES: u64 = 600;
