//! Runs that are told to end early.

use std::future::pending;
use std::sync::{Arc, Mutex};

use aoai_http::{Result, Transport, WireRequest, WireResponse};
use aoai_spec::{Event, Interrupt, Profile, Report, Runner, State};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::Notify;

/// Remembers what it was asked. Whoever asks for a path with `signal` interrupts the run before the
/// answer, and nobody hears about a path with `stall` any more.
#[derive(Clone, Debug, Default)]
struct Service {
    asked: Arc<Mutex<Vec<String>>>,
    signal: Arc<Notify>,
}

#[async_trait]
impl Transport for Service {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        let path = request.target.trim_start_matches("/openai/v1/").to_owned();
        let asked = format!("{} {path}", request.method);
        self.asked.lock().unwrap().push(asked);
        if path.contains("signal") {
            self.signal.notify_one();
            tokio::task::yield_now().await;
        }
        if path.contains("stall") {
            pending::<()>().await;
        }
        let status = if path.contains("gone") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        let body = Bytes::from_static(br#"{"id": "it", "status": "running"}"#);
        Ok(WireResponse::new(status, HeaderMap::new(), body))
    }
}

/// What was asked of the service, and the report.
async fn run(text: &str) -> (Vec<String>, Report) {
    let service = Service::default();
    let signal = Arc::clone(&service.signal);
    let profile = Profile::new("here")
        .endpoint("main", "https://nowhere.invalid")
        .api_key("key", "not-a-real-key");
    let runner = Runner::from_text(text)
        .profile(profile)
        .transport(service.clone())
        .interrupt(Interrupt::when(async move { signal.notified().await }));
    let told = Mutex::new(0);
    let sink = |event: &Event<'_>| {
        if matches!(event, Event::Interrupted) {
            *told.lock().unwrap() += 1;
        }
    };
    let report = runner.run_with(&sink).await.unwrap();
    assert_eq!(*told.lock().unwrap(), u32::from(report.interrupted));
    let asked = service.asked.lock().unwrap().clone();
    (asked, report)
}

fn states(report: &Report) -> Vec<&State> {
    report.cells().map(|cell| &cell.state).collect()
}

fn interrupted() -> State {
    State::Skipped("the run was interrupted".to_owned())
}

#[tokio::test]
async fn a_request_that_leaves_nothing_is_broken_off_and_no_test_begins() {
    let (asked, report) = run("name: a\nsteps:\n  - http: GET /openai/v1/first\n    \
         expect: {status: 200}\n---\nname: b\nmatrix: {n: [1, 2, 3]}\nsteps:\n  - http: GET \
         /openai/v1/before\n    expect: {status: 200}\n  - http: GET /openai/v1/signal/stall/${n}\n    \
         expect: {status: 200}\n  - http: GET /openai/v1/never\n---\nname: c\nsteps:\n  - http: GET \
         /openai/v1/never\n"
)
    .await;
    assert_eq!(asked, ["GET first", "GET before", "GET signal/stall/1"]);
    assert_eq!(states(&report), [&State::Passed, &interrupted()]);
    assert!(report.interrupted);
    assert_eq!((report.not_run, report.exit_code()), (3, 130));
    assert_eq!(report.requests(), 3);
    let steps = &report.specs[1].cells[0].steps;
    let steps: Vec<_> = steps.iter().map(|step| step.error.as_deref()).collect();
    assert_eq!(steps, [None, Some("the run was interrupted")]);
}

#[tokio::test]
async fn what_a_request_makes_is_known_to_finally() {
    for (made, asked) in [
        ("POST signal", &["POST signal", "DELETE it"][..]),
        ("POST made", &["POST made", "GET signal", "DELETE it"]),
    ] {
        let made = made.replace(' ', " /openai/v1/");
        let (found, report) = run(&format!(
            "name: a\nsteps:\n  - http: {made}\n    save: {{id: body.id}}\n  - http: GET \
             /openai/v1/signal\n  - http: GET /openai/v1/never\nfinally:\n  - http: DELETE \
             /openai/v1/${{id}}\n    expect: {{status: 200}}\n"
        ))
        .await;
        assert_eq!(found, asked);
        assert_eq!(states(&report), [&interrupted()]);
    }
}

#[tokio::test]
async fn a_poll_is_broken_off_although_there_is_something_to_clean_up() {
    let (asked, report) = run(
        "name: a\nsteps:\n  - http: POST /openai/v1/made\n    save: {id: body.id}\n  - http: GET \
         /openai/v1/signal/stall\n    poll: {until: {body: {status: done}}, within: 1m}\nfinally:\n  - http: \
         DELETE /openai/v1/${id}\n",
    )
    .await;
    assert_eq!(asked, ["POST made", "GET signal/stall", "DELETE it"]);
    assert_eq!(states(&report), [&interrupted()]);
}

#[tokio::test]
async fn what_finally_waits_for_is_waited_for() {
    let (asked, report) = run(
        "name: a\nsteps:\n  - http: GET /openai/v1/signal\n  - http: GET /openai/v1/never\nfinally:\n  - http: POST \
         /openai/v1/cancel\n  - http: GET /openai/v1/it\n    poll: {until: {body: {status: running}}, \
         within: 1m}\n  - http: DELETE /openai/v1/it\n",
    )
    .await;
    assert_eq!(asked, ["GET signal", "POST cancel", "GET it", "DELETE it"]);
    assert_eq!(states(&report), [&interrupted()]);
}

#[tokio::test]
async fn what_went_wrong_is_not_hidden_by_an_interrupt() {
    let clean = "finally:\n  - {http: DELETE /openai/v1/gone, expect: {status: 200}}\n";
    for expected in ["", ", expect: {status: 404}"] {
        let (asked, report) = run(&format!(
            "name: a\nsteps:\n  - {{http: GET /openai/v1/signal{expected}}}\n{clean}"
        ))
        .await;
        assert_eq!(asked, ["GET signal", "DELETE gone"]);
        assert_eq!(states(&report), [&State::Failed]);
        assert_eq!(report.exit_code(), 130);
    }
}

#[tokio::test]
async fn an_interrupt_that_is_there_already_lets_nothing_begin() {
    let runner = Runner::from_text("name: a\nsteps:\n  - {http: GET /openai/v1/never}\n")
        .profile(
            Profile::new("here")
                .endpoint("main", "https://nowhere.invalid")
                .api_key("key", "not-a-real-key"),
        )
        .transport(Service::default())
        .interrupt(Interrupt::when(async {}));
    let run = runner.run().await;
    let report = run.into_result().unwrap();
    assert_eq!((report.specs.len(), report.not_run), (0, 1));
    assert_eq!(report.exit_code(), 130);
}

#[tokio::test]
#[should_panic(expected = "the run was interrupted")]
async fn an_interrupted_run_is_not_ok() {
    let runner = Runner::from_text("name: a\nsteps:\n  - {http: GET /openai/v1/never}\n")
        .interrupt(Interrupt::when(async {}));
    runner.run().await.assert_ok();
}
