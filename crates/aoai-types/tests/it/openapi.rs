//! The service's own description of itself, where it is at hand.
//!
//! `AOAI_OPENAPI` names the folder that has `azure-v1.json`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aoai_types::ENDPOINTS;
use serde_json::Value;

use crate::fixtures::{fixtures, json};

/// Fixtures come back whole, so that a member that stands in one is a member of the type.
#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was left out"
)]
fn every_member_of_a_described_request_is_known() {
    let Some(file) = file() else {
        eprintln!("skipped: AOAI_OPENAPI is not set, and there is no folder of descriptions");
        return;
    };
    let document = json(&file);
    let mut seen = 0;
    let mut missing = Vec::new();
    for endpoint in ENDPOINTS {
        // Parameters are named alike in the description and here, or there are none.
        let method = endpoint.method.as_str().to_lowercase();
        let body = &document["paths"][endpoint.path][&method]["requestBody"]["content"];
        let Some(content) = body.as_object().and_then(|body| body.values().next()) else {
            continue;
        };
        let described = members(&document, &content["schema"]);
        let requests = fixtures(endpoint.id, "request");
        let known: BTreeSet<String> = requests
            .iter()
            .flat_map(|path| {
                json(path)
                    .as_object()
                    .unwrap()
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .collect();
        seen += 1;
        for member in &described {
            let member = (endpoint.id, member.as_str());
            // Whether an answer is streamed is the method that is called.
            if member.1 != "stream" && member != MISTAKEN && !known.contains(member.1) {
                missing.push(format!("{}: {}", member.0, member.1));
            }
        }
    }
    assert!(seen >= 2, "the description describes nothing");
    assert!(missing.is_empty(), "no fixture has {missing:#?}");
}

fn file() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of the program"
    )]
    let named = std::env::var_os("AOAI_OPENAPI").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/openapi");
    let folder = named.or_else(|| beside.is_dir().then_some(beside))?;
    Some(folder.join("azure-v1.json"))
}

/// The names of an object's members, those of what it is made of included.
fn members(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|name| name.rsplit('/').next())
    {
        return members(document, &document["components"]["schemas"][name]);
    }
    if let Some(members) = schema["properties"].as_object() {
        names.extend(members.keys().cloned());
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        names.extend(members(document, part));
    }
    names
}

/// A member of an answer that the description has got into a request.
const MISTAKEN: (&str, &str) = ("evals.create", "statusCode");
