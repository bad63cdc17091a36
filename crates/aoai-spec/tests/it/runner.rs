//! Runs against the emulator and against wiremock.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_emulator::{Config, Emulator};
use aoai_spec::{Profile, Report, Runner, Spec, SpecReport, State, StepReport};
use serde_json::{Value, json};
use wiremock::matchers::{any, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shared::summary;

/// Runs a text against an emulator of its own.
async fn run(text: &str) -> Report {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    run_at(text, Arc::new(emulator)).await
}

async fn run_at(text: &str, emulator: Arc<Emulator>) -> Report {
    let runner = Runner::from_text(text).emulator(emulator);
    runner.run().await.into_result().unwrap()
}

/// Runs a text against a server that answers as told, without waiting.
async fn run_mock(text: &str, server: &MockServer) -> (Report, ManualClock) {
    let clock = ManualClock::automatic();
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .deployment("chat", "chat")
        .api_key("key", "not-a-real-key");
    let runner = Runner::from_text(text)
        .profile(profile)
        .clock(Arc::new(clock.clone()));
    (runner.run().await.into_result().unwrap(), clock)
}

fn states(report: &Report) -> Vec<&State> {
    report.cells().map(|cell| &cell.state).collect()
}

fn mismatches(spec: &SpecReport) -> Vec<(&str, &str, &str)> {
    let steps = spec.cells.iter().flat_map(|cell| &cell.steps);
    let found = steps.flat_map(|step| &step.mismatches);
    found
        .map(|found| (&*found.path, &*found.expected, &*found.actual))
        .collect()
}

#[tokio::test]
async fn a_run_may_be_handed_to_another_task() {
    let text = "name: a\nsteps:\n  - {call: models.list, expect: {body: {object: list}}}\n";
    let run = tokio::spawn(Runner::from_text(text).run()).await.unwrap();
    assert_eq!(run.assert_ok().counts(), [1, 0, 0, 0]);
}

#[tokio::test]
async fn what_is_as_expected_passes() {
    let report = run(
        "name: a\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {reply: pong}\n    \
         body: {messages: [{role: user, content: ping}]}\n    expect: {text: pong}\n",
    )
    .await;
    assert_eq!(states(&report), [&State::Passed]);
    assert_eq!(report.exit_code(), 0);
    assert_eq!(report.specs[0].step("chat").unwrap().text(), "pong");
}

#[tokio::test]
async fn a_wrong_status_hides_what_follows_from_it() {
    let report = run(
        "name: a\nsteps:\n  - call: chat\n    deployment: missing\n    body: {messages: [{role: \
         user, content: ping}]}\n    expect: {text: pong, finish: stop}\n",
    )
    .await;
    assert_eq!(report.exit_code(), 4);
    assert_eq!(
        mismatches(&report.specs[0]),
        [(
            "status",
            "2xx (a step expects success unless it says otherwise)",
            "404"
        )]
    );
}

#[tokio::test]
async fn the_first_failed_step_ends_the_spec_and_finally_still_runs() {
    let report = run(
        "name: a\nsteps:\n  - {name: one, call: models.list, save: {model: body.data.0.id}}\n  - \
         {name: two, call: models.list, expect: {status: 500}}\n  - {name: three, call: \
         models.list, save: {never: body.object}}\nfinally:\n  - {name: four, call: models.get, \
         params: {model: \"${model}\"}}\n  - {name: five, call: models.get, params: {model: \
         \"${never}\"}}\n",
    )
    .await;
    let steps: Vec<_> = report.specs[0].cells[0]
        .steps
        .iter()
        .map(|step| &*step.name)
        .collect();
    assert_eq!(steps, ["one", "two", "four"]);
    assert_eq!(report.exit_code(), 4);
}

#[tokio::test]
async fn what_the_service_says_was_not_made_need_not_be_removed() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"made": "m", "not": null})))
        .mount(&server)
        .await;
    let text = "name: a\nmatrix: {word: [~, b]}\nsteps:\n  - {http: GET /openai/x, save: {made: \
                body.made, not: body.not}}\nfinally:\n  - {name: made, http: \"DELETE \
                /openai/x/${made}\"}\n  - {name: not, http: \"DELETE /openai/x/${not}\"}\n  - \
                {name: either, http: POST /openai/x, body: {made: \"${made}\", not: \
                \"${not}\"}}\n  - {name: null of ours, http: POST /openai/x, body: {word: \
                \"${word}\"}}\n";
    let (report, _) = run_mock(text, &server).await;
    assert_eq!(report.exit_code(), 0, "{:?}", states(&report));
    for cell in &report.specs[0].cells {
        let steps = cell.steps.iter().filter(|step| step.is_finally);
        let names: Vec<_> = steps.map(|step| &*step.name).collect();
        assert_eq!(names, ["made", "null of ours"], "{}", cell.cell);
    }
}

