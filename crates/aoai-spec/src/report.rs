//! Runs, told to people and to programs.
//!
//! Nothing here prints: [`Human`] writes to whatever it is given, the others make texts.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::run::{INTERRUPTED, Report, Verdict};

pub use self::contrast::{Contrast, StepContrast};
pub use self::coverage::{Coverage, Document, Kind, Row};
pub(crate) use self::curl::CREDENTIALS;
pub use self::curl::curl;
pub use self::human::Human;
pub use self::rates::Rate;
#[cfg(feature = "cli")]
pub(crate) use self::tap::{line, printable};

mod annotations;
mod contrast;
mod coverage;
mod curl;
mod html;
pub(crate) mod human;
mod json;
mod junit;
mod markdown;
mod rates;
mod tap;

/// A form that a whole report can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `JUnit` XML: a suite for each file, a case for each test.
    Junit,
    /// JSON, described by [`JSON_SCHEMA`].
    Json,
    /// One page that needs no network.
    Html,
    /// Markdown for a summary, such as `$GITHUB_STEP_SUMMARY`.
    Markdown,
    /// TAP, version 14.
    Tap,
    /// Workflow commands that GitHub Actions turns into annotations of lines.
    Github,
}

impl Format {
    /// The words that [`from_str`](Self::from_str) takes.
    pub const NAMES: &'static [&'static str] = &["junit", "json", "html", "md", "tap", "github"];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "junit" => Ok(Self::Junit),
            "json" => Ok(Self::Json),
            "html" => Ok(Self::Html),
            "md" => Ok(Self::Markdown),
            "tap" => Ok(Self::Tap),
            "github" => Ok(Self::Github),
            _ => Err(format!(
                "there is no report {name:?}; there are {}",
                Self::NAMES.join(", ")
            )),
        }
    }
}

impl Report {
    /// Writes the report in a form, with the secrets of the run masked.
    ///
    /// # Errors
    ///
    /// It cannot be written so.
    pub fn render(&self, format: Format) -> Result<String, Error> {
        let text = match format {
            Format::Junit => junit::render(self).map_err(Error::setup)?,
            Format::Json => format!("{:#}\n", json::render(self)),
            Format::Html => html::render(self),
            Format::Markdown => markdown::render(self),
            Format::Tap => tap::render(self),
            Format::Github => annotations::render(self),
        };
        Ok(self.redactor.redact(&text).into_owned())
    }

    /// Writes it as `JUnit` XML.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn junit(&self) -> Result<String, Error> {
        self.render(Format::Junit)
    }

    /// It as JSON, versioned by its member `version` and described by [`JSON_SCHEMA`].
    pub fn json(&self) -> serde_json::Value {
        self.redactor.redact_value(&json::render(self))
    }

    /// What the repetitions of each test came to; empty where each was run once.
    pub fn rates(&self) -> Vec<Rate> {
        rates::of(self)
    }

    /// Which operations the run has asserted, called, and not called.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(self)
    }
}

/// The JSON Schema of the report in JSON.
pub const JSON_SCHEMA: &str = include_str!("report/json.schema.json");

/// A number of things, in words: `1 spec`, `2 specs`.
pub(crate) fn count<N: Copy + fmt::Display + From<u8> + PartialEq>(
    number: N,
    what: &str,
) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Why some tests may be missing, and how many are, where a run ended before its end.
pub(crate) fn ended_early(report: &Report) -> Option<String> {
    let why = match (report.interrupted, report.not_run) {
        (false, 0) => return None,
        (false, _) => "the run ended at the first test that did not pass",
        (true, _) => INTERRUPTED,
    };
    Some(match report.not_run {
        0 => why.to_owned(),
        missing => format!("{why}; {} not begun", count(missing, "test")),
    })
}

/// Why a run is incomplete though none of its tests may have failed.
fn interruption(report: &Report) -> Option<String> {
    ended_early(report).filter(|_| report.interrupted)
}

/// The operations that lose something in the wire types, each place once.
fn drifts(report: &Report) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for result in report.cells().flat_map(crate::run::CellReport::results) {
        let operation = result
            .sent
            .as_ref()
            .and_then(crate::result::Sent::operation);
        let Some((endpoint, _)) = operation else {
            continue;
        };
        for drift in &result.drift {
            let told = (
                endpoint.id.to_owned(),
                format!("{} ({})", drift.path, drift.kind),
            );
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
    found.sort();
    found
}

/// How many tests passed, failed, could not be run, and were skipped; what is denied has failed.
fn verdicts(report: &Report) -> [usize; 4] {
    let mut counts = [0; 4];
    for cell in report.cells() {
        let ended = match report.verdict(cell) {
            Verdict::Passed => 0,
            Verdict::Failed | Verdict::DeniedSkip(_) | Verdict::DeniedDrift(_) => 1,
            Verdict::Error(_) => 2,
            Verdict::Skipped(_) => 3,
        };
        counts[ended] += 1;
    }
    counts
}

/// A drift for which a test has failed.
fn denied(drift: &str) -> String {
    format!("drift, which is denied: {drift}")
}

/// The first thing that went wrong in a cell, on one line; empty where nothing did.
pub(crate) fn reason(cell: &crate::run::CellReport) -> String {
    use crate::run::State;
    let mut found = cell.steps.iter().flat_map(|step| &step.mismatches);
    match (&cell.state, found.next()) {
        (State::Error(error) | State::Skipped(error), _) => error.clone(),
        (State::Failed, Some(first)) => {
            let (path, expected, actual) = (&first.path, &first.expected, &first.actual);
            format!("{path}: expected {expected}, got {actual}")
        }
        _ => String::new(),
    }
}
