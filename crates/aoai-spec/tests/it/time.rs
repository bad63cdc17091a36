//! Time: waits that take none, times that belong to one cell, and what is told of real waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{ApiKey, Audience, CredentialProvider, Issued};
use aoai_emulator::{Config, Emulator};
use aoai_spec::{Event, Profile, Report, Runner, State};
use async_trait::async_trait;
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const SECOND: Duration = Duration::from_secs(1);

/// Runs a text by a clock that stands still: whatever really waits never ends.
async fn run_without_waiting(text: &str) -> Report {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let clock = ManualClock::new();
    let runner = Runner::from_text(text)
        .emulator(Arc::new(emulator))
        .clock(Arc::new(clock.clone()));
    let report = runner.run().await.into_result().unwrap();
    assert_eq!(clock.slept().len(), 0);
    report
}

#[tokio::test]
async fn polls_of_the_emulator_take_no_time() {
    let report = run_without_waiting(
        "name: a\nsteps:\n  - call: models.get\n    params: {model: gpt-4o-mini}\n    poll: {until: \
         {body: {status: never}}, every: 1h, within: 24h}\n",
    )
    .await;
    let cell = &report.specs[0].cells[0];
    assert_eq!(cell.state, State::Failed);
    assert_eq!(cell.steps[0].polls, 25);
    assert_eq!(cell.skipped, SECOND * 60 * 60 * 24);
    assert_eq!(cell.took, Duration::ZERO);
}

#[tokio::test]
async fn retries_against_the_emulator_wait_as_told_and_take_no_time() {
    let report = run_without_waiting(
        "name: a\nsteps:\n  - call: chat\n    deployment: chat\n    use: {retries: 2}\n    emulator: \
         {faults: [{status: 429, headers: {retry-after: 100}}, {status: 429, headers: \
         {retry-after-ms: 20500}}]}\n    body: {messages: [{role: user, content: ping}]}\n    \
         expect:\n      attempts: [{status: 429}, {waited: 100s}, {waited: {$eq: 20500ms}}]\n      \
         time: {total: {$gte: 120s}}\n",
    )
    .await;
    assert_eq!(report.exit_code(), 0);
}

#[tokio::test]
async fn a_cell_moves_its_own_time_only() {
    let report = run_without_waiting(
        "name: moves\nsteps:\n  - &ping {name: before, call: chat, deployment: chat, body: {messages: \
         [{role: user, content: ping}]}, expect: {text: $nonempty}}\n  - emulator: {advance: \
         10h}\n  - {<<: *ping, name: after}\n---\nname: stays\nsteps:\n  - {name: before, call: chat, \
         deployment: chat, body: {messages: [{role: user, content: ping}]}, expect: {text: \
         $nonempty}}\n",
    )
    .await;
    assert_eq!(report.exit_code(), 0);
    let created = |spec: usize, step: &str| {
        let result = report.specs[spec].step(step).unwrap();
        result.to_json()["body"]["created"].as_u64().unwrap()
    };
    let moved = created(0, "after") - created(0, "before");
    assert!((36_000..36_060).contains(&moved), "{moved}");
    let elsewhere = created(1, "before") - created(0, "before");
    assert!(elsewhere < 60, "{elsewhere}");
}

#[tokio::test]
async fn real_waits_are_told() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
    Mock::given(method("GET"))
        .respond_with(busy)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    for state in ["validating", "in_progress", "completed"] {
        let answer = ResponseTemplate::new(200).set_body_json(json!({"status": state}));
        let mock = Mock::given(method("GET")).respond_with(answer);
        mock.up_to_n_times(1).mount(&server).await;
    }
    let text = "name: a\nsteps:\n  - name: wait for it\n    call: models.get\n    params: {model: \
                job}\n    poll: {until: {body: {status: completed}}, every: 60s, within: 10m}\n";
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key");
    let runner = Runner::from_text(text)
        .profile(profile)
        .clock(Arc::new(ManualClock::automatic()));
    let told = Mutex::new(Vec::new());
    let sink = |event: &Event<'_>| {
        if let Event::Waiting {
            step,
            state,
            waited,
            next,
            ..
        } = event
        {
            let mut told = told.lock().unwrap();
            let [waited, next] = [waited, next].map(Duration::as_secs);
            told.push(format!("{step}: {state}, {waited}s, {next}s"));
        }
    };
    runner.run_with(&sink).await.unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [
            "wait for it: to be sent again, 0s, 7s",
            "wait for it: validating, 7s, 60s",
            "wait for it: in_progress, 67s, 60s",
        ]
    );
}

/// Counts how often it is asked.
#[derive(Clone, Debug, Default)]
struct Counted(Arc<AtomicUsize>);

#[async_trait]
impl CredentialProvider for Counted {
    async fn credential(&self, audience: &Audience) -> aoai_auth::Result<Issued> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let key = ApiKey::new("fake-key-of-a-provider");
        let mut issued = key.credential(audience).await?;
        issued.source = aoai_auth::Source::Network;
        Ok(issued)
    }
}

#[tokio::test]
async fn each_cell_begins_without_a_credential() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    Mock::given(method("GET"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let provider = Counted::default();
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .credential("key", provider.clone());
    let text = "name: a\nmatrix: {via: [typed, raw]}\nsteps:\n  - {name: first, call: models.list, \
                expect: {auth: {source: network}}}\n  - {name: second, call: models.list, expect: \
                {auth: {source: cache}}}\n";
    Runner::from_text(text)
        .profile(profile)
        .run()
        .await
        .assert_ok();
    assert_eq!(provider.0.load(Ordering::Relaxed), 2);
}
