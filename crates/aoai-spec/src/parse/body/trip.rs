//! What a wire type makes of a request that is written down.

use aoai_types::open::{Stranger, strangers};
use aoai_types::operation::{Body, DecodeError};
use aoai_types::{Encode, Operation, Streaming, Surface, Visitor};
use serde_json::{Value, json};

use crate::pattern::compare::equal;
use crate::wire;

/// What a type makes of a request that is written down.
pub(crate) struct RoundTrip<'a> {
    pub(crate) written: &'a str,
}

pub(crate) struct Trip {
    /// Where the type differs from what is written; or where it cannot read it, and why.
    pub(crate) result: Result<Vec<Difference>, (String, String)>,
    pub(crate) fields: &'static [&'static str],
    /// Values that the type takes without knowing them, by place.
    pub(crate) strangers: Vec<(Vec<String>, Stranger)>,
    pub(crate) streams: bool,
    /// Whether the type sends a form, not JSON; `None` where it sends neither.
    pub(crate) is_form: Option<bool>,
}

/// A place where a type says something else than what is written.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) path: Vec<String>,
    pub(crate) kind: DifferenceKind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum DifferenceKind {
    Dropped,
    Changed(Value),
    Added(Value),
}

impl RoundTrip<'_> {
    fn trip<O: Operation>(self, streams: bool) -> Trip {
        let (read, strangers) = strangers(|| DecodeError::read::<O>(self.written));
        let (result, is_form) = match read {
            Err(error) => (Err((error.path().to_owned(), error.to_string())), None),
            Ok(operation) => (lost(self.written, &operation), is_form(&operation)),
        };
        Trip {
            result,
            fields: wire::fields::<O>(),
            strangers: placed::<O>(self.written, strangers),
            streams,
            is_form,
        }
    }
}

impl Visitor for RoundTrip<'_> {
    type Out = Trip;

    fn unary<O: Operation>(self) -> Trip {
        self.trip::<O>(false)
    }

    fn streaming<O: Streaming>(self) -> Trip {
        self.trip::<O>(true)
    }
}

fn is_form<O: Operation>(operation: &O) -> Option<bool> {
    match operation.encode(&Encode::new(Surface::V1)).ok()?.body {
        Body::Multipart(_) => Some(true),
        Body::Json(_) => Some(false),
        _ => None,
    }
}

/// Where an operation says something else than the JSON it was read from.
///
/// # Errors
///
/// The operation has no JSON form.
pub(crate) fn lost<O: Operation>(
    written: &str,
    operation: &O,
) -> Result<Vec<Difference>, (String, String)> {
    let failed = |error: serde_json::Error| (".".to_owned(), error.to_string());
    let written: Value = serde_json::from_str(written).map_err(failed)?;
    let encoded = serde_json::to_value(operation).map_err(failed)?;
    let mut found = Vec::new();
    differences(&written, &encoded, &mut Vec::new(), &mut found);
    found.retain(|difference| !is_empty_field::<O>(&written, difference));
    Ok(found)
}

/// Where each stranger stands: where it is no longer met once a known value stands there.
fn placed<O: Operation>(written: &str, met: Vec<Stranger>) -> Vec<(Vec<String>, Stranger)> {
    let Ok(written) = serde_json::from_str::<Value>(written) else {
        return Vec::new();
    };
    let count = met.len();
    let is_place = |path: &[String], known: &str| {
        let mut corrected = written.clone();
        if let Some(place) = at_mut(&mut corrected, path) {
            *place = known.into();
        }
        let (_, left) = strangers(|| DecodeError::read::<O>(&corrected.to_string()));
        left.len() < count
    };
    let mut placed: Vec<(Vec<String>, Stranger)> = Vec::new();
    for stranger in met {
        let mut paths = Vec::new();
        texts(&written, &stranger.value, &mut Vec::new(), &mut paths);
        let known = stranger.known.first().copied().unwrap_or_default();
        let place = paths
            .into_iter()
            .find(|path| placed.iter().all(|(other, _)| other != path) && is_place(path, known));
        placed.extend(place.map(|place| (place, stranger)));
    }
    placed
}

/// The places of a text.
fn texts(value: &Value, text: &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let mut inside = |name: String, value: &Value| {
        path.push(name);
        texts(value, text, path, found);
        path.pop();
    };
    match value {
        Value::String(own) if own == text => found.push(path.clone()),
        Value::Object(members) => {
            for (name, value) in members {
                inside(name.clone(), value);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                inside(at.to_string(), value);
            }
        }
        _ => {}
    }
}

/// Whether what the type leaves out is a field of its own without a value, `content: null`.
///
/// It knows the field if it makes something of another value in the same place, or refuses it.
fn is_empty_field<O: Operation>(written: &Value, difference: &Difference) -> bool {
    let path = &difference.path;
    if difference.kind != DifferenceKind::Dropped || at(written, path) != Some(&Value::Null) {
        return false;
    }
    let probes = [json!("probe"), json!(1), json!(true), json!([]), json!({})];
    probes.into_iter().any(|probe| {
        let mut filled = written.clone();
        if let Some(place) = at_mut(&mut filled, path) {
            *place = probe;
        }
        let Ok(operation) = DecodeError::read::<O>(&filled.to_string()) else {
            return true;
        };
        let encoded = serde_json::to_value(operation);
        encoded.is_ok_and(|encoded| at(&encoded, path).is_some())
    })
}

fn at<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })
}

fn at_mut<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => value.get_mut(name),
    })
}

/// Where two values differ, member by member.
pub(crate) fn differences(
    written: &Value,
    encoded: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<Difference>,
) {
    let mut note = |path: &[String], kind| {
        found.push(Difference {
            path: path.to_vec(),
            kind,
        });
    };
    match (written, encoded) {
        (Value::Object(written), Value::Object(encoded)) => {
            for (name, value) in written {
                path.push(name.clone());
                match encoded.get(name) {
                    Some(encoded) => differences(value, encoded, path, found),
                    None => found.push(Difference {
                        path: path.clone(),
                        kind: DifferenceKind::Dropped,
                    }),
                }
                path.pop();
            }
            for (name, value) in encoded {
                if !written.contains_key(name) {
                    path.push(name.clone());
                    found.push(Difference {
                        path: path.clone(),
                        kind: DifferenceKind::Added(value.clone()),
                    });
                    path.pop();
                }
            }
        }
        (Value::Array(written), Value::Array(encoded)) if written.len() == encoded.len() => {
            for (at, (written, encoded)) in written.iter().zip(encoded).enumerate() {
                path.push(at.to_string());
                differences(written, encoded, path, found);
                path.pop();
            }
        }
        _ if equal(written, encoded) => {}
        _ => note(path, DifferenceKind::Changed(encoded.clone())),
    }
}
