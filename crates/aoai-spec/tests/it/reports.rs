//! What reports say, and what they never do.

use std::sync::{Arc, Mutex};

use aoai_auth::testing::ManualClock;
use aoai_emulator::{Config, Emulator};
use aoai_spec::report::{Contrast, Format, Human};
use aoai_spec::{Event, Profile, Runner};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::shared::Shared;

const TEXT: &str = "name: good\nsteps:\n  - {call: models.list, expect: {status: \
                    200}}\n---\nname: bad <&>\nmatrix: {via: [typed, raw]}\nvars: {wanted: \
                    London}\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {reply: \
                    Paris}\n    body: {messages: [{role: user, content: ping}]}\n    expect: {text: \
                    \"${wanted}\"}\n---\nname: skipped\nuse: {credential: entra}\nsteps:\n  - \
                    {call: models.list, expect: {status: 200}}\n";

const KEYS: [&str; 2] = [
    "fake~key.one+with/odd\"marks",
    "fake~key.two+with/odd\"marks",
];

struct Told {
    human: String,
    junit: String,
    json: String,
}

/// Runs `text` and renders all reports, at the highest verbosity.
async fn told(text: &str) -> Told {
    let mut config = Config::default();
    config.keys = Some(KEYS.map(str::to_owned));
    let emulator = Emulator::start(config).await.unwrap();
    let runner = Runner::from_text(text).emulator(Arc::new(emulator));
    let redactor = Arc::clone(runner.redactor());
    let out = Shared::default();
    let report = {
        let human = Human::new(redactor.writer(out.clone())).verbosity(2);
        let human = Mutex::new(human);
        let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
        runner.run_with(&sink).await.unwrap()
    };
    assert_eq!(report.exit_code(), 4);
    Told {
        human: out.text(),
        junit: redactor.redact(&report.junit().unwrap()).into_owned(),
        json: redactor.redact(&report.json().to_string()).into_owned(),
    }
}

#[tokio::test]
async fn people_are_told_what_was_expected_what_came_and_how_to_run_it_again() {
    let told = told(TEXT).await.human;
    for line in [
        "specs · profile emulator · 3 specs, 4 tests, 8 jobs\n",
        "  ok    spec ",
        "  skip  spec                      skipped: profile emulator has no credential `entra`\n",
        "FAIL  spec#1  bad <&>  ",
        "  step 1/1  chat\n",
        "   --> spec.yaml:13:20  text\n",
        "    |   expected  London\n",
        "    |   actual    \"Paris\"\n",
        "  answer  200 · text \"Paris\"\n  body    {\"choices\":[{",
        "\"content\":\"Paris\"",
        "  ids     apim-request-id ",
        "  cell    via=raw\n",
        "  var     wanted = \"London\"\n",
        "  again   cargo xtask specs spec --set via=raw -vv\n",
        "  1 passed, 2 failed, 1 skipped in ",
    ] {
        assert!(told.contains(line), "{line:?} is not in\n{told}");
    }
}

#[tokio::test]
async fn a_long_body_is_cut_after_its_secrets_are_masked() {
    // The cut falls into the key, wherever the body's other members put it.
    let padding = "x".repeat(1990);
    let text = format!(
        "name: long\nsteps:\n  - call: chat\n    deployment: chat\n    use: {{via: raw}}\n    \
         emulator: {{reply: {:?}}}\n    body: {{messages: [{{role: user, content: ping}}]}}\n    \
         expect: {{finish: length}}\n",
        format!("{padding}{}", KEYS[0].repeat(50))
    );
    let human = told(&text).await.human;
    let body = human.lines().find(|line| line.starts_with("  body    "));
    let (shown, rest) = body.unwrap().rsplit_once("… (").unwrap();
    assert_eq!(shown.chars().count(), "  body    ".len() + 2000);
    let rest: usize = rest
        .strip_suffix(" more characters)")
        .unwrap()
        .parse()
        .unwrap();
    assert!(rest > 50, "{rest}");
    assert!(!shown.contains("fake~"), "{shown}");
}

