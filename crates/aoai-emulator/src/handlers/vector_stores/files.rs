//! `/vector_stores/{vector_store_id}/files`: what a vector store has.

use serde_json::{Value, json};

use super::file::StoreFile;
use super::{VectorStore, with, with_active};
use crate::handlers::Answer;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page};

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.body["file_id"].as_str().unwrap_or_default();
    let opened = StoreFile::open(call, &[id], &call.body)?;
    with_active(call, |store| {
        let mut answer = Value::Null;
        for file in opened {
            // A file that is put there again takes the place of what was there.
            store.files.remove(id);
            answer = file.json(&store.id, call.now);
            store.files.put(file);
        }
        Ok(Answer::value(&answer))
    })
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| listed(call, store, |_| true))
}

/// Those files of a store that `takes` and the query want.
pub(super) fn listed(
    call: &Call<'_>,
    store: &VectorStore,
    takes: impl Fn(&StoreFile) -> bool,
) -> Result<Answer, Refusal> {
    let wanted = call.query.get("filter").and_then(Value::as_str);
    let files = store.files.all(call.now).into_iter();
    let files = files.filter(|file| takes(file));
    let files = files.filter(|file| wanted.is_none_or(|status| file.status(call.now) == status));
    let files = files.map(|file| file.json(&store.id, call.now)).collect();
    let page = Page::of(files, &call.query, Order::NewestFirst, 20)?;
    Ok(Answer::value(&page.json()))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let file = file(call, store)?;
        Ok(Answer::value(&file.json(call.arg(0), call.now)))
    })
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    with_active(call, |store| {
        let attributes = call.body.get("attributes").filter(|it| !it.is_null());
        let file = file(call, store)?;
        file.attributes = attributes.cloned().unwrap_or_else(|| json!({}));
        Ok(Answer::value(&file.json(call.arg(0), call.now)))
    })
}

pub(super) fn content(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let text = file(call, store)?.text();
        Ok(Answer::value(&json!({
            "data": [{"text": text, "type": "text"}],
            "has_more": false,
            "next_page": null,
            "object": "vector_store.file_content.page",
        })))
    })
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let id = file(call, store)?.id().to_owned();
        store.files.remove(&id);
        Ok(Answer::value(&json!({
            "deleted": true, "id": id, "object": "vector_store.file.deleted",
        })))
    })
}

fn file<'a>(call: &Call<'_>, store: &'a mut VectorStore) -> Result<&'a mut StoreFile, Refusal> {
    let id = call.arg(1);
    store.files.get_mut(id, call.now).ok_or_else(|| {
        let message = format!(
            "No file found with id '{id}' in vector store '{}'.",
            call.arg(0)
        );
        Refusal::no_such(message)
    })
}
