//! One run in every form of report, each read by somebody else's reader.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use aoai_emulator::{Config, Emulator};
use aoai_spec::report::{Format, JSON_SCHEMA};
use aoai_spec::{Interrupt, Report, Runner};
use serde_json::{Value, json};

/// Two pass, three fail, one cannot run, one is skipped.
const TEXT: &str = r#"
name: good
steps:
  - {call: models.list, expect: {status: 200}}
---
name: 'bad <&> "quoted" # SKIP `ticks` | pipe'
matrix: {via: [typed, raw]}
steps:
  - name: "::error file=x::asked"
    call: chat
    deployment: chat
    emulator: {reply: "Paris has been the capital of France for a very long time, as everybody knows. So it goes."}
    body: {messages: [{role: user, content: ping}]}
    expect: {text: "London has been the capital of France for a very long time, as everybody knows. So it goes."}
---
name: streamed
steps:
  - call: chat
    deployment: chat
    emulator: {reply: "1, 2, 3"}
    body: {messages: [{role: user, content: ping}], stream: true}
    expect: {stream: {events: {$in_order: [{choices: [{finish_reason: stop}]}, {choices: [{delta: {role: assistant}}]}]}}}
---
name: refused
steps:
  - {call: models.get, params: {model: "no-such"}, expect: {status: 404}}
---
name: cannot
vars: {n: 1}
steps:
  - {call: models.list, headers: {x-own: "a\nb"}, expect: {status: 200}}
---
name: skipped
use: {credential: entra}
steps:
  - {call: models.list, expect: {status: 200}}
"#;

async fn run(repeat: u32) -> Report {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let runner = Runner::from_text(TEXT).emulator(Arc::new(emulator));
    runner.repeat(repeat).run().await.into_result().unwrap()
}

#[tokio::test]
async fn the_json_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [run(1).await, run(2).await] {
        let told = report.json();
        let errors: Vec<_> = validator.iter_errors(&told).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let rendered = report.render(Format::Json).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&rendered).unwrap(), told);
    }
    let told = run(1).await.json();
    assert_eq!(
        told["counts"],
        json!({"passed": 2, "failed": 3, "error": 1, "skipped": 1, "not_run": 0})
    );
    assert_eq!(
        told["coverage"]["operations"]["models.get"],
        json!({"v1": ["err"]})
    );
    assert_eq!(told["specs"][1]["cells"][1]["id"], {
        let name = "bad <&> \"quoted\" # SKIP `ticks` | pipe";
        format!("spec::{name} [via=raw]")
    });
    // A schema that takes anything would prove nothing.
    let mut broken = told.clone();
    broken["specs"][0]["cells"][0]["state"] = json!("splendid");
    assert!(!validator.is_valid(&broken));
}

#[tokio::test]
async fn junit_is_read_by_another_crate() {
    let xml = run(1).await.junit().unwrap();
    let read = junit_parser::from_reader(xml.as_bytes()).unwrap();
    let (tests, failures) = (read.tests, read.failures);
    assert_eq!((tests, failures, read.errors), (7, 3, 1));
    let cases = &read.suites[0].cases;
    let names: Vec<_> = cases
        .iter()
        .map(|case| case.original_name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "good",
            "bad <&> \"quoted\" # SKIP `ticks` | pipe [via=typed]",
            "bad <&> \"quoted\" # SKIP `ticks` | pipe [via=raw]",
            "streamed",
            "refused",
            "cannot",
            "skipped",
        ]
    );
    let properties = &cases[1].properties.hashmap;
    for name in [
        "api",
        "credential",
        "endpoint",
        "via",
        "tokens",
        "apim-request-id",
    ] {
        assert!(properties.contains_key(name), "{name}: {properties:?}");
    }
    assert!(cases[3].properties.hashmap.contains_key("first_ms"));
    assert!(cases[6].status.is_skipped());
}

