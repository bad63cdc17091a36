//! The emulator as another vendor's client sees it.
#![expect(clippy::print_stderr, reason = "a skipped check says so")]

use std::path::Path;
use std::process::Command;

use aoai_emulator::{Config, Emulator};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openai_python_is_served_on_both_surfaces() {
    let installed = Command::new("python3")
        .args(["-c", "import openai"])
        .output();
    if !installed.is_ok_and(|out| out.status.success()) {
        eprintln!("skipped: there is no python3 with the package `openai` here");
        return;
    }
    let config = include_str!("../../../specs/emulator.yaml");
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let mut client = Command::new("python3");
    client
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("openai_python/client.py"))
        .args([emulator.endpoint(), &emulator.keys()[0]])
        .env("NO_PROXY", "127.0.0.1");
    let out = tokio::task::spawn_blocking(move || client.output())
        .await
        .unwrap()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );

    let seen: Value = serde_json::from_slice(&out.stdout).unwrap();
    let mut expected = serde_json::Map::new();
    for surface in ["dated", "v1"] {
        let rows = [
            ("completion", json!({"choices": 2, "within_limit": true})),
            ("chat", json!("Paris")),
            ("stream", json!({"text": "Paris", "total_is_set": true})),
            ("embedding", json!([8, 8])),
            ("unknown deployment", json!("DeploymentNotFound")),
            ("unknown argument", json!(true)),
        ];
        for (what, value) in rows {
            expected.insert(format!("{surface} {what}"), value);
        }
    }
    assert_eq!(seen, Value::Object(expected));
}