#[tokio::test]
async fn both_ways_send_the_same_body_and_read_the_same_answer() {
    let report = run(
        "name: a\nmatrix: {api: [2024-10-21, v1], via: [typed, raw]}\nsteps:\n  - name: whole\n    \
         call: chat\n    deployment: chat\n    body: &body\n      messages: [{role: user, content: \
         \"Weather in Paris?\"}]\n      temperature: 0.2\n      tools: [{type: function, function: \
         {name: f, parameters: {type: object, properties: {b: {type: string}, a: {type: \
         string}}}}}]\n  - name: streamed\n    call: chat\n    deployment: chat\n    emulator: \
         {tools: [{name: f, arguments: {a: x}}]}\n    body: {<<: *body, stream: true, \
         stream_options: {include_usage: true}}\n    expect: {stream: {done: true}}\n",
    )
    .await;
    let cells = &report.specs[0].cells;
    assert_eq!(report.exit_code(), 0);
    for pair in cells.chunks(2) {
        for name in ["whole", "streamed"] {
            let seen = |cell: usize| {
                let result = pair[cell].step(name).unwrap().to_json();
                let parts = ["text", "finish", "filter", "usage", "tools", "status"];
                let seen: Vec<Value> = parts.iter().map(|part| result[part].clone()).collect();
                (
                    seen,
                    result["sent"]["body"].clone(),
                    result["sent"]["path"].clone(),
                )
            };
            assert_eq!(seen(0), seen(1), "{name} in {}", pair[0].cell);
        }
    }
}

/// Runs a call of chat typed and raw, against a server that answers so.
async fn both_ways(answer: ResponseTemplate, stream: bool, expect: &str) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let stream = if stream { ", stream: true" } else { "" };
    let text = format!(
        "name: a\nmatrix: {{via: [typed, raw]}}\nsteps:\n  - call: chat\n    deployment: chat\n    body: \
         {{messages: [{{role: user, content: ping}}]{stream}}}\n    expect: {expect}\n"
    );
    let report = run_mock(&text, &server).await.0;
    let told: Vec<_> = report.specs.iter().flat_map(mismatches).collect();
    assert_eq!(states(&report), [&State::Passed; 2], "{expect}\n{told:?}");
}

fn events(events: &[Value]) -> ResponseTemplate {
    let events = events.iter().map(|event| format!("data: {event}\n\n"));
    let body = events.collect::<String>() + "data: [DONE]\n\n";
    ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")
}

#[tokio::test]
async fn both_ways_read_the_first_choice_whenever_its_pieces_come() {
    let call = |name: &str, id: &str| json!([{"index": 0, "id": id, "type": "function", "function": {"name": name, "arguments": "{}"}}]);
    let part = |choice: u64, delta: Value, finish: Value| json!({"choices": [{"index": choice, "delta": delta, "finish_reason": finish}]});
    let expect = "{text: Paris, finish: stop, refusal: none, tools: [{name: first, id: call_1}]}";
    let answer = events(&[
        part(
            1,
            json!({"content": "Lon", "refusal": "any", "tool_calls": call("other", "call_2")}),
            Value::Null,
        ),
        part(
            0,
            json!({"content": "Par", "refusal": "no", "tool_calls": call("first", "call_1")}),
            Value::Null,
        ),
        part(1, json!({"content": "don"}), json!("length")),
        part(0, json!({"content": "is", "refusal": "ne"}), json!("stop")),
        part(2, json!({"content": "Rome"}), json!("content_filter")),
    ]);
    both_ways(answer, true, expect).await;
    let choice = |index: u64, text: &str, refusal: &str, calls: Value, finish: &str| {
        json!({
            "index": index, "finish_reason": finish,
            "message": {"role": "assistant", "content": text, "refusal": refusal, "tool_calls": calls},
        })
    };
    let answer = json!({"choices": [
        choice(0, "Paris", "none", call("first", "call_1"), "stop"),
        choice(1, "London", "any", call("other", "call_2"), "length"),
    ]});
    both_ways(
        ResponseTemplate::new(200).set_body_json(answer),
        false,
        expect,
    )
    .await;
}

