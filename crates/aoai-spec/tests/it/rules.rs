//! Rules of the language that only a run can show: what is skipped, what wins, what is told.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_emulator::{Config, Emulator};
use aoai_spec::report::Human;
use aoai_spec::{Event, Profile, Runner, State};
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const ASKS: &str = "call: chat, deployment: chat, body: {messages: [{role: user, content: ping}]}";

async fn emulator() -> Arc<Emulator> {
    Arc::new(Emulator::start(Config::default()).await.unwrap())
}

/// A service that answers every request with this, and a profile for it.
async fn service(answer: ResponseTemplate) -> (MockServer, Profile) {
    let server = MockServer::start().await;
    let any = Mock::given(|_: &wiremock::Request| true).respond_with(answer);
    any.mount(&server).await;
    let profile = Profile::new("live")
        .endpoint("main", server.uri())
        .deployment("chat", "real-name")
        .api_key("key", "not-a-real-key");
    (server, profile)
}

/// How the only cell of a spec ended.
async fn ended(runner: Runner) -> State {
    let report = runner.run().await.into_result().unwrap();
    let cells: Vec<_> = report.cells().collect();
    assert_eq!(cells.len(), 1);
    cells[0].state.clone()
}

#[tokio::test]
async fn what_cannot_run_here_is_skipped_with_the_reason() {
    let emulator = emulator().await;
    let nowhere = Profile::new("live")
        .endpoint("main", "http://127.0.0.1:1")
        .deployment("chat", "chat")
        .api_key("key", "not-a-real-key");
    for (live, rest, reason) in [
        (
            true,
            format!(
                "steps:\n  - {{{ASKS}, emulator: {{filter: prompt}}, expect: {{status: 400}}}}\n"
            ),
            "a scripted filter needs the emulator",
        ),
        (
            true,
            "steps:\n  - {emulator: {advance: 1h}}\n".to_owned(),
            "moving the clock needs the emulator",
        ),
        (
            true,
            "steps:\n  - {emulator: {rotate_key: key1}}\n".to_owned(),
            "replacing a key needs the emulator",
        ),
        (
            true,
            "steps:\n  - {call: models.list, expect: {status: 200}}\nfinally:\n  - {emulator: \
             {advance: 1h}}\n"
                .to_owned(),
            "moving the clock needs the emulator",
        ),
        (
            true,
            format!(
                "steps:\n  - {{{ASKS}, expect: {{status: 200}}}}\nfinally:\n  - {{{}}}\n",
                ASKS.replace("deployment: chat", "deployment: other")
            ),
            "profile live has no deployment `other`",
        ),
        (
            true,
            format!(
                "steps:\n  - {{{ASKS}, use: {{credential: other}}, expect: {{status: 200}}}}\n"
            ),
            "profile live has no credential `other`",
        ),
        (
            true,
            format!("steps:\n  - {{{ASKS}, use: {{endpoint: other}}, expect: {{status: 200}}}}\n"),
            "profile live has no endpoint `other`; it has: main",
        ),
        (
            false,
            "only: live\nsteps:\n  - {call: models.list, expect: {status: 200}}\n".to_owned(),
            "it is for a live resource only",
        ),
        (
            false,
            "use: {api: 2024-10-21}\nsteps:\n  - {call: conversations.create, body: {}, expect: \
             {status: 200}}\n"
                .to_owned(),
            "`conversations.create` is not in 2024-10-21",
        ),
        (
            false,
            "vars: {model: \"${env.NOT_SET}\"}\nsteps:\n  - {call: models.get, params: {model: \
             \"${model}\"}, expect: {status: 200}}\n"
                .to_owned(),
            "`model` needs `env.NOT_SET`, which is not set",
        ),
    ] {
        let runner = Runner::from_text(format!("name: a\n{rest}"));
        let runner = if live {
            runner.profile(nowhere.clone())
        } else {
            runner.emulator(Arc::clone(&emulator))
        };
        assert_eq!(
            ended(runner).await,
            State::Skipped(reason.to_owned()),
            "{rest}"
        );
    }
}

