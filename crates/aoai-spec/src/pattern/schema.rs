//! `$schema`: values against a JSON Schema.

use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

use super::check::{Run, failure};
use super::{Matcher, Mismatch, Parser, Test};
use crate::value::Node;
use crate::vars::{self, Scope};

impl Parser<'_> {
    pub(super) fn schema(&mut self, node: &Node) -> Option<Test> {
        let schema = match node.as_text() {
            None if has_references(node) => return Some(Test::Schema(None)),
            // What is left to fill in is `$${`.
            None => Scope::default().node(node).unwrap_or_default(),
            Some(name) => {
                let path = self.directory.unwrap_or(Path::new("")).join(name);
                let read = std::fs::read(&path)
                    .map_err(|error| error.to_string())
                    .and_then(|text| serde_json::from_slice(&text).map_err(|e| e.to_string()));
                match read {
                    Ok(schema) => schema,
                    Err(error) => {
                        let message = format!("no JSON Schema in `{}`", path.display());
                        self.problems.error(node.span, message, error);
                        return None;
                    }
                }
            }
        };
        match jsonschema::validator_for(&schema) {
            Ok(validator) => Some(Test::Schema(Some(Box::new(validator)))),
            Err(error) => {
                self.problems
                    .error(node.span, "not a JSON Schema", error.to_string());
                None
            }
        }
    }
}

/// All that is against a schema, which may have been compiled already.
pub(super) fn check(
    matcher: &Matcher,
    compiled: Option<&Validator>,
    schema: &Value,
    actual: Option<&Value>,
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let Some(actual) = actual else {
        return found.push(failure(matcher, None, path, run));
    };
    let filled;
    let validator = match compiled {
        Some(validator) => validator,
        None => match jsonschema::validator_for(schema) {
            Ok(validator) => {
                filled = validator;
                &filled
            }
            Err(error) => {
                let note = format!("with its values it is not a JSON Schema: {error}");
                return found.push(failure(matcher, Some(actual), path, run).note(Some(note)));
            }
        },
    };
    for error in validator.iter_errors(actual) {
        let place = error.instance_path().to_string().replace('/', ".");
        let place = format!("{path}{place}");
        found.push(failure(matcher, Some(actual), &place, run).note(Some(error.to_string())));
    }
}

fn has_references(node: &Node) -> bool {
    let mut found = false;
    node.each_text(&mut |text, _| found |= vars::references(text).next().is_some());
    found
}
