//! A run as TAP, version 14: a test point for each test.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{denied, human, interruption, reason};
use crate::run::{CellReport, Report, SpecReport, Verdict};

pub(super) fn render(report: &Report) -> String {
    let mut told = String::from("TAP version 14\n");
    let _ = writeln!(told, "1..{}", report.cells().count());
    let mut number = 0;
    for spec in &report.specs {
        for cell in &spec.cells {
            number += 1;
            let description = escape(&format!("{} :: {}", spec.file, spec.title(cell)));
            let (ok, directive) = match report.verdict(cell) {
                Verdict::Passed => ("ok", String::new()),
                Verdict::Skipped(reason) => ("ok", format!(" # SKIP {}", line(reason))),
                // A directive would excuse a skip that is denied.
                _ => ("not ok", String::new()),
            };
            let _ = writeln!(told, "{ok} {number} - {description}{directive}");
            told.push_str(&diagnostics(report, spec, cell));
        }
    }
    if let Some(why) = interruption(report) {
        let _ = writeln!(told, "Bail out! {why}");
    }
    told
}

/// A block of YAML; scalars are written as JSON, which YAML contains.
fn diagnostics(report: &Report, spec: &SpecReport, cell: &CellReport) -> String {
    let verdict = report.verdict(cell);
    if let Verdict::Skipped(_) = verdict {
        return String::new();
    }
    let mut told = String::from("  ---\n");
    let mut entry = |name: &str, value: Value| {
        let _ = writeln!(told, "  {name}: {}", printable(&value.to_string()));
    };
    entry("duration_ms", json!(crate::duration::ms(cell.took)));
    for (name, value) in &cell.settings {
        entry(name, value.as_str().into());
    }
    entry("tokens", cell.tokens().into());
    if let Some(first) = cell.first() {
        entry("first_ms", first.into());
    }
    let ids: Vec<Value> = cell.request_ids().map(|(_, id)| id.into()).collect();
    if !ids.is_empty() {
        entry("request_ids", ids.into());
    }
    let told_of = match &verdict {
        Verdict::Passed | Verdict::Skipped(_) => None,
        Verdict::Failed => Some(("fail", reason(cell))),
        Verdict::Error(_) => Some(("error", reason(cell))),
        Verdict::DeniedSkip(reason) => Some(("fail", (*reason).to_owned())),
        Verdict::DeniedDrift(drift) => Some(("fail", denied(drift))),
    };
    if let Some((severity, message)) = told_of {
        entry("severity", severity.into());
        entry("message", message.into());
    }
    if let Verdict::Failed | Verdict::Error(_) = verdict {
        let place = cell.steps.iter().find_map(|step| {
            let mismatch = step.mismatches.first();
            let failed = (!step.passed()).then_some(step.span);
            let place = mismatch.map(|mismatch| mismatch.span).or(failed)?;
            Some((step.file(spec), place))
        });
        if let Some((file, place)) = place {
            let (line, column) = file.position(place.start);
            let file = file.name();
            entry("at", json!({"column": column, "file": file, "line": line}));
        }
        let whole = human::failure(spec, cell, &human::program(report));
        let _ = writeln!(told, "  details: |");
        for line in whole.trim_end().lines() {
            let _ = writeln!(told, "    {}", printable(line));
        }
    }
    told.push_str("  ...\n");
    told
}

/// A description: one line in which `#` begins no directive.
fn escape(text: &str) -> String {
    line(&text.replace('\\', "\\\\").replace('#', "\\#"))
}

/// A text as one printable line.
pub(crate) fn line(text: &str) -> String {
    printable(&text.replace(['\n', '\r'], " "))
}

/// A line without what terminals obey and YAML refuses, even in a block.
pub(crate) fn printable(line: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let plain = |c: char| {
        if is_plain(c) || c == '\t' {
            c
        } else {
            '\u{fffd}'
        }
    };
    line.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_no_directive() {
        assert_eq!(escape("a # SKIP\\b\nc"), "a \\# SKIP\\\\b c");
        assert_eq!(escape("a\u{1b}[1m\u{7}b"), "a\u{fffd}[1m\u{fffd}b");
        assert_eq!(
            printable("a\u{1b}[1m\tb\u{ffff}"),
            "a\u{fffd}[1m\tb\u{fffd}"
        );
    }
}
