//! `/files`: what is uploaded, and what jobs leave behind.

use aoai_types::ApiVersion;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::arguments::whole;
use super::{Answer, Group, Handler};
use crate::check::files;
use crate::form;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page, guid_id, hex_id};

pub(super) const HANDLERS: Group = &[
    (
        "files.upload",
        Handler::new("Files_Upload", upload).form(files::UPLOAD),
    ),
    (
        "files.list",
        Handler::new("Files_List", list).query(files::LIST),
    ),
    ("files.get", Handler::new("Files_Get", get)),
    ("files.content", Handler::new("Files_GetContent", content)),
    ("files.delete", Handler::new("Files_Delete", delete)),
];

/// A file that the resource keeps.
#[derive(Clone, Debug)]
pub(crate) struct File {
    id: String,
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) content: Bytes,
    created_at: u64,
    expires_at: Option<u64>,
    /// Seconds after its creation at which it has been looked at.
    takes: u64,
    /// What was wrong with it, when it was looked at.
    fault: Option<String>,
}

impl Kept for File {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }

    fn is_there(&self, now: u64) -> bool {
        self.created_at <= now && self.expires_at.is_none_or(|at| now < at)
    }
}

impl File {
    /// Something that a user brings, to be looked at before it can be used.
    pub(super) fn uploaded(name: &str, purpose: &str, content: Bytes, now: u64) -> Self {
        Self {
            id: hex_id("file-"),
            name: name.to_owned(),
            fault: fault(purpose, &content),
            purpose: purpose.to_owned(),
            content,
            created_at: now,
            expires_at: None,
            takes: PROCESSING,
        }
    }

    /// Something that a job leaves behind, ready at once.
    pub(super) fn made(name: &str, purpose: &str, content: impl Into<Bytes>, now: u64) -> Self {
        Self {
            id: guid_id("file-"),
            takes: 0,
            fault: None,
            ..Self::uploaded(name, purpose, content.into(), now)
        }
    }

    /// The same, ready at once.
    pub(super) fn ready(self) -> Self {
        Self { takes: 0, ..self }
    }

    /// The same, under another id.
    pub(super) fn called(self, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..self
        }
    }

    /// The same, removed as `expires_after` says.
    pub(super) fn expiring(mut self, expires_after: Option<&Value>) -> Self {
        let seconds = expires_after.and_then(|after| whole(&after["seconds"]));
        self.expires_at = seconds.map(|seconds| self.created_at + seconds);
        self
    }

    pub(super) fn status(&self, now: u64) -> &'static str {
        match &self.fault {
            _ if now < self.created_at + self.takes => "pending",
            Some(_) => "error",
            None => "processed",
        }
    }

    pub(super) fn json(&self, now: u64) -> Value {
        let mut file = json!({
            "bytes": self.content.len(),
            "created_at": self.created_at,
            "filename": self.name,
            "id": self.id,
            "object": "file",
            "purpose": self.purpose,
            "status": self.status(now),
        });
        if let Some(at) = self.expires_at {
            file["expires_at"] = at.into();
        }
        if let ("error", Some(fault)) = (self.status(now), &self.fault) {
            file["status_details"] = fault.as_str().into();
        }
        file
    }
}

fn upload(call: &Call<'_>) -> Result<Answer, Refusal> {
    let file = call.files_of("file").next();
    let file = file.ok_or_else(Refusal::broken_form)?;
    let purpose = purpose(call, &call.body)?;
    check_content(file)?;
    let now = call.now;
    let file = File::uploaded(&file.name, purpose, file.content.clone(), now)
        .expiring(call.body.get("expires_after"));
    let answer = Answer::value(&file.json(now));
    call.state.store().files.put(file);
    Ok(if call.matched.v1 {
        answer
    } else {
        answer.created()
    })
}

/// What a file is for, of what this surface knows.
pub(super) fn purpose<'a>(
    call: &Call<'_>,
    body: &'a Map<String, Value>,
) -> Result<&'a str, Refusal> {
    let purpose = body
        .get("purpose")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let since = match purpose {
        "fine-tune" => Some(ApiVersion::stable(2022, 12, 1)),
        "assistants" => Some(ApiVersion::preview(2024, 2, 15)),
        "batch" => Some(ApiVersion::preview(2024, 7, 1)),
        "evals" => Some(ApiVersion::preview(2025, 4, 1)),
        _ => None,
    };
    match (since, call.version) {
        (Some(since), version) if version.is_none_or(|version| since <= version) => Ok(purpose),
        _ => Err(Refusal::kept(
            StatusCode::BAD_REQUEST,
            "invalidPayload",
            "Invalid value for purpose.",
        )),
    }
}

fn check_content(file: &form::File) -> Result<(), Refusal> {
    let refuse = |message: &str| {
        Err(Refusal::kept(
            StatusCode::BAD_REQUEST,
            "invalidPayload",
            message,
        ))
    };
    if file.content_type.is_none() {
        return refuse("The file has no or an empty content type specified.");
    }
    if file.content.is_empty() {
        return refuse("The file is empty.");
    }
    Ok(())
}

/// What is found to be wrong with training data when it is looked at.
fn fault(purpose: &str, content: &[u8]) -> Option<String> {
    if purpose != "fine-tune" {
        return None;
    }
    let mut lines = content.split(|byte| *byte == b'\n').enumerate();
    let wrong = lines.find(|(_, line)| {
        let line = line.trim_ascii();
        !line.is_empty() && serde_json::from_slice::<Map<String, Value>>(line).is_err()
    });
    let (at, _) = wrong?;
    Some(format!(
        "Validation of jsonl file failed: line {} is not a valid JSON object.",
        at + 1
    ))
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let now = call.now;
    let wanted = call.query.get("purpose").and_then(Value::as_str);
    let store = call.state.store();
    let files = store.files.all(now).into_iter();
    let files = files.filter(|file| wanted.is_none_or(|wanted| file.purpose == wanted));
    let files = files.map(|file| file.json(now)).collect();
    let page = Page::of(files, &call.query, Order::NewestFirst, 10_000)?;
    Ok(Answer::value(&if call.matched.v1 {
        page.json()
    } else {
        json!({"data": page.data, "object": "list"})
    }))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let now = call.now;
    let store = call.state.store();
    let file = store.files.get(call.arg(0), now);
    let file = file.ok_or_else(|| missing(call.arg(0)))?;
    Ok(Answer::value(&file.json(now)))
}

fn content(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let file = store.files.get(call.arg(0), call.now);
    let file = file.ok_or_else(|| missing(call.arg(0)))?;
    Ok(Answer::bytes(
        "application/octet-stream",
        file.content.clone(),
    ))
}

fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let file = call.state.store().files.take(id, call.now);
    file.ok_or_else(|| missing(id))?;
    Ok(if call.matched.v1 {
        Answer::value(&json!({"deleted": true, "id": id, "object": "file"}))
    } else {
        Answer::nothing()
    })
}

/// That there is no file of this id.
pub(super) fn missing(id: &str) -> Refusal {
    Refusal::nothing_kept("file", id)
}

/// Seconds until an uploaded file can be used.
const PROCESSING: u64 = 10;
