//! Two runs of the same specs, side by side: whether the answers have the same parts.

use std::collections::BTreeMap;
use std::fmt;

use super::tap::line;
use crate::result::outline::{Outline, OutlineDifference};
use crate::run::{CellReport, Report, State};

/// What two runs of the same specs, against two targets, have told differently.
///
/// Compared are the outlines of answers: status, the kind of an error, which parts a body or the
/// events of a stream have and of what kind these are; not texts, ids, numbers or times.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Contrast {
    /// The names of the two profiles.
    pub sides: [String; 2],
    /// The steps that are not alike, in the order of the left run.
    pub steps: Vec<StepContrast>,
    /// How many steps were compared.
    pub compared: usize,
    /// Tests that only one side has run, and why not the other.
    pub unmatched: Vec<(String, String)>,
    /// Tests that neither side has run, and why not.
    pub unrun: Vec<(String, String)>,
}

/// A step whose answers differ.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StepContrast {
    /// The test.
    pub test: String,
    /// The step's name.
    pub step: String,
    /// Where its answers differ.
    pub differences: Vec<OutlineDifference>,
}

impl Contrast {
    /// Compares two runs.
    pub fn of(left: &Report, right: &Report) -> Self {
        let mut others: BTreeMap<String, &CellReport> = tests(right).collect();
        let mut contrast = Self {
            sides: [left.profile.clone(), right.profile.clone()],
            steps: Vec::new(),
            compared: 0,
            unmatched: Vec::new(),
            unrun: Vec::new(),
        };
        for (test, cell) in tests(left) {
            let other = others.remove(&test);
            match (unfit(Some(cell), left), unfit(other, right)) {
                (None, None) => {}
                (Some(left), Some(right)) => {
                    contrast.unrun.push((test, format!("{left}; {right}")));
                    continue;
                }
                (Some(reason), _) | (_, Some(reason)) => {
                    contrast.unmatched.push((test, reason));
                    continue;
                }
            }
            for one in &cell.steps {
                // A side that went wrong has left out some of them.
                let mut others = other.iter().flat_map(|cell| &cell.steps);
                let two = others.find(|two| two.place == one.place);
                let right = two.and_then(|two| two.result.as_ref());
                let (Some(left), Some(right)) = (&one.result, right) else {
                    continue;
                };
                contrast.compared += 1;
                let differences = Outline::of(left).differences(&Outline::of(right));
                if !differences.is_empty() {
                    contrast.steps.push(StepContrast {
                        test: test.clone(),
                        step: one.name.clone(),
                        differences,
                    });
                }
            }
        }
        contrast
    }

    /// Whether something was compared, and all of it is alike.
    pub fn is_alike(&self) -> bool {
        self.compared > 0 && self.steps.is_empty()
    }
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, right] = &self.sides;
        for step in &self.steps {
            writeln!(f, "{} › {}", step.test, step.step)?;
            for difference in &step.differences {
                let OutlineDifference {
                    path,
                    left: one,
                    right: two,
                } = difference;
                let path = line(path);
                writeln!(f, "  {path}: {one} in {left}, {two} in {right}")?;
            }
        }
        for (test, reason) in &self.unmatched {
            writeln!(f, "{test}\n  not compared: {reason}")?;
        }
        if self.compared == 0 {
            for (test, reason) in &self.unrun {
                writeln!(f, "{test}\n  not run: {reason}")?;
            }
            return writeln!(f, "nothing could be compared between {left} and {right}");
        }
        let Self {
            compared, steps, ..
        } = self;
        writeln!(
            f,
            "{} compared, {} differ between {left} and {right}",
            super::count(*compared, "step"),
            steps.len()
        )
    }
}

fn tests(report: &Report) -> impl Iterator<Item = (String, &CellReport)> {
    report.specs.iter().flat_map(|spec| {
        let cells = spec.cells.iter();
        cells.map(|cell| (spec.test_id(cell), cell))
    })
}

/// Why a test cannot be compared.
fn unfit(cell: Option<&CellReport>, report: &Report) -> Option<String> {
    let profile = &report.profile;
    match cell.map(|cell| &cell.state) {
        None => Some(format!("{profile} has no such test")),
        Some(State::Skipped(reason) | State::Error(reason)) => Some(format!("{profile}: {reason}")),
        Some(_) => None,
    }
}
