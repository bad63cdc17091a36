//! Which operations a run has asserted, counted from what it really sent.
//!
//! A call that no expectation looks at is not coverage, and neither is one that failed its
//! expectations.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aoai_types::{ENDPOINTS, Endpoint, Surface};
use serde_json::{Map, Value};

use crate::result::Sent;
use crate::run::{Report, StepReport};

pub use self::document::Document;

mod document;

/// What of a list of operations has been asserted, called, and not called.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Coverage {
    /// What the operations are those of.
    pub title: String,
    /// The names of the columns: surfaces.
    pub columns: Vec<String>,
    /// The operations, in the order of their list.
    pub rows: Vec<Row>,
}

/// What there is to say of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The operation.
    pub operation: String,
    /// What there is to say of it on the surface of each column.
    pub marks: Vec<Mark>,
}

/// What there is to say of an operation on a surface.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// The surface does not serve it.
    NotServed,
    /// It was not called.
    NotCalled,
    /// It was called, but no expectation has looked at the answer and held.
    Called,
    /// Answers of these kinds were as expected.
    Asserted(BTreeSet<Kind>),
}

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A success, whole.
    Ok,
    /// A refusal.
    Err,
    /// A 429, whatever came of it.
    RateLimited,
    /// A success, streamed to its end.
    Stream,
}

impl Kind {
    /// Its word in tables: `ok`, `err`, `429`, `stream`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Err => "err",
            Self::RateLimited => "429",
            Self::Stream => "stream",
        }
    }
}

impl Coverage {
    /// The operations of aoai-types, on the dated and on the v1 surface.
    pub(super) fn of(report: &Report) -> Self {
        let calls: Vec<_> = calls(report)
            .filter_map(|call| {
                let (endpoint, matched) = call.sent.operation()?;
                Some((call, endpoint, matched))
            })
            .collect();
        let versions: BTreeSet<&str> = calls
            .iter()
            .filter(|(_, _, matched)| !matched.v1)
            .filter_map(|(_, _, matched)| matched.api_version.as_deref())
            .filter(|version| version.parse::<aoai_types::ApiVersion>().is_ok())
            .collect();
        let dated = match versions.len() {
            0 => format!("dated {}", Surface::LATEST_DATED),
            1..=2 => format!("dated {}", Vec::from_iter(versions).join(", ")),
            many => format!("dated, {many} versions"),
        };
        let row = |endpoint: &&Endpoint| {
            let of = |v1: bool| {
                let calls = calls.iter();
                let own = calls.filter(move |(_, called, matched)| {
                    called.id == endpoint.id && matched.v1 == v1
                });
                own.map(|(call, _, _)| call)
            };
            let mark = |v1: bool, is_served: bool| match mark(of(v1)) {
                Mark::NotCalled if !is_served => Mark::NotServed,
                mark => mark,
            };
            Row {
                operation: endpoint.id.to_owned(),
                marks: vec![
                    mark(false, endpoint.dated.is_some()),
                    mark(true, endpoint.v1.is_some()),
                ],
            }
        };
        Self {
            title: "operations".to_owned(),
            columns: vec![dated, "v1".to_owned()],
            rows: ENDPOINTS.iter().map(row).collect(),
        }
    }

    /// The operations of an `OpenAPI` document.
    pub fn of_document(report: &Report, document: &Document) -> Self {
        let calls: Vec<_> = calls(report)
            .filter_map(|call| Some((document.operation(call.sent)?, call)))
            .collect();
        let row = |(at, operation): (usize, &String)| Row {
            operation: operation.clone(),
            marks: vec![mark(
                calls
                    .iter()
                    .filter(|(called, _)| *called == at)
                    .map(|(_, call)| call),
            )],
        };
        Self {
            title: document.name.clone(),
            columns: vec![document.version.clone()],
            rows: document
                .names()
                .enumerate()
                .map(|(at, name)| row((at, &name)))
                .collect(),
        }
    }

    /// How many operations have been asserted on at least one surface.
    pub fn asserted(&self) -> usize {
        let is_asserted = |mark: &Mark| matches!(mark, Mark::Asserted(_));
        let rows = self.rows.iter();
        rows.filter(|row| row.marks.iter().any(is_asserted)).count()
    }

    /// How many operations have only been called.
    pub fn only_called(&self) -> usize {
        let is_asserted = |mark: &Mark| matches!(mark, Mark::Asserted(_));
        let rows = self.rows.iter();
        rows.filter(|row| row.marks.contains(&Mark::Called) && !row.marks.iter().any(is_asserted))
            .count()
    }

    /// The share of operations that have been asserted, from 0 to 100.
    pub fn percent(&self) -> f64 {
        let share = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
        match self.rows.len() {
            0 => 100.0,
            of => 100.0 * share(self.asserted()) / share(of),
        }
    }

