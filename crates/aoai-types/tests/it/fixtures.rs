//! Every operation reads and writes its fixtures without losing anything.
//!
//! `fixtures/<operation>/` has requests (`request*.json`), answers (`response*`) and, of
//! operations that stream, events (`events*.jsonl`), some with the answer that they make up
//! (`answer*.json`). A fixture that is JSON must come back equal,
//! where 1 is 1.0 and a member that is `null` may be missing; any other must come back as it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aoai_types::{
    Accumulator, ENDPOINTS, Encode, Operation, Payload, StreamEvent, Streaming, Surface, Visitor,
    visit,
};
use bytes::Bytes;
use serde_json::Value;

use crate::same::differences;

#[test]
fn every_operation_keeps_what_its_fixtures_say() {
    for endpoint in ENDPOINTS {
        visit(endpoint.id, RoundTrip).unwrap();
    }
}

#[test]
fn every_fixture_belongs_to_an_operation() {
    let known: BTreeSet<_> = ENDPOINTS.iter().map(|endpoint| endpoint.id).collect();
    for folder in fs::read_dir(root()).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(
            known.contains(name.as_str()),
            "no operation is called {name}"
        );
    }
}

struct RoundTrip;

impl Visitor for RoundTrip {
    type Out = ();

    fn unary<O: Operation>(self) {
        let id = O::ENDPOINT.id;
        let requests = fixtures(id, "request");
        assert!(
            !requests.is_empty(),
            "{id} has no request*.json among the fixtures"
        );
        for path in requests {
            let written = json(&path);
            let request: O = serde_json::from_value(written.clone())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let rewritten = serde_json::to_value(&request).unwrap();
            assert_eq!(
                differences(&written, &rewritten),
                [""; 0],
                "{}",
                path.display()
            );
            for surface in [Surface::V1, Surface::LATEST_DATED] {
                let wire = request.to_wire(&Encode::new(surface));
                wire.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
        let responses = fixtures(id, "response");
        assert!(
            !responses.is_empty(),
            "{id} has no response* among the fixtures"
        );
        for path in responses {
            let written = Bytes::from(fs::read(&path).unwrap());
            let response = O::Response::decode(&written)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let rewritten = response.encode().unwrap();
            match path.extension() {
                Some(json) if json == "json" => {
                    let [rewritten, written] =
                        [rewritten, written].map(|bytes| serde_json::from_slice(&bytes).unwrap());
                    assert_eq!(
                        differences(&written, &rewritten),
                        [""; 0],
                        "{}",
                        path.display()
                    );
                }
                _ => assert_eq!(rewritten, written, "{}", path.display()),
            }
        }
    }

    fn streaming<O: Streaming>(self) {
        self.unary::<O>();
        let id = O::ENDPOINT.id;
        let streams = fixtures(id, "events");
        assert!(
            !streams.is_empty(),
            "{id} streams and has no events*.jsonl among the fixtures"
        );
        for path in streams {
            let mut accumulator = O::Accumulator::default();
            for line in fs::read_to_string(&path).unwrap().lines() {
                let event = <O::Event as StreamEvent>::decode(line)
                    .unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()));
                let written = serde_json::from_str(line).unwrap();
                let rewritten = serde_json::to_value(&event).unwrap();
                assert_eq!(
                    differences(&written, &rewritten),
                    [""; 0],
                    "{}",
                    path.display()
                );
                let read: O::Event = serde_json::from_str(line).unwrap();
                let reread = serde_json::to_value(&read).unwrap();
                assert_eq!(
                    reread,
                    serde_json::to_value(&event).unwrap(),
                    "{}",
                    path.display()
                );
                accumulator.push(event);
            }
            let rebuilt = accumulator.finish().encode().unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let whole =
                path.with_file_name(format!("{}.json", name.replacen("events", "answer", 1)));
            if whole.exists() {
                let rebuilt = serde_json::from_slice(&rebuilt).unwrap();
                assert_eq!(
                    differences(&json(&whole), &rebuilt),
                    [""; 0],
                    "{}",
                    path.display()
                );
            }
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixtures of an operation whose names begin with `kind`, in order.
fn fixtures(id: &str, kind: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(root().join(id)) else {
        panic!("tests/fixtures/{id} is missing");
    };
    let paths = folder.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(kind)
        })
        .collect();
    paths.sort();
    paths
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
