//! Leaks that are planted, and found.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use aoai_auth::{Audience, Credential, CredentialProvider, ErrorKind, Issued};
use aoai_emulator::{Config, Emulator};
use aoai_spec::report::Human;
use aoai_spec::{Artefacts, Event, Profile, Runner};
use async_trait::async_trait;

const KEY: &str = "fake~key.one+with/odd\"marks";

const ECHO: &str = "name: echo\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {reply: \
                    REPLY}\n    body: {messages: [{role: user, content: ping}]}\n    expect: {text: \
                    $nonempty}\n";

async fn emulator() -> Arc<Emulator> {
    let mut config = Config::default();
    config.keys = Some([KEY.to_owned(), "fake-key-two".to_owned()]);
    Arc::new(Emulator::start(config).await.unwrap())
}

/// Runs a spec whose answer is `reply`, as a program would that shows everything.
async fn told(reply: &str) -> (Arc<Artefacts>, String) {
    let text = ECHO.replace("REPLY", &serde_json::to_string(reply).unwrap());
    let runner = Runner::from_text(text).emulator(emulator().await);
    let artefacts = Arc::clone(runner.artefacts());
    let place = tempfile::tempdir().unwrap();
    {
        let human = Human::new(artefacts.writer("terminal", Vec::new())).verbosity(2);
        let human = Mutex::new(human);
        let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
        let report = runner.run_with(&sink).await.unwrap();
        let path = place.path().join("leaks.json");
        let json = report.json().to_string();
        artefacts.write(&path, &json).unwrap();
    }
    let leaks = artefacts.leaks();
    let told: Vec<_> = leaks.iter().map(ToString::to_string).collect();
    (artefacts, told.join("\n"))
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_again_is_looked_at_as_it_was_written() {
    let artefacts = Artefacts::new(Arc::default());
    let redactor = artefacts.redactor();
    redactor.register("key", "not-a-real-key").unwrap();
    // No mask knows this way to write it.
    let escaped = "x\n\\u006eot-a-real-key\n";
    artefacts.write("/dev/null", escaped).unwrap();
    assert_eq!(artefacts.count(), 1);
    let leaks: Vec<_> = artefacts.leaks().iter().map(ToString::to_string).collect();
    let expected = "/dev/null:2: <key> stands there, as it is, escaped once more";
    assert_eq!(leaks, [expected]);
}

#[tokio::test]
async fn what_masking_knows_does_not_leak() {
    let (artefacts, leaks) = told(&format!("the key is {KEY}")).await;
    assert_eq!(leaks, "");
    // The terminal, the report, and the log.
    assert_eq!(artefacts.count(), 3);
}

#[tokio::test]
async fn what_masking_does_not_know_is_found_in_every_artefact_that_has_it() {
    let twice = "fake%257Ekey.one%252Bwith%252Fodd%2522marks";
    let (_, leaks) = told(twice).await;
    for artefact in ["terminal:", "leaks.json:1:"] {
        assert!(leaks.contains(artefact), "{artefact}: {leaks}");
    }
    let form = ": <key> stands there, percent-encoded, percent-encoded once more";
    assert!(leaks.lines().all(|leak| leak.ends_with(form)), "{leaks}");
}

#[tokio::test]
async fn what_is_written_before_a_secret_is_known_is_found_too() {
    let artefacts = Artefacts::new(Arc::default());
    let mut terminal = artefacts.writer("terminal", Vec::new());
    writeln!(terminal, "one\nand {KEY}").unwrap();
    terminal.finish().unwrap();
    assert_eq!(artefacts.leaks(), []);
    artefacts.redactor().register("key", KEY).unwrap();
    let leaks = artefacts.leaks();
    assert_eq!(leaks.len(), 1);
    assert_eq!(
        leaks[0].to_string(),
        "terminal:2: <key> stands there, as it is"
    );
}

/// A careless provider.
#[derive(Debug)]
enum Careless {
    Logs,
    Complains,
}

#[async_trait]
impl CredentialProvider for Careless {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        match self {
            Self::Logs => {
                tracing::trace!(key = KEY, "got it");
                Ok(Issued::local(Credential::ApiKey(KEY.into())))
            }
            Self::Complains => {
                let message = format!("the key {KEY} is no good");
                Err(aoai_auth::Error::new(ErrorKind::Unavailable, message))
            }
        }
    }
}

