//! `/evals/{eval_id}/runs`.

use serde_json::{Value, json};

use super::run::Run;
use super::{Eval, with};
use crate::handlers::Answer;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Order, Page};

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, criteria) = with(call, |eval| {
        Ok((eval.id.clone(), eval.testing_criteria.clone()))
    })?;
    let source = &call.body["data_source"];
    if source["type"] != "jsonl" {
        for name in ["model", "input_messages"] {
            if source[name].is_null() {
                let path = format!("data_source.{name}");
                let message = format!("Missing required parameter: '{path}'.");
                let code = "missing_required_parameter";
                return Err(Refusal::invalid(message, Some(&path), Some(code)));
            }
        }
    }
    // The models are asked now and told of later; no lock is held meanwhile.
    let run = Run::begin(call, &id, &criteria)?;
    with(call, |eval| {
        let answer = Answer::value(&run.json(call.now));
        eval.runs.put(run);
        Ok(answer.created())
    })
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        let wanted = call.query.get("status").and_then(Value::as_str);
        let runs = eval.runs.all(call.now).into_iter();
        let runs = runs.filter(|run| wanted.is_none_or(|status| run.status(call.now) == status));
        let runs = runs.map(|run| run.json(call.now)).collect();
        let page = Page::of(runs, &call.query, Order::OldestFirst, 20)?;
        Ok(Answer::value(&page.json()))
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        let run = run(call, eval)?;
        Ok(Answer::value(&run.json(call.now)))
    })
}

pub(super) fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        let run = run(call, eval)?;
        if run.is_over(call.now) {
            let status = run.status(call.now);
            let message = format!("Cannot cancel a run with status '{status}'.");
            return Err(Refusal::invalid(message, None, None));
        }
        run.cancel(call.now);
        Ok(Answer::value(&run.json(call.now)))
    })
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        run(call, eval)?;
        eval.runs.remove(call.arg(1));
        Ok(Answer::value(&json!({
            "deleted": true, "eval_run_id": call.arg(1), "object": "eval_run.deleted",
        })))
    })
}

/// The run that the path names.
pub(super) fn run<'a>(call: &Call<'_>, eval: &'a mut Eval) -> Result<&'a mut Run, Refusal> {
    let id = call.arg(1);
    eval.runs.get_mut(id, call.now).ok_or_else(|| {
        let message = format!("Run with id '{id}' not found in eval '{}'.", call.arg(0));
        Refusal::no_such(message)
    })
}
