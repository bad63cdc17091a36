//! `/evals/{eval_id}/runs/{run_id}/output_items`: how each item came out.

use serde_json::Value;

use super::runs::run;
use super::with;
use crate::handlers::Answer;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Order, Page};

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        let wanted = call.query.get("status").and_then(Value::as_str);
        let items = run(call, eval)?.items(call.now).iter();
        let items = items.filter(|item| wanted.is_none_or(|status| item["status"] == status));
        let page = Page::of(
            items.cloned().collect(),
            &call.query,
            Order::OldestFirst,
            20,
        )?;
        Ok(Answer::value(&page.json()))
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        let id = call.arg(2);
        let mut items = run(call, eval)?.items(call.now).iter();
        let item = items.find(|item| item["id"] == id);
        let item = item.ok_or_else(|| {
            let message = format!(
                "Output item with id '{id}' not found in run '{}'.",
                call.arg(1)
            );
            Refusal::no_such(message)
        })?;
        Ok(Answer::value(item))
    })
}