    /// `17 of 41 operations asserted, 3 called without an expectation`.
    pub fn summary(&self) -> String {
        let (asserted, of) = (self.asserted(), self.rows.len());
        match self.only_called() {
            0 => format!("{asserted} of {of} operations asserted"),
            called => format!(
                "{asserted} of {of} operations asserted, {called} called without an expectation"
            ),
        }
    }

    /// A line for each operation, and the summary.
    ///
    /// `n/a` is not served, `–` not called on this surface, `·` not called at all.
    pub fn table(&self) -> String {
        let mut lines = vec![(self.title_cell(), self.columns.clone())];
        lines.extend(self.rows.iter().map(|row| {
            let called = |mark: &Mark| matches!(mark, Mark::Called | Mark::Asserted(_));
            let any = row.marks.iter().any(called);
            let marks = row.marks.iter().map(|mark| match mark {
                Mark::NotServed => "n/a".to_owned(),
                Mark::NotCalled if any => "–".to_owned(),
                Mark::NotCalled => "·".to_owned(),
                Mark::Called => "called".to_owned(),
                Mark::Asserted(kinds) => {
                    let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
                    words.join(" ")
                }
            });
            (row.operation.clone(), marks.collect())
        }));
        let width = |text: &str| text.chars().count();
        let first = lines.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        let column = |at: usize| {
            let texts = lines.iter().filter_map(|(_, marks)| marks.get(at));
            texts.map(|text| width(text)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(column).collect();
        let mut table = String::new();
        for (name, marks) in &lines {
            let mut line = format!("{name:<first$}");
            for (mark, width) in marks.iter().zip(&widths) {
                let _ = write!(line, "    {mark:<width$}");
            }
            let _ = writeln!(table, "{}", line.trim_end());
        }
        let _ = writeln!(table, "{}", self.summary());
        table
    }

    fn title_cell(&self) -> String {
        match self.title.as_str() {
            "operations" => "operation".to_owned(),
            title => title.to_owned(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut operations = Map::new();
        for row in &self.rows {
            let mut surfaces = Map::new();
            for (column, mark) in self.columns.iter().zip(&row.marks) {
                let kinds: Value = match mark {
                    Mark::NotServed | Mark::NotCalled => continue,
                    Mark::Called => Value::Array(Vec::new()),
                    Mark::Asserted(kinds) => kinds.iter().map(|kind| kind.word()).collect(),
                };
                let surface = column.split([' ', ',']).next().unwrap_or_default();
                surfaces.insert(surface.to_owned(), kinds);
            }
            if !surfaces.is_empty() {
                operations.insert(row.operation.clone(), surfaces.into());
            }
        }
        serde_json::json!({
            "asserted": self.asserted(),
            "called": self.only_called(),
            "of": self.rows.len(),
            "operations": operations,
        })
    }
}

/// One call of the run.
struct Call<'a> {
    sent: &'a Sent,
    asserted: BTreeSet<Kind>,
}

fn calls(report: &Report) -> impl Iterator<Item = Call<'_>> {
    let steps = report.cells().flat_map(|cell| &cell.steps);
    steps.filter_map(|step| {
        let sent = step.result.as_ref()?.sent.as_ref()?;
        let asserted = kinds(step);
        Some(Call { sent, asserted })
    })
}

/// The kinds of answers that the step's expectations have looked at.
fn kinds(step: &StepReport) -> BTreeSet<Kind> {
    let mut kinds = BTreeSet::new();
    let (true, true, Some(result)) = (step.asserts, step.passed(), &step.result) else {
        return kinds;
    };
    if result
        .attempts
        .iter()
        .any(|attempt| attempt.status == Some(429))
    {
        kinds.insert(Kind::RateLimited);
    }
    match (result.status, &result.stream) {
        (Some(200..=299), Some(stream)) if stream.done => kinds.insert(Kind::Stream),
        (Some(200..=299), Some(_)) => kinds.insert(Kind::Err),
        (Some(200..=299), None) => kinds.insert(Kind::Ok),
        (Some(400..=599), _) if result.status != Some(429) => kinds.insert(Kind::Err),
        _ => false,
    };
    kinds
}

fn mark<'a>(calls: impl Iterator<Item = &'a Call<'a>>) -> Mark {
    let mut mark = Mark::NotCalled;
    for call in calls {
        mark = match mark {
            Mark::Asserted(mut kinds) => {
                kinds.extend(&call.asserted);
                Mark::Asserted(kinds)
            }
            _ if call.asserted.is_empty() => Mark::Called,
            _ => Mark::Asserted(call.asserted.clone()),
        };
    }
    mark
}
