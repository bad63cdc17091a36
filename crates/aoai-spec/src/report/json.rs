//! A run as JSON.

use serde_json::{Value, json};

use crate::duration::ms;
use crate::run::{CellReport, Report, SpecReport, State, StepReport};

/// The whole report. A member is never renamed or removed without a new `version`.
pub(crate) fn render(report: &Report) -> Value {
    let specs: Vec<Value> = report.specs.iter().map(spec).collect();
    json!({
        "version": 1,
        "profile": report.profile,
        "ms": ms(report.took),
        "exit_code": report.exit_code(),
        "specs": specs,
    })
}

fn spec(spec: &SpecReport) -> Value {
    let render = |report: &CellReport| cell(spec, report);
    let cells: Vec<Value> = spec.cells.iter().map(render).collect();
    json!({ "file": spec.file, "name": spec.name, "cells": cells })
}

fn cell(spec: &SpecReport, cell: &CellReport) -> Value {
    let (state, reason) = match &cell.state {
        State::Passed => ("passed", None),
        State::Failed => ("failed", None),
        State::Error(reason) => ("error", Some(reason)),
        State::Skipped(reason) => ("skipped", Some(reason)),
    };
    let settings = cell
        .settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
    let steps: Vec<Value> = cell.steps.iter().map(|report| step(spec, report)).collect();
    json!({
        "cell": cell.cell,
        "settings": settings.collect::<serde_json::Map<_, Value>>(),
        "state": state,
        "reason": reason,
        "ms": ms(cell.took),
        "tokens": cell.tokens(),
        "variables": cell.variables.iter().cloned().collect::<serde_json::Map<_, _>>(),
        "steps": steps,
    })
}

fn step(spec: &SpecReport, step: &StepReport) -> Value {
    let mismatches = step.mismatches.iter().map(|mismatch| {
        let (line, column) = spec.source.position(mismatch.span.start);
        json!({
            "path": mismatch.path,
            "file": spec.source.name(),
            "line": line,
            "column": column,
            "expected": mismatch.expected,
            "actual": mismatch.actual,
            "note": mismatch.note,
        })
    });
    json!({
        "name": step.name,
        "finally": step.is_finally,
        "ms": ms(step.took),
        "polls": step.polls,
        "error": step.error,
        "mismatches": mismatches.collect::<Vec<_>>(),
        "result": step.result.as_ref().map(crate::result::StepResult::to_json),
    })
}