#[tokio::test]
async fn no_report_has_characters_that_its_readers_refuse() {
    let text = r#"
name: "a\uFFFE\u001B[1mb"
steps:
  - name: "c\uFFFF\u0007d"
    call: chat
    deployment: chat
    emulator: {reply: "e\uFFFE\u001Bf"}
    body: {messages: [{role: user, content: ping}]}
    expect: {text: never}
"#;
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let runner = Runner::from_text(text).emulator(Arc::new(emulator));
    let report = runner.run().await.into_result().unwrap();
    let xml = report.junit().unwrap();
    let read = junit_parser::from_reader(xml.as_bytes()).unwrap();
    assert_eq!((read.tests, read.failures), (1, 1));
    for told in [
        xml,
        report.render(Format::Tap).unwrap(),
        report.render(Format::Markdown).unwrap(),
    ] {
        let is_bad =
            |c: char| c.is_control() && c != '\n' || ('\u{fffe}'..='\u{ffff}').contains(&c);
        let bad: Vec<_> = told.chars().filter(|c| is_bad(*c)).collect();
        assert!(bad.is_empty(), "{bad:?} in {told}");
    }
}

#[tokio::test]
async fn tap_has_a_point_for_each_test() {
    let tap = run(1).await.render(Format::Tap).unwrap();
    let points: Vec<_> = tap
        .lines()
        .filter(|line| line.starts_with("ok ") || line.starts_with("not ok "))
        .collect();
    assert_eq!(&tap[..20], "TAP version 14\n1..7\n");
    assert_eq!(
        points,
        [
            "ok 1 - spec :: good",
            "not ok 2 - spec :: bad <&> \"quoted\" \\# SKIP `ticks` | pipe [via=typed]",
            "not ok 3 - spec :: bad <&> \"quoted\" \\# SKIP `ticks` | pipe [via=raw]",
            "not ok 4 - spec :: streamed",
            "ok 5 - spec :: refused",
            "not ok 6 - spec :: cannot",
            "ok 7 - spec :: skipped # SKIP profile emulator has no credential `entra`",
        ]
    );
    assert!(
        tap.contains("  at: {\"column\":20,\"file\":\"spec.yaml\",\"line\":14}\n"),
        "{tap}"
    );
}

#[tokio::test]
async fn annotations_stand_at_the_lines_of_the_mismatches() {
    let told = run(1).await.render(Format::Github).unwrap();
    let commands: Vec<_> = told.lines().collect();
    assert_eq!(commands.len(), 4, "{told}");
    assert!(
        commands[0].starts_with(
            "::error file=spec.yaml,line=14,col=20,title=spec%3A bad <&> \"quoted\" # SKIP \
             `ticks` | pipe [via=typed]::text%0Aexpected \"London has"
        ),
        "{told}"
    );
    let could_not = "::error file=spec.yaml,line=31,col=6,title=spec%3A cannot::could not run: ";
    assert!(commands[3].starts_with(could_not), "{told}");
}

