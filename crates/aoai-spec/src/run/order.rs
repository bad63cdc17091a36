//! The specs that ship: their results depend neither on how many run at once nor on what ran before.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::{CellReport, Runner, StepReport};
use crate::model::Spec;
use crate::snapshot::Detail;

/// Runs files in this order, and tells what came of every test.
async fn outcomes(files: &[&[Spec]], jobs: usize) -> BTreeMap<String, Vec<Value>> {
    let runner = Runner::new(root()).jobs(jobs);
    let report = runner.run_files(files, &|_| {}).await.unwrap();
    let specs = report.specs.iter();
    let cells = specs.flat_map(|spec| spec.cells.iter().map(|cell| (spec.test_id(cell), cell)));
    cells.map(|(id, cell)| (id, outcome(cell))).collect()
}

/// How a test ended, and what its answers said but for names and times.
fn outcome(cell: &CellReport) -> Vec<Value> {
    // How often a poll has to look is a matter of the machine's pace, too.
    let looks = cell.steps.iter().map(|step| step.polls as usize);
    let looks: usize = looks.map(|looks| looks.saturating_sub(1)).sum();
    let ended = json!([
        format!("{:?}", cell.state),
        cell.requests() - looks,
        cell.tokens(),
        cell.variables.len(),
    ]);
    let steps = cell.steps.iter().map(|step| {
        json!({
            "step": step.name,
            "polls": step.polls > 0,
            "mismatches": step.mismatches.len(),
            "answer": answer(step),
        })
    });
    std::iter::once(ended).chain(steps).collect()
}

fn answer(step: &StepReport) -> Option<String> {
    let result = step.result.as_ref()?;
    let mut answer = Detail::Exact.take(result);
    let attempts = result.attempts.iter();
    answer["attempts"] = attempts.map(|attempt| attempt.status).collect();
    let path = result.sent.as_ref()?.path.rsplit('/').next()?;
    if let Some(body) = answer["body"].as_object_mut()
        && STOCKS.contains(&path)
        && body.contains_key("data")
    {
        // What others keep at the same time is among it.
        body.retain(|name, _| name == "object");
    }
    let run = step.call.split('/').next()?;
    let told = answer.to_string().replace(run, "RUN");
    Some(MADE_UP.replace_all(&told, "…").into_owned())
}

/// What all specs keep in one place.
const STOCKS: &[&str] = &[
    "files",
    "batches",
    "vector_stores",
    "containers",
    "evals",
    "jobs",
];

/// Names, seeds and times that the emulator makes up.
static MADE_UP: LazyLock<Regex> = LazyLock::new(|| {
    let made_up = r#""seed":[0-9]+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|[0-9a-zA-Z]{16,}"#;
    Regex::new(made_up).unwrap()
});

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

#[tokio::test]
async fn results_are_the_same_at_any_number_of_jobs_and_in_any_order() {
    let suite = Runner::new(root()).load().unwrap();
    let mut files: Vec<_> = suite.files().collect();
    let in_order = outcomes(&files, 1).await;
    assert!(in_order.len() > 300, "{}", in_order.len());
    files.reverse();
    let reversed = outcomes(&files, 2).await;
    fastrand::Rng::with_seed(7).shuffle(&mut files);
    let shuffled = outcomes(&files, 16).await;
    let mut wrong = String::new();
    for (test, expected) in &in_order {
        for (how, found) in [("reversed", &reversed), ("shuffled", &shuffled)] {
            for (a, b) in expected.iter().zip(&found[test]) {
                if a != b {
                    let _ = writeln!(wrong, "{test} {how}\n{a}\n{b}\n");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(reversed.len(), in_order.len());
    assert_eq!(shuffled.len(), in_order.len());
}
