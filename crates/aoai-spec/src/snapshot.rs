//! Snapshots: what an answer was like when somebody last looked at it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cassette::Cassette;
use crate::diagnostic::{Problems, did_you_mean};
use crate::error::Error;
use crate::parse::fields::Fields;
use crate::pattern::diff;
use crate::redact::Artefacts;
use crate::result::StepResult;
use crate::result::outline::Outline;

/// How much of an answer a snapshot keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Everything that the service says, but for names and times that are new in each run.
    Exact,
    /// Which parts there are, and of what kind.
    Shape,
}

impl Detail {
    /// The words that specs use.
    pub(crate) const NAMES: &'static [&'static str] = &["exact", "shape"];

    /// Reads a step's `snapshot`.
    pub(crate) fn read(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let node = fields.get("snapshot")?;
        match fields.text("snapshot", problems)? {
            "exact" => Some(Self::Exact),
            "shape" => Some(Self::Shape),
            word => {
                let message = format!("`snapshot` is `exact` or `shape`, not `{word}`");
                problems
                    .error(node.span, message, "")
                    .maybe_help(did_you_mean(word, Self::NAMES.iter().copied()));
                None
            }
        }
    }

    /// What a snapshot of a result says.
    pub(crate) fn take(self, result: &StepResult) -> Value {
        match self {
            Self::Shape => Outline::of(result).to_json(),
            Self::Exact => exact(result),
        }
    }
}

/// A snapshot that is not as the answer is now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The file that it stands in.
    pub path: PathBuf,
    /// What is different, as a unified diff; all of it where there was no snapshot.
    pub diff: String,
    /// Whether there was none.
    pub is_new: bool,
    now: Value,
}

impl Snapshot {
    /// Looks at a snapshot; `None` where it is as the answer is.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no YAML.
    pub(crate) fn look(path: PathBuf, now: Value) -> Result<Option<Self>, String> {
        let told = |reason: &dyn std::fmt::Display| format!("{}: {reason}", path.display());
        let before: Option<Value> = match fs::read_to_string(&path) {
            Ok(text) => Some(crate::suite::kept(&text).map_err(|error| {
                let way = "delete it, and `--review` shows the answer anew";
                told(&format!("this is no snapshot: {error}; {way}"))
            })?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(told(&error)),
        };
        if before.as_ref() == Some(&now) {
            return Ok(None);
        }
        let is_new = before.is_none();
        let before = before.unwrap_or_else(|| Value::Object(Map::new()));
        // Two values of different kinds may be written the same.
        let diff = diff::unified(&before, &now).unwrap_or_else(|| format!("{before} · {now}\n"));
        Ok(Some(Self {
            path,
            diff,
            is_new,
            now,
        }))
    }

    /// Takes the answer as it is now for what it is to be.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn accept(&self, artefacts: &Artefacts) -> Result<(), Error> {
        let yaml = serde_yaml::to_string(&self.now).map_err(Error::setup)?;
        artefacts
            .write_below(&self.path, &format!("# {HEADER}\n{yaml}"))
            .map_err(Error::setup)
    }
}

/// Where the snapshot of a step stands: `chat/basics/one-answer-api-v1.step-1.yaml`.
pub(crate) fn path(root: &Path, test: &str, place: &str) -> PathBuf {
    let cassette = Cassette::new(test.to_owned(), Vec::new()).path();
    root.join("snapshots")
        .join(cassette.with_extension(format!("{place}.yaml")))
}

fn exact(result: &StepResult) -> Value {
    let document = result.to_json();
    let kept = KEPT.iter().filter_map(|name| {
        let mut part = document.get(name)?.clone();
        settle(&mut part);
        let is_empty = part.as_array().is_some_and(Vec::is_empty);
        (!is_empty).then(|| ((*name).to_owned(), part))
    });
    let mut kept: Map<String, Value> = kept.collect();
    if let Some(stream) = kept.get_mut("stream").and_then(Value::as_object_mut) {
        stream.remove("times");
    }
    Value::Object(kept)
}

