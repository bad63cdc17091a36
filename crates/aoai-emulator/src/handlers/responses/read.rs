//! Answers that the service keeps: reading, cancelling and forgetting them.

use serde_json::json;

use super::super::page::{self, Limits};
use super::super::{Answer, query};
use crate::kept::KeptAnswer;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::stream::{Dialect, Events};

/// `GET /responses/{response_id}`.
pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let answer = kept(call)?;
    if query::flag(call, "stream") {
        return replay(call, &answer);
    }
    let now = call.now;
    Ok(Answer::json(answer.at(now).to_json(), 0))
}

/// `DELETE /responses/{response_id}`.
pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    kept(call)?;
    call.state.kept.forget(id(call));
    let deleted = Members::new([
        ("id", json!(id(call))),
        ("object", json!("response.deleted")),
        ("deleted", json!(true)),
    ]);
    Ok(Answer::json(deleted.to_json(), 0))
}

/// `POST /responses/{response_id}/cancel`; what has come to its end stays as it is.
pub(in super::super) fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut answer = kept(call)?;
    if !answer.background {
        return Err(Refusal::invalid(
            "Cannot cancel a synchronous response.",
            None,
            None,
        ));
    }
    let now = call.now;
    if answer.is_pending(now) {
        call.state.kept.cancel(id(call));
        answer.cancelled = true;
    }
    Ok(Answer::json(answer.at(now).to_json(), 0))
}

/// `GET /responses/{response_id}/input_items`.
pub(in super::super) fn input_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    let answer = kept(call)?;
    let page = page::of(call, &answer.input, Limits::new(20, 100))?;
    Ok(Answer::json(page.to_json(), 0))
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
    let seen = query::integer(call, "starting_after", 0, i64::MAX)?;
    let skip = seen.map_or(0, |last| {
        usize::try_from(last)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
    });
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

fn kept(call: &Call<'_>) -> Result<KeptAnswer, Refusal> {
    let found = call.state.kept.answer(id(call), call.now);
    found.ok_or_else(|| Refusal::not_kept("Response", id(call)))
}

fn id<'a>(call: &'a Call<'_>) -> &'a str {
    call.matched.args.first().map_or("", String::as_str)
}
