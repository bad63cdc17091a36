//! A run told to people.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;

use crate::duration::show;
use crate::model::Settings;
use crate::pattern::{Mismatch, shorten};
use crate::result::StepResult;
use crate::run::{CellReport, Event, Report, SpecReport, State, StepReport};
use crate::source::Source;

/// Writes a line for each spec, all about each failure, and a summary.
#[derive(Debug)]
pub struct Human<W> {
    out: W,
    color: bool,
    verbosity: u8,
    quiet: bool,
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
            program: "cargo xtask specs".to_owned(),
        }
    }

    /// With ANSI colours.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// 1: a line for each HTTP attempt. 2: the result document of each step.
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
                writeln!(
                    self.out,
                    "  …     {file}  {step}  {state}  {waited}, next in {next}"
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
                let attempts = result.attempts.iter().map(|attempt| match attempt.status {
                    Some(status) => format!("{status} (waited {}ms)", attempt.waited),
                    None => attempt.error.clone().unwrap_or_default(),
                });
                let attempts: Vec<_> = attempts.collect();
                let place = [cell.cell.as_str(), step.name.as_str(), what.as_str()];
                let place: Vec<_> = place.into_iter().filter(|text| !text.is_empty()).collect();
                writeln!(
                    self.out,
                    "        {}  {}",
                    place.join("  "),
                    attempts.join(" → ")
                )?;
                if self.verbosity > 1 {
                    let document = format!("{:#}", result.to_json());
                    for line in document.lines() {
                        writeln!(self.out, "          {line}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn summary(&mut self, report: &Report) -> io::Result<()> {
        let counts = [
            (
                report.count(|state| *state == State::Passed),
                "passed",
                GREEN,
            ),
            (report.count(|state| *state == State::Failed), "failed", RED),
            (
                report.count(|state| matches!(state, State::Error(_))),
                "could not run",
                RED,
            ),
            (
                report.count(|state| matches!(state, State::Skipped(_))),
                "skipped",
                YELLOW,
            ),
        ];
        let told = counts
            .into_iter()
            .filter(|(number, word, _)| *number > 0 || *word == "passed");
        let told = told.map(|(number, word, color)| self.paint(color, &format!("{number} {word}")));
        let told = told.collect::<Vec<_>>().join(", ");
        let requests: usize = report.cells().map(CellReport::requests).sum();
        let tokens: u64 = report.cells().map(CellReport::tokens).sum();
        writeln!(
            self.out,
            "\n  {told} in {} · {} · {tokens} tokens",
            show(report.took),
            count(requests, "request"),
        )
    }

    fn line(&mut self, word: &str, color: &str, rest: &str) -> io::Result<()> {
        let word = self.paint(color, &format!("{word:<4}"));
        writeln!(self.out, "  {word}  {}", rest.trim_end())
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color {
            format!("{color}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }
}

/// All about the cells that did not pass.
pub(crate) fn failures(report: &Report) -> String {
    let mut told = String::new();
    for spec in &report.specs {
        for cell in &spec.cells {
            match &cell.state {
                State::Failed | State::Error(_) => {
                    told.push_str(&failure(spec, cell, "cargo xtask specs"));
                    told.push('\n');
                }
                State::Skipped(reason) if report.deny_skips => {
                    let _ = writeln!(told, "skip  {}  {}: {reason}", spec.file, spec.name);
                }
                _ => {}
            }
        }
    }
    told
}

/// All about one cell that did not pass.
pub(crate) fn failure(spec: &SpecReport, cell: &CellReport, program: &str) -> String {
    let mut told = String::new();
    let word = match cell.state {
        State::Error(_) => "ERROR",
        _ => "FAIL",
    };
    let (file, number, name) = (&spec.file, cell.number, &spec.name);
    let _ = writeln!(told, "{word}  {file}#{number}  {name}  {}", show(cell.took));
    for step in cell.steps.iter().filter(|step| !step.passed()) {
        let (at, of) = step.number;
        let part = if step.is_finally { "finally" } else { "step" };
        let _ = writeln!(told, "\n  {part} {at}/{of}  {}", step.name);
        if let Some(error) = &step.error {
            let (line, column) = spec.source.position(step.span.start);
            let _ = writeln!(told, "     --> {}:{line}:{column}", spec.source.name());
            let _ = writeln!(told, "     could not run: {error}");
        }
        for mismatch in &step.mismatches {
            told.push_str(&place(&spec.source, mismatch));
        }
        told.push_str(&answer(step));
    }
    if !cell.cell.is_empty() {
        let _ = writeln!(told, "  cell    {}", cell.cell);
    }
    for (name, value) in &cell.variables {
        let _ = writeln!(told, "  var     {name} = {}", shorten(&value.to_string()));
    }
    let _ = writeln!(told, "  again   {program} {file}{} -vv", pins(cell));
    told
}

/// The line of the spec, what it says, and what came.
fn place(source: &Source, mismatch: &Mismatch) -> String {
    let (line, column) = source.position(mismatch.span.start);
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let mut told = String::new();
    let _ = writeln!(
        told,
        "  {margin} --> {}:{line}:{column}  {}",
        source.name(),
        mismatch.path
    );
    let _ = writeln!(told, "  {margin} |");
    let _ = writeln!(told, "  {number} | {}", source.line(line));
    let _ = writeln!(told, "  {margin} |   expected  {}", mismatch.expected);
    let _ = writeln!(told, "  {margin} |   actual    {}", mismatch.actual);
    if let Some(note) = &mismatch.note {
        let _ = writeln!(told, "  {margin} |   note      {note}");
    }
    told
}

/// What came back, and the ids that the service knows it by.
fn answer(step: &StepReport) -> String {
    let Some(result) = &step.result else {
        return String::new();
    };
    let mut told = String::from("\n");
    let mut parts = Vec::new();
    if let Some(status) = result.status {
        parts.push(status.to_string());
    }
    if let Some(error) = &result.error {
        parts.push(format!("{}: {}", error.kind, shorten(&error.message)));
    }
    if let Some(text) = &result.text {
        parts.push(format!(
            "text {}",
            shorten(&Value::from(text.as_str()).to_string())
        ));
    }
    if let (Some(body), true) = (&result.body, result.text.is_none()) {
        parts.push(format!("body {}", shorten_body(body)));
    }
    if let Some(stream) = &result.stream {
        let end = if stream.done {
            "complete"
        } else {
            "not complete"
        };
        parts.push(format!("{}, {end}", count(stream.count, "event")));
    }
    let _ = writeln!(told, "  answer  {}", parts.join(" · "));
    let ids = ids(result);
    if !ids.is_empty() {
        let _ = writeln!(told, "  ids     {ids}");
    }
    told
}

fn ids(result: &StepResult) -> String {
    let ids = result
        .request_ids()
        .map(|(name, id)| format!("{name} {id}"));
    ids.collect::<Vec<_>>().join("  ")
}

/// An error's body is shown whole, as far as that is any use.
fn shorten_body(body: &Value) -> String {
    let text = body.to_string();
    match text.char_indices().nth(2000) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The options that run this cell alone.
fn pins(cell: &CellReport) -> String {
    let mut pins = String::new();
    for axis in cell.cell.split(' ').filter(|axis| !axis.is_empty()) {
        let name = axis.split('=').next().unwrap_or_default();
        let is_value = cell
            .variables
            .iter()
            .any(|(var, value)| var == name && !value.is_object() && !value.is_array());
        if Settings::AXES.contains(&name) || is_value {
            let _ = write!(pins, " --set {axis}");
        }
    }
    pins
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

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const RESET: &str = "\x1b[0m";
