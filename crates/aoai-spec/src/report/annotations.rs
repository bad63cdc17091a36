//! What did not pass as workflow commands: GitHub Actions shows them at their lines.

use std::fmt::Write as _;

use super::{denied, interruption, reason};
use crate::result::StepResult;
use crate::run::{Report, StepReport, Verdict};
use crate::source::Source;

/// A command for each mismatch, and for each step that could not be run.
pub(super) fn render(report: &Report) -> String {
    let mut told = String::new();
    for spec in &report.specs {
        for cell in &spec.cells {
            let title = format!("{}: {}", spec.file, spec.title(cell));
            let mut command = |level: &str, (file, offset): (&Source, usize), message: &str| {
                let (line, column) = file.position(offset);
                let file = property(file.name());
                let (title, message) = (property(&title), data(message));
                let _ = writeln!(
                    told,
                    "::{level} file={file},line={line},col={column},title={title}::{message}"
                );
            };
            match report.verdict(cell) {
                Verdict::Passed | Verdict::Skipped(_) => {}
                Verdict::DeniedSkip(reason) => command("error", (&spec.source, 0), reason),
                Verdict::DeniedDrift(drift) => {
                    let drifts = |step: &&StepReport| {
                        let result = step.result.as_ref();
                        result.is_some_and(StepResult::drifts)
                    };
                    let step = cell.steps.iter().find(drifts);
                    let place = step.map(|step| (step.file(spec), step.span.start));
                    command("error", place.unwrap_or((&spec.source, 0)), &denied(&drift));
                }
                Verdict::Failed | Verdict::Error(_) => {
                    let before = cell.steps.iter().filter(|step| !step.passed());
                    let mut any = false;
                    for step in before {
                        if let Some(error) = &step.error {
                            any = true;
                            command(
                                "error",
                                (step.file(spec), step.span.start),
                                &format!("could not run: {error}"),
                            );
                        }
                        for found in &step.mismatches {
                            any = true;
                            let (path, expected) = (&found.path, &found.expected);
                            let mut message = format!("{path}\nexpected {expected}\n");
                            let _ = write!(message, "actual   {}", found.actual);
                            if let Some(note) = &found.note {
                                let _ = write!(message, "\n{note}");
                            }
                            command("error", (step.file(spec), found.span.start), &message);
                        }
                    }
                    if !any {
                        command("error", (&spec.source, 0), &reason(cell));
                    }
                }
            }
        }
    }
    if let Some(why) = interruption(report) {
        let _ = writeln!(told, "::error title=specs::{}", data(&why));
    }
    told
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50% of\r\na: b, c"), "50%25 of%0D%0Aa: b, c");
        assert_eq!(property("C:\\a,b"), "C%3A\\a%2Cb");
    }
}
