//! Losses planted in documents are found, each with its path.

use aoai_conformance::{Document, Fault, Kind, Report, Row, Side, Subject, check};
use aoai_types::{Accumulator, Endpoint, Operation, Scope, StreamEvent, Streaming};
use http::Method;
use serde::{Deserialize, Serialize};

/// A request that forgets `dropped`, and knows one tool only.
#[derive(Serialize, Deserialize)]
struct Question {
    model: String,
    id: String,
    limit: Option<u8>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<Tool>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tool {
    Search {
        #[serde(skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    },
}

/// An answer with a closed list and a seed that rounds.
#[derive(Default, Serialize, Deserialize)]
struct Answer {
    finish: Finish,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Finish {
    #[default]
    Stop,
    Length,
}

/// An event that writes a member that was not there.
#[derive(Serialize, Deserialize)]
struct Event {
    delta: String,
    #[serde(default, skip_deserializing)]
    invented: bool,
}

impl Operation for Question {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "test.answers",
        Method::POST,
        Scope::Deployment,
        "/test/answers/{id}",
    );
    type Response = Answer;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn path_args(&self) -> Vec<&str> {
        vec![&self.id]
    }
}

impl StreamEvent for Event {
    fn is_output(&self) -> bool {
        true
    }
}

impl Accumulator for Answer {
    type Event = Event;
    type Output = Self;

    fn push(&mut self, _: Event) {}

    fn finish(self) -> Self {
        self
    }
}

impl Streaming for Question {
    type Event = Event;
    type Accumulator = Answer;
}

fn run(document: &str, faults: &[Fault]) -> Report {
    let document = Document::parse(document).unwrap();
    let subjects = [Subject::streaming::<Question>()];
    check(&document, &subjects, faults).unwrap()
}

fn found(row: &Row) -> Vec<(Side, Kind, &str)> {
    let keys = row.findings.keys();
    let mut found: Vec<_> = keys.map(|key| (key.side, key.kind, &*key.path)).collect();
    found.dedup();
    found
}

const V3_0: &str = include_str!("../documents/planted-3.0.yaml");
const V3_1: &str = include_str!("../documents/planted-3.1.json");

const PLANTED: &[(Side, Kind, &str)] = &[
    (Side::Request, Kind::Lost, "dropped"),
    (Side::Request, Kind::Lost, "limit"),
    // The query writes `limit=3`, the type cannot read `3.0`.
    (Side::Request, Kind::Refused, "limit"),
    (Side::Request, Kind::Refused, "tools[].kind"),
    (Side::Response, Kind::Lost, "seed"),
    (Side::Response, Kind::Refused, "finish"),
    (Side::Event, Kind::Lost, "invented"),
    (Side::Event, Kind::Lost, "lost"),
];

#[test]
fn planted_losses_are_found_in_both_dialects() {
    for document in [V3_0, V3_1] {
        let report = run(document, &[]);
        assert!(!report.is_clean());
        assert_eq!(found(&report.rows[0]), PLANTED, "{}", report.table(true));
        assert_eq!(report.unknown, ["GET /nobody/knows/{this}"]);
    }
}

#[test]
fn a_finding_says_what_happened_and_what_was_tried() {
    let report = run(V3_1, &[]);
    let table = report.table(false);
    for line in [
        "request lost dropped: true is gone",
        "request refused tools[].kind: unknown variant `shell`, expected `search`",
        "response refused finish: unknown variant `brand_new`, expected `stop` or `length`",
        "response lost seed: 9007199254740993 has become 9007199254740992.0",
        "event lost invented: false has appeared",
    ] {
        assert!(table.contains(line), "{line:?} is not in\n{table}");
    }
    assert!(report.coverage().contains("fields not known: 2"));
    assert!(
        report
            .coverage()
            .contains("  test.answers request dropped\n")
    );
}

#[test]
fn listed_faults_are_excused_and_hide_nothing_else() {
    let faults = Fault::read(
        r#"
        - document: Planted 3.0
          operations: [test.answers]
          sides: [request]
          paths: [dropped, "tools"]
          reason: planted
        - document: Planted 3.0
          operations: [test.answers]
          sides: [response]
          paths: [finish]
          values: [brand_new, a value not in the document]
          reason: planted
        "#,
    );
    let faults = faults.unwrap();
    let report = run(V3_0, &faults);
    let expected: Vec<_> = PLANTED
        .iter()
        .filter(|(.., path)| !["dropped", "tools[].kind", "finish"].contains(path))
        .copied()
        .collect();
    assert_eq!(found(&report.rows[0]), expected, "{}", report.table(true));
    assert!(report.stale.is_empty());
    assert!(report.rows[0].excused > 3);
    // They are the same faults in another version of the document.
    assert_eq!(found(&run(V3_1, &faults).rows[0]), expected);
}

#[test]
fn a_listed_fault_that_does_not_occur_is_stale() {
    let faults = Fault::read(
        r"
        - document: Planted 3.1
          operations: [test.answers]
          sides: [response]
          paths: [temperature, seed]
          reason: planted
        ",
    );
    let faults = faults.unwrap();
    let report = run(V3_1, &faults);
    let stale: Vec<&str> = report.stale.iter().map(|fault| &*fault.path).collect();
    assert_eq!(stale, ["temperature"]);
    assert!(
        report
            .table(false)
            .contains("stale: test.answers response temperature")
    );
    // No other document need have it.
    assert!(run(V3_0, &faults).stale.is_empty());
}
