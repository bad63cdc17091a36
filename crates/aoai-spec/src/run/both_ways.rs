//! Typed and raw side by side: both must send the same body.

use serde_json::Value;

use super::{CellReport, SpecReport, State, StepReport};
use crate::pattern::Mismatch;
use crate::pattern::compare::equal;
use crate::redact::Redactor;

/// Compares what the cells sent that differ in `via` only; the raw one of a pair that differs fails.
pub(super) fn compare(report: &mut SpecReport) {
    for raw in 0..report.cells.len() {
        let Some(partner) = typed_twin(&report.cells[raw].cell) else {
            continue;
        };
        let repetition = report.cells[raw].repetition;
        let twin = report
            .cells
            .iter()
            .find(|cell| cell.cell == partner && cell.repetition == repetition);
        let Some(twin) = twin else {
            continue;
        };
        let found: Vec<(usize, Mismatch)> = report.cells[raw]
            .steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| {
                let typed = twin.steps.iter().find(|typed| is_same(typed, step))?;
                let mismatch =
                    differs((typed, twin), (step, &report.cells[raw]), &report.redactor)?;
                Some((at, mismatch))
            })
            .collect();
        let cell = &mut report.cells[raw];
        for (at, mismatch) in found {
            cell.steps[at].mismatches.push(mismatch);
            if cell.state == State::Passed {
                cell.state = State::Failed;
            }
        }
    }
}

fn is_same(a: &StepReport, b: &StepReport) -> bool {
    a.number == b.number && a.is_finally == b.is_finally
}

/// The name of the cell that differs from a raw one in nothing else.
fn typed_twin(cell: &str) -> Option<String> {
    let mut found = false;
    let axes = cell.split(' ').map(|axis| match axis {
        "via=raw" => {
            found = true;
            "via=typed"
        }
        other => other,
    });
    let twin = axes.collect::<Vec<_>>().join(" ");
    found.then_some(twin)
}

fn differs(
    (typed, typed_cell): (&StepReport, &CellReport),
    (raw, raw_cell): (&StepReport, &CellReport),
    redactor: &Redactor,
) -> Option<Mismatch> {
    let body = |step: &StepReport| step.result.as_ref()?.sent.as_ref()?.body.clone();
    let (mut expected, mut actual) = (body(typed)?, body(raw)?);
    // What each cell saved is its own: the id of the file that it uploaded.
    for (name, own) in &typed_cell.variables {
        let other = raw_cell.variables.iter().find(|(other, _)| other == name);
        if let (Value::String(own), Some((_, Value::String(other)))) = (own, other)
            && own != other
        {
            put_name(&mut expected, own, name);
            put_name(&mut actual, other, name);
        }
    }
    if equal(&expected, &actual) {
        return None;
    }
    let mut mismatch = Mismatch::new("sent.body", raw.span)
        .expected(format!("as `via: typed` sent it: {expected}"))
        .actual(actual.to_string())
        .compared(&expected, &actual);
    mismatch.mask(redactor);
    Some(mismatch)
}

