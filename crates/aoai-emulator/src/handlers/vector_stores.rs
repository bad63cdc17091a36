//! `/vector_stores`: files that can be searched.

use serde_json::{Value, json};

use self::file::StoreFile;
use self::file_batches::FileBatch;
use super::arguments::whole;
use super::{Answer, Group, Handler};
use crate::check::vector_stores as check;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page, Shelf};
use crate::text;

mod file;
mod file_batches;
mod files;
mod search;

pub(super) const HANDLERS: Group = &[
    (
        "vector_stores.create",
        Handler::resource("VectorStores_Create", create).json(check::CREATE),
    ),
    (
        "vector_stores.list",
        Handler::resource("VectorStores_List", list).query(check::LIST),
    ),
    (
        "vector_stores.get",
        Handler::resource("VectorStores_Get", get),
    ),
    (
        "vector_stores.update",
        Handler::resource("VectorStores_Update", update).json(check::UPDATE),
    ),
    (
        "vector_stores.delete",
        Handler::resource("VectorStores_Delete", delete),
    ),
    (
        "vector_stores.search",
        Handler::resource("VectorStores_Search", search::answer).json(check::SEARCH),
    ),
    (
        "vector_stores.files.create",
        Handler::resource("VectorStoreFiles_Create", files::create).json(check::ADD_FILE),
    ),
    (
        "vector_stores.files.list",
        Handler::resource("VectorStoreFiles_List", files::list).query(check::LIST_FILES),
    ),
    (
        "vector_stores.files.get",
        Handler::resource("VectorStoreFiles_Get", files::get),
    ),
    (
        "vector_stores.files.update",
        Handler::resource("VectorStoreFiles_Update", files::update).json(check::UPDATE_FILE),
    ),
    (
        "vector_stores.files.content",
        Handler::resource("VectorStoreFiles_Content", files::content),
    ),
    (
        "vector_stores.files.delete",
        Handler::resource("VectorStoreFiles_Delete", files::delete),
    ),
    (
        "vector_stores.file_batches.create",
        Handler::resource("VectorStoreFileBatches_Create", file_batches::create)
            .json(check::ADD_FILES),
    ),
    (
        "vector_stores.file_batches.get",
        Handler::resource("VectorStoreFileBatches_Get", file_batches::get),
    ),
    (
        "vector_stores.file_batches.cancel",
        Handler::resource("VectorStoreFileBatches_Cancel", file_batches::cancel),
    ),
    (
        "vector_stores.file_batches.files.list",
        Handler::resource("VectorStoreFileBatches_ListFiles", file_batches::list_files)
            .query(check::LIST_FILES),
    ),
];

/// A vector store.
#[derive(Debug)]
pub(crate) struct VectorStore {
    id: String,
    name: Value,
    created_at: u64,
    last_active_at: u64,
    expires_after: Value,
    metadata: Value,
    files: Shelf<StoreFile>,
    batches: Shelf<FileBatch>,
}

impl Kept for VectorStore {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl VectorStore {
    fn expires_at(&self) -> Option<u64> {
        let days = whole(&self.expires_after["days"])?;
        Some(self.last_active_at + days * 86_400)
    }

    fn status(&self, now: u64) -> &'static str {
        let files = self.files.all(now);
        if self.expires_at().is_some_and(|at| at <= now) {
            "expired"
        } else if files.iter().any(|file| file.status(now) == "in_progress") {
            "in_progress"
        } else {
            "completed"
        }
    }

    fn json(&self, now: u64) -> Value {
        let files = self.files.all(now);
        let done = files.iter().filter(|file| file.status(now) == "completed");
        json!({
            "created_at": self.created_at,
            "expires_after": self.expires_after,
            "expires_at": self.expires_at(),
            "file_counts": file::counts(&files, now),
            "id": self.id,
            "last_active_at": self.last_active_at,
            "metadata": self.metadata,
            "name": self.name,
            "object": "vector_store",
            "status": self.status(now),
            "usage_bytes": done.map(|file| file.bytes()).sum::<usize>(),
        })
    }
}

fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let member = |name: &str| call.body.get(name).cloned().unwrap_or_default();
    let ids = member("file_ids");
    let ids: Vec<&str> = ids
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut files = Shelf::default();
    for file in StoreFile::open(call, &ids, &call.body)? {
        files.put(file);
    }
    let store = VectorStore {
        id: text_id("vs_"),
        name: member("name"),
        created_at: call.now,
        last_active_at: call.now,
        expires_after: member("expires_after"),
        metadata: pairs(&member("metadata")),
        files,
        batches: Shelf::default(),
    };
    let answer = Answer::value(&store.json(call.now));
    call.state.store().vector_stores.put(store);
    Ok(answer)
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let all = store.vector_stores.all(call.now).into_iter();
    let all = all.map(|store| store.json(call.now)).collect();
    let page = Page::of(all, &call.query, Order::NewestFirst, 20)?;
    Ok(Answer::value(&page.json()))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| Ok(Answer::value(&store.json(call.now))))
}

fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        if let Some(name) = call.body.get("name") {
            store.name = name.clone();
        }
        if let Some(expires_after) = call.body.get("expires_after") {
            store.expires_after = expires_after.clone();
        }
        if let Some(metadata) = call.body.get("metadata") {
            store.metadata = pairs(metadata);
        }
        Ok(Answer::value(&store.json(call.now)))
    })
}

fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let taken = call.state.store().vector_stores.take(id, call.now);
    taken.ok_or_else(|| missing(id))?;
    Ok(Answer::value(&json!({
        "deleted": true, "id": id, "object": "vector_store.deleted",
    })))
}

/// Does something with the vector store that the path names.
fn with(
    call: &Call<'_>,
    act: impl FnOnce(&mut VectorStore) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let found = store.vector_stores.get_mut(call.arg(0), call.now);
    act(found.ok_or_else(|| missing(call.arg(0)))?)
}

/// The same, if the store has not expired; it counts as used.
fn with_active(
    call: &Call<'_>,
    act: impl FnOnce(&mut VectorStore) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    with(call, |store| {
        if store.status(call.now) == "expired" {
            let message = format!("Vector store '{}' is expired.", store.id);
            return Err(Refusal::invalid(message, None, None));
        }
        store.last_active_at = store.last_active_at.max(call.now);
        act(store)
    })
}

fn missing(id: &str) -> Refusal {
    Refusal::no_such(format!("Vector store with id '{id}' not found."))
}

fn text_id(prefix: &str) -> String {
    format!("{prefix}{}", text::letters(fastrand::u64(..), 24))
}

/// Pairs that are not given are none.
fn pairs(metadata: &Value) -> Value {
    match metadata {
        Value::Null => json!({}),
        given => given.clone(),
    }
}
