//! Specs that ship: their results depend neither on how many run at once nor on what ran before.

use std::path::Path;

use aoai_spec::{Runner, State};

const FOLDERS: [&str; 3] = ["errors", "completions", "chat"];

/// Every test of these folders: how it ended, and what it sent.
async fn outcome(folders: &[&str], jobs: usize) -> Vec<(String, State, usize)> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let runner = Runner::new(specs).only(folders.iter().copied()).jobs(jobs);
    let report = runner.run().await.into_result().unwrap();
    let cells = report.specs.iter().flat_map(|spec| {
        let cells = spec.cells.iter();
        cells.map(|cell| (spec.test_id(cell), cell.state.clone(), cell.requests()))
    });
    let mut cells: Vec<_> = cells.collect();
    cells.sort_by(|a, b| a.0.cmp(&b.0));
    cells
}

#[tokio::test]
async fn results_are_the_same_at_any_number_of_jobs_and_in_any_order() {
    let together = outcome(&FOLDERS, 1).await;
    assert!(together.len() > 40, "{}", together.len());
    assert_eq!(outcome(&FOLDERS, 32).await, together);
    let mut alone = Vec::new();
    for folder in FOLDERS {
        alone.extend(outcome(&[folder], 3).await);
    }
    alone.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(alone, together);
}