/// Puts a variable's name where its value stands.
fn put_name(value: &mut Value, own: &str, name: &str) {
    match value {
        Value::String(text) if !own.is_empty() && text.contains(own) => {
            *text = text.replace(own, &format!("${{{name}}}"));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| put_name(item, own, name)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| put_name(member, own, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::Spec;
    use crate::result::{Sent, StepResult};

    /// A spec's report with a typed and a raw cell that sent these bodies, with what they saved.
    fn report(typed: (Value, &str), raw: (Value, &str)) -> SpecReport {
        let text = "name: a\nsteps: [{call: models.list, expect: {status: 200}}]";
        let spec: Spec = text.parse().unwrap();
        let mut report = SpecReport::new(&spec, Arc::default());
        for (via, (body, saved)) in [("typed", typed), ("raw", raw)] {
            let sent = Sent {
                body: Some(body),
                ..Sent::default()
            };
            report.cells.push(CellReport {
                variables: vec![("file".to_owned(), saved.into())],
                steps: vec![StepReport {
                    number: (1, 1),
                    result: Some(StepResult {
                        sent: Some(sent),
                        ..StepResult::default()
                    }),
                    ..StepReport::default()
                }],
                ..CellReport::new(report.cells.len(), format!("api=v1 via={via}"))
            });
        }
        compare(&mut report);
        report
    }

    #[test]
    fn what_each_cell_saved_is_its_own() {
        let same = report(
            (json!({"id": "file-1", "n": 1}), "file-1"),
            (json!({"n": 1.0, "id": "file-2"}), "file-2"),
        );
        assert!(same.cells.iter().all(|cell| cell.state == State::Passed));
    }

    #[test]
    fn a_raw_cell_that_sends_something_else_fails() {
        let differs = report(
            (json!({"id": "file-1", "m": [1, 2], "n": 1}), "file-1"),
            (json!({"id": "file-2", "m": [1, 2], "n": 2}), "file-2"),
        );
        assert_eq!(differs.cells[0].state, State::Passed);
        assert_eq!(differs.cells[1].state, State::Failed);
        let mismatch = &differs.cells[1].steps[0].mismatches[0];
        assert_eq!(mismatch.path, "sent.body");
        assert_eq!(
            mismatch.diff.as_deref(),
            Some("@@ n @@\n     2\n   ]\n-  \"n\": 1\n+  \"n\": 2\n }\n")
        );
    }

    #[test]
    fn each_is_compared_with_its_own_kind_and_an_error_stays_one() {
        let same = report((json!({}), ""), (json!({}), ""));
        let of = |number: usize, repetition: u32, is_finally: bool, body: &str| {
            let mut cell = same.cells[number].clone();
            cell.repetition = Some(repetition);
            let mut other = cell.steps[0].clone();
            other.is_finally = is_finally;
            let sent = other
                .result
                .as_mut()
                .and_then(|result| result.sent.as_mut());
            sent.unwrap().body = Some(body.into());
            // In `finally` there is a first step, too.
            cell.steps.insert(usize::from(is_finally), other);
            cell.steps.truncate(1 + usize::from(is_finally));
            cell
        };
        let compared = |cells: Vec<CellReport>| {
            let mut report = same.clone();
            report.cells = cells;
            compare(&mut report);
            let states = report.cells.into_iter().map(|cell| cell.state);
            states.collect::<Vec<_>>()
        };
        let passed = [State::Passed, State::Passed, State::Passed, State::Passed];
        let repeated = vec![
            of(0, 1, false, "run 1"),
            of(0, 2, false, "run 2"),
            of(1, 1, false, "run 1"),
            of(1, 2, false, "run 2"),
        ];
        assert_eq!(compared(repeated), passed);
        let cleaned = vec![of(0, 1, true, "clean"), of(1, 1, true, "clean")];
        assert_eq!(compared(cleaned), passed[..2]);
        let unlike = vec![of(0, 1, true, "clean"), of(1, 1, true, "other")];
        assert_eq!(compared(unlike), [State::Passed, State::Failed]);
        let mut broken = of(1, 1, false, "other");
        broken.state = State::Error("away".to_owned());
        let broken = vec![of(0, 1, false, "this"), broken];
        assert_eq!(
            compared(broken),
            [State::Passed, State::Error("away".to_owned())]
        );
    }

    #[test]
    fn a_raw_cell_knows_its_twin() {
        for (cell, twin) in [
            ("api=v1 via=raw", Some("api=v1 via=typed")),
            ("via=raw case=0", Some("via=typed case=0")),
            ("via=typed", None),
            ("case=via=raw", None),
            ("", None),
        ] {
            assert_eq!(typed_twin(cell).as_deref(), twin, "{cell}");
        }
    }
}