#[tokio::test]
async fn the_log_and_the_debug_of_errors_are_artefacts() {
    for (careless, artefact) in [
        (Careless::Logs, "log:"),
        (Careless::Complains, "the error of "),
    ] {
        let emulator = emulator().await;
        let profile = Profile::of_emulator(&emulator)
            .credential("careless", careless)
            .retries(0);
        let text = "name: a\nuse: {credential: careless}\nsteps:\n  - {call: models.list, expect: \
                    {status: 200}}\n";
        let runner = Runner::from_text(text).profile(profile);
        let report = runner.run().await.into_result().unwrap();
        assert_eq!(report.exit_code(), 6);
        let leak = report.leaks[0].to_string();
        assert!(
            leak.starts_with(artefact) && leak.contains("> stands there, "),
            "{leak}"
        );
    }
}

#[tokio::test]
async fn a_secret_variable_is_used_and_not_shown() {
    let text = "name: a\nvars: {phrase: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    body: \
                {messages: [{role: user, content: \"${phrase}\"}]}\n    expect: {sent: {body: \
                {messages: [{content: \"${phrase}\"}]}}, text: other}\n";
    let emulator = emulator().await;
    let profile = Profile::of_emulator(&emulator).secret("phrase", "open-sesame-please");
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let found = &report.specs[0].cells[0].steps[0].mismatches;
    assert_eq!((report.exit_code(), found.len()), (4, 1), "{found:?}");
    let json = report.json().to_string();
    assert!(
        json.contains("<phrase>") && !json.contains("sesame"),
        "{json}"
    );
}

#[tokio::test]
async fn what_was_not_as_expected_is_masked_before_anybody_reads_it() {
    let text = "name: a\nvars: {phrase: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    headers: \
                {x-note: \"${phrase}\"}\n    body: {messages: [{role: user, content: \"${phrase}\"}]}\n    \
                expect: {sent: {body: {messages: [{content: other}]}}}\n";
    let emulator = emulator().await;
    let profile = Profile::of_emulator(&emulator).secret("phrase", "open-sesame-please");
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let step = &report.specs[0].cells[0].steps[0];
    let found = step.mismatches.iter().map(|found| &*found.actual);
    assert_eq!(found.collect::<Vec<_>>(), ["\"<phrase>\""]);
    let sent = step.result.as_ref().unwrap().sent.as_ref().unwrap();
    assert_eq!(sent.headers["x-note"], "<phrase>");
}

#[tokio::test]
async fn a_snapshot_with_a_secret_in_it_holds_and_does_not_tell_it() {
    let directory = tempfile::tempdir().unwrap();
    let text = ECHO.replace("REPLY", "open-sesame-please");
    let text = text.replace("expect: {text: $nonempty}", "snapshot: exact");
    std::fs::write(directory.path().join("echo.yaml"), text).unwrap();
    let emulator = emulator().await;
    let profile = Profile::of_emulator(&emulator).secret("phrase", "open-sesame-please");
    let runner = || {
        let runner = Runner::new(directory.path()).emulator(Arc::clone(&emulator));
        runner.profile(profile.clone())
    };
    let first = runner().collect_snapshots();
    let artefacts = Arc::clone(first.artefacts());
    let report = first.run().await.into_result().unwrap();
    let new: Vec<_> = report.snapshots().collect();
    assert_eq!(new.len(), 1);
    new[0].accept(&artefacts).unwrap();
    let kept = std::fs::read_to_string(&new[0].path).unwrap();
    assert!(
        kept.contains("<phrase>") && !kept.contains("sesame"),
        "{kept}"
    );
    let again = runner().run().await.into_result().unwrap();
    assert_eq!(
        again.exit_code(),
        0,
        "{:?}",
        again.specs[0].cells[0].steps[0].mismatches
    );
}

