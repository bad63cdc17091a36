//! Answers that the service keeps: reading, cancelling and forgetting them.

use serde_json::json;

use super::super::Answer;
use super::super::arguments::{flag, size};
use super::KeptAnswer;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Order, Page};
use crate::stream::{Dialect, Events};

/// `GET /responses/{response_id}`.
pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let answer = store.answers.get(call.arg(0), call.now);
    let answer = answer.ok_or_else(|| missing(call))?;
    if flag(&call.query, "stream") {
        return replay(call, answer);
    }
    Ok(Answer::json(answer.at(call.now).to_json(), 0))
}

/// `DELETE /responses/{response_id}`.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let answer = call.state.store().answers.take(id, call.now);
    answer.ok_or_else(|| missing(call))?;
    Ok(Answer::value(
        &json!({"deleted": true, "id": id, "object": "response.deleted"}),
    ))
}

/// `POST /responses/{response_id}/cancel`; what has come to its end stays as it is.
pub(super) fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let answer = store.answers.get_mut(call.arg(0), call.now);
    let answer = answer.ok_or_else(|| missing(call))?;
    if !answer.background {
        let message = "Cannot cancel a synchronous response.";
        return Err(Refusal::invalid(message, None, None));
    }
    answer.cancelled |= answer.is_pending(call.now);
    Ok(Answer::json(answer.at(call.now).to_json(), 0))
}

/// `GET /responses/{response_id}/input_items`.
pub(super) fn input_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let answer = store.answers.get(call.arg(0), call.now);
    let answer = answer.ok_or_else(|| missing(call))?;
    let page = Page::of(answer.input.clone(), &call.query, Order::NewestFirst, 20)?;
    Ok(Answer::value(&page.json()))
}

/// The events again, after the one of the number that was seen last.
fn replay(call: &Call<'_>, answer: &KeptAnswer) -> Result<Answer, Refusal> {
    let Some(events) = &answer.events else {
        let missing = if answer.background {
            "stream"
        } else {
            "background"
        };
        let message = format!(
            "This response cannot be streamed because it was not created with {missing}=true."
        );
        return Err(Refusal::invalid(message, None, None));
    };
    let seen = size(&call.query, "starting_after");
    let skip = seen.map_or(0, |last| last.saturating_add(1));
    let mut then: Vec<_> = events.iter().skip(skip).cloned().collect();
    let end = then.pop().into_iter().collect();
    let events = Events {
        prompt_filter: None,
        then,
        end,
        dialect: Dialect::Named,
    };
    Ok(Answer::events(events, 0))
}

fn missing(call: &Call<'_>) -> Refusal {
    Refusal::not_kept("Response", call.arg(0))
}