#[tokio::test]
async fn markdown_tells_what_did_not_pass_and_what_was_skipped() {
    let told = run(2).await.render(Format::Markdown).unwrap();
    for part in [
        "## ❌ Specs against emulator\n",
        "| 4 | 6 | 2 | 2 |",
        "<summary>spec :: bad &lt;&amp;&gt; &quot;quoted&quot; # SKIP `ticks` | pipe [via=typed \
         #1]</summary>",
        "| 2 | profile emulator has no credential \\`entra\\` |",
        "| spec::streamed | 0/2 (0 %) | ",
        "| spec::good | 2/2 (100 %) |  |  |",
        "operations asserted",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

#[tokio::test]
async fn html_is_one_page_without_network_and_with_every_test() {
    let page = run(1).await.render(Format::Html).unwrap();
    assert_eq!(page.matches("<details class=\"test ").count(), 7);
    for outside in [
        "http://",
        "https://",
        "src=",
        "<link rel=\"stylesheet",
        "@import",
        "url(",
    ] {
        assert!(!page.contains(outside), "{outside:?}");
    }
    for part in [
        "<html lang=\"en\">",
        "content=\"light dark\"",
        "default-src 'none'",
        "bad &lt;&amp;&gt; &quot;quoted&quot;",
        "prefers-color-scheme: dark",
        "<details><summary>result document</summary>",
    ] {
        assert!(page.contains(part), "{part:?}");
    }
    save("report.html", &page);
}

#[tokio::test]
async fn failures_show_a_diff_of_long_texts_and_the_events_around_the_point() {
    let report = run(1).await;
    let junit = report.junit().unwrap();
    for line in [
        "   |   expected (-), actual (+)\n",
        "   |   @@ line 1 @@\n",
        "   |   -London has been the capital of France for a very long time,\n",
        "   |   +Paris has been the capital of France for a very long time,\n",
        "   |    as everybody knows. So it goes.\n",
        "after item ",
        "  events  ",
        "        &gt;  ",
    ] {
        assert!(junit.contains(line), "{line:?} is not in\n{junit}");
    }
}

#[tokio::test]
async fn shards_and_ids_choose_tests() {
    let ids = |report: &Report| -> Vec<String> {
        let specs = report.specs.iter();
        let ids = specs.flat_map(|spec| spec.cells.iter().map(|cell| spec.test_id(cell)));
        ids.collect()
    };
    let all = ids(&run(1).await);
    let mut sharded = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let emulator = Emulator::start(Config::default()).await.unwrap();
        let runner = Runner::from_text(TEXT).emulator(Arc::new(emulator));
        let report = runner.shard(shard.parse().unwrap()).run().await;
        sharded.extend(ids(&report.into_result().unwrap()));
    }
    sharded.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(sharded, sorted);

    let emulator = Emulator::start(Config::default()).await.unwrap();
    let runner = Runner::from_text(TEXT).emulator(Arc::new(emulator));
    let report = runner.tests(&all[2..4]).run().await.into_result().unwrap();
    assert_eq!(ids(&report), all[2..4]);
}

/// Readers from another world: Python's `junitparser` and `tap.py`, where a Python has them.
#[tokio::test]
async fn junit_and_tap_are_read_by_python() {
    let report = run(1).await;
    let junit = save("report.xml", &report.junit().unwrap());
    let tap = save("report.tap", &report.render(Format::Tap).unwrap());
    let script = "
import sys
from junitparser import JUnitXml, Failure, Error, Skipped
from tap.parser import Parser
xml = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in xml for case in suite]
kinds = [type(result).__name__ for case in cases for result in case.result]
print(len(cases), kinds)
tests = [line for line in Parser().parse_file(sys.argv[2]) if line.category == 'test']
# It reads version 13, which does not know that a hash can be escaped: only points that are ok.
print([(test.number, test.ok, test.ok and test.skip) for test in tests])
print([sorted(test.yaml_block or {})[:3] for test in tests][1])
";
    let Some(python) = python_with("junitparser, tap.parser, yaml") else {
        let message =
            b"skipped: no Python has junitparser, tap.py and PyYAML; AOAI_SPEC_PYTHON names one\n";
        std::io::stderr().write_all(message).unwrap();
        return;
    };
    let output = Command::new(python)
        .args(["-c", script])
        .args([&junit, &tap])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "7 ['Failure', 'Failure', 'Failure', 'Error', 'Skipped']",
            "[(1, True, False), (2, False, False), (3, False, False), (4, False, False), (5, True, \
             False), (6, False, False), (7, True, True)]",
            "['api', 'at', 'credential']",
        ]
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "which Python has the readers is known to the machine only"
)]
fn python_with(modules: &str) -> Option<String> {
    let named = std::env::var("AOAI_SPEC_PYTHON").ok();
    let pythons = named.into_iter().chain(["python3".to_owned()]);
    pythons.into_iter().find(|python| {
        let output = Command::new(python)
            .args(["-c", &format!("import {modules}")])
            .output();
        output.is_ok_and(|output| output.status.success())
    })
}

