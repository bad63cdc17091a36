//! Runs that are recorded, and played offline.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aoai_auth::testing::ManualClock;
use aoai_http::{ByteStream, ErrorKind, Transport, WireRequest, WireResponse};
use aoai_spec::report::Format;
use aoai_spec::{Profile, Report, Runner, State};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use tempfile::TempDir;
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "not-a-real-key-0123456789";

/// A resource with a deployment whose name is nobody's business.
async fn resource() -> (MockServer, Profile) {
    let server = MockServer::start().await;
    let profile = Profile::new("live")
        .endpoint("main", server.uri())
        .deployment("chat", "secret-project-4o")
        .api_key("key", KEY)
        .var("question", "what nobody may read");
    (server, profile)
}

async fn record(text: &str, profile: Profile, directory: &Path) -> Report {
    let runner = Runner::from_text(text).profile(profile).record(directory);
    // Waits between attempts take no time.
    let runner = runner.clock(Arc::new(ManualClock::automatic()));
    runner.run().await.into_result().unwrap()
}

async fn replay(text: &str, directory: &Path) -> Report {
    let runner = Runner::from_text(text).replay(directory);
    runner.run().await.into_result().unwrap()
}

fn states(report: &Report) -> Vec<&State> {
    report.cells().map(|cell| &cell.state).collect()
}

/// All files below a directory, by their paths below it.
fn files(directory: &TempDir) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![directory.path().to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(directory.path()).unwrap();
                let text = fs::read_to_string(&path).unwrap();
                found.insert(name.display().to_string(), text);
            }
        }
    }
    found
}

fn answer(text: &str) -> serde_json::Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
        }],
    })
}

const CHAT: &str = "
name: a question
vars: {question: ~, note: \"for ${run.id}\"}
matrix: {api: [2024-10-21, v1]}
steps:
  - call: chat
    deployment: chat
    body:
      user: \"${note}\"
      messages: [{role: user, content: \"${question}\"}]
    expect:
      text: Paris
      attempts: [{status: 429}, {status: 200, waited: {$gte: 7s}}]
      time: {total: {$gte: 0}}
";

#[tokio::test]
async fn what_was_recorded_is_played_without_the_service() {
    let (server, profile) = resource().await;
    let busy = ResponseTemplate::new(429)
        .insert_header("retry-after", "7")
        .set_body_json(json!({"error": {"code": "429", "message": "slow down"}}));
    for surface in [
        "/openai/deployments/secret-project-4o/chat/completions",
        "/openai/v1/chat/completions",
    ] {
        let at = || Mock::given(method("POST")).and(path(surface));
        at().respond_with(busy.clone())
            .up_to_n_times(1)
            .mount(&server)
            .await;
        let right = ResponseTemplate::new(200).set_body_json(answer("Paris"));
        at().respond_with(right).mount(&server).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(CHAT, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed, &State::Passed]);
    drop(server);

    let files = files(&directory);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "profile.yaml",
            "spec/a-question-api-2024-10-21.yaml",
            "spec/a-question-api-v1.yaml",
        ]
    );
    for (name, text) in &files {
        for private in [
            KEY,
            "secret-project-4o",
            "what nobody may read",
            "127.0.0.1",
        ] {
            assert!(!text.contains(private), "{name} tells {private}:\n{text}");
        }
    }

    // It cannot have taken less than no time, which nobody judges.
    let hasty = CHAT.replace("$gte: 0}}", "$lt: 0}}");
    let played = replay(&hasty, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed, &State::Passed]);
    for cell in played.cells() {
        assert_eq!(cell.steps[0].unjudged, ["time.total"]);
        assert_eq!(cell.skipped.as_secs(), 7);
    }
}

#[tokio::test]
async fn a_stream_is_played_in_the_pieces_that_it_came_in() {
    let text = "
name: a stream that breaks off
steps:
  - call: chat
    deployment: chat
    use: {retries: 0}
    body: {messages: [{role: user, content: Hello}], stream: true}
    expect:
      status: 200
      text: Hel
      error: {kind: truncated}
      stream: {done: false, count: 1}
";
    let (server, profile) = resource().await;
    let event =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\ndata: {\"cho";
    let stream = ResponseTemplate::new(200).set_body_raw(event, "text/event-stream");
    Mock::given(method("POST"))
        .respond_with(stream)
        .mount(&server)
        .await;
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    drop(server);
    let played = replay(text, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed], "{played:?}");
    let result = |report: &Report| {
        let mut result = report.cells().next().unwrap().steps[0]
            .result
            .clone()
            .unwrap()
            .to_json();
        for measured in ["time", "attempts", "sent", "auth"] {
            result.as_object_mut().unwrap().remove(measured);
        }
        result
    };
    assert_eq!(result(&played), result(&recorded));
}

