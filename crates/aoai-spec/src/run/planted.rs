//! Faults planted in results, each found by the expectation that is there for it and by no other.
//!
//! `tests/planted/` has specs, and what can be wrong with their results. A spec runs against the
//! emulator and passes; then its result is changed as a fault says, and judged again.
//! `tests/shipped/` has what can be wrong with the results of the specs that ship.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use aoai_emulator::{Config, Emulator};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Runner;
use super::judge::judge;
use crate::model::Spec;
use crate::vars::{Scope, at_path};

mod shipped;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    spec: String,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    #[serde(rename = "fault")]
    name: String,
    /// Values at places of the result.
    #[serde(default)]
    set: Map<String, Value>,
    /// Places that are empty.
    #[serde(default)]
    drop: Vec<String>,
    /// Items at the ends of lists.
    #[serde(default)]
    add: Map<String, Value>,
    /// Events that never came.
    lose: Option<Value>,
    /// An event that came at another time.
    r#move: Option<(Value, usize)>,
    lose_attempt: Option<usize>,
    /// The places of the mismatches, `LAST` for the last event's.
    caught: BTreeSet<String>,
}

impl Fault {
    /// Changes a result; `None` where it has nothing of what the fault is about.
    fn plant(&self, result: &mut Value) -> Option<()> {
        for (path, value) in &self.set {
            let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
            match place(result, parent)? {
                Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = value.clone(),
                Value::Object(members) => drop(members.insert(name.to_owned(), value.clone())),
                _ => return None,
            }
        }
        for path in &self.drop {
            let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
            place(result, parent)?.as_object_mut()?.remove(name)?;
        }
        for (path, value) in &self.add {
            place(result, path)?.as_array_mut()?.push(value.clone());
        }
        if let Some(lost) = &self.lose {
            let events = place(result, "stream.events")?.as_array_mut()?;
            let before = events.len();
            events.retain(|event| !is_like(lost, event));
            (events.len() < before).then_some(())?;
        }
        if let Some((moved, to)) = &self.r#move {
            let events = place(result, "stream.events")?.as_array_mut()?;
            let at = events.iter().position(|event| is_like(moved, event))?;
            let event = events.remove(at);
            events.insert(*to, event);
        }
        if let Some(at) = self.lose_attempt {
            let attempts = place(result, "attempts")?.as_array_mut()?;
            (at < attempts.len()).then(|| attempts.remove(at))?;
        }
        Some(())
    }

    fn caught(&self, result: &Value) -> BTreeSet<String> {
        let events = at_path(result, "stream.events").and_then(Value::as_array);
        let last = events.map_or(0, |events| events.len().saturating_sub(1));
        let caught = self.caught.iter();
        caught
            .map(|path| path.replace("LAST", &last.to_string()))
            .collect()
    }
}

fn place<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut steps = path.split('.').filter(|step| !step.is_empty());
    steps.try_fold(value, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Object(members) => members.get_mut(step),
        _ => None,
    })
}

fn is_like(part: &Value, value: &Value) -> bool {
    match (part, value) {
        (Value::String(any), value) if any.starts_with('$') => {
            !matches!(value, Value::Null) && *value != json!("") && *value != json!([])
        }
        (Value::Object(part), value) => part
            .iter()
            .all(|(name, part)| value.get(name).is_some_and(|value| is_like(part, value))),
        (Value::Array(part), Value::Array(items)) => {
            part.len() == items.len() && part.iter().zip(items).all(|(a, b)| is_like(a, b))
        }
        (part, value) => part == value,
    }
}

async fn result_of(text: &str) -> Value {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let runner = Runner::from_text(text).emulator(Arc::new(emulator));
    let report = runner.run().await.assert_ok();
    let step = &report.specs[0].cells[0].steps[0];
    step.result.as_ref().unwrap().to_json()
}

#[tokio::test]
async fn every_fault_is_caught_where_it_should_be_and_nowhere_else() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planted");
    let mut planted = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for case in serde_yaml::from_multiple::<Case>(&text).unwrap() {
            let spec: Spec = case.spec.parse().unwrap();
            let result = result_of(&case.spec).await;
            for fault in &case.faults {
                planted += 1;
                let mut faulty = result.clone();
                assert!(
                    fault.plant(&mut faulty).is_some(),
                    "{}: there is no such place",
                    fault.name
                );
                let found = judge(&spec.steps[0], &faulty, &Scope::default(), &[]);
                let found: BTreeSet<_> = found.into_iter().map(|found| found.path).collect();
                let caught = fault.caught(&faulty);
                if found != caught {
                    let (spec, fault) = (spec.name(), &fault.name);
                    wrong.push(format!(
                        "{spec}: {fault}: expected {caught:?}, found {found:?}"
                    ));
                }
            }
        }
    }
    assert!(planted >= 60, "only {planted} faults were planted");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
