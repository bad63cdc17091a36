//! All about what did not pass.

use std::fmt::Write as _;

use serde_json::Value;

use super::{PROGRAM, events};
use crate::duration::show;
use crate::model::Settings;
use crate::pattern::{Mismatch, shorten};
use crate::redact::Redactor;
use crate::report::denied;
use crate::report::tap::{self, printable};
use crate::result::StepResult;
use crate::run::{CellReport, Report, SpecReport, State, StepReport, Verdict};
use crate::source::Source;
use crate::vars::as_text;

/// All about the cells that did not pass.
pub(crate) fn failures(report: &Report) -> String {
    let mut told = String::new();
    for spec in &report.specs {
        for cell in &spec.cells {
            let file = &spec.file;
            match report.verdict(cell) {
                Verdict::Passed | Verdict::Skipped(_) => {}
                Verdict::Failed | Verdict::Error(_) => {
                    told.push_str(&failure(spec, cell, &program(report)));
                    told.push('\n');
                }
                Verdict::DeniedSkip(reason) => {
                    let _ = writeln!(told, "skip  {file}  {}: {reason}", spec.name);
                }
                Verdict::DeniedDrift(drift) => {
                    let told_of = format!("{}: {}", spec.title(cell), denied(&drift));
                    let _ = writeln!(told, "FAIL  {file}  {}", tap::line(&told_of));
                }
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
        State::Skipped(_) => "SKIP",
        _ => "FAIL",
    };
    let (file, number, name) = (&spec.file, cell.number, &spec.name);
    let _ = writeln!(told, "{word}  {file}#{number}  {name}  {}", show(cell.took));
    for step in cell.steps.iter().filter(|step| !step.passed()) {
        let (at, of) = step.number;
        let part = if step.is_finally { "finally" } else { "step" };
        let _ = writeln!(told, "\n  {part} {at}/{of}  {}", step.name);
        if let Some(error) = &step.error {
            let file = step.file(spec);
            let (line, column) = file.position(step.span.start);
            let _ = writeln!(told, "     --> {}:{line}:{column}", file.name());
            let _ = writeln!(told, "     could not run: {error}");
        }
        for mismatch in &step.mismatches {
            told.push_str(&place(step.file(spec), mismatch));
        }
        told.push_str(&answer(step, &spec.redactor));
    }
    let of_a_step = |reason: &str| {
        let mut errors = cell.steps.iter().filter_map(|step| step.error.as_deref());
        errors.any(|error| error == reason)
    };
    match &cell.state {
        State::Skipped(reason) => {
            let _ = writeln!(told, "  {reason}");
        }
        // What no step is to blame for, such as a credential or a cassette.
        State::Error(reason) if !of_a_step(reason) => {
            let _ = writeln!(told, "  could not run: {reason}");
        }
        _ => {}
    }
    if !cell.cell.is_empty() {
        let _ = writeln!(told, "  cell    {}", tap::line(&cell.cell));
    }
    for (name, value) in &cell.variables {
        let value = value.to_string();
        let value = shorten(&spec.redactor.redact(&value));
        let _ = writeln!(told, "  var     {name} = {value}");
    }
    let pins = pins(cell, program);
    let _ = writeln!(told, "  again   {program} {}{pins} -vv", shell(file));
    // Some of it is the service's, which has nothing to say to the terminal.
    told.lines().map(|line| printable(line) + "\n").collect()
}

/// The usual program with the target of a run.
pub(crate) fn program(report: &Report) -> String {
    match report.profile.as_str() {
        "emulator" => PROGRAM.to_owned(),
        "replay" => format!("{PROGRAM} --replay"),
        name => format!("{PROGRAM} --live={}", shell(name)),
    }
}

/// A word as a shell reads it.
pub(crate) fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if word.contains(['\n', '\r']) {
        let word = word.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("$'{}'", word.replace('\n', "\\n").replace('\r', "\\r"));
    }
    format!("'{}'", word.replace('\'', "'\\''"))
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
        tap::line(&mismatch.path)
    );
    let _ = writeln!(told, "  {margin} |");
    let _ = writeln!(told, "  {number} | {}", source.line(line));
    if let Some(diff) = &mismatch.diff {
        let _ = writeln!(told, "  {margin} |   expected (-), actual (+)");
        for line in diff.lines() {
            let _ = writeln!(told, "  {margin} |   {line}");
        }
    } else {
        let _ = writeln!(told, "  {margin} |   expected  {}", mismatch.expected);
        let _ = writeln!(told, "  {margin} |   actual    {}", mismatch.actual);
    }
    if let Some(note) = &mismatch.note {
        // All its lines have the margin, or one of a diff could pass for one of ours.
        for (at, line) in note.lines().enumerate() {
            let head = if at == 0 { "note      " } else { "" };
            let _ = writeln!(told, "  {margin} |   {head}{line}");
        }
    }
    told
}