fn save(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn no_form_takes_a_part_of_a_run_for_all_of_it() {
    use Format::{Github, Html, Junit, Markdown, Tap};
    let told = |report: &Report| {
        [Junit, Tap, Github, Markdown, Html].map(|format| report.render(format).unwrap())
    };
    let interrupted = Runner::from_text(TEXT).interrupt(Interrupt::when(async {}));
    let interrupted = interrupted.run().await.into_result().unwrap();
    let why = "the run was interrupted; 7 tests not begun";
    let [junit, tap, github, markdown, html] = told(&interrupted);
    assert!(
        junit.contains(&format!("<error message=\"{why}\"/>")),
        "{junit}"
    );
    assert_eq!(tap, format!("TAP version 14\n1..0\nBail out! {why}\n"));
    assert_eq!(github, format!("::error title=specs::{why}\n"));
    assert!(markdown.contains(&format!("\n\n**{why}**\n")), "{markdown}");
    assert!(html.contains(&format!("<p><b>{why}</b></p>")), "{html}");

    // What ended a run by itself is an error already, where programs look for one.
    let failed = Runner::from_text(TEXT).fail_fast();
    let failed = failed.run().await.into_result().unwrap();
    let why = "the run ended at the first test that did not pass; 5 tests not begun";
    let [junit, tap, github, markdown, html] = told(&failed);
    assert!([junit, tap, github].iter().all(|text| !text.contains(why)));
    assert!(markdown.contains(&format!("**{why}**")), "{markdown}");
    assert!(html.contains(&format!("<b>{why}</b>")), "{html}");

    for text in told(&run(1).await) {
        assert!(!text.contains("not begun"), "{text}");
    }
}

#[tokio::test]
async fn a_skip_that_is_denied_is_a_failure_in_every_form() {
    use Format::{Github, Html, Junit, Markdown, Tap};
    let why = "profile emulator has no credential `entra`";
    for (denied, code) in [(false, 0), (true, 4)] {
        let emulator = Emulator::start(Config::default()).await.unwrap();
        let runner = Runner::from_text(TEXT).emulator(Arc::new(emulator));
        let runner = runner.filter("skipped");
        let runner = if denied { runner.deny_skips() } else { runner };
        let report = runner.run().await.into_result().unwrap();
        assert_eq!(report.exit_code(), code);
        let [junit, tap, github, markdown, html] =
            [Junit, Tap, Github, Markdown, Html].map(|format| report.render(format).unwrap());
        let kind = if denied { "failure" } else { "skipped" };
        assert!(
            junit.contains(&format!("<{kind} message=\"{why}\"")),
            "{junit}"
        );
        let point = if denied {
            format!(
                "not ok 1 - spec :: skipped\n  ---\n  duration_ms: 0.0\n  api: \"v1\"\n  credential: \
                 \"entra\"\n  endpoint: \"main\"\n  via: \"typed\"\n  tokens: 0\n  severity: \"fail\"\n  \
                 message: \"{why}\"\n  ...\n"
            )
        } else {
            format!("ok 1 - spec :: skipped # SKIP {why}\n")
        };
        assert_eq!(tap, format!("TAP version 14\n1..1\n{point}"));
        assert_eq!(github.starts_with("::error file="), denied, "{github}");
        assert_eq!(
            github.trim_end().ends_with(&format!("::{why}")),
            denied,
            "{github}"
        );
        assert_eq!(markdown.starts_with("## ❌ "), denied, "{markdown}");
        let (count, listed) = if denied {
            let listed = format!("\n`` skipped, which is denied: {why} ``\n\n</details>\n");
            ("| 0 | 1 | 0 | 0 |", listed)
        } else {
            let listed = format!("| 1 | {} |", why.replace('`', "\\`"));
            ("| 0 | 0 | 0 | 1 |", listed)
        };
        assert!(markdown.contains(count), "{markdown}");
        assert!(markdown.contains(&listed), "{markdown}");
        // The page can choose the state that the test has, and tells why it has it.
        let (state, word) = if denied {
            ("failed", "skipped, which is denied")
        } else {
            ("skipped", "skipped")
        };
        for part in [
            format!("data-state=\"{state}\""),
            format!("<span class=\"state\">{word}</span>"),
            format!("<span class=\"facts\">{why}</span>"),
            format!("<li class=\"{state}\"><b>1</b> {state}</li>"),
            format!("name=\"state\" value=\"{state}\" checked>"),
        ] {
            assert!(html.contains(&part), "{part}\n{html}");
        }
        assert_eq!(html.matches("name=\"state\"").count(), 1, "{html}");
    }
}

#[tokio::test]
async fn what_could_not_run_has_its_place_and_what_was_skipped_has_no_rate() {
    let tap = run(1).await.render(Format::Tap).unwrap();
    let (_, block) = tap.split_once("spec :: cannot\n").unwrap();
    let (block, _) = block.split_once("  ...\n").unwrap();
    let line = TEXT
        .lines()
        .position(|line| line.contains("x-own"))
        .unwrap()
        + 1;
    let place = format!("\"line\":{line}");
    assert!(
        block.contains("  at: {") && block.contains(&place),
        "{block}"
    );
    let rates = run(2).await.rates();
    assert_eq!(rates.len(), 6);
    assert!(
        rates
            .iter()
            .all(|rate| rate.runs == 2 && !rate.id.contains("skipped"))
    );
}