#[tokio::test]
async fn a_service_that_was_away_is_away_in_the_replay() {
    let text = "
name: nobody there
use: {retries: 1}
steps:
  - call: models.list
    expect: {error: {kind: connection}, attempts: {$len: 2}}
";
    let profile = Profile::new("live")
        .endpoint("main", "http://127.0.0.1:9")
        .api_key("key", KEY);
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    assert_eq!(
        states(&replay(text, directory.path()).await),
        [&State::Passed]
    );
}

#[tokio::test]
async fn a_cassette_with_an_error_of_no_kind_is_refused_with_its_place() {
    let text = "name: nobody there\nsteps:\n  - {call: models.list, expect: {error: {kind: connection}}}\n";
    let profile = Profile::new("live")
        .endpoint("main", "http://127.0.0.1:9")
        .api_key("key", KEY);
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile.retries(0), directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    let path = directory.path().join("spec/nobody-there.yaml");
    let kept = fs::read_to_string(&path).unwrap();
    fs::write(&path, kept.replace("kind: connection", "kind: conection")).unwrap();
    let runner = Runner::from_text(text).replay(directory.path());
    let error = runner.run().await.into_result().unwrap_err();
    let (place, told) = (format!("{}: ", path.display()), error.to_string());
    assert_eq!(error.exit_code(), 3, "{told}");
    assert!(told.starts_with(&place), "{told}");
    for part in [
        "\"conection\" is no kind of error; ",
        " at line 1",
        "; record it again",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

/// Fails at first, before or after the request has left, and then answers.
#[derive(Clone, Debug)]
struct Awakes {
    was_sent: bool,
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Awakes {
    async fn exchange(&self, _: WireRequest) -> aoai_http::Result<WireResponse> {
        if self.asked.fetch_add(1, Ordering::Relaxed) == 0 {
            let error = aoai_http::Error::new(ErrorKind::Connection, "nobody is there");
            return Err(if self.was_sent {
                error
            } else {
                error.not_sent()
            });
        }
        let body = json!({"id": "batch_1", "object": "batch", "status": "validating"});
        let body = Bytes::from(body.to_string());
        Ok(WireResponse::new(StatusCode::OK, HeaderMap::new(), body))
    }
}

#[tokio::test]
async fn a_replay_knows_whether_a_request_that_failed_had_been_sent() {
    // What makes something is made again only where certainly nothing was made.
    for (was_sent, expect) in [
        (
            false,
            "{status: 200, attempts: [{error: connection}, {status: 200}]}",
        ),
        (
            true,
            "{error: {kind: connection}, attempts: [{error: connection}]}",
        ),
    ] {
        let text = format!(
            "name: made once\nuse: {{retries: 3}}\nsteps:\n  - call: batches.create\n    body: \
             {{input_file_id: file-1, endpoint: /chat/completions, completion_window: 24h}}\n    \
             expect: {expect}\n"
        );
        let (_, profile) = resource().await;
        let directory = tempfile::tempdir().unwrap();
        let service = Awakes {
            was_sent,
            asked: Arc::default(),
        };
        let runner = Runner::from_text(&text).profile(profile).transport(service);
        let runner = runner.clock(Arc::new(ManualClock::automatic()));
        let recorded = runner.record(directory.path()).run().await;
        let recorded = recorded.into_result().unwrap();
        assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
        let played = replay(&text, directory.path()).await;
        assert_eq!(states(&played), [&State::Passed], "{played:?}");
    }
}

#[tokio::test]
async fn a_cassette_that_no_longer_fits_says_what_is_different() {
    let text = "
name: two questions
steps:
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: First}]}
    expect: {text: One}
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: Second}]}
    expect: {text: Two}