#[tokio::test]
async fn both_ways_tell_a_category_once_at_its_gravest() {
    let graded =
        |filtered: bool, severity: &str| json!({"filtered": filtered, "severity": severity});
    let found =
        |filtered: bool, detected: bool| json!({"filtered": filtered, "detected": detected});
    for (category, graver, milder, expect) in [
        (
            "hate",
            graded(false, "low"),
            graded(false, "safe"),
            "{filtered: false, severity: low}",
        ),
        (
            "hate",
            graded(false, "medium"),
            graded(false, "low"),
            "{filtered: false, severity: medium}",
        ),
        (
            "hate",
            graded(false, "high"),
            graded(false, "medium"),
            "{filtered: false, severity: high}",
        ),
        // What the filter acted on is graver than what it let pass.
        (
            "hate",
            graded(true, "low"),
            graded(false, "high"),
            "{filtered: true, severity: low}",
        ),
        // How grave a word is that nobody knows yet cannot be told: it is not hidden.
        (
            "hate",
            graded(false, "dreadful"),
            graded(false, "high"),
            "{filtered: false, severity: dreadful}",
        ),
        (
            "jailbreak",
            found(false, true),
            found(false, false),
            "{filtered: false, detected: true}",
        ),
        (
            "jailbreak",
            found(true, false),
            found(false, true),
            "{filtered: true, detected: false}",
        ),
    ] {
        for [first, second] in [[&graver, &milder], [&milder, &graver]] {
            let results = |found: &Value| json!({category: found, "error": {"code": "content_filter_error", "message": "The contents are not filtered"}});
            let choice = |index: u64, found: &Value| {
                json!({
                    "index": index, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"},
                    "content_filter_results": results(found),
                })
            };
            let answer = json!({
                "choices": [choice(0, first), choice(1, second)],
                "prompt_filter_results": [
                    {"prompt_index": 0, "content_filter_results": results(first)},
                    {"prompt_index": 1, "content_filter_results": results(second)},
                ],
            });
            // What the filter says of itself is no category.
            let finding = format!(
                "[{}]",
                expect.replace('{', &format!("{{category: {category}, "))
            );
            let expect = format!("{{filter: {{prompt: {finding}, answer: {finding}}}}}");
            both_ways(
                ResponseTemplate::new(200).set_body_json(answer),
                false,
                &expect,
            )
            .await;
        }
    }
}

#[tokio::test]
async fn a_raw_body_keeps_the_order_it_is_written_in() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"choices": []})))
        .mount(&server)
        .await;
    let text = "name: a\nuse: {via: raw}\nsteps:\n  - call: chat\n    deployment: \
                chat\n    body:\n      messages: [{role: user, content: ping}]\n      \
                response_format: {type: json_schema, json_schema: {name: n, schema: {type: object, \
                properties: {zz: {type: string}, aa: {type: string}}}}}\n";
    let (report, _) = run_mock(text, &server).await;
    assert_eq!(report.exit_code(), 0);
    for request in server.received_requests().await.unwrap() {
        let body = String::from_utf8(request.body).unwrap();
        assert!(
            body.find("\"zz\"").unwrap() < body.find("\"aa\"").unwrap(),
            "{body}"
        );
    }
}

/// Answers with these states of a job, one after the other.
async fn job(server: &MockServer, states: &[&str]) {
    for (at, state) in states.iter().enumerate() {
        let answer = ResponseTemplate::new(200).set_body_json(json!({"status": state}));
        let mock = Mock::given(method("GET")).and(path("/openai/v1/models/job"));
        let mock = mock
            .respond_with(answer)
            .with_priority(u8::try_from(at).unwrap() + 1);
        if at + 1 == states.len() {
            mock.mount(server).await;
        } else {
            mock.up_to_n_times(1).mount(server).await;
        }
    }
}

const POLL: &str = "name: a\nsteps:\n  - call: models.get\n    params: {model: job}\n    poll: \
                    {until: {body: {status: completed}}, abort: {body: {status: {$in: [failed, \
                    expired]}}}, every: 60s, within: 10m}\n    expect: {body: {status: \
                    completed}}\n";