#[tokio::test]
async fn hints_for_the_emulator_are_nothing_to_a_resource() {
    let answer = ResponseTemplate::new(200).set_body_json(json!({"choices": []}));
    let (server, profile) = service(answer).await;
    for hint in [
        "reply: no",
        "refusal: no",
        "tools: [{name: f, arguments: {}}]",
        "latency: 9h",
        "chunks: 3",
    ] {
        let text = format!(
            "name: a\nsteps:\n  - {{{ASKS}, emulator: {{{hint}}}, expect: {{status: 200}}}}\n"
        );
        let runner = Runner::from_text(text).profile(profile.clone());
        assert_eq!(ended(runner).await, State::Passed, "{hint}");
    }
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent.len(), 5);
    let same = sent.iter().all(|request| request.body == sent[0].body);
    assert!(same, "no hint stands in a request");
}

#[tokio::test]
async fn how_to_talk_is_said_by_step_over_spec_over_set_over_profile() {
    let answer = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    let (_server, profile) = service(answer).await;
    let profile = profile.api("2024-02-01".parse().unwrap());
    for (spec, step, set, version) in [
        ("", "", None, "2024-02-01"),
        ("", "", Some("2024-06-01"), "2024-06-01"),
        ("use: {api: 2024-10-21}\n", "", None, "2024-10-21"),
        (
            "use: {api: 2024-10-21}\n",
            "",
            Some("2024-06-01"),
            "2024-10-21",
        ),
        (
            "use: {api: 2024-10-21}\n",
            ", use: {api: 2023-05-15}",
            Some("2024-06-01"),
            "2023-05-15",
        ),
        // A matrix has the strength of the spec, and `set` keeps its cells of that value.
        (
            "matrix: {api: [2024-06-01, 2024-10-21]}\n",
            "",
            Some("2024-06-01"),
            "2024-06-01",
        ),
        (
            "matrix: {api: [2024-06-01, 2024-10-21]}\n",
            ", use: {api: 2023-05-15}",
            Some("2024-06-01"),
            "2023-05-15",
        ),
    ] {
        let text = format!(
            "name: a\n{spec}steps:\n  - {{call: models.list{step}, expect: {{status: 200}}}}\n"
        );
        let mut runner = Runner::from_text(&*text).profile(profile.clone());
        if let Some(set) = set {
            runner = runner.set("api", set);
        }
        let report = runner.run().await.assert_ok();
        assert_eq!(report.cells().count(), 1, "{text}");
        let result = report.specs[0].step("models.list").unwrap().to_json();
        assert_eq!(
            result["sent"]["query"],
            json!({"api-version": version}),
            "{text}"
        );
    }
}

#[tokio::test]
async fn each_endpoint_gets_the_calls_that_name_it() {
    let answer = || ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    let (main, profile) = service(answer()).await;
    let (second, _) = service(answer()).await;
    let profile = profile.endpoint("second", second.uri());
    let text = "name: a\nmatrix: {endpoint: [main, second]}\nsteps:\n  - {call: models.list, expect: \
                {status: 200}}\n---\nname: b\nuse: {endpoint: second}\nsteps:\n  - {call: models.list, \
                expect: {status: 200}}\n  - {call: models.get, params: {model: m}, use: {endpoint: \
                main}, expect: {status: 200}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.run().await.assert_ok();
    assert_eq!(report.cells().count(), 3);
    for (server, paths) in [
        (main, ["/openai/v1/models", "/openai/v1/models/m"]),
        (second, ["/openai/v1/models", "/openai/v1/models"]),
    ] {
        let got = server.received_requests().await.unwrap();
        let got: Vec<_> = got.iter().map(|request| request.url.path()).collect();
        assert_eq!(got, paths);
    }
}

#[tokio::test]
async fn a_call_takes_as_long_as_its_timeout_allows() {
    let hour = Duration::from_secs(60 * 60);
    let (_server, profile) = service(ResponseTemplate::new(200).set_delay(hour)).await;
    let text = "name: a\nsteps:\n  - {call: models.list, use: {timeout: 50ms, retries: 0}, expect: \
                {error: {kind: timeout}}}\n";
    let runner = Runner::from_text(text).profile(profile);
    assert_eq!(ended(runner).await, State::Passed);
}