#[tokio::test]
async fn a_stream_that_fails_shows_its_events() {
    let text = "name: streamed\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {reply: \
                Paris}\n    body: {messages: [{role: user, content: ping}], stream: true}\n    expect: \
                {text: London}\n";
    let human = told(text).await.human;
    let events = human
        .lines()
        .skip_while(|line| !line.ends_with(" events, complete"));
    let marked = events.filter(|line| line.starts_with("        > "));
    let marked: Vec<_> = marked.collect();
    assert_eq!(marked.len(), 1, "{human}");
    assert!(marked[0].contains("\"finish_reason\":\"stop\""), "{human}");
}

#[tokio::test]
async fn what_the_service_says_gives_the_terminal_no_orders_and_makes_no_lines() {
    let evil = "bad \u{1b}[31m \u{9b}2J \u{7f}\r\n::error::forged\n  ok    forged";
    let server = MockServer::start().await;
    let refusal = json!({"error": {"code": "400", "message": evil}, "told": evil});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(400).set_body_json(refusal))
        .mount(&server)
        .await;
    let profile = Profile::new("live")
        .endpoint("main", server.uri())
        .api_key("key", KEYS[0]);
    let text = "name: evil\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let out = Shared::default();
    let human = Mutex::new(Human::new(out.clone()).verbosity(3));
    let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
    let report = runner.run_with(&sink).await.unwrap();
    let junit = report.junit().unwrap();
    for told in [&out.text(), &junit] {
        assert!(told.contains("::error::forged"), "{told}");
        let orders = |c: char| c.is_control() && c != '\n';
        assert!(!told.contains(orders), "{told:?}");
        let forged = |line: &str| line.starts_with("::error") || line.starts_with("  ok");
        assert!(!told.lines().any(forged), "{told}");
    }
}

#[tokio::test]
async fn what_the_service_calls_things_makes_no_lines() {
    let evil = "bad\u{1b}[31m\n::error::forged";
    let server = MockServer::start().await;
    let answer = json!({"object": "list", "data": [], evil: 1, "status": evil});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let profile = Profile::new("live")
        .endpoint("main", server.uri())
        .api_key("key", KEYS[0]);
    let text = "name: evil\nsteps:\n  - call: models.list\n    poll: {until: {body: {data: {$len: 1}}}, \
                every: 1s, within: 1s}\n---\nname: \"more\\e[2J\"\nmatrix: {n: [\"1\\n::error::own\"]}\nsteps:\n  - \
                {call: models.list, headers: {n: x}, expect: {body: {$only: {object: list}}}}\n";
    let runner = Runner::from_text(text).profile(profile);
    let runner = runner.clock(Arc::new(ManualClock::automatic())).repeat(2);
    let out = Shared::default();
    let human = Mutex::new(Human::new(out.clone()).verbosity(3));
    let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
    let report = runner.run_with(&sink).await.unwrap();
    assert_eq!(report.counts(), [0, 4, 0, 0]);
    let told = out.text();
    assert!(told.contains("  …     spec  models.list  bad"), "{told}");
    assert!(
        !told.contains(|c: char| c.is_control() && c != '\n'),
        "{told:?}"
    );
    let mut forged = told
        .lines()
        .filter(|line| line.trim_start().starts_with("::error"));
    assert_eq!(forged.next(), None, "{told}");
    let again = "  again   cargo xtask specs spec --set $'n=1\\n::error::own' -vv\n";
    assert!(told.contains(again), "{told}");
}