/// What came back, and the ids that the service knows it by.
fn answer(step: &StepReport, redactor: &Redactor) -> String {
    let Some(result) = &step.result else {
        return String::new();
    };
    let mut told = String::from("\n");
    let mut parts = Vec::new();
    if let Some(status) = result.status {
        parts.push(status.to_string());
    }
    if let Some(error) = &result.error {
        let message = redactor.redact(&error.message);
        // On one line, or it could pass for lines of ours, or for a workflow command.
        parts.push(format!("{}: {}", error.kind, shorten(&tap::line(&message))));
    }
    if let Some(text) = &result.text {
        let text = Value::from(text.as_str()).to_string();
        parts.push(format!("text {}", shorten(&redactor.redact(&text))));
    }
    let _ = writeln!(told, "  answer  {}", parts.join(" · "));
    if let Some(body) = &result.body {
        let _ = writeln!(told, "  body    {}", bounded(&body.to_string(), redactor));
    }
    told.push_str(&events::around(step, redactor));
    for drift in &result.drift {
        let _ = writeln!(
            told,
            "  drift   {} ({})",
            tap::line(&drift.path),
            drift.kind
        );
    }
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

/// A body as far as it is any use. Masked before it is cut, as half a secret is not recognised.
fn bounded(body: &str, redactor: &Redactor) -> String {
    let body = redactor.redact(body);
    match body.char_indices().nth(LONGEST_BODY) {
        Some((at, _)) => {
            let rest = body[at..].chars().count();
            let plural = if rest == 1 { "" } else { "s" };
            format!("{}… ({rest} more character{plural})", &body[..at])
        }
        None => body.into_owned(),
    }
}

/// The options that run this cell alone, but for those that the program has already.
fn pins(cell: &CellReport, program: &str) -> String {
    let settings = cell.settings.iter();
    let settings = settings.filter(|(name, _)| Settings::AXES.contains(name));
    let settings = settings.map(|(name, value)| ((*name).to_owned(), value.clone()));
    let variables = cell.variables.iter();
    let variables = variables.filter(|(_, value)| !value.is_object() && !value.is_array());
    let variables = variables.map(|(name, value)| (name.clone(), as_text(value)));
    // The name of a cell has its axes in order, and values that may have spaces.
    let named = format!(" {} ", cell.cell);
    let mut axes: Vec<_> = settings
        .chain(variables)
        .filter_map(|(name, value)| {
            let axis = format!("{name}={value}");
            Some((named.find(&format!(" {axis} "))?, axis))
        })
        .collect();
    axes.sort();
    axes.dedup();
    let pins = axes
        .into_iter()
        .map(|(_, axis)| format!(" --set {}", shell(&axis)));
    pins.filter(|pin| !format!("{program} ").contains(&format!("{pin} ")))
        .collect()
}

/// How much of a body is shown, in characters.
const LONGEST_BODY: usize = 2000;