";
    let (server, profile) = resource().await;
    for (question, told) in [("First", "One"), ("Second", "Two")] {
        let asked = json!({"messages": [{"content": question}]});
        let right = ResponseTemplate::new(200).set_body_json(answer(told));
        Mock::given(body_partial_json(asked))
            .respond_with(right)
            .mount(&server)
            .await;
    }
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");

    let told = async |text: &str| match &replay(text, directory.path())
        .await
        .cells()
        .next()
        .unwrap()
        .state
    {
        State::Error(reason) => reason.clone(),
        other => panic!("{other:?}"),
    };
    let other = told(&text.replace("Second", "Third")).await;
    let expected = "stale cassette: at request 2, step-2 sends another request than was recorded; \
                    `--live --record` makes it anew\n@@ request.body.messages.0.content @@\n";
    assert!(other.starts_with(expected), "{other}");
    assert!(
        other.contains("\n-") && other.contains("Second") && other.contains("Third"),
        "{other}"
    );

    let short = text.split("  - call: chat\n    deployment: chat\n    body: {messages: [{role: user, content: Second}]}").next().unwrap();
    let shorter = told(short).await;
    assert!(
        shorter.contains("the request of step-2 that came next was not sent"),
        "{shorter}"
    );
    // It is no step's fault, and told all the same.
    let report = replay(short, directory.path()).await;
    for format in [Format::Junit, Format::Html, Format::Markdown, Format::Tap] {
        let shown = report.render(format).unwrap();
        let reason =
            "  could not run: stale cassette: at request 1, the request of step-2 that came";
        assert!(shown.contains(reason), "{shown}");
    }

    let longer = format!("{text}  - call: models.list\n    expect: {{status: 200}}\n");
    let longer = told(&longer).await;
    assert!(
        longer.contains("step-3 sends a request more than was recorded"),
        "{longer}"
    );
}

#[tokio::test]
async fn without_a_cassette_a_test_is_skipped_and_without_any_there_is_no_run() {
    let directory = tempfile::tempdir().unwrap();
    let none = Runner::from_text(CHAT).replay(directory.path());
    let error = none.run().await.into_result().unwrap_err();
    let place = directory.path().display();
    let told = format!(
        "nothing was recorded in {place}: there is no {place}/profile.yaml; `--live --record` makes it, \
         and `--replay=DIR` names another directory"
    );
    assert_eq!((error.to_string(), error.exit_code()), (told, 3));

    let (_server, profile) = resource().await;
    record(
        "name: other\nsteps: [{call: models.list, expect: {status: 404}}]",
        profile.clone(),
        directory.path(),
    )
    .await;
    let skipped = replay(CHAT, directory.path()).await;
    for cell in skipped.cells() {
        let State::Skipped(reason) = &cell.state else {
            panic!("{cell:?}");
        };
        assert!(reason.contains("has no cassette of it"), "{reason}");
    }

    let both = Runner::from_text(CHAT)
        .profile(profile)
        .replay(directory.path());
    assert_eq!(both.run().await.into_result().unwrap_err().exit_code(), 1);
}

#[tokio::test]
async fn a_secret_is_its_stand_in_when_it_is_played() {
    let (server, profile) = resource().await;
    let right = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    Mock::given(method("POST"))
        .respond_with(right)
        .mount(&server)
        .await;
    let profile = profile.secret("pw", "not-a-real-password");
    let text = "name: told\nvars: {pw: ~}\nsteps:\n  - {http: POST /own, params: {p: \"${pw}\"}, headers: \
                {x-pw: \"${pw}\"}, body: {password: \"is ${pw}\"}, expect: {status: 200}}\n";
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed]);
    drop(server);
    for (name, text) in files(&directory) {
        assert!(!text.contains("not-a-real-password"), "{name}: {text}");
    }
    assert_eq!(
        states(&replay(text, directory.path()).await),
        [&State::Passed]
    );
}

#[tokio::test]
async fn only_what_passed_is_kept() {
    let text = "
name: two surfaces
matrix: {api: [2024-10-21, v1]}
steps:
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: Hello}]}
    expect: {text: TEXT}
";
    let (server, profile) = resource().await;
    let right = ResponseTemplate::new(200).set_body_json(answer("Paris"));
    Mock::given(method("POST"))
        .respond_with(right)
        .mount(&server)
        .await;
    let directory = tempfile::tempdir().unwrap();
    let record = async |expected: &str| {
        let text = text.replace("TEXT", expected);
        record(&text, profile.clone(), directory.path()).await
    };
    assert_eq!(record("Paris").await.exit_code(), 0);
    let before = files(&directory);
    assert_eq!(before.len(), 3);
    server.reset().await;
    let wrong = ResponseTemplate::new(200).set_body_json(answer("Rome"));
    Mock::given(path("/openai/v1/chat/completions"))
        .respond_with(wrong)
        .mount(&server)
        .await;
    assert_eq!(record("Paris").await.exit_code(), 4);
    assert_eq!(files(&directory), before);
    // What passes this time is kept beside what did not.
    let report = record("Rome").await;
    let changed = files(&directory);
    let changed = changed
        .iter()
        .filter(|(name, text)| before[*name] != **text);
    let changed: Vec<_> = changed.map(|(name, _)| name.as_str()).collect();
    assert_eq!(report.count(|state| *state == State::Passed), 1);
    assert_eq!(changed, ["spec/two-surfaces-api-v1.yaml"]);
}

