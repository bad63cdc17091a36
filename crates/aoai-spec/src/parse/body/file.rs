//! Files, where an operation takes them.

use aoai_types::visit;
use serde_json::{Map, Value, json};

use super::steps_of;
use super::trip::{RoundTrip, Trip};

/// Whether an operation takes a file, or several, as this member.
pub(super) fn is_taken(id: &str, written: &str, member: &str) -> bool {
    let file = file();
    let is_read = |value: Value| match with(id, written, member, value).map(|trip| trip.result) {
        Some(Err((path, _))) => steps_of(&path).first().is_none_or(|at| at != member),
        read => read.is_some(),
    };
    let takes_any_object = is_read(json!({"probe": "probe"}));
    !takes_any_object && (is_read(file.clone()) || is_read(json!([file])))
}

/// Whether a file is all that is missing to make the form of an operation of what is written.
pub(super) fn is_missing(id: &str, written: &str, fields: &[&str]) -> bool {
    fields.iter().any(|field| {
        let trip = with(id, written, field, file());
        trip.is_some_and(|trip| trip.result.is_ok() && trip.is_form == Some(true))
    })
}

fn file() -> Value {
    json!({"name": "probe.txt", "text": "probe"})
}

/// What an operation makes of what is written, with another value for a member.
fn with(id: &str, written: &str, member: &str, value: Value) -> Option<Trip> {
    let mut members: Map<String, Value> = serde_json::from_str(written).ok()?;
    members.insert(member.to_owned(), value);
    let written = Value::from(members).to_string();
    visit(id, RoundTrip { written: &written })
}
