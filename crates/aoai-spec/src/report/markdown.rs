//! A run as Markdown, for a job's summary: counts, what did not pass, what was skipped and why.

use std::fmt::Write as _;

use super::tap::printable;
use super::{denied, drifts, ended_early, human, reason, verdicts};
use crate::duration::show;
use crate::run::{CellReport, Report, SpecReport, Verdict};

pub(super) fn render(report: &Report) -> String {
    let mut told = String::new();
    let well = if report.is_ok() { "✅" } else { "❌" };
    let _ = writeln!(
        told,
        "## {well} Specs against {}\n",
        cell_text(&report.profile)
    );
    let _ = writeln!(
        told,
        "| passed | failed | could not run | skipped | time | requests | tokens |"
    );
    let _ = writeln!(told, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let [passed, failed, errors, skipped] = verdicts(report);
    let (requests, tokens) = (report.requests(), report.tokens());
    let took = show(report.took);
    let _ = writeln!(
        told,
        "| {passed} | {failed} | {errors} | {skipped} | {took} | {requests} | {tokens} |"
    );
    if let Some(why) = ended_early(report) {
        let _ = writeln!(told, "\n**{why}**");
    }
    bad(report, &mut told);
    skips(report, &mut told);
    rates(report, &mut told);
    let drifts = drifts(report);
    if !drifts.is_empty() {
        let _ = writeln!(
            told,
            "\n### Drift\n\nWhat the wire types lose of the answers:\n"
        );
        for (operation, path) in drifts {
            let _ = writeln!(told, "* {operation}: {}", code(&path));
        }
    }
    let _ = writeln!(told, "\n{}", report.coverage().summary());
    told
}

fn bad(report: &Report, told: &mut String) {
    let mut all = tests(report).filter(|(_, cell)| report.deny.fails(cell));
    let Some(first) = all.next() else {
        return;
    };
    let _ = writeln!(told, "\n### What did not pass");
    for (spec, cell) in std::iter::once(first).chain(all) {
        let title = format!("{} :: {}", spec.file, spec.title(cell));
        // Between tags Markdown is not read.
        let title = super::html::text(&printable(&title));
        let _ = writeln!(told, "\n<details>\n<summary>{title}</summary>\n");
        let reason = match report.verdict(cell) {
            Verdict::DeniedSkip(reason) => format!("skipped, which is denied: {reason}"),
            Verdict::DeniedDrift(drift) => denied(&drift),
            _ => reason(cell),
        };
        let _ = writeln!(told, "{}\n", code(&reason));
        if cell.state.is_bad() {
            let text = human::failure(spec, cell, &human::program(report));
            let lines: Vec<_> = text.trim_end().lines().map(printable).collect();
            let fence = fence(&text);
            let _ = writeln!(told, "{fence}text\n{}\n{fence}\n", lines.join("\n"));
        }
        told.push_str("</details>\n");
    }
}

fn skips(report: &Report, told: &mut String) {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for cell in report.cells() {
        if let Verdict::Skipped(reason) = report.verdict(cell) {
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason, 1)),
            }
        }
    }
    if reasons.is_empty() {
        return;
    }
    let _ = writeln!(told, "\n### Skipped\n\n| tests | why |\n| ---: | --- |");
    for (reason, count) in reasons {
        let _ = writeln!(told, "| {count} | {} |", cell_text(reason));
    }
}

fn rates(report: &Report, told: &mut String) {
    let rates = report.rates();
    if rates.is_empty() {
        return;
    }
    let _ = writeln!(
        told,
        "\n### Rates\n\n| test | passed | first p50 | first p95 |"
    );
    let _ = writeln!(told, "| --- | ---: | ---: | ---: |");
    for rate in rates {
        let ms = |ms: Option<f64>| ms.map_or_else(String::new, |ms| format!("{ms:.0} ms"));
        let _ = writeln!(
            told,
            "| {} | {}/{} ({:.0} %) | {} | {} |",
            cell_text(&rate.id),
            rate.passed,
            rate.runs,
            rate.percent(),
            ms(rate.first_p50),
            ms(rate.first_p95),
        );
    }
}

fn tests(report: &Report) -> impl Iterator<Item = (&SpecReport, &CellReport)> {
    let specs = report.specs.iter();
    specs.flat_map(|spec| spec.cells.iter().map(move |cell| (spec, cell)))
}

/// Text that is nothing but text, also inside a table.
fn cell_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in printable(&text.replace(['\n', '\r'], " ")).chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            c => plain.push(c),
        }
    }
    plain
}

/// Text as code on one line, whatever backticks it has.
fn code(text: &str) -> String {
    let text = printable(&text.replace(['\n', '\r'], " "));
    let ticks = "`".repeat(longest_run(&text) + 1);
    format!("{ticks} {text} {ticks}")
}

fn fence(text: &str) -> String {
    "`".repeat((longest_run(text) + 1).max(3))
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_out_of_nothing() {
        assert_eq!(cell_text("a|b\n<c> `d`"), "a\\|b &lt;c&gt; \\`d\\`");
        assert_eq!(code("a `` b"), "``` a `` b ```");
        assert_eq!(fence("a\n````\nb"), "`````");
        assert_eq!(fence("plain"), "```");
        assert_eq!(cell_text("a\u{1b}[1mb"), "a\u{fffd}\\[1mb");
        assert_eq!(code("a\u{1b}b\u{fffe}"), "` a\u{fffd}b\u{fffd} `");
    }
}
