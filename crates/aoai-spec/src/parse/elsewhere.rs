//! Where a word belongs that stands in the wrong place.

use aoai_types::{ENDPOINTS, Operation, Scope, Streaming, Visitor, visit};

use super::emulator::INSTRUCTIONS;
use super::poll::POLL_KEYS;
use super::step::STEP_KEYS;
use crate::model::Settings;
use crate::result::shape::RESULT;
use crate::value::Node;
use crate::wire;

/// Where what stands as a key of a spec has its place: `call` in a step, `retries` in `use`.
pub(super) fn key_of_a_spec(key: &str) -> Option<String> {
    if STEP_KEYS.contains(&key) {
        return Some(format!("it stands in a step: steps: [{{{key}: …}}]"));
    }
    let is_setting = Settings::NAMES.contains(&key);
    is_setting.then(|| format!("it stands in `use`: use: {{{key}: …}}"))
}

/// Where what stands as a key of a step has its place: `stream` in `body`, `status` in `expect`.
pub(super) fn key_of_a_step(key: &str, step: &Node) -> Option<String> {
    let call = step.get("call").and_then(Node::as_text);
    let endpoint = ENDPOINTS.iter().find(|endpoint| Some(endpoint.id) == call);
    let within = if Settings::NAMES.contains(&key) {
        "use"
    } else if POLL_KEYS.contains(&key) {
        "poll"
    } else if let Some(endpoint) = endpoint
        && (key == "stream" || visit(endpoint.id, Fields)?.contains(&key))
    {
        if key == "model" && endpoint.scope == Scope::Deployment {
            return Some("`deployment` says which model answers".to_owned());
        }
        let in_path = endpoint.path_params().any(|name| name == key);
        match step.get("form") {
            _ if in_path || !endpoint.has_body => "params",
            Some(_) => "form",
            None => "body",
        }
    } else if INSTRUCTIONS.contains(&key) {
        "emulator"
    } else if RESULT.field(key).is_ok() {
        "expect"
    } else {
        return None;
    };
    Some(format!("it stands in `{within}`: {within}: {{{key}: …}}"))
}

/// A path of Hurl's or jq's in the form of this language; `None` where it has that already.
pub(super) fn json_path(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    let rest = path.strip_prefix('$').unwrap_or(path);
    for part in rest.split(['.', '[', ']']) {
        let part = part.trim_matches(['\'', '"']);
        if !part.is_empty() {
            parts.push(part);
        }
    }
    let written = parts.join(".");
    let is_numbered = path.split('[').skip(1).any(|part| {
        let index = part.split(']').next().unwrap_or_default();
        !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())
    });
    if parts.is_empty() || path.contains("${") || !(is_numbered || path.starts_with('$')) {
        return None;
    }
    let root = if RESULT.field(parts[0]).is_ok() {
        ""
    } else {
        "body."
    };
    Some(format!("{root}{written}"))
}

/// Where the service's own words are; `owner` is the part of the result that lacks `path`.
pub(crate) fn in_the_body(owner: &str, path: &str) -> Option<String> {
    let is_named = owner.is_empty() && !path.is_empty() && !path.contains('$');
    is_named.then(|| format!("what the service sent is in `body`: `body.{path}`"))
}

/// The fields of an operation's JSON.
struct Fields;

impl Visitor for Fields {
    type Out = &'static [&'static str];

    fn unary<O: Operation>(self) -> Self::Out {
        wire::fields::<O>()
    }

    fn streaming<O: Streaming>(self) -> Self::Out {
        wire::fields::<O>()
    }
}
