//! What came of a run.

use std::sync::Arc;
use std::time::Duration;

use super::cell::CellReport;
use crate::error::Error;
use crate::model::Spec;
use crate::redact::{Artefacts, Leak, Redactor};
use crate::report;
use crate::result::StepResult;
use crate::snapshot::Snapshot;
use crate::source::Source;

/// What came of one spec.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpecReport {
    /// Its file: `chat/basics`.
    pub file: String,
    /// Its name.
    pub name: String,
    /// The file's text, for showing places in it.
    pub source: Arc<Source>,
    /// Its cells, in order.
    pub cells: Vec<CellReport>,
    /// What masks its answers before they are cut to a length.
    pub(crate) redactor: Arc<Redactor>,
}

impl SpecReport {
    pub(super) fn new(spec: &Spec, redactor: Arc<Redactor>) -> Self {
        Self {
            file: spec.file().to_owned(),
            name: spec.name().to_owned(),
            source: Arc::clone(spec.source()),
            cells: Vec::new(),
            redactor,
        }
    }

    /// The id of one of its tests: `chat/basics::one-word answer [api=v1 via=raw]`.
    pub fn test_id(&self, cell: &CellReport) -> String {
        super::select::test_id(&format!("{}::{}", self.file, self.name), &cell.cell)
    }

    /// The spec's name with the label of one of its cells: `one-word answer [api=v1 via=raw]`.
    pub fn title(&self, cell: &CellReport) -> String {
        match cell.label() {
            label if label.is_empty() => self.name.clone(),
            label => format!("{} [{label}]", self.name),
        }
    }

    /// The result of the last call of the step with this name, in the first cell that has it.
    pub fn step(&self, name: &str) -> Option<&StepResult> {
        self.cells.iter().find_map(|cell| cell.step(name))
    }
}

/// How a cell ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Everything was as expected.
    Passed,
    /// Something was not as expected.
    Failed,
    /// It could not be run, and why.
    Error(String),
    /// It was not run, and why.
    Skipped(String),
}

impl State {
    /// Whether something is wrong.
    pub(crate) fn is_bad(&self) -> bool {
        matches!(self, Self::Failed | Self::Error(_))
    }
}

/// The exit code of what was interrupted, as shells tell it.
pub(crate) const EXIT_INTERRUPTED: u8 = 130;

/// What is taken for a failure although it is none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deny {
    pub(crate) skips: bool,
    pub(crate) warnings: bool,
    pub(crate) drift: bool,
}

impl Deny {
    /// What a cell comes to.
    pub(crate) fn verdict(self, cell: &CellReport) -> Verdict<'_> {
        match &cell.state {
            State::Passed if self.drift && cell.drifts() => Verdict::DeniedDrift(cell.drift()),
            State::Passed => Verdict::Passed,
            State::Failed => Verdict::Failed,
            State::Error(why) => Verdict::Error(why),
            State::Skipped(why) if self.skips => Verdict::DeniedSkip(why),
            State::Skipped(why) => Verdict::Skipped(why),
        }
    }

    /// Whether something is wrong with a cell, or it is what is taken for that.
    pub(crate) fn fails(self, cell: &CellReport) -> bool {
        !matches!(self.verdict(cell), Verdict::Passed | Verdict::Skipped(_))
    }
}

