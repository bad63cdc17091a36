//! `/conversations`: lists of items that answers add to.

use serde_json::{Value, json};

use super::responses::items;
use super::{Answer, Group, Handler};
use crate::check::{FrontEnd, conversations as arguments};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page};
use crate::text;

pub(super) const HANDLERS: Group = &[
    (
        "conversations.create",
        Handler::new("Conversations_Create", create)
            .json(arguments::CREATE)
            .by(FrontEnd::Resources),
    ),
    ("conversations.get", Handler::new("Conversations_Get", get)),
    (
        "conversations.update",
        Handler::new("Conversations_Update", update)
            .json(arguments::UPDATE)
            .by(FrontEnd::Resources),
    ),
    (
        "conversations.delete",
        Handler::new("Conversations_Delete", delete),
    ),
    (
        "conversations.items.create",
        Handler::new("ConversationItems_Create", add_items)
            .json(arguments::ADD_ITEMS)
            .by(FrontEnd::Resources),
    ),
    (
        "conversations.items.list",
        Handler::new("ConversationItems_List", list_items)
            .query(arguments::LIST_ITEMS)
            .by(FrontEnd::Resources),
    ),
    (
        "conversations.items.get",
        Handler::new("ConversationItems_Get", get_item)
            .query(arguments::GET_ITEM)
            .by(FrontEnd::Resources),
    ),
    (
        "conversations.items.delete",
        Handler::new("ConversationItems_Delete", delete_item),
    ),
];

/// A list of items that answers add to.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    id: String,
    created_at: u64,
    metadata: Value,
    pub(super) items: Vec<Value>,
}

impl Kept for Conversation {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Conversation {
    fn told(&self) -> Answer {
        Answer::value(&json!({
            "created_at": self.created_at,
            "id": self.id,
            "metadata": self.metadata,
            "object": "conversation",
        }))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let conversation = Conversation {
        id: text::id("conv"),
        created_at: call.now,
        metadata: metadata(call),
        items: given_items(call),
    };
    let told = conversation.told();
    call.state.store().conversations.put(conversation);
    Ok(told)
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| Ok(conversation.told()))
}

fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| {
        conversation.metadata = metadata(call);
        Ok(conversation.told())
    })
}

fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let ended = call.state.store().conversations.take(id, call.now);
    ended.ok_or_else(|| Refusal::not_kept("Conversation", id))?;
    Ok(Answer::value(
        &json!({"deleted": true, "id": id, "object": "conversation.deleted"}),
    ))
}

fn add_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| {
        let added = given_items(call);
        conversation.items.extend(added.iter().cloned());
        let page = Page {
            data: added,
            has_more: false,
        };
        Ok(Answer::value(&page.json()))
    })
}

fn list_items(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| {
        let items = conversation.items.clone();
        let page = Page::of(items, &call.query, Order::NewestFirst, 20)?;
        Ok(Answer::value(&page.json()))
    })
}

fn get_item(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| {
        let at = place(conversation, call.arg(1))?;
        Ok(Answer::value(&conversation.items[at]))
    })
}

/// Tells of the conversation, not of the item.
fn delete_item(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |conversation| {
        let at = place(conversation, call.arg(1))?;
        conversation.items.remove(at);
        Ok(conversation.told())
    })
}

/// Does something with the conversation that the path names.
fn with(
    call: &Call<'_>,
    act: impl FnOnce(&mut Conversation) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let mut store = call.state.store();
    let found = store.conversations.get_mut(id, call.now);
    act(found.ok_or_else(|| Refusal::not_kept("Conversation", id))?)
}

fn place(conversation: &Conversation, id: &str) -> Result<usize, Refusal> {
    let mut items = conversation.items.iter();
    let at = items.position(|item| item["id"] == id);
    at.ok_or_else(|| Refusal::not_kept("Item", id))
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
