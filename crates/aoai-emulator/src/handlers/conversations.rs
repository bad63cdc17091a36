//! `/conversations`: lists of items that answers add to.

use serde_json::{Value, json};

use super::Answer;
use super::page::{self, Limits};
use super::responses::items;
use crate::kept::Conversation;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::text;

/// `POST /conversations`.
#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let conversation = Conversation {
        id: text::id("conv"),
        created: call.now,
        metadata: metadata(call),
        items: given_items(call),
    };
    let told = tell(&conversation);
    call.state.kept.begin(conversation);
    Ok(told)
}

/// `GET /conversations/{conversation_id}`.
pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(tell(&kept(call)?))
}

/// `POST /conversations/{conversation_id}`.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let changed = change(call, |conversation| conversation.metadata = metadata(call))?;
    Ok(tell(&changed))
}

/// `DELETE /conversations/{conversation_id}`.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let Conversation { id, .. } = kept(call)?;
    call.state.kept.end(&id);
    let deleted = Members::new([
        ("id", json!(id)),
        ("object", json!("conversation.deleted")),
        ("deleted", json!(true)),
    ]);
    Ok(Answer::json(deleted.to_json(), 0))
}

/// `POST /conversations/{conversation_id}/items`.
pub(super) fn add_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    let added = given_items(call);
    change(call, |conversation| {
        conversation.items.extend(added.iter().cloned());
    })?;
    let added: Vec<&Value> = added.iter().collect();
    Ok(Answer::json(page::list(&added, false).to_json(), 0))
}

/// `GET /conversations/{conversation_id}/items`.
pub(super) fn list_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = page::of(call, &kept(call)?.items, Limits::new(20, 100))?;
    Ok(Answer::json(page.to_json(), 0))
}

/// `GET /conversations/{conversation_id}/items/{item_id}`.
pub(super) fn get_item(call: &Call<'_>) -> Result<Answer, Refusal> {
    let conversation = kept(call)?;
    let item = argument(call, 1);
    let found = conversation.items.iter().find(|it| it["id"] == item);
    let found = found.ok_or_else(|| Refusal::not_kept("Item", item))?;
    Ok(Answer::json(found.to_string(), 0))
}

/// `DELETE /conversations/{conversation_id}/items/{item_id}`, which tells of the conversation.
pub(super) fn delete_item(call: &Call<'_>) -> Result<Answer, Refusal> {
    let item = argument(call, 1);
    if !kept(call)?.items.iter().any(|it| it["id"] == item) {
        return Err(Refusal::not_kept("Item", item));
    }
    let changed = change(call, |it| it.items.retain(|kept| kept["id"] != item))?;
    Ok(tell(&changed))
}

fn tell(conversation: &Conversation) -> Answer {
    let body = Members::new([
        ("id", json!(conversation.id)),
        ("object", json!("conversation")),
        ("created_at", json!(conversation.created)),
        ("metadata", conversation.metadata.clone()),
    ]);
    Answer::json(body.to_json(), 0)
}

fn kept(call: &Call<'_>) -> Result<Conversation, Refusal> {
    let id = argument(call, 0);
    let found = call.state.kept.conversation(id);
    found.ok_or_else(|| Refusal::not_kept("Conversation", id))
}

fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Conversation),
) -> Result<Conversation, Refusal> {
    let id = argument(call, 0);
    let changed = call.state.kept.change(id, change);
    changed.ok_or_else(|| Refusal::not_kept("Conversation", id))
}

fn given_items(call: &Call<'_>) -> Vec<Value> {
    let given = call.body.get("items").and_then(Value::as_array);
    given.into_iter().flatten().map(items::kept).collect()
}

fn metadata(call: &Call<'_>) -> Value {
    match call.body.get("metadata") {
        Some(given @ Value::Object(_)) => given.clone(),
        _ => json!({}),
    }
}

fn argument<'a>(call: &'a Call<'_>, at: usize) -> &'a str {
    call.matched.args.get(at).map_or("", String::as_str)
}