/// What a cell comes to in a run that may deny how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    Passed,
    /// Something was not as expected.
    Failed,
    /// It could not be run, and why.
    Error(&'a str),
    /// It was not run, and why.
    Skipped(&'a str),
    /// It was not run, and why, which is a failure.
    DeniedSkip(&'a str),
    /// All was as expected, but for what the wire types lose of the answers, which is a failure.
    DeniedDrift(String),
}

/// What came of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The profile's name.
    pub profile: String,
    /// The specs, in the order of files.
    pub specs: Vec<SpecReport>,
    /// Whether it was ended early by an [`Interrupt`](crate::Interrupt).
    pub interrupted: bool,
    /// How many tests were not begun, as the run ended early.
    pub not_run: usize,
    /// How long it took.
    pub took: Duration,
    /// Secrets in what the run wrote until it was over: the log, the `Debug` of errors, and
    /// whatever else went into the runner's [`Artefacts`] by then.
    pub leaks: Vec<Leak>,
    pub(crate) deny: Deny,
    pub(crate) redactor: Arc<Redactor>,
}

impl Report {
    /// All cells of all specs.
    pub fn cells(&self) -> impl Iterator<Item = &CellReport> {
        self.specs.iter().flat_map(|spec| &spec.cells)
    }

    /// How many cells ended so.
    pub fn count(&self, of: impl Fn(&State) -> bool) -> usize {
        self.cells().filter(|cell| of(&cell.state)).count()
    }

    /// The exit code of a program that ends with this: 0 all well, 3 something could not be run,
    /// 4 an expectation failed, 5 a budget was reached, 6 a secret was written, 130 it was
    /// interrupted.
    pub fn exit_code(&self) -> u8 {
        if self.interrupted {
            return EXIT_INTERRUPTED;
        }
        if !self.leaks.is_empty() {
            return 6;
        }
        if self.cells().any(|cell| cell.over_budget) {
            return 5;
        }
        let failures = self.cells().filter(|cell| self.deny.fails(cell));
        let codes = failures.map(|cell| match cell.state {
            State::Error(_) if !(self.deny.drift && cell.drifts()) => 3,
            _ => 4,
        });
        codes.max().unwrap_or(0)
    }

    /// Whether all is well.
    pub fn is_ok(&self) -> bool {
        self.exit_code() == 0
    }

    /// What a cell comes to, what is denied included.
    pub(crate) fn verdict<'a>(&self, cell: &'a CellReport) -> Verdict<'a> {
        self.deny.verdict(cell)
    }

    /// How many cells passed, failed, could not be run, and were skipped.
    pub fn counts(&self) -> [usize; 4] {
        [
            self.count(|state| *state == State::Passed),
            self.count(|state| *state == State::Failed),
            self.count(|state| matches!(state, State::Error(_))),
            self.count(|state| matches!(state, State::Skipped(_))),
        ]
    }

    /// The snapshots that answers are not like.
    pub fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        let steps = self.cells().flat_map(|cell| &cell.steps);
        steps.filter_map(|step| step.snapshot.as_ref())
    }

    /// How many HTTP requests were sent.
    pub fn requests(&self) -> usize {
        self.cells().map(CellReport::requests).sum()
    }

    /// Everything the calls cost, in tokens.
    pub fn tokens(&self) -> u64 {
        let tokens = self.cells().map(CellReport::tokens);
        tokens.fold(0, u64::saturating_add)
    }

    /// Everything the calls cost, in US dollars; `None` where the profile has no prices.
    pub fn usd(&self) -> Option<f64> {
        let costs = self.cells().filter_map(CellReport::usd);
        costs.reduce(|sum, cost| sum + cost)
    }
}

/// A run that is over, or that could not begin.
#[derive(Debug)]
#[must_use]
pub struct Run {
    pub(super) result: Result<Report, Error>,
    pub(super) artefacts: Arc<Artefacts>,
}

impl Run {
    /// The report.
    ///
    /// # Panics
    ///
    /// Something did not pass, or nothing could be run. The message is the report for people, with
    /// secrets masked; [`into_result`](Self::into_result) does not panic.
    #[track_caller]
    pub fn assert_ok(self) -> Report {
        let told = match &self.result {
            Ok(report) if report.is_ok() => None,
            Ok(report) => {
                let leaks = report.leaks.iter().map(|leak| format!("LEAK  {leak}\n"));
                let told = report::human::failures(report) + &leaks.collect::<String>();
                Some(told + &report::ended_early(report).unwrap_or_default())
            }
            Err(error) => Some(error.to_string()),
        };
        let redactor = self.artefacts.redactor();
        let told = told.map(|told| redactor.redact(&told).into_owned());
        let leak = told
            .as_ref()
            .map(|told| redactor.scan("this report", told.as_bytes()));
        match (told, leak.unwrap_or_default().first(), self.result) {
            (None, _, Ok(report)) => report,
            (_, Some(leak), _) => panic!("{leak}"),
            (told, None, _) => panic!("{}", told.unwrap_or_default()),
        }
    }

    /// The report, or why nothing was run.
    ///
    /// # Errors
    ///
    /// Nothing was run.
    pub fn into_result(self) -> Result<Report, Error> {
        self.result
    }
}
