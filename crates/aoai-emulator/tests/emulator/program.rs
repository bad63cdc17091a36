//! The program around the emulator.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_aoai-emulator");
const SPECS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/emulator.yaml");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

/// A running program, ended with the test.
struct Running(Child);

impl Running {
    fn start(arguments: &[&str]) -> (Self, impl Iterator<Item = String>) {
        let mut child = Command::new(PROGRAM)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (Self(child), lines.map(Result::unwrap))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    for (arguments, complaint) in [
        (&["--prot", "1"][..], "error: invalid option '--prot'"),
        (&["--port"], "error: missing argument for option '--port'"),
        (&["--port", "x"], "error: cannot parse argument \"x\""),
        (&["serve"], "error: unexpected argument \"serve\""),
    ] {
        let output = run(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with(complaint), "{told}");
        assert!(told.contains("Usage: aoai-emulator"), "{told}");
    }
}

#[test]
fn help_is_printed_where_it_is_asked_for() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("Usage: aoai-emulator")
    );
}

#[test]
fn a_configuration_that_cannot_be_served_is_named_with_its_file() {
    let output = run(&["--config", "/nowhere/emulator.yaml"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told.starts_with("error: /nowhere/emulator.yaml: "),
        "{told}"
    );
}

#[test]
fn json_is_one_object_on_one_line() {
    let (_running, mut lines) = Running::start(&["--port", "0", "--config", SPECS, "--json"]);
    let told: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let names: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(names, ["deployments", "endpoint", "keys"]);
    assert!(
        told["endpoint"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert_eq!(told["keys"].as_array().unwrap().len(), 2);
    assert_eq!(
        told["deployments"]["instruct"]["model"],
        "gpt-35-turbo-instruct"
    );
}

#[test]
fn json_tells_of_the_tenant_where_there_is_one() {
    let (_running, mut lines) = Running::start(&["--identity", "--json"]);
    let told: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let identity = &told["identity"];
    assert!(
        identity["authority"]
            .as_str()
            .unwrap()
            .starts_with("https://localhost:")
    );
    assert!(
        identity["certificate"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    for name in [
        "tenant",
        "client_id",
        "client_secret",
        "identity_endpoint",
        "identity_header",
        "vault_address",
    ] {
        assert_ne!(identity[name].as_str().unwrap(), "", "{name}");
    }
    assert_eq!(identity["vault"], "https://emulator.vault.azure.net");
    assert_eq!(identity["vault_secret"], "aoai-key");
}

#[test]
fn a_taken_port_is_named() {
    let (_running, mut lines) = Running::start(&["--json"]);
    let told: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let port = told["endpoint"]
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap();
    let output = run(&["--port", port]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.starts_with(&format!("error: port {port}: ")), "{told}");
}

#[test]
fn lines_for_people_tell_the_same() {
    let (_running, mut lines) = Running::start(&[]);
    let endpoint = lines.next().unwrap();
    assert!(
        endpoint.starts_with("endpoint     http://127.0.0.1:"),
        "{endpoint}"
    );
    let keys: Vec<String> = lines.by_ref().take(2).collect();
    assert!(keys.iter().all(|line| line.starts_with("key ")), "{keys:?}");
    assert_eq!(lines.next().unwrap(), "deployments");
    assert_eq!(
        lines.next().unwrap(),
        "  batch                  gpt-4o-mini (GlobalBatch)"
    );
}

#[tokio::test]
async fn the_configuration_of_the_specs_answers_their_prompts() {
    use aoai_emulator::{Config, Emulator};
    use serde_json::json;

    use crate::support::{CHAT, request};

    let config = Config::from_yaml(&std::fs::read_to_string(SPECS).unwrap()).unwrap();
    let emulator = Emulator::start(config).await.unwrap();
    let tools = json!([{"type": "function", "function": {"name": "get_weather"}}]);
    let message = |prompt: &str, tools: Option<&Value>| {
        let mut body = json!({"messages": [{"role": "user", "content": prompt}]});
        if let Some(tools) = tools {
            body["tools"] = tools.clone();
        }
        request(&emulator, CHAT).json(&body).send().json()["choices"][0]["message"].take()
    };
    assert_eq!(
        message("What is the capital of France?", None)["content"],
        "Paris"
    );
    assert_eq!(message("Count to five.", None)["content"], "1, 2, 3, 4, 5");
    let call = message("Weather in Paris?", Some(&tools));
    assert_eq!(
        call["tool_calls"][0]["function"]["arguments"],
        r#"{"city":"Paris"}"#
    );
}
