//! Faults planted in the results of the specs that ship: who catches each, and where.
//!
//! `specs/` runs once against the emulator and passes. Then each fault is planted in every result
//! that has what the fault is about, and every result is judged again by its own step. The specs
//! that fail are those that the fault's row names, all of them and no others, and they fail at the
//! places that it names. A row that is wrong is told with what it should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::step::StepReport;
use super::{Fault, Runner, is_like, judge};
use crate::model::{Step, Verb};
use crate::run::plan::MISSING;
use crate::suite::Suite;
use crate::vars::{Scope, at_path};

/// Specs by their files.
type Specs = BTreeMap<String, BTreeSet<String>>;

/// A fault, and who catches it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The operations whose answers have it; `http` for raw requests.
    of: Vec<String>,
    /// What these answers are like.
    #[serde(default)]
    like: Value,
    plant: Fault,
    by: Specs,
}

/// A result as it should be, and the step that judges it.
struct Judged<'a> {
    file: &'a str,
    name: &'a str,
    step: &'a Step,
    scope: Scope,
    result: Value,
}

impl Judged<'_> {
    fn operation(&self) -> &str {
        match &self.step.verb {
            Verb::Call(endpoint) => endpoint.id,
            _ => "http",
        }
    }

    /// Where a result is not as the step says: in its poll, its expectations, or what it keeps.
    fn mismatches(&self, result: &Value) -> BTreeSet<String> {
        let poll = self.step.poll.iter();
        let missed = poll.flat_map(|poll| poll.until.check(Some(result), "", &self.scope));
        let mut found: BTreeSet<_> = missed.map(|found| found.path).collect();
        if found.is_empty() {
            let judged = judge(self.step, result, &self.scope, &["cost"]);
            found.extend(judged.into_iter().map(|found| found.path));
        }
        if found.is_empty() {
            let kept = self.step.save.iter().map(|save| &save.path);
            found.extend(kept.filter(|path| at_path(result, path).is_none()).cloned());
        }
        found
    }
}

#[tokio::test]
async fn every_fault_is_caught_by_the_specs_that_should_and_by_no_others() {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runner = Runner::new(crate_root.join("../../specs"));
    let suite = runner.load().unwrap();
    let files: Vec<_> = suite.files().collect();
    let report = runner.run_files(&files, &|_| {}).await.unwrap();
    assert_eq!(report.exit_code(), 0);

    let results = judged(&suite, &report);
    assert!(results.len() > 500, "{}", results.len());
    for whole in &results {
        let found = whole.mismatches(&whole.result);
        assert!(
            found.is_empty(),
            "{}::{}: {found:?}",
            whole.file,
            whole.name
        );
    }
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(crate_root.join("tests/shipped")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        rows.extend(serde_yaml::from_str::<Vec<Row>>(&text).unwrap());
    }
    assert!(rows.len() >= 60, "only {} faults were planted", rows.len());
    let wrong: Vec<_> = rows.iter().filter_map(|row| row.wrong(&results)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Row {
    /// What the results show otherwise than the row says.
    fn wrong(&self, results: &[Judged<'_>]) -> Option<String> {
        let mut by = Specs::new();
        let mut at = BTreeSet::new();
        let about = |judged: &&Judged<'_>| {
            self.of.iter().any(|of| of == judged.operation())
                && (self.like.is_null() || is_like(&self.like, &judged.result))
        };
        for judged in results.iter().filter(about) {
            let mut faulty = judged.result.clone();
            if self.plant.plant(&mut faulty).is_none() {
                continue;
            }
            let found = judged.mismatches(&faulty);
            if !found.is_empty() {
                let specs = by.entry(judged.file.to_owned()).or_default();
                specs.insert(judged.name.to_owned());
            }
            at.extend(found);
        }
        let places = &self.plant.caught;
        let elsewhere = at
            .iter()
            .filter(|at| !places.iter().any(|place| is_at(at, place)));
        let idle = places
            .iter()
            .filter(|place| !at.iter().any(|at| is_at(at, place)));
        let strange: Vec<_> = elsewhere.chain(idle).collect();
        if by == self.by && strange.is_empty() && !by.is_empty() {
            return None;
        }
        let mut told = format!(
            "- plant: {}\n  elsewhere or nowhere: {strange:?}\n  by:\n",
            self.plant.name
        );
        for (file, names) in &by {
            let names: Vec<_> = names.iter().map(|name| json!(name).to_string()).collect();
            let _ = writeln!(told, "    {file}: [{}]", names.join(", "));
        }
        Some(told)
    }
}

/// Whether a mismatch is at a place or in a part of it.
fn is_at(found: &str, place: &str) -> bool {
    let rest = found.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The results of all steps with an answer.
///
/// Steps of fragments are judged without the values of whoever runs them, which their expectations
/// do not use. Snapshots are no expectations, and have tests of their own.
fn judged<'a>(suite: &'a Suite, report: &'a crate::run::Report) -> Vec<Judged<'a>> {
    let mut judged = Vec::new();
    for spec in &report.specs {
        let mut all = suite.specs();
        let model = all.find(|model| model.file() == spec.file && model.name() == spec.name);
        let model = model.unwrap();
        for cell in &spec.cells {
            for step in &cell.steps {
                let Some(result) = &step.result else {
                    continue;
                };
                let (part, number) = step.place.split_once('-').unwrap();
                let list = if part == "step" {
                    &model.steps
                } else {
                    &model.finally
                };
                let mut scope = built_in(step);
                for (name, value) in &cell.variables {
                    scope.set(name.clone(), value.clone());
                }
                judged.push(Judged {
                    file: &spec.file,
                    name: &spec.name,
                    step: &list[number.parse::<usize>().unwrap() - 1],
                    scope,
                    result: result.to_json(),
                });
            }
        }
    }
    judged
}

/// The language's own values, as far as expectations use them.
fn built_in(step: &StepReport) -> Scope {
    let mut scope = Scope::default();
    let run = step.call.split('/').next();
    scope.set("run", json!({ "id": run }));
    // In `emulator.yaml` deployments are named as the specs name them.
    let mut names = json!({ "missing": MISSING });
    for alias in ["chat", "image", "batch", "realtime", "speech"] {
        names[alias] = alias.into();
    }
    scope.set("deployment", names);
    scope
}
