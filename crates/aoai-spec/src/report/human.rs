//! A run told to people.

use std::io::{self, Write};

use super::count;
use super::tap::{line, printable};
use crate::duration::show;
use crate::run::{CellReport, Event, Report, SpecReport, State, StepReport};

#[cfg(feature = "cli")]
pub(crate) use self::failure::shell;
pub(crate) use self::failure::{failure, failures, program};

mod events;
mod failure;

/// Writes a line for each spec, all about each failure, and a summary.
#[derive(Debug)]
pub struct Human<W> {
    out: W,
    color: bool,
    verbosity: u8,
    quiet: bool,
    curl: bool,
    program: String,
}

impl<W: Write> Human<W> {
    /// Writes to `out`, which should be the writer of a [`Redactor`](crate::Redactor).
    pub fn new(out: W) -> Self {
        Self {
            out,
            color: false,
            verbosity: 0,
            quiet: false,
            curl: false,
            program: PROGRAM.to_owned(),
        }
    }

    /// With ANSI colours.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// 1: a line for each HTTP attempt. 2: the result document of each step. 3: each event of a
    /// stream with its time.
    #[must_use]
    pub fn verbosity(mut self, level: u8) -> Self {
        self.verbosity = level;
        self
    }

    /// Only what did not pass, and the summary.
    #[must_use]
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// For each step that did not pass, and with a verbosity above 0 for every step, a command that
    /// sends its last request once more.
    #[must_use]
    pub fn curl(mut self, curl: bool) -> Self {
        self.curl = curl;
        self
    }

    /// The command that `again:` lines begin with.
    #[must_use]
    pub fn program(mut self, program: impl Into<String>) -> Self {
        self.program = program.into();
        self
    }

