//! Keys for realtime sessions.

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

fn create(emulator: &Emulator, body: &Value) -> Answer {
    let line = "POST /openai/v1/realtime/client_secrets";
    request(emulator, line).json(body).send()
}

#[tokio::test]
async fn a_key_opens_one_session() {
    let emulator = start().await;
    let body = json!({
        "session": {
            "type": "realtime",
            "model": "realtime",
            "instructions": "Be brief.",
            "audio": {"output": {"voice": "coral"}},
        },
        "expires_after": {"anchor": "created_at", "seconds": 60},
    });
    let answer = create(&emulator, &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let secret = answer.json();
    let key = secret["value"].as_str().unwrap();
    assert!(key.starts_with("ek_") && key.len() == 35, "{key}");
    let session = &secret["session"];
    let id = session["id"].as_str().unwrap();
    assert!(id.starts_with("sess_") && id.len() == 26, "{id}");
    // What was said holds, and what was not is told.
    for (at, value) in [
        ("/model", json!("realtime")),
        ("/instructions", json!("Be brief.")),
        ("/audio/output/voice", json!("coral")),
        ("/audio/output/speed", json!(1.0)),
        ("/audio/input/turn_detection/type", json!("server_vad")),
        ("/expires_at", json!(0)),
        ("/max_output_tokens", json!("inf")),
        ("/object", json!("realtime.session")),
    ] {
        assert_eq!(session.pointer(at), Some(&value), "{at}");
    }
    let mut decimal = body;
    decimal["expires_after"]["seconds"] = json!(60.0);
    let decimal = create(&emulator, &decimal).json();
    let later = create(&emulator, &json!({"session": {"type": "transcription"}})).json();
    let seconds = |secret: &Value| secret["expires_at"].as_u64().unwrap();
    for secret in [&secret, &decimal] {
        assert!((539..=541).contains(&(seconds(&later) - seconds(secret))));
    }
    assert_ne!(later["value"], secret["value"]);
    // It may be sent back as it was told.
    let session = secret["session"].clone();
    assert_eq!(
        create(&emulator, &json!({ "session": session })).status,
        200
    );
}

#[tokio::test]
async fn what_is_no_session_is_refused() {
    let emulator = start().await;
    for (body, status, code) in [
        (json!({}), 400, "missing_required_parameter"),
        (
            json!({"session": {"type": "realtime"}}),
            400,
            "missing_required_parameter",
        ),
        (json!({"session": {"type": "dream"}}), 400, "invalid_value"),
        (
            json!({"session": {"type": "realtime", "model": "missing"}}),
            404,
            "DeploymentNotFound",
        ),
        (
            json!({"session": {"type": "realtime", "model": "chat"}}),
            400,
            "OperationNotSupported",
        ),
        (
            json!({"session": {"type": "transcription"}, "expires_after": {"anchor": "created_at", "seconds": 5}}),
            400,
            "integer_below_min_value",
        ),
        (
            json!({"session": {"type": "transcription"}, "voice": "alloy"}),
            400,
            "unknown_parameter",
        ),
    ] {
        let answer = create(&emulator, &body);
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (status, &json!(code)),
            "{body}"
        );
    }
    let dated = "POST /openai/realtime/client_secrets?api-version=2025-04-01-preview";
    assert_eq!(
        request(&emulator, dated).json(&json!({})).send().status,
        404
    );
}

#[tokio::test]
async fn what_is_not_said_of_a_session_is_told() {
    let emulator = start().await;
    let format = json!({"rate": 24000, "type": "audio/pcm"});
    let input = json!({
        "format": format,
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
    for (session, mut expected) in [
        (
            json!({"type": "transcription"}),
            json!({
                "audio": {"input": input},
                "expires_at": 0,
                "include": null,
                "object": "realtime.transcription_session",
                "type": "transcription",
            }),
        ),
        (
            json!({"type": "realtime", "model": "realtime"}),
            json!({
                "audio": {
                    "input": input,
                    "output": {"format": format, "speed": 1.0, "voice": "alloy"},
                },
                "expires_at": 0,
                "include": null,
                "instructions": "",
                "max_output_tokens": "inf",
                "model": "realtime",
                "object": "realtime.session",
                "output_modalities": ["audio"],
                "prompt": null,
                "tool_choice": "auto",
                "tools": [],
                "tracing": null,
                "truncation": "auto",
                "type": "realtime",
            }),
        ),
    ] {
        let told = create(&emulator, &json!({"session": session})).json();
        expected["id"] = told["session"]["id"].clone();
        assert_eq!(told["session"], expected);
    }
}