#[tokio::test]
async fn a_poll_waits_between_calls_only_and_ends_when_it_is_so() {
    let server = MockServer::start().await;
    job(&server, &["validating", "in_progress", "completed"]).await;
    let (report, clock) = run_mock(POLL, &server).await;
    assert_eq!(states(&report), [&State::Passed]);
    assert_eq!(report.specs[0].cells[0].steps[0].polls, 3);
    assert_eq!(clock.slept(), [Duration::from_secs(60); 2]);
}

#[tokio::test]
async fn a_poll_stops_at_a_state_that_leads_nowhere() {
    let server = MockServer::start().await;
    job(&server, &["in_progress", "failed", "completed"]).await;
    let (report, clock) = run_mock(POLL, &server).await;
    assert_eq!(
        mismatches(&report.specs[0]),
        [("body.status", "completed", "\"failed\"")]
    );
    assert_eq!(clock.slept().len(), 1);
}

#[tokio::test]
async fn a_poll_gives_up_in_time() {
    let server = MockServer::start().await;
    job(&server, &["in_progress"]).await;
    let (report, clock) = run_mock(POLL, &server).await;
    let note = report.specs[0].cells[0].steps[0].mismatches[0].note.clone();
    assert_eq!(
        note.as_deref(),
        Some("gave up: it was not so within 10m00s")
    );
    assert_eq!(clock.slept().len(), 10);
}

#[tokio::test]
async fn a_poll_has_a_last_look_when_its_time_is_over() {
    for (times, looks) in [
        ("within: 3s", vec![3]),
        ("every: 10s, within: 25s", vec![10, 10, 5]),
        ("every: 10s, within: 20s", vec![10, 10]),
        ("within: 0s", vec![]),
    ] {
        let server = MockServer::start().await;
        job(&server, &["in_progress"]).await;
        let text = POLL.replace("every: 60s, within: 10m", times);
        let (report, clock) = run_mock(&text, &server).await;
        assert_eq!(states(&report), [&State::Failed], "{times}");
        let slept: Vec<_> = clock.slept().iter().map(Duration::as_secs).collect();
        assert_eq!(slept, looks, "{times}");
        let polls = report.specs[0].cells[0].steps[0].polls;
        assert_eq!(polls as usize, looks.len() + 1, "{times}");
    }
    // The last look may be the one that sees it.
    let server = MockServer::start().await;
    job(&server, &["in_progress", "completed"]).await;
    let text = POLL.replace("every: 60s, within: 10m", "within: 3s");
    assert_eq!(states(&run_mock(&text, &server).await.0), [&State::Passed]);
}

#[tokio::test]
async fn what_a_profile_lacks_is_skipped_with_the_reason() {
    let profile = Profile::new("live")
        .endpoint("main", "http://127.0.0.1:1")
        .api_key("key", "not-a-real-key")
        .deployment("chat", "gpt-4o-mini");
    let text = "name: var\nvars: {filtered_prompt: ~}\nsteps:\n  - call: chat\n    deployment: \
                chat\n    body: {messages: [{role: user, content: \"${filtered_prompt}\"}]}\n    \
                expect: {status: 400}\n---\nname: deployment\nsteps:\n  - call: embeddings\n    \
                deployment: embeddings\n    body: {input: a}\n    expect: {status: 200}\n---\nname: \
                credential\nuse: {credential: entra}\nsteps:\n  - {call: models.list, expect: \
                {status: 200}}\n---\nname: endpoint\nuse: {endpoint: second}\nsteps:\n  - {call: \
                models.list, expect: {status: 200}}\n---\nname: faults\nsteps:\n  - {call: \
                models.list, emulator: {faults: [{status: 500}]}, expect: {status: 200}}\n---\nname: \
                emulator\nonly: emulator\nsteps:\n  - {call: models.list, expect: {status: \
                200}}\n---\nname: alias\nsteps:\n  - http: GET /openai/v1/${deployment.batch}\n    \
                expect: {status: 200}\n";
    let runner = || Runner::from_text(text).profile(profile.clone());
    let report = runner().run().await.into_result().unwrap();
    let reasons: Vec<_> = report
        .cells()
        .map(|cell| match &cell.state {
            State::Skipped(reason) => reason.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "profile live has no `filtered_prompt`: AOAI_SPEC_FILTERED_PROMPT is not set",
            "profile live has no deployment `embeddings`",
            "profile live has no credential `entra`",
            "profile live has no endpoint `second`; it has: main",
            "faults need the emulator",
            "it is for the emulator only",
            "profile live has no deployment `batch`",
        ]
    );
    assert_eq!(report.exit_code(), 0);
    let denied = runner().deny_skips().run().await.into_result().unwrap();
    let told = summary(&denied);
    assert!(
        told.contains("\n  0 passed, 7 skipped (denied) in "),
        "{told}"
    );
    assert_eq!(denied.exit_code(), 4);
}