#[tokio::test]
async fn runs_are_compared_step_by_step_whatever_went_wrong() {
    let service = async |first: &str, parts: serde_json::Value| {
        let server = MockServer::start().await;
        for (path, body) in [
            ("/openai/v1/models", json!({"object": first, "data": []})),
            ("/openai/v1/models/a", json!({"id": "a", "more": 1})),
            ("/openai/v1/models/b", parts),
        ] {
            Mock::given(matchers::path(path))
                .respond_with(ResponseTemplate::new(200).set_body_json(body))
                .mount(&server)
                .await;
        }
        server
    };
    let text = "name: a\nsteps:\n  - {call: models.list, expect: {body: {object: list}}}\n  - {call: \
                models.get, params: {model: a}, expect: {status: 200}}\nfinally:\n  - {name: last, call: \
                models.get, params: {model: b}, expect: {status: 200}}\n";
    let run = async |server: &MockServer, name: &str| {
        let profile = Profile::new(name).endpoint("main", server.uri());
        let runner = Runner::from_text(text).profile(profile.api_key("key", KEYS[0]));
        runner.run().await.into_result().unwrap()
    };
    let one = run(&service("list", json!({"id": "b"})).await, "one").await;
    // Its first step fails, and the second is not run.
    let two = run(&service("lost", json!({"id": "b"})).await, "two").await;
    for (left, right) in [(&one, &two), (&two, &one)] {
        let contrast = Contrast::of(left, right);
        assert_eq!(contrast.compared, 2, "{contrast}");
        assert!(contrast.is_alike(), "{contrast}");
    }
    let evil = json!({"id": "b", "own\u{1b}[2J\n::error::x": 1});
    let two = run(&service("lost", evil).await, "two").await;
    assert_eq!(
        Contrast::of(&one, &two).to_string(),
        "spec::a › last\n  body.own\u{fffd}[2J ::error::x: absent in one, number in two\n2 steps compared, \
         1 differ between one and two\n"
    );
}

#[tokio::test]
async fn junit_has_a_case_for_each_cell() {
    let junit = told(TEXT).await.junit;
    for part in [
        "<testsuite name=\"spec\" tests=\"4\" skipped=\"1\" errors=\"0\" failures=\"2\"",
        "name=\"bad &lt;&amp;&gt; [via=raw]\"",
        "text: expected London, got &quot;Paris&quot;",
        "<property name=\"api\" value=\"v1\"/>",
        "<property name=\"apim-request-id\"",
        "<skipped message=\"profile emulator has no credential `entra`\"/>",
    ] {
        assert!(junit.contains(part), "{part:?} is not in\n{junit}");
    }
}

#[tokio::test]
async fn json_has_the_places_and_the_results() {
    let json: serde_json::Value = serde_json::from_str(&told(TEXT).await.json).unwrap();
    assert_eq!(
        (&json["version"], &json["exit_code"]),
        (&1.into(), &4.into())
    );
    let step = &json["specs"][1]["cells"][0]["steps"][0];
    assert_eq!(step["mismatches"][0]["path"], "text");
    assert_eq!(step["mismatches"][0]["line"], 13);
    assert_eq!(step["result"]["status"], 200);
}

#[tokio::test]
async fn no_report_has_a_key_in_it() {
    let echo = format!(
        "name: echo\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {{reply: {0:?}}}\n    \
         body: {{messages: [{{role: user, content: {0:?}}}]}}\n    expect: {{text: other}}\n",
        KEYS[0]
    );
    let told = told(&echo).await;
    for report in [&told.human, &told.junit, &told.json] {
        assert!(
            report.contains("<key>") || report.contains("&lt;key&gt;"),
            "{report}"
        );
        assert!(!report.contains("key.one"), "{report}");
    }
}

#[tokio::test]
async fn no_form_of_a_report_tells_a_secret_however_it_escapes_it() {
    let phrase = "open\"sesame'&<please>";
    let echo = format!(
        "name: echo\nvars: {{phrase: ~}}\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {{reply: \
         {0:?}}}\n    body: {{user: \"${{phrase}}\", \
         messages: [{{role: user, content: {0:?}}}]}}\n    expect: {{text: other}}\n",
        KEYS[0]
    );
    let mut config = Config::default();
    config.keys = Some(KEYS.map(str::to_owned));
    let emulator = Arc::new(Emulator::start(config).await.unwrap());
    let profile = Profile::of_emulator(&emulator).secret("phrase", phrase);
    let runner = Runner::from_text(echo).emulator(emulator).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    assert_eq!(report.exit_code(), 4);
    for name in Format::NAMES {
        let told = report.render(name.parse().unwrap()).unwrap();
        assert!(!told.contains("with/odd"), "{name}: {told}");
        assert!(!told.contains("sesame"), "{name}: {told}");
        let is_masked = told.contains("<key>") || told.contains("&lt;key&gt;");
        assert!(is_masked, "{name}: {told}");
    }
    // The page has the whole result, the request among it.
    let page = report.render(Format::Html).unwrap();
    assert!(
        page.contains("&quot;user&quot;: &quot;&lt;phrase&gt;&quot;"),
        "{page}"
    );
}
