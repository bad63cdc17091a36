//! Answers in which the service says more than the wire types know.

use std::sync::Mutex;

use aoai_spec::report::{Format, Human};
use aoai_spec::{Event, Profile, Runner};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shared::{Shared, summary};

const TEXT: &str = "name: a\nmatrix: {via: [typed, raw]}\nsteps:\n  - call: models.list\n    expect: \
                    {body: {object: list}}\n  - call: models.get\n    params: {model: m}\n    \
                    expect: {drift: []}\n";

async fn server() -> MockServer {
    let server = MockServer::start().await;
    for (at, body) in [
        (
            "/openai/v1/models",
            json!({"object": "list", "data": [{"id": "m", "object": "model", "aura": "blue"}], "hue": 1}),
        ),
        ("/openai/v1/models/m", json!({"id": "m", "object": "model"})),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path(at))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    server
}

fn runner(server: &MockServer) -> Runner {
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key");
    Runner::from_text(TEXT).profile(profile)
}

#[tokio::test]
async fn what_the_types_lose_stands_in_results_and_reports() {
    let server = server().await;
    let out = Shared::default();
    let human = Mutex::new(Human::new(out.clone()).verbosity(1));
    let sink = |event: &Event<'_>| human.lock().unwrap().event(event).unwrap();
    let report = runner(&server).run_with(&sink).await.unwrap();
    assert_eq!(report.exit_code(), 0);
    for cell in &report.specs[0].cells {
        let result = cell.step("models.list").unwrap().to_json();
        assert_eq!(
            result["drift"],
            json!([{"path": "data.0.aura", "kind": "lost"}, {"path": "hue", "kind": "lost"}]),
            "{}",
            cell.cell
        );
    }
    assert_eq!(
        report.json()["drift"],
        json!([
            {"operation": "models.list", "path": "data.0.aura (lost)"},
            {"operation": "models.list", "path": "hue (lost)"},
        ])
    );
    for (format, line) in [
        (Format::Markdown, "* models.list: ` data.0.aura (lost) `\n"),
        (
            Format::Html,
            "<li>models.list: <code>data.0.aura (lost)</code></li>",
        ),
        (
            Format::Junit,
            "<property name=\"drift\" value=\"hue (lost)\"/>",
        ),
    ] {
        let text = report.render(format).unwrap();
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    let told = out.text();
    assert!(
        told.contains("          drift: data.0.aura (lost)\n"),
        "{told}"
    );
    assert!(
        told.contains("\n  drift: models.list hue (lost)\n"),
        "{told}"
    );
}

#[tokio::test]
async fn drift_can_be_denied() {
    let server = server().await;
    let denied = runner(&server)
        .deny_drift()
        .run()
        .await
        .into_result()
        .unwrap();
    assert_eq!((denied.exit_code(), denied.cells().count()), (4, 2));
    let told = summary(&denied);
    assert!(
        told.contains("\n  drift (denied): models.list hue (lost)\n"),
        "{told}"
    );
    // No report takes for well what has failed the run.
    let lost = "drift, which is denied: data.0.aura (lost), hue (lost)";
    for (format, part) in [
        (
            Format::Junit,
            "<testsuite name=\"spec\" tests=\"2\" skipped=\"0\" errors=\"0\" failures=\"2\">"
                .to_owned(),
        ),
        (Format::Junit, format!("<failure message=\"{lost}\"/>")),
        (Format::Tap, "\nnot ok 2 - spec :: a [via=raw]\n".to_owned()),
        (
            Format::Tap,
            format!("\n  severity: \"fail\"\n  message: \"{lost}\"\n"),
        ),
        (
            Format::Github,
            format!("::error file=spec.yaml,line=4,col=5,title=spec%3A a [via=raw]::{lost}\n"),
        ),
        (Format::Markdown, "| 0 | 2 | 0 | 0 |".to_owned()),
        (
            Format::Markdown,
            format!("<summary>spec :: a [via=raw]</summary>\n\n` {lost} `\n\n</details>\n"),
        ),
        (Format::Html, "<b>2</b> failed".to_owned()),
        (Format::Html, "drifted, which is denied</span>".to_owned()),
        (Format::Html, lost.to_owned()),
    ] {
        let text = denied.render(format).unwrap();
        assert!(text.contains(&part), "{part:?} is not in\n{text}");
    }
    let said = runner(&server).deny_drift().run();
    let said = tokio::spawn(async { said.await.assert_ok() }).await;
    let said = said.unwrap_err().into_panic();
    let said = said.downcast_ref::<String>().unwrap();
    assert_eq!(
        *said,
        format!("FAIL  spec  a [via=typed]: {lost}\nFAIL  spec  a [via=raw]: {lost}\n")
    );
    let stopped = runner(&server).deny_drift().fail_fast().run().await;
    let stopped = stopped.into_result().unwrap();
    assert_eq!((stopped.exit_code(), stopped.cells().count()), (4, 1));
    let expected = TEXT.replace("{body: {object: list}}", "{drift: []}");
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .api_key("key", "not-a-real-key");
    let runner = Runner::from_text(expected).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let mismatch = &report.specs[0].cells[0].steps[0].mismatches[0];
    assert_eq!((mismatch.path.as_str(), report.exit_code()), ("drift", 4));
}
