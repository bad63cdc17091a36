//! What did not pass last time.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::options::Options;
use crate::run::{CellReport, Report, State};

/// The ids of the tests that did not pass when they last ran against a profile.
pub(super) struct Memory {
    path: PathBuf,
    failed: BTreeSet<String>,
}

impl Memory {
    /// What is remembered of a profile; nothing where there is no file, or none that we wrote.
    pub(super) fn open(directory: &Path, profile: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = profile.chars().map(plain).collect();
        let path = directory.join(format!("failed-{name}.json"));
        let read = fs::read(&path).ok();
        let read = read.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let read = read.filter(|read| read["version"] == 1).unwrap_or_default();
        let ids = read["failed"].as_array().into_iter().flatten();
        let failed = ids.filter_map(|id| Some(id.as_str()?.to_owned())).collect();
        Self { path, failed }
    }

    pub(super) fn failed(&self) -> &BTreeSet<String> {
        &self.failed
    }

    /// Takes a run of these paths in: what it has not run keeps its state. What a run of everything
    /// has not even planned is no more.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(super) fn learn(
        &mut self,
        report: &Report,
        options: &Options,
        paths: &[PathBuf],
    ) -> io::Result<()> {
        if is_of_everything(report, options, paths) {
            let planned: BTreeSet<_> = report
                .specs
                .iter()
                .flat_map(|spec| spec.cells.iter().map(|cell| spec.test_id(cell)))
                .collect();
            self.failed.retain(|id| planned.contains(id));
        }
        for spec in &report.specs {
            // Of repetitions one that fails is enough.
            let ran = |cell: &&CellReport| !matches!(cell.state, State::Skipped(_));
            let (bad, passed): (Vec<_>, Vec<_>) = spec
                .cells
                .iter()
                .filter(ran)
                .partition(|cell| report.deny.fails(cell));
            for cell in passed {
                self.failed.remove(&spec.test_id(cell));
            }
            for cell in bad {
                self.failed.insert(spec.test_id(cell));
            }
        }
        if let Some(directory) = self.path.parent() {
            fs::create_dir_all(directory)?;
        }
        let text = json!({"version": 1, "failed": self.failed});
        fs::write(&self.path, format!("{text:#}\n"))
    }
}

/// Whether a run had every test that there is, or every one that is remembered.
fn is_of_everything(report: &Report, options: &Options, paths: &[PathBuf]) -> bool {
    let chooses = !paths.is_empty()
        || !options.filters.is_empty()
        || !options.set.is_empty()
        || !options.across.is_empty()
        || !options.vars.is_empty()
        || options.shard.is_some();
    let ended_early = report.not_run > 0 || report.cells().any(|cell| cell.over_budget);
    !chooses && !ended_early
}