    /// Writes what an event has to say.
    ///
    /// # Errors
    ///
    /// The writer fails.
    pub fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started {
                profile,
                specs,
                cells,
                jobs,
            } if !self.quiet => {
                let (specs, tests, jobs) = (
                    count(*specs, "spec"),
                    count(*cells, "test"),
                    count(*jobs, "job"),
                );
                writeln!(
                    self.out,
                    "specs · profile {profile} · {specs}, {tests}, {jobs}\n"
                )
            }
            Event::Waiting {
                spec,
                step,
                state,
                waited,
                next,
            } if !self.quiet => {
                let (file, waited, next) = (spec.file(), show(*waited), show(*next));
                let state = line(state);
                writeln!(
                    self.out,
                    "  …     {file}  {step}  {state}  {waited}, next in {next}"
                )
            }
            Event::Interrupted => {
                writeln!(
                    self.out,
                    "\n  interrupted: no more tests are begun, those under way clean up\n"
                )
            }
            Event::SpecFinished(spec) => self.spec(spec),
            Event::Finished(report) => self.summary(report),
            _ => Ok(()),
        }
    }

    /// Flushes the writer.
    ///
    /// # Errors
    ///
    /// The writer fails.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn spec(&mut self, spec: &SpecReport) -> io::Result<()> {
        let passed = |cell: &&CellReport| cell.state == State::Passed;
        let ok = spec.cells.iter().filter(passed).count();
        if ok > 0 && !self.quiet {
            let cells = match spec.cells.len() {
                1 => String::new(),
                all => format!("{ok}/{all} cells"),
            };
            let took = spec.cells.iter().map(|cell| cell.took).sum();
            let detail = [cells, polls(spec), first(spec)];
            let detail: Vec<_> = detail.into_iter().filter(|text| !text.is_empty()).collect();
            let line = format!(
                "{:<24}  {:<52}  {:<16}  {:>7}",
                spec.file,
                spec.name,
                detail.join("  "),
                show(took),
            );
            self.line("ok", GREEN, &line)?;
        }
        self.skips(spec)?;
        if self.verbosity > 0 {
            self.details(spec)?;
        }
        for cell in &spec.cells {
            if matches!(cell.state, State::Failed | State::Error(_)) {
                let text = failure(spec, cell, &self.program);
                let head = text.find('\n').unwrap_or(text.len());
                let (head, rest) = text.split_at(head);
                writeln!(self.out, "\n{}{}", self.paint(RED, head), rest.trim_end())?;
                if self.curl && self.verbosity == 0 {
                    self.commands(cell.steps.iter().filter(|step| !step.passed()))?;
                }
            }
        }
        Ok(())
    }

    /// One line for all cells that are skipped for the same reason.
    fn skips(&mut self, spec: &SpecReport) -> io::Result<()> {
        let mut told = Vec::new();
        for cell in &spec.cells {
            let State::Skipped(reason) = &cell.state else {
                continue;
            };
            if self.quiet || told.contains(&reason) {
                continue;
            }
            told.push(reason);
            let same = |cell: &&CellReport| matches!(&cell.state, State::Skipped(r) if r == reason);
            let number = spec.cells.iter().filter(same).count();
            let cells = match spec.cells.len() {
                1 => String::new(),
                all => format!("  {number}/{all} cells"),
            };
            let line = format!("{:<24}  {}{cells}: {reason}", spec.file, spec.name);
            self.line("skip", YELLOW, &line)?;
        }
        Ok(())
    }

    fn details(&mut self, spec: &SpecReport) -> io::Result<()> {
        for cell in &spec.cells {
            for step in &cell.steps {
                let Some(result) = &step.result else {
                    continue;
                };
                let sent = result.sent.as_ref();
                let what =
                    sent.map_or_else(String::new, |sent| format!("{} {}", sent.method, sent.path));
                let attempts = step.attempts.iter().map(|attempt| match attempt.status {
                    Some(status) => format!("{status} (waited {}ms)", attempt.waited),
                    None => attempt.error.clone().unwrap_or_default(),
                });
                let attempts: Vec<_> = attempts.collect();
                let place = [cell.cell.as_str(), step.name.as_str(), what.as_str()];
                let place: Vec<_> = place.into_iter().filter(|text| !text.is_empty()).collect();
                writeln!(
                    self.out,
                    "        {}  {}",
                    line(&place.join("  ")),
                    attempts.join(" → ")
                )?;
                for drift in &result.drift {
                    let path = line(&drift.path);
                    writeln!(self.out, "          drift: {path} ({})", drift.kind)?;
                }
                if let (3.., Some(stream)) = (self.verbosity, &result.stream) {
                    for (at, event) in stream.events.iter().enumerate() {
                        let time = stream.times.get(at).copied().unwrap_or_default();
                        let event = printable(&event.to_string());
                        writeln!(self.out, "          {time:>8.0}ms  {event}")?;
                    }
                }
                if self.verbosity > 1 {
                    let document = format!("{:#}", result.to_json());
                    for line in document.lines() {
                        writeln!(self.out, "          {}", printable(line))?;
                    }
                }
            }
            if self.curl {
                self.commands(cell.steps.iter())?;
            }
        }
        Ok(())
    }

    fn commands<'a>(&mut self, steps: impl Iterator<Item = &'a StepReport>) -> io::Result<()> {
        for step in steps {
            let sent = step.result.as_ref().and_then(|result| result.sent.as_ref());
            if let Some(sent) = sent {
                writeln!(
                    self.out,
                    "\n{}",
                    super::curl(sent, &step.endpoint).trim_end()
                )?;
            }
        }
        Ok(())
    }

    fn summary(&mut self, report: &Report) -> io::Result<()> {
        let [passed, failed, errors, skipped] = report.counts();
        let (skips, skip_color) = if report.deny.skips {
            ("skipped (denied)", RED)
        } else {
            ("skipped", YELLOW)
        };
        let counts = [
            (passed, "passed", GREEN),
            (failed, "failed", RED),
            (errors, "could not run", RED),
            (skipped, skips, skip_color),
            (report.not_run, "not run", YELLOW),
        ];
        let told = counts
            .into_iter()
            .filter(|(number, word, _)| *number > 0 || *word == "passed");
        let told = told.map(|(number, word, color)| self.paint(color, &format!("{number} {word}")));
        let told = told.collect::<Vec<_>>().join(", ");
        let money = report.usd().map(|usd| format!(" · ${usd:.2}"));
        writeln!(
            self.out,
            "\n  {told} in {} · {} · {} tokens{}",
            show(report.took),
            count(report.requests(), "request"),
            grouped(report.tokens()),
            money.unwrap_or_default(),
        )?;
        let coverage = report.coverage();
        writeln!(
            self.out,
            "  coverage {}/{} operations",
            coverage.asserted(),
            coverage.rows.len()
        )?;
        let drift = if report.deny.drift {
            "drift (denied)"
        } else {
            "drift"
        };
        for (operation, path) in super::drifts(report) {
            writeln!(self.out, "  {drift}: {operation} {}", line(&path))?;
        }
        self.rates(report)
    }

    fn rates(&mut self, report: &Report) -> io::Result<()> {
        for rate in report.rates() {
            let (passed, runs) = (rate.passed, rate.runs);
            let share = format!("{passed}/{runs}");
            let color = if passed == runs { GREEN } else { RED };
            let share = self.paint(color, &format!("{share:>7}"));
            let first = match (rate.first_p50, rate.first_p95) {
                (Some(p50), Some(p95)) => format!("  first p50 {p50:.0}ms p95 {p95:.0}ms"),
                _ => String::new(),
            };
            let percent = rate.percent();
            let id = line(&rate.id);
            writeln!(self.out, "  {share} {percent:>4.0}%  {id}{first}")?;
        }
        Ok(())
    }

    fn line(&mut self, word: &str, color: &str, rest: &str) -> io::Result<()> {
        let word = self.paint(color, &format!("{word:<4}"));
        writeln!(self.out, "  {word}  {}", line(rest.trim_end()))
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color {
            format!("{color}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }
}

fn polls(spec: &SpecReport) -> String {
    let steps = spec.cells.iter().flat_map(|cell| &cell.steps);
    match steps.map(|step| step.polls).sum::<u32>() {
        0 | 1 => String::new(),
        polls => format!("{polls} polls"),
    }
}

fn first(spec: &SpecReport) -> String {
    let first = spec.cells.iter().filter_map(CellReport::first);
    match first.reduce(f64::max) {
        Some(ms) => format!("first {ms:.0}ms"),
        None => String::new(),
    }
}

/// A number with a space after each thousand: `1 204`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// The command that `again:` lines begin with, unless another is given.
pub(super) const PROGRAM: &str = "cargo xtask specs";

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const RESET: &str = "\x1b[0m";

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [0, 999, 1204, 123_456, 1_234_567];
        let told = ["0", "999", "1 204", "123 456", "1 234 567"];
        assert_eq!(numbers.map(grouped), told.map(str::to_owned));
    }
}
