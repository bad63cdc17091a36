//! OpenAI's own Python client against the emulator.

use std::io::{self, Write as _};
use std::process::Command;

use aoai_emulator::{Config, Emulator};

/// Runs where `python3` has the package `openai`; elsewhere it says that it was skipped.
#[tokio::test]
async fn the_python_client_works_on_both_surfaces() {
    let present = Command::new("python3")
        .args(["-c", "import openai"])
        .output();
    if !present.is_ok_and(|output| output.status.success()) {
        let told = b"skipped: python3 has no package `openai`\n";
        io::stderr().write_all(told).unwrap();
        return;
    }
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let [key, _] = emulator.keys();
    let output = Command::new("python3")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/emulator/openai_client.py"
        ))
        .env("EMULATOR_ENDPOINT", emulator.endpoint())
        .env("EMULATOR_KEY", key)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "46 checks passed"
    );
}
