//! What a run found, and the table that says so.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Deserialize;

use crate::faults::Fault;

/// What one document's run found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The document's title and version.
    pub document: String,
    /// One row per operation that document and types have in common.
    pub rows: Vec<Row>,
    /// Operations of the document that the types do not know.
    pub unknown: Vec<String>,
    /// Faults that were found in this document, and did not occur.
    pub stale: Vec<Fault>,
}

/// What was found about one operation.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Row {
    /// The operation's id.
    pub operation: String,
    /// How many schemas it uses.
    pub schemas: usize,
    /// How many instances went through the types.
    pub instances: usize,
    /// How many of them a listed fault explains.
    pub excused: usize,
    /// What went wrong, each place once.
    pub findings: BTreeMap<Key, Detail>,
}

/// What sets findings apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Key {
    /// Which of the operation's schemas.
    pub side: Side,
    /// What went wrong.
    pub kind: Kind,
    /// Where, `choices[].message`; empty for the whole.
    pub path: String,
    /// What a refusal said; empty for the others.
    pub said: String,
}

/// The first case of a finding, and how many there are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Detail {
    /// What happened.
    pub what: String,
    /// What the instance was made to try, as a path; empty where it was all at once.
    pub trying: String,
    /// How many instances met it.
    pub times: usize,
}

/// The schemas of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(
    clippy::exhaustive_enums,
    reason = "HTTP has no more, server-sent events included"
)]
pub enum Side {
    /// Body, query and path of the request.
    Request,
    /// The body of a 2xx answer.
    Response,
    /// One event of a stream.
    Event,
}

/// What can go wrong with an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A valid instance did not come back equal.
    Lost,
    /// A valid instance could not be decoded or encoded.
    Refused,
    /// The request that was encoded is not valid.
    Invalid,
    /// The generator made an instance that is not valid: a fault of this program.
    Ours,
}

impl Report {
    /// Whether nothing is wrong but what is listed, and nothing is listed that is not wrong.
    pub fn is_clean(&self) -> bool {
        self.stale.is_empty() && self.rows.iter().all(|row| row.findings.is_empty())
    }

    /// The table, the findings under each operation: the first few of each, or all.
    pub fn table(&self, all: bool) -> String {
        let mut table = String::new();
        let widest = self.rows.iter().map(|row| row.operation.len()).max();
        let width = widest.unwrap_or_default().max("operation".len());
        let mut line = |cells: [&str; 7]| {
            let [operation, rest @ ..] = cells;
            let _ = write!(table, "{operation:width$}");
            for cell in rest {
                let _ = write!(table, "  {cell:>9}");
            }
            table.push('\n');
        };
        line([
            "operation",
            "schemas",
            "instances",
            "lost",
            "refused",
            "invalid",
            "excused",
        ]);
        let mut totals = Row::default();
        let mut details = String::new();
        for row in &self.rows {
            line(
                row.cells(&row.operation, row.counts())
                    .each_ref()
                    .map(|cell| &**cell),
            );
            row.write_findings(all, &mut details);
            totals.schemas += row.schemas;
            totals.instances += row.instances;
            totals.excused += row.excused;
        }
        let counts = self.rows.iter().map(Row::counts);
        let counts = counts.fold([0; 3], |sum, row| {
            [sum[0] + row[0], sum[1] + row[1], sum[2] + row[2]]
        });
        line(totals.cells("all", counts).each_ref().map(|cell| &**cell));
        table.push_str(&details);
        for fault in &self.stale {
            let Fault {
                operation,
                side,
                path,
                value,
                ..
            } = fault;
            let only = value.as_ref().map(|value| format!(" = {value}"));
            let _ = writeln!(
                table,
                "\nstale: {operation} {side} {path}{}: it is listed as a fault of the document, and \
                 does not occur; take it off the list",
                only.unwrap_or_default()
            );
        }
        table
    }

    /// Operations and fields of the document that the types do not know.
    pub fn coverage(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "operations not known: {}", self.unknown.len());
        for operation in &self.unknown {
            let _ = writeln!(text, "  {operation}");
        }
        let mut fields = Vec::new();
        for row in &self.rows {
            let lost = row
                .findings
                .iter()
                .filter(|(key, _)| key.kind == Kind::Lost);
            let gone = lost.filter(|(_, detail)| detail.what.ends_with("is gone"));
            fields.extend(
                gone.map(|(key, _)| format!("  {} {} {}", row.operation, key.side, key.path)),
            );
        }
        let _ = writeln!(text, "fields not known: {}", fields.len());
        for field in fields {
            let _ = writeln!(text, "{field}");
        }
        text
    }
}

impl Row {
    pub(crate) fn found(&mut self, key: Key, what: String, trying: &str) {
        let detail = self.findings.entry(key).or_insert_with(|| Detail {
            what,
            trying: trying.trim_start_matches('.').to_owned(),
            times: 0,
        });
        detail.times += 1;
    }

    fn counts(&self) -> [usize; 3] {
        let count = |kind| self.findings.keys().filter(|key| key.kind == kind).count();
        [Kind::Lost, Kind::Refused, Kind::Invalid].map(count)
    }

    fn cells(&self, name: &str, counts: [usize; 3]) -> [String; 7] {
        let [lost, refused, invalid] = counts.map(|count| count.to_string());
        [
            name.to_owned(),
            self.schemas.to_string(),
            self.instances.to_string(),
            lost,
            refused,
            invalid,
            self.excused.to_string(),
        ]
    }

    fn write_findings(&self, all: bool, text: &mut String) {
        if self.findings.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{}", self.operation);
        let shown = if all { usize::MAX } else { FEW };
        for (key, detail) in self.findings.iter().take(shown) {
            let path = if key.path.is_empty() { "." } else { &key.path };
            let _ = write!(text, "  {} {} {path}: {}", key.side, key.kind, detail.what);
            if !detail.trying.is_empty() && detail.trying != key.path {
                let _ = write!(text, " (trying {})", detail.trying);
            }
            let _ = writeln!(text, " ×{}", detail.times);
        }
        let more = self.findings.len().saturating_sub(shown);
        if more > 0 {
            let _ = writeln!(text, "  … and {more} more: `--all` shows them");
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Event => "event",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "lost",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::Ours => "NOT VALID AS GENERATED (a fault of this check)",
        })
    }
}

/// How many findings of an operation are shown at once.
const FEW: usize = 12;