#[tokio::test]
async fn values_come_from_the_strongest_source() {
    let text = "name: a\nvars: {one: 1, two: 2, three: 3, four: \"${env.FOUR:-4}\"}\nsteps:\n  - \
                http: GET /openai/v1/models\n    params: {all: \
                \"${one},${two},${three},${four}\"}\n    expect: {sent: {query: {all: \
                $string}}}\n";
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key")
        .var("one", "profile")
        .var("two", "profile")
        .var("three", "profile");
    let report = Runner::from_text(text)
        .profile(profile)
        .lookup(|name| match name {
            "AOAI_SPEC_ONE" | "AOAI_SPEC_TWO" => Some("22".to_owned()),
            "FOUR" => Some("env".to_owned()),
            _ => None,
        })
        .var("one", "11")
        .run()
        .await
        .assert_ok();
    let sent = report.specs[0].cells[0].steps[0].result.as_ref().unwrap();
    assert_eq!(sent.to_json()["sent"]["query"]["all"], "11,22,profile,env");
}

#[tokio::test]
async fn filters_sets_and_pins_choose_cells() {
    let text = "name: a\ntags: [smoke]\nmatrix: {api: [2024-10-21, v1], via: [typed, raw], n: [1, \
                2]}\nsteps:\n  - {call: models.list, headers: {x-n: \"${n}\"}, expect: {status: \
                200}}\n---\nname: b\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let emulator = Arc::new(Emulator::start(Config::default()).await.unwrap());
    let runner = || Runner::from_text(text).emulator(Arc::clone(&emulator));
    let cells = |runner: Runner| async move {
        let cells = runner.list().await.unwrap();
        cells
            .into_iter()
            .map(|(id, cell, _)| format!("{id} {cell}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(cells(runner()).await.len(), 9);
    assert_eq!(cells(runner().filter("tag:smoke")).await.len(), 8);
    assert_eq!(cells(runner().filter("not tag:smoke")).await, ["spec::b "]);
    assert_eq!(
        cells(runner().filter("api:v1").filter("via:raw"))
            .await
            .len(),
        2
    );
    assert_eq!(cells(runner().filter("op:models.list")).await.len(), 9);
    assert_eq!(cells(runner().set("api", "2024-10-21")).await.len(), 5);
    assert_eq!(
        cells(
            runner()
                .set("api", "v1")
                .set("via", "raw")
                .var("n", "7")
                .filter("tag:smoke")
        )
        .await,
        ["spec::a api=v1 via=raw n=7"]
    );
    let error = runner()
        .set("apii", "v1")
        .run()
        .await
        .into_result()
        .unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(
        error.to_string().starts_with("`apii` is no setting"),
        "{error}"
    );
}

#[tokio::test]
async fn what_cannot_be_run_is_no_failed_expectation() {
    let profile = Profile::new("live")
        .endpoint("main", "not a url")
        .api_key("key", "not-a-real-key");
    let text = "name: a\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let report = Runner::from_text(text)
        .profile(profile)
        .run()
        .await
        .into_result()
        .unwrap();
    assert!(matches!(states(&report)[..], [State::Error(_)]));
    assert_eq!(report.exit_code(), 3);
    let error = Runner::from_text("name: a\nstep: []\n")
        .run()
        .await
        .into_result()
        .unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let nowhere = Profile::new("nowhere");
    let error = Runner::from_text(text)
        .profile(nowhere)
        .run()
        .await
        .into_result()
        .unwrap_err();
    assert_eq!(
        (error.exit_code(), &*error.to_string()),
        (3, "profile nowhere has no endpoint")
    );
}

#[tokio::test]
async fn fail_fast_stops_at_the_first_failure() {
    let wrong = "steps:\n  - {call: models.list, expect: {status: 500}}\n";
    // What nothing is wrong with until both ways are looked at together.
    let unlike = "matrix: {via: [typed, raw]}\nsteps:\n  - {call: chat, deployment: chat, body: \
                  {messages: [{role: user, content: ping}], stop: ~}, expect: {status: 200}}\n";
    let of_three = &format!(
        "matrix: {{lang: [de, en, fr]}}\n{}",
        wrong.replace("list, ", "list, headers: {x-lang: \"${lang}\"}, ")
    );
    // No failure, unless it is denied.
    let elsewhere = "only: live\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let skipped = State::Skipped("it is for a live resource only".to_owned());
    for (first, ended, not_run) in [
        (wrong, &[State::Failed][..], 1),
        (unlike, &[State::Passed, State::Failed], 1),
        // What is left of its own matrix is not run either.
        (of_three, &[State::Failed], 3),
        (elsewhere, &[skipped], 1),
    ] {
        let text = format!(
            "name: a\n{first}---\nname: b\nsteps:\n  - {{call: models.list, expect: {{status: \
             200}}}}\n"
        );
        let emulator = Emulator::start(Config::default()).await.unwrap();
        let runner = Runner::from_text(&text)
            .emulator(Arc::new(emulator))
            .fail_fast()
            .deny_skips();
        let report = runner.run().await.into_result().unwrap();
        assert_eq!(report.specs.len(), 1, "{first}");
        assert_eq!(states(&report), ended.iter().collect::<Vec<_>>(), "{first}");
        assert_eq!(report.not_run, not_run, "{first}");
        let sent = ended
            .iter()
            .filter(|state| !matches!(state, State::Skipped(_)));
        assert_eq!(report.requests(), sent.count(), "{first}");
    }
}

#[tokio::test]
async fn a_header_of_a_step_is_sent_and_a_wrong_key_is_not_the_profiles() {
    let server = MockServer::start().await;
    Mock::given(header("x-mine", "7"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": []})))
        .mount(&server)
        .await;
    let text = "name: a\nmatrix: {via: [typed, raw]}\nsteps:\n  - call: models.list\n    use: \
                {credential: wrong-key}\n    headers: {x-mine: 7}\n    expect: {body: {data: \
                []}}\n";
    let (report, _) = run_mock(text, &server).await;
    assert_eq!(report.exit_code(), 0);
    for request in server.received_requests().await.unwrap() {
        assert_ne!(request.headers["api-key"], "not-a-real-key");
    }
}

#[tokio::test]
async fn a_body_that_only_the_run_knows_is_checked_before_it_is_sent() {
    let text = "name: a\nsteps:\n  - {call: models.list, save: {text: body.object}}\n  - call: \
                chat\n    deployment: chat\n    body: {messages: \"${text}\"}\n    expect: {status: \
                200}\n";
    let report = run(text).await;
    let error = report.specs[0].cells[0].steps[1].error.clone().unwrap();
    assert!(
        error.starts_with("`chat` does not take this: messages"),
        "{error}"
    );
}

#[tokio::test]
async fn a_spec_in_code_runs_and_shows_its_results() {
    let spec: Spec = "name: a\nmatrix: {via: [typed, raw]}\nsteps:\n  - {name: look, call: \
                      models.list, expect: {body: {object: list}}}\n"
        .parse()
        .unwrap();
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let report = spec.run(&Profile::of_emulator(&emulator)).await.unwrap();
    assert_eq!(report.cells.len(), 2);
    assert_eq!(report.step("look").unwrap().status, Some(200));
    assert!("name: a\nsteps: []\n".parse::<Spec>().is_err());
}

#[tokio::test]
async fn keys_come_from_files_and_stand_in_for_each_other() {
    let keys = ["fake-key-one-of-two", "fake-key-two-of-two"];
    let mut config = Config::default();
    config.keys = Some(keys.map(str::to_owned));
    let emulator = Emulator::start(config).await.unwrap();
    let dotenv = concat!(env!("CARGO_TARGET_TMPDIR"), "/keys.env");
    std::fs::write(dotenv, format!("FAKE_KEY={}\n", keys[1])).unwrap();
    let profiles = concat!(env!("CARGO_TARGET_TMPDIR"), "/keys.yaml");
    let text = format!(
        "of-files:\n  endpoints: {{main: {:?}}}\n  deployments: {{chat: chat}}\n  credentials:\n    \
         file: &file {{dotenv: {{path: {dotenv:?}, name: FAKE_KEY}}}}\n    two: {{two_keys: {{primary: \
         {{api_key: fake-key-of-old}}, secondary: *file}}}}\n    absent: {{dotenv: {{path: {dotenv:?}, \
         name: OTHER}}}}\n    half: {{two_keys: {{primary: *file, secondary: {{api_key: \"${{env.UNSET:-}}\"}}}}}}\n",
        emulator.endpoint()
    );
    std::fs::write(profiles, text).unwrap();
    let profile = Profile::load(profiles, "of-files", |_| None).unwrap();
    let call = "call: chat, deployment: chat, body: {messages: [{role: user, content: \
                fake-key-two-of-two}]}";
    let text = format!(
        "name: file\nuse: {{credential: file}}\nsteps:\n  - {{{call}, expect: {{auth: {{kind: key, \
         source: local}}, attempts: {{$len: 1}}}}}}\n---\nname: two\nuse: {{credential: two}}\nsteps:\n  \
         - {{{call}, expect: {{attempts: [{{status: 401}}, {{status: 200}}]}}}}\n  - {{name: again, \
         {call}, expect: {{attempts: [{{status: 200}}], text: other}}}}\n---\nname: absent\nuse: \
         {{credential: absent}}\nsteps:\n  - {{{call}, expect: {{status: 200}}}}\n---\nname: half\nuse: \
         {{credential: half}}\nsteps:\n  - {{{call}, expect: {{status: 200}}}}\n"
    );
    let runner = Runner::from_text(text).profile(profile);
    let redactor = Arc::clone(runner.redactor());
    let report = runner.run().await.into_result().unwrap();
    let skipped = |told| State::Skipped(format!("profile of-files has no credential {told}"));
    assert_eq!(
        states(&report),
        [
            &State::Passed,
            &State::Failed,
            &skipped("`absent`"),
            &skipped("`half`: UNSET is not set")
        ]
    );
    let second = mismatches(&report.specs[1]);
    assert_eq!(second.len(), 1, "{second:?}");
    assert_eq!(second[0].0, "text");
    // What a provider yields is known as a secret, though no profile has it in it.
    let masked = redactor.redact(keys[1]).into_owned();
    assert!(["<file>", "<two>"].contains(&&*masked), "{masked}");
}

#[tokio::test]
async fn what_is_wrong_with_a_profiles_keys_is_told() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/wrong.yaml");
    for (credential, complaint) in [
        ("{dotenv: {path: a}}", "`name` is missing"),
        (
            "{two_keys: {primary: {api_key: fake-key-1}}}",
            "`secondary` is missing",
        ),
        (
            "{two_keys: {primary: {apikey: fake}, secondary: {}}}",
            "did you mean `api_key`?",
        ),
        (
            "{}",
            "a credential is one of `api_key`, `token`, `dotenv`, `two_keys`",
        ),
    ] {
        std::fs::write(path, format!("p:\n  credentials: {{key: {credential}}}\n")).unwrap();
        let error = Profile::load(path, "p", |_| None).unwrap_err();
        let told: Vec<_> = error
            .diagnostics()
            .iter()
            .map(ToString::to_string)
            .collect();
        let told = told.join("\n");
        assert!(told.contains(complaint), "{credential}: {told}");
    }
}

#[tokio::test]
async fn what_a_step_has_made_is_removed_even_where_it_is_not_as_expected() {
    for (step, removed) in [
        ("expect: {body: {bytes: 7}}, save: {file: body.id}", 1),
        // What is missing is told only where nothing else is wrong.
        (
            "expect: {body: {bytes: 7}}, save: {file: body.id, other: body.none}",
            1,
        ),
        (
            "poll: {until: {body: {bytes: 7}}, abort: {status: 200}, within: 1m}, save: {file: body.id}",
            1,
        ),
        // A refusal has made nothing.
        (
            "use: {credential: wrong-key, retries: 0}, save: {file: body.error.code}",
            0,
        ),
    ] {
        let text = format!(
            "name: a\nsteps:\n  - {{call: files.upload, form: {{purpose: batch, file: {{name: a.jsonl, jsonl: \
             [{{}}]}}}}, {step}}}\nfinally:\n  - {{call: files.delete, params: {{file_id: \
             \"${{file}}\"}}, expect: {{body: {{deleted: true}}}}}}\n"
        );
        let report = run(&text).await;
        assert_eq!(states(&report), [&State::Failed], "{step}");
        let steps = &report.specs[0].cells[0].steps;
        assert_eq!(steps[0].mismatches.len(), 1, "{step}");
        assert_eq!(steps.len(), 1 + removed, "{step}");
        assert!(steps[1..].iter().all(StepReport::passed), "{step}");
    }
}