/// Puts stand-ins where every run has other values: ids, times, padding.
fn settle(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(members) => {
            for (name, value) in members {
                let is_new_each_time = NEW_EACH_TIME.contains(&name.as_str())
                    || name.ends_with("_id")
                    || name.ends_with("_at");
                match value {
                    Value::String(text) if is_new_each_time => {
                        *text = format!("<{name}>");
                    }
                    Value::Number(_) if is_new_each_time => *value = format!("<{name}>").into(),
                    Value::Array(items) if name.ends_with("_ids") => {
                        let ids = items.iter_mut().filter(|item| item.is_string());
                        ids.for_each(|id| *id = format!("<{name}>").into());
                    }
                    _ => settle(value),
                }
            }
        }
        _ => {}
    }
}

/// The parts of a result that are the service's, or follow from what it said.
const KEPT: &[&str] = &[
    "status", "error", "body", "text", "finish", "refusal", "tools", "filter", "stream",
];

const NEW_EACH_TIME: &[&str] = &["id", "created", "system_fingerprint", "obfuscation"];

const HEADER: &str = "What the answer is to be like; `--review` shows what has changed.";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_new_in_each_run_is_not_kept() {
        let result = StepResult {
            status: Some(200),
            text: Some("Paris".to_owned()),
            body: Some(json!({
                "id": "chatcmpl-1", "created": 17, "previous_response_id": null,
                "expires_at": 3, "choices": [{"index": 0, "message": {"content": "Paris"}}],
                "data": [{"id": "file-1"}],
                "tools": [{"vector_store_ids": ["vs_1", "vs_2"], "words": ["vs_1"]}],
            })),
            ..StepResult::default()
        };
        assert_eq!(
            Detail::Exact.take(&result),
            json!({
                "status": 200,
                "text": "Paris",
                "body": {
                    "id": "<id>", "created": "<created>", "previous_response_id": null,
                    "expires_at": "<expires_at>",
                    "choices": [{"index": 0, "message": {"content": "Paris"}}],
                    "data": [{"id": "<id>"}],
                    "tools": [{
                        "vector_store_ids": ["<vector_store_ids>", "<vector_store_ids>"],
                        "words": ["vs_1"],
                    }],
                },
                "filter": {"answer": [], "prompt": []},
            })
        );
        assert_eq!(
            Detail::Shape.take(&result)["body.choices[].index"],
            json!("number")
        );
    }

    #[test]
    fn a_snapshot_stands_below_the_specs_by_test_and_step() {
        let of = |test: &str| path(Path::new("specs"), test, "step-2");
        assert_eq!(
            of("chat/basics::one [api=v1]"),
            Path::new("specs/snapshots/chat/basics/one-api-v1.step-2.yaml")
        );
        assert_ne!(of("x::日本"), of("x::中文"));
    }

    #[test]
    fn a_snapshot_is_compared_as_it_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b.yaml");
        let artefacts = Artefacts::new(std::sync::Arc::default());
        let now = json!({"text": "yes: 1", "n": 1, "none": null, "list": ["~", ""]});
        let new = Snapshot::look(path.clone(), now.clone()).unwrap().unwrap();
        assert!(new.is_new);
        new.accept(&artefacts).unwrap();
        assert_eq!(Snapshot::look(path.clone(), now).unwrap(), None);
        let changed = Snapshot::look(path.clone(), json!({"text": "no"})).unwrap();
        assert!(changed.is_some_and(|changed| !changed.is_new && changed.diff.contains('-')));
        fs::write(&path, "a: [").unwrap();
        let error = Snapshot::look(path, json!({})).unwrap_err();
        assert!(error.contains("b.yaml: this is no snapshot: "), "{error}");
        let way = "; delete it, and `--review` shows the answer anew";
        assert!(
            error.ends_with(way) && error.lines().count() == 1,
            "{error}"
        );
    }

    #[test]
    fn a_snapshot_may_be_as_large_as_an_answer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.yaml");
        let artefacts = Artefacts::new(std::sync::Arc::default());
        let now = json!({"body": {"embedding": vec![0.5; 300_000]}});
        let new = Snapshot::look(path.clone(), now.clone()).unwrap().unwrap();
        new.accept(&artefacts).unwrap();
        assert_eq!(Snapshot::look(path, now).unwrap(), None);
    }
}