#[tokio::test]
async fn a_profile_says_how_often_and_how_long_where_nobody_else_does() {
    let text = "name: a\nsteps:\n  - {call: models.list, expect: {error: {kind: $string}}}\n";
    for (retries, attempts) in [(0, 1), (2, 3)] {
        let (server, profile) = service(ResponseTemplate::new(503)).await;
        let runner = Runner::from_text(text)
            .profile(profile.retries(retries))
            .clock(Arc::new(ManualClock::automatic()));
        assert_eq!(ended(runner).await, State::Passed);
        let sent = server.received_requests().await.unwrap().len();
        assert_eq!(sent, attempts);
    }
    let hour = Duration::from_secs(60 * 60);
    let (server, _) = service(ResponseTemplate::new(200).set_delay(hour)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let profile = format!(
        "p:\n  endpoints: {{main: \"{}\"}}\n  credentials: {{key: {{api_key: not-a-real-key}}}}\n  \
         timeout: 50ms\n  retries: 0\n",
        server.uri()
    );
    std::fs::write(file.path(), profile).unwrap();
    let profile = Profile::load(file.path(), "p", |_| None).unwrap();
    let text = text.replace("$string", "timeout");
    let runner = Runner::from_text(text).profile(profile);
    assert_eq!(ended(runner).await, State::Passed);
}

#[tokio::test]
async fn success_is_a_status_of_two_hundred_and_something() {
    for (status, state) in [
        (200, State::Passed),
        (204, State::Passed),
        (302, State::Failed),
        (404, State::Failed),
    ] {
        let (_server, profile) = service(ResponseTemplate::new(status)).await;
        let text = "name: a\nsteps:\n  - {http: GET /openai/v1/it}\n";
        let runner = Runner::from_text(text).profile(profile);
        assert_eq!(ended(runner).await, state, "{status}");
    }
}

#[tokio::test]
async fn each_repetition_has_a_run_of_its_own_to_name_things_after() {
    let (_server, profile) = service(ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let text = "name: a\nvars: {note: \"for ${run.id}\"}\nsteps:\n  - {http: GET /openai/v1/it, \
                headers: {x-note: \"${note}\"}, poll: {until: {status: 200}, within: 1m}}\n";
    let runner = Runner::from_text(text).profile(profile).repeat(2);
    let report = runner.run().await.into_result().unwrap();
    let cells: Vec<_> = report.cells().collect();
    let notes = cells
        .iter()
        .map(|cell| cell.variables[0].1.as_str().unwrap());
    let notes: Vec<_> = notes.collect();
    let run = notes[0].strip_suffix("-1").unwrap();
    assert_eq!(notes[1], format!("{run}-2"));
    for (cell, note) in cells.iter().zip(&notes) {
        let step = &cell.steps[0];
        let sent = step.result.as_ref().unwrap().sent.as_ref().unwrap();
        assert_eq!(sent.headers["x-note"], **note);
        // The credential is told by its name.
        assert_eq!(sent.headers["api-key"], "<key>");
        // What it waits for is what it asserts.
        assert!(step.asserts);
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_saved() {
    let text = "name: a\nsteps:\n  - call: models.list\n    save: {old: auth.version, last: \
                body.last_id, first: body.data.0.id}\n  - {call: models.get, params: {model: \
                \"${old}\"}, expect: {status: 200}}\n";
    let runner = Runner::from_text(text).emulator(emulator().await);
    let report = runner.run().await.into_result().unwrap();
    let cell = &report.specs[0].cells[0];
    assert_eq!(cell.state, State::Failed);
    assert_eq!(cell.steps.len(), 1);
    let found = cell.steps[0].mismatches.iter();
    let found: Vec<_> = found
        .map(|found| (&*found.path, &*found.expected, &*found.actual))
        .collect();
    assert_eq!(
        found,
        [
            ("auth.version", "a value to save as `old`", "absent"),
            ("body.last_id", "a value to save as `last`", "absent"),
        ]
    );
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_named() {
    let text = "name: a\nsteps:\n  - {call: models.list, headers: {x-own: \"a\\nb\"}, expect: \
                {status: 200}}\n";
    let runner = Runner::from_text(text).emulator(emulator().await);
    let told = "no header can say what `x-own` is to say";
    assert_eq!(ended(runner).await, State::Error(told.to_owned()));
}

#[tokio::test]
async fn a_poll_that_gives_up_says_why_and_looks_at_expectations_once() {
    let answer = ResponseTemplate::new(200).set_body_json(json!({"status": "failed"}));
    let (server, profile) = service(answer).await;
    let text = "name: a\nsteps:\n  - call: models.get\n    params: {model: job}\n    poll: {until: \
                {body: {status: completed}}, abort: {body: {status: {$in: [failed, expired]}}}, \
                within: 10m}\n    expect: {body: {never: looked at}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let found = &report.specs[0].cells[0].steps[0].mismatches;
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].note.as_deref(),
        Some("gave up: the result is as `abort` says: {body: {status: {$in: [failed, expired]}}}")
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn between_polls_are_five_seconds_unless_the_step_says_otherwise() {
    let server = MockServer::start().await;
    for state in ["validating", "completed"] {
        let answer = ResponseTemplate::new(200).set_body_json(json!({"status": state}));
        let mock = Mock::given(method("GET")).respond_with(answer);
        mock.up_to_n_times(1).mount(&server).await;
    }
    let profile = Profile::new("live")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key");
    let clock = ManualClock::automatic();
    let text = "name: a\nsteps:\n  - {call: models.get, params: {model: job}, poll: {until: {body: \
                {status: completed}}, within: 1m}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let state = ended(runner.clock(Arc::new(clock.clone()))).await;
    assert_eq!(state, State::Passed);
    let slept: Vec<_> = clock.slept().iter().map(Duration::as_secs).collect();
    assert_eq!(slept, [5]);
}

#[tokio::test]
async fn a_value_from_outside_must_be_one_that_somebody_takes() {
    let text = "name: a\nvars: {count: 1, wait: true, names: [a]}\nmatrix: {n: [1, 2]}\nsteps:\n  - \
                {http: GET /openai/v1/models, params: {all: \
                \"${count}${wait}${names}${n}\"}, expect: {status: 200}}\n";
    let emulator = emulator().await;
    for (name, value, told) in [
        ("cuont", "1", "no spec here has a variable `cuont`"),
        (
            "count",
            "many",
            "the variable `count` is a number, which `many` is not",
        ),
        (
            "wait",
            "1",
            "the variable `wait` is a boolean, which `1` is not",
        ),
        (
            "names",
            "b",
            "the variable `names` is a list in JSON, which `b` is not",
        ),
        ("n", "x", "`n` cannot be `x`: it is a number"),
    ] {
        let runner = Runner::from_text(text).emulator(Arc::clone(&emulator));
        let result = runner.var(name, value).run().await.into_result();
        let error = result.unwrap_err();
        assert_eq!(
            (error.exit_code(), error.to_string().lines().next().unwrap()),
            (1, told)
        );
    }
}

#[tokio::test]
async fn a_saved_value_keeps_its_type_and_is_text_inside_of_text() {
    let answer = ResponseTemplate::new(200)
        .set_body_json(json!({"n": 1.5, "flag": true, "list": [1, "a"], "nothing": null}));
    let (server, profile) = service(answer).await;
    let text = "name: a\nsteps:\n  - http: POST /one\n    save: {n: body.n, flag: body.flag, list: \
                body.list, nothing: body.nothing, second: body.list.1}\n  - http: POST /two\n    \
                body: {n: \"${n}\", flag: \"${flag}\", list: \"${list}\", nothing: \
                \"${nothing}\", inside: \"<${n} ${flag} ${list} ${nothing} ${second}>\", escaped: \
                \"$${n} costs $5\", yes: yes, day: 2024-10-21}\n    expect: {status: 200}\n";
    let runner = Runner::from_text(text).profile(profile);
    assert_eq!(ended(runner).await, State::Passed);
    let sent = server.received_requests().await.unwrap();
    let sent: Value = serde_json::from_slice(&sent[1].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "n": 1.5,
            "flag": true,
            "list": [1, "a"],
            "nothing": null,
            "inside": "<1.5 true [1,\"a\"] null a>",
            "escaped": "${n} costs $5",
            "yes": "yes",
            "day": "2024-10-21",
        })
    );
}

#[tokio::test]
async fn a_parameter_that_is_sent_repeatedly_has_all_its_values() {
    let (_server, profile) = service(ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let text = "name: a\nsteps:\n  - http: GET /openai/v1/things?include=a&limit=5&include=b&include=c%20d\n    \
                expect: {sent: {query: {include: [a, b, c d], limit: \"5\"}}, body: {never: here}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let step = &report.specs[0].cells[0].steps[0];
    let wrong = step.mismatches.iter().map(|mismatch| &*mismatch.path);
    assert_eq!(wrong.collect::<Vec<_>>(), ["body.never"]);
    let mut told = Vec::new();
    let mut human = Human::new(&mut told).curl(true);
    human.event(&Event::SpecFinished(&report.specs[0])).unwrap();
    drop(human);
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.contains("/openai/v1/things?include=a&include=b&include=c+d&limit=5'"),
        "{told}"
    );
}

#[tokio::test]
async fn a_header_is_saved_by_its_name_in_any_case() {
    let answer = ResponseTemplate::new(200).insert_header("apim-request-id", "id-of-apim");
    let (_server, profile) = service(answer).await;
    let text = "name: a\nsteps:\n  - http: GET /one\n    headers: {X-Own: mine}\n    save: {id: \
                headers.Apim-Request-Id, own: sent.headers.X-Own}\n  - http: GET /two/${id}/${own}\n    \
                expect: {sent: {path: /two/id-of-apim/mine}}\n";
    let runner = Runner::from_text(text).profile(profile);
    assert_eq!(ended(runner).await, State::Passed);
}

#[tokio::test]
async fn a_status_in_one_of_several_patterns_is_named_all_the_same() {
    let (_server, profile) = service(ResponseTemplate::new(404).set_body_json(json!({}))).await;
    for (expect, passes) in [
        ("{$any_of: [{status: 404}, {status: 200}]}", true),
        ("{$not: {status: 200}}", true),
        ("{$in: [{status: 4xx}]}", true),
        ("{$any_of: [{status: 200}, {status: 500}]}", false),
        ("{$any_of: [{text: a}, {text: $absent}]}", false),
        ("{body: {$any_of: [{status: 404}, {}]}}", false),
    ] {
        let text = format!("name: a\nsteps:\n  - {{http: GET /own, expect: {expect}}}\n");
        let state = ended(Runner::from_text(text).profile(profile.clone())).await;
        assert_eq!(state == State::Passed, passes, "{expect}: {state:?}");
    }
}

#[tokio::test]
async fn a_text_is_told_from_what_it_looks_like() {
    let answer = ResponseTemplate::new(200).set_body_json(json!({"n": 200}));
    let (_server, profile) = service(answer).await;
    for (expect, expected, actual) in [
        ("{body: {n: \"200\"}}", "\"200\"", "200"),
        (
            "{body: {n: {$in: [\"200\", true]}}}",
            "$in: [\"200\", true]",
            "200",
        ),
        ("{body: {n: {$eq: \"true\"}}}", "$eq: \"true\"", "200"),
        (
            "{body: {$any_of: [{404: $any}]}}",
            "$any_of: [{404: $any}]",
            "{\"n\":200}",
        ),
    ] {
        let text = format!("name: a\nsteps:\n  - {{http: GET /own, expect: {expect}}}\n");
        let runner = Runner::from_text(text).profile(profile.clone());
        let report = runner.run().await.into_result().unwrap();
        let found = &report.specs[0].cells[0].steps[0].mismatches[0];
        assert_eq!((&*found.expected, &*found.actual), (expected, actual));
    }
}
