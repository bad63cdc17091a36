//! `/vector_stores/{vector_store_id}/file_batches`: files that come together.

use serde_json::{Map, Value, json};

use super::file::{self, StoreFile};
use super::{VectorStore, files, text_id, with, with_active};
use crate::handlers::Answer;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::Kept;

/// Files that came together.
#[derive(Debug)]
pub(crate) struct FileBatch {
    id: String,
    created_at: u64,
    cancelled: bool,
}

impl Kept for FileBatch {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let opened = open(call)?;
    with_active(call, |store| {
        let batch = FileBatch {
            id: text_id("vsfb_"),
            created_at: call.now,
            cancelled: false,
        };
        for mut file in opened {
            file.batch = Some(batch.id.clone());
            store.files.remove(file.id());
            store.files.put(file);
        }
        let answer = Answer::value(&described(call, store, &batch));
        store.batches.put(batch);
        Ok(answer)
    })
}

/// The files by their ids, or each with arguments of its own.
fn open(call: &Call<'_>) -> Result<Vec<StoreFile>, Refusal> {
    let list = |name: &str| call.body.get(name).and_then(Value::as_array);
    match (list("file_ids"), list("files")) {
        (Some(ids), None) if !ids.is_empty() => {
            let ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
            StoreFile::open(call, &ids, &call.body)
        }
        (None, Some(files)) => {
            let mut opened = Vec::new();
            for arguments in files.iter().filter_map(Value::as_object) {
                opened.extend(one(call, arguments)?);
            }
            Ok(opened)
        }
        _ => Err(Refusal::invalid(
            "Exactly one of 'file_ids' and 'files' is required.",
            Some("file_ids"),
            Some("missing_required_parameter"),
        )),
    }
}

fn one(call: &Call<'_>, arguments: &Map<String, Value>) -> Result<Vec<StoreFile>, Refusal> {
    let id = arguments["file_id"].as_str().unwrap_or_default();
    StoreFile::open(call, &[id], arguments)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let batch = batch(call, store)?;
        Ok(Answer::value(&described(call, store, batch)))
    })
}

pub(super) fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let id = batch(call, store)?.id.clone();
        for file in store.files.iter_mut() {
            if file.batch.as_deref() == Some(&id) {
                file.cancel(call.now);
            }
        }
        if let Some(batch) = store.batches.get_mut(&id, call.now) {
            batch.cancelled = true;
        }
        let batch = batch(call, store)?;
        Ok(Answer::value(&described(call, store, batch)))
    })
}

pub(super) fn list_files(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |store| {
        let id = &batch(call, store)?.id;
        files::listed(call, store, |file| file.batch.as_ref() == Some(id))
    })
}

fn batch<'a>(call: &Call<'_>, store: &'a VectorStore) -> Result<&'a FileBatch, Refusal> {
    let id = call.arg(1);
    store.batches.get(id, call.now).ok_or_else(|| {
        let message = format!(
            "No file batch found with id '{id}' in vector store '{}'.",
            call.arg(0)
        );
        Refusal::no_such(message)
    })
}

fn described(call: &Call<'_>, store: &VectorStore, batch: &FileBatch) -> Value {
    let files = store.files.all(call.now).into_iter();
    let files = files.filter(|file| file.batch.as_ref() == Some(&batch.id));
    let files: Vec<&StoreFile> = files.collect();
    let any = |status: &str| files.iter().any(|file| file.status(call.now) == status);
    let status = if any("in_progress") {
        "in_progress"
    } else if batch.cancelled && any("cancelled") {
        "cancelled"
    } else if any("failed") && !any("completed") {
        "failed"
    } else {
        "completed"
    };
    json!({
        "created_at": batch.created_at,
        "file_counts": file::counts(&files, call.now),
        "id": batch.id,
        "object": "vector_store.files_batch",
        "status": status,
        "vector_store_id": store.id,
    })
}
