//! A run as JSON, as `json.schema.json` describes it.

use serde_json::{Map, Value, json};

use super::drifts;
use crate::duration::ms;
use crate::run::{CellReport, Report, SpecReport, State, StepReport};

/// The whole report. A member is never renamed or removed without a new `version`.
pub(super) fn render(report: &Report) -> Value {
    let specs: Vec<Value> = report.specs.iter().map(spec).collect();
    let [passed, failed, errors, skipped] = report.counts();
    let drift = drifts(report).into_iter();
    let drift = drift.map(|(operation, path)| json!({"operation": operation, "path": path}));
    let rates = report.rates().into_iter().map(|rate| {
        json!({
            "id": rate.id,
            "passed": rate.passed,
            "runs": rate.runs,
            "first_p50_ms": rate.first_p50,
            "first_p95_ms": rate.first_p95,
        })
    });
    json!({
        "version": 1,
        "profile": report.profile,
        "ms": ms(report.took),
        "exit_code": report.exit_code(),
        "interrupted": report.interrupted,
        "counts": {
            "passed": passed,
            "failed": failed,
            "error": errors,
            "skipped": skipped,
            "not_run": report.not_run,
        },
        "requests": report.requests(),
        "tokens": report.tokens(),
        "usd": report.usd(),
        "drift": drift.collect::<Vec<_>>(),
        "rates": rates.collect::<Vec<_>>(),
        "coverage": report.coverage().to_json(),
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
    let settings = cell.settings.iter();
    let settings = settings.map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
    let steps: Vec<Value> = cell.steps.iter().map(|report| step(spec, report)).collect();
    json!({
        "id": spec.test_id(cell),
        "cell": cell.cell,
        "repetition": cell.repetition,
        "settings": settings.collect::<Map<_, Value>>(),
        "state": state,
        "reason": reason,
        "ms": ms(cell.took),
        "requests": cell.requests(),
        "tokens": cell.tokens(),
        "usd": cell.usd(),
        "first_ms": cell.first(),
        "variables": cell.variables.iter().cloned().collect::<Map<_, _>>(),
        "steps": steps,
    })
}

fn step(spec: &SpecReport, step: &StepReport) -> Value {
    let file = step.file(spec);
    let mismatches = step.mismatches.iter().map(|mismatch| {
        let (line, column) = file.position(mismatch.span.start);
        json!({
            "path": mismatch.path,
            "file": file.name(),
            "line": line,
            "column": column,
            "expected": mismatch.expected,
            "actual": mismatch.actual,
            "note": mismatch.note,
            "diff": mismatch.diff,
        })
    });
    let (line, column) = file.position(step.span.start);
    json!({
        "name": step.name,
        "file": file.name(),
        "line": line,
        "column": column,
        "finally": step.is_finally,
        "ms": ms(step.took),
        "polls": step.polls,
        "asserts": step.asserts,
        "error": step.error,
        "mismatches": mismatches.collect::<Vec<_>>(),
        "result": step.result.as_ref().map(crate::result::StepResult::to_json),
    })
}