#[tokio::test]
async fn a_secret_that_is_given_empty_is_none() {
    let text = "name: a\nvars: {pw: ~}\nsteps:\n  - {call: models.list, headers: {x-pw: \"<${pw}>\"}, \
                expect: {sent: {headers: {x-pw: <>}}}}\n";
    let emulator = emulator().await;
    let profile = Profile::of_emulator(&emulator).secret("pw", "secret-of-the-profile");
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.var("pw", "").run().await.into_result().unwrap();
    assert_eq!(
        report.exit_code(),
        0,
        "{:?}",
        report.specs[0].cells[0].state
    );
}

#[tokio::test]
async fn what_is_given_in_place_of_a_secret_variable_is_not_shown_either() {
    let text = "name: a\nvars: {pw: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    body: \
                {messages: [{role: user, content: \"${pw}\"}]}\n    expect: {text: other}\n";
    let emulator = emulator().await;
    let plain = Profile::of_emulator(&emulator);
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/given-secrets.yaml");
    let url = emulator.endpoint();
    let empty = format!(
        "p:\n  endpoints: {{main: \"{url}\"}}\n  deployments: {{chat: chat}}\n  credentials: {{key: \
         {{api_key: \"{}\"}}}}\n  secrets: {{pw: \"${{env.PW:-}}\"}}\n",
        emulator.keys()[1]
    );
    std::fs::write(path, empty).unwrap();
    for profile in [
        plain.secret("pw", "secret-of-the-profile"),
        Profile::load(path, "p", |_| None).unwrap(),
    ] {
        for by_var in [false, true] {
            let mut runner = Runner::from_text(text)
                .profile(profile.clone())
                .lookup(|name| {
                    (name == "AOAI_SPEC_PW").then(|| "tops3cr3t-of-the-shell".to_owned())
                });
            if by_var {
                runner = runner.var("pw", "tops3cr3t-of-the-line");
            }
            let artefacts = Arc::clone(runner.artefacts());
            let human = Human::new(artefacts.writer("terminal", Vec::new()));
            let human = Mutex::new(human.verbosity(2).curl(true));
            let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
            let report = runner.run_with(&sink).await.unwrap();
            assert_eq!(report.exit_code(), 4);
            let json = report.json().to_string();
            assert!(
                json.contains("<pw>") && !json.contains("tops3cr3t"),
                "{json}"
            );
            let told = runner.explain().await.unwrap();
            assert!(
                told.contains("<pw>") && !told.contains("tops3cr3t"),
                "{told}"
            );
            drop(human);
            assert_eq!(artefacts.leaks(), []);
        }
    }
}

#[tokio::test]
async fn a_secret_that_stands_among_the_variables_is_masked() {
    let text = "name: a\nvars: {pw: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: \
                [{role: user, content: \"${pw}\"}]}\n    expect: {text: other}\n";
    let emulator = emulator().await;
    let (url, key) = (emulator.endpoint(), &emulator.keys()[1]);
    let file = tempfile::NamedTempFile::new().unwrap();
    for (secret, value) in [("${env.PW:-}", "tops3cr3t-shown"), ("tops3cr3t", "shown")] {
        let profile = format!(
            "p:\n  endpoints: {{main: \"{url}\"}}\n  deployments: {{chat: chat}}\n  credentials: {{key: \
             {{api_key: \"{key}\"}}}}\n  secrets: {{pw: \"{secret}\"}}\n  vars: {{pw: {value}}}\n"
        );
        std::fs::write(file.path(), profile).unwrap();
        let profile = Profile::load(file.path(), "p", |_| None).unwrap();
        let report = Runner::from_text(text).profile(profile).run().await;
        let json = report.into_result().unwrap().json().to_string();
        assert!(
            json.contains("<pw>") && !json.contains("tops3cr3t"),
            "{json}"
        );
    }
}

#[tokio::test]
async fn a_secret_of_the_wrong_type_is_not_told_with_the_mistake() {
    let text = "name: a\nvars: {pin: 12345678}\nsteps:\n  - {http: \"GET /${pin}\", expect: {status: \
                404}}\n";
    let profile = Profile::of_emulator(&*emulator().await).secret("pin", "87654321");
    let runner = Runner::from_text(text).profile(profile);
    let error = runner.var("pin", "tops3cr3t").run().await.into_result();
    assert_eq!(
        error.unwrap_err().to_string(),
        "the variable `pin` is a number, which its secret value is not"
    );
}