#[tokio::test]
async fn answers_tell_deployments_by_their_aliases_and_nothing_else() {
    let text = "
name: names
steps:
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: Hello}]}
    expect: {headers: {x-ms-deployment-name: \"${deployment.chat}\"}, text: secret-project-4o}
  - call: chat
    deployment: chat
    use: {retries: 0}
    body: {messages: [{role: user, content: Refused}]}
    expect: {status: 404, error: {message: {$contains: \"'${deployment.chat}'\"}}}
  - call: chat
    deployment: chat
    use: {retries: 0}
    body: {messages: [{role: user, content: Stopped}]}
    expect: {status: 502, body: \"upstream ${deployment.chat} is away\"}
";
    let (server, profile) = resource().await;
    let told = ResponseTemplate::new(200)
        .insert_header("x-ms-deployment-name", "secret-project-4o")
        .insert_header("location", "/openai/deployments/secret-project-4o/x")
        // What the model says is nobody's name.
        .set_body_json(answer("secret-project-4o"));
    let message = "The deployment 'secret-project-4o' does not exist";
    let error = json!({"error": {"code": "DeploymentNotFound", "message": message}});
    let refused = ResponseTemplate::new(404).set_body_json(error);
    let away = ResponseTemplate::new(502).set_body_string("upstream secret-project-4o is away");
    for (content, answer) in [("Hello", told), ("Refused", refused), ("Stopped", away)] {
        let asked = json!({"messages": [{"content": content}]});
        let mock = Mock::given(body_partial_json(asked)).respond_with(answer);
        mock.mount(&server).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    for (name, kept) in files(&directory) {
        let named = kept.matches("secret-project-4o").count();
        let said = usize::from(name == "spec/names.yaml");
        assert_eq!(named, said, "{name}:\n{kept}");
    }
    let played = replay(text, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed], "{played:?}");
}

#[tokio::test]
async fn a_header_that_comes_repeatedly_has_all_its_values_in_the_replay() {
    let text = "name: twice\nsteps:\n  - {call: models.list, expect: {headers: {vary: \"accept, \
                origin\", set-cookie: $any}}}\n";
    let (server, profile) = resource().await;
    let listed = ResponseTemplate::new(200)
        .append_header("vary", "accept")
        .append_header("vary", "origin")
        .append_header("set-cookie", "affinity=not-a-real-cookie")
        .set_body_json(json!({"object": "list", "data": []}));
    let mock = Mock::given(method("GET")).respond_with(listed);
    mock.mount(&server).await;
    let directory = tempfile::tempdir().unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    // A cookie is whose it was given to.
    assert!(!files(&directory)["spec/twice.yaml"].contains("cookie"));
    let without = text.replace("set-cookie: $any", "set-cookie: $absent");
    let played = replay(&without, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed], "{played:?}");
}

#[tokio::test]
async fn tests_with_like_names_have_cassettes_of_their_own() {
    let (server, profile) = resource().await;
    let right = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    Mock::given(method("GET"))
        .respond_with(right)
        .mount(&server)
        .await;
    let spec = |name: &str| {
        format!("name: \"{name}\"\nsteps:\n  - {{http: GET /own, expect: {{status: 200}}}}\n")
    };
    let names = ["日本", "中文", "ends", "Ends", "ends *"];
    let text = names.map(spec).join("---\n");
    let directory = tempfile::tempdir().unwrap();
    record(&text, profile.clone(), directory.path()).await;
    assert_eq!(files(&directory).len(), 1 + names.len());
    let played = replay(&text, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed; 5]);

    // What was recorded under the shorter name makes room.
    let kept = files(&directory);
    let (name, cassette) = kept
        .iter()
        .find(|(_, text)| text.contains("::ends *"))
        .unwrap();
    fs::remove_file(directory.path().join(name)).unwrap();
    fs::write(directory.path().join("spec/ends.yaml"), cassette).unwrap();
    record(&spec("ends *"), profile, directory.path()).await;
    assert!(directory.path().join(name).exists());
    assert!(!directory.path().join("spec/ends.yaml").exists());
}

/// Answers with a stream of which the second half does not come.
#[derive(Debug)]
struct Broken;

#[async_trait]
impl Transport for Broken {
    async fn exchange(&self, _: WireRequest) -> aoai_http::Result<WireResponse> {
        let event = Bytes::from_static(b"data: {\"choices\":[]}\n\n");
        let reason = "secret-project-4o hung up";
        let error = aoai_http::Error::new(ErrorKind::Connection, reason);
        let media_type = HeaderValue::from_static("text/event-stream");
        let headers = [(CONTENT_TYPE, media_type)].into_iter().collect();
        let body = ByteStream::new(stream::iter([Ok(event), Err(error)]));
        Ok(WireResponse::new(StatusCode::OK, headers, body))
    }
}

#[tokio::test]
async fn a_stream_that_breaks_breaks_in_the_replay_and_tells_no_name() {
    let text = "name: cut\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: [{role: user, \
                content: Hello}], stream: true}\n    expect: {status: 200, stream: {done: false, count: 1}, \
                error: {message: {$ends: \"${deployment.chat} hung up\"}}}\n";
    let (_, profile) = resource().await;
    let directory = tempfile::tempdir().unwrap();
    let runner = Runner::from_text(text).profile(profile);
    let recorded = runner
        .record(directory.path())
        .transport(Broken)
        .run()
        .await;
    let recorded = recorded.into_result().unwrap();
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    assert!(!files(&directory)["spec/cut.yaml"].contains("secret-project"));
    let played = replay(text, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed], "{played:?}");
}

#[tokio::test]
async fn an_error_that_nobody_expects_does_not_hide_what_else_is_wrong() {
    let text = "name: cut\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: [{role: user, \
                content: Hello}], stream: true}\n    expect: {status: 200, stream: {done: false, count: 2}}\n";
    let (_, profile) = resource().await;
    let runner = Runner::from_text(text).profile(profile).transport(Broken);
    let report = runner.run().await.into_result().unwrap();
    let found = &report.specs[0].cells[0].steps[0].mismatches;
    let found = found.iter().map(|found| (&*found.path, &*found.expected));
    let found: Vec<_> = found.collect();
    let absent = "absent (a step expects success unless it says otherwise)";
    assert_eq!(found, [("error", absent), ("stream.count", "2")]);
}

#[tokio::test]
async fn the_same_request_of_another_step_is_not_what_was_recorded() {
    let step = "  - {call: models.list, expect: {status: 200}}\n";
    let (server, profile) = resource().await;
    let listed = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    let mock = Mock::given(method("GET")).respond_with(listed);
    mock.mount(&server).await;
    let directory = tempfile::tempdir().unwrap();
    let text = format!("name: two\nsteps:\n{step}finally:\n{step}");
    let recorded = record(&text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed], "{recorded:?}");
    let played = replay(&text.replace("finally:\n", ""), directory.path()).await;
    assert!(
        matches!(states(&played)[..], [State::Error(reason)] if reason.starts_with(
            "stale cassette: at request 2, step-2 sends another request than was recorded"
        )),
        "{:?}",
        states(&played)
    );
}

#[tokio::test]
async fn what_cannot_be_kept_is_no_cassette() {
    let text = "name: one\nsteps:\n  - {call: models.list, expect: {attempts: [{status: 503}], status: \
                503}}\n";
    let (server, profile) = resource().await;
    let away = Mock::given(method("GET")).respond_with(ResponseTemplate::new(503));
    away.mount(&server).await;
    let profile = profile.retries(0);
    let directory = tempfile::tempdir().unwrap();
    let twice = Runner::from_text(text).profile(profile.clone());
    let twice = twice.record(directory.path()).repeat(2).run().await;
    let error = twice.into_result().unwrap_err();
    assert_eq!(
        (error.exit_code(), error.to_string()),
        (
            1,
            "a cassette holds one run of a test, so that it cannot be repeated".to_owned()
        )
    );
    // Where nothing can be kept, nothing is sent.
    let file = directory.path().join("spec");
    fs::write(&file, "").unwrap();
    let nowhere = Runner::from_text(text).profile(profile.clone());
    let error = nowhere.record(&file).run().await.into_result().unwrap_err();
    let told = format!("{}/profile.yaml: ", file.display());
    assert!(error.to_string().starts_with(&told), "{error}");
    assert_eq!(error.exit_code(), 3);
    assert!(server.received_requests().await.unwrap().is_empty());
    // A file stands where its directory would.
    let recorded = record(text, profile.clone(), directory.path()).await;
    assert!(
        matches!(states(&recorded)[..], [State::Error(reason)]
            if reason.starts_with("the cassette cannot be written: ")),
        "{:?}",
        states(&recorded)
    );
    fs::remove_file(directory.path().join("spec")).unwrap();
    let recorded = record(text, profile, directory.path()).await;
    assert_eq!(states(&recorded), [&State::Passed]);
    // It is tried as often as it was.
    let played = replay(text, directory.path()).await;
    assert_eq!(states(&played), [&State::Passed]);
}
