//! `/uploads`: files that come in parts.

use aoai_types::ApiVersion;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use serde_json::{Value, json};

use super::files::{self, File};
use super::{Answer, Group, Handler};
use crate::check::uploads;
use crate::md5;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, hex_id};

pub(super) const HANDLERS: Group = &[
    (
        "uploads.create",
        Handler::new("UploadFile_Start", create).json(uploads::CREATE),
    ),
    (
        "uploads.parts.add",
        Handler::new("UploadFile_Part", add_part).form(uploads::PART),
    ),
    (
        "uploads.complete",
        Handler::new("UploadFile_Complete", complete).json(uploads::COMPLETE),
    ),
    ("uploads.cancel", Handler::new("UploadFile_Cancel", cancel)),
];

/// A file on its way.
#[derive(Debug)]
pub(crate) struct Upload {
    id: String,
    name: String,
    purpose: String,
    /// How long the file shall be.
    length: u64,
    expires_after: Option<Value>,
    created_at: u64,
    parts: Vec<Part>,
    end: Option<End>,
}

#[derive(Debug)]
struct Part {
    id: String,
    content: Bytes,
}

#[derive(Debug)]
enum End {
    Completed(Box<File>),
    Cancelled,
}

impl Kept for Upload {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Upload {
    fn status(&self, now: u64) -> &'static str {
        match &self.end {
            Some(End::Completed(_)) => "completed",
            Some(End::Cancelled) => "cancelled",
            None if now >= self.created_at + OPEN_FOR => "expired",
            None => "pending",
        }
    }

    fn json(&self, now: u64) -> Value {
        let file = match &self.end {
            Some(End::Completed(file)) => file.json(now),
            _ => Value::Null,
        };
        json!({
            "bytes": self.length,
            "created_at": self.created_at,
            "expires_at": self.created_at + OPEN_FOR,
            "file": file,
            "filename": self.name,
            "id": self.id,
            "object": "upload",
            "purpose": self.purpose,
            "status": self.status(now),
        })
    }

    fn received(&self) -> u64 {
        self.parts
            .iter()
            .map(|part| part.content.len() as u64)
            .sum()
    }

    /// Nothing can be done to an upload that has come to its end.
    fn check_pending(&self, now: u64) -> Result<(), Refusal> {
        match self.status(now) {
            "pending" => Ok(()),
            status => {
                let message = format!("The upload '{}' is {status}.", self.id);
                Err(Refusal::kept(
                    StatusCode::CONFLICT,
                    "unexpectedEntityState",
                    message,
                ))
            }
        }
    }

    /// The content of the parts of these ids, in this order.
    fn joined(&self, ids: &[Value]) -> Result<Bytes, Refusal> {
        let mut joined = BytesMut::new();
        for id in ids {
            let part = self.parts.iter().find(|part| *id == *part.id);
            let part = part.ok_or_else(|| {
                let id = id.as_str().unwrap_or_default();
                invalid(&format!("The upload has no part '{id}'."))
            })?;
            joined.extend_from_slice(&part.content);
        }
        if joined.len() as u64 != self.length {
            return Err(invalid(&format!(
                "The parts have {} bytes together, but the upload was created for {}.",
                joined.len(),
                self.length
            )));
        }
        Ok(joined.freeze())
    }
}

fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default().to_owned();
    let upload = Upload {
        id: hex_id("upload_"),
        name: text("filename"),
        purpose: files::purpose(call, &call.body)?.to_owned(),
        length: super::arguments::number(&call.body, "bytes").unwrap_or_default(),
        expires_after: call.body.get("expires_after").cloned(),
        created_at: call.now,
        parts: Vec::new(),
        end: None,
    };
    let answer = Answer::value(&upload.json(call.now));
    call.state.store().uploads.put(upload);
    Ok(answer)
}

fn add_part(call: &Call<'_>) -> Result<Answer, Refusal> {
    let data = call.files_of("data").next();
    let data = data.ok_or_else(Refusal::broken_form)?;
    let mut store = call.state.store();
    let upload = store.uploads.get_mut(call.arg(0), call.now);
    let upload = upload.ok_or_else(|| missing(call.arg(0)))?;
    upload.check_pending(call.now)?;
    if upload.received() + data.content.len() as u64 > upload.length {
        return Err(invalid(&format!(
            "The parts have more bytes than the {} that the upload was created for.",
            upload.length
        )));
    }
    let part = Part {
        id: hex_id("part_"),
        content: data.content.clone(),
    };
    let mut answer = json!({
        "created_at": call.now,
        "id": part.id,
        "object": "upload.part",
        "upload_id": upload.id,
    });
    // The dated surface tells where it has put the part.
    if call.version.is_some_and(|version| version >= SAYS_BLOCK) {
        answer["azure_block_id"] = crate::text::guid().into();
    }
    upload.parts.push(part);
    Ok(Answer::value(&answer))
}

fn complete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let upload = store.uploads.get_mut(call.arg(0), call.now);
    let upload = upload.ok_or_else(|| missing(call.arg(0)))?;
    upload.check_pending(call.now)?;
    let ids = call.body["part_ids"].as_array();
    let content = upload.joined(ids.map_or(&[], Vec::as_slice))?;
    if let Some(md5) = call.body.get("md5").and_then(Value::as_str)
        && !md5.eq_ignore_ascii_case(&md5::hex(&content))
    {
        return Err(invalid(
            "The parts do not have the MD5 checksum that was given.",
        ));
    }
    let file = File::uploaded(&upload.name, &upload.purpose, content, call.now);
    let file = file.ready().expiring(upload.expires_after.as_ref());
    upload.end = Some(End::Completed(Box::new(file.clone())));
    upload.parts.clear();
    let answer = Answer::value(&upload.json(call.now));
    store.files.put(file);
    Ok(answer)
}

fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let upload = store.uploads.get_mut(call.arg(0), call.now);
    let upload = upload.ok_or_else(|| missing(call.arg(0)))?;
    upload.check_pending(call.now)?;
    upload.end = Some(End::Cancelled);
    upload.parts.clear();
    Ok(Answer::value(&upload.json(call.now)))
}

fn missing(id: &str) -> Refusal {
    Refusal::nothing_kept("upload", id)
}

fn invalid(message: &str) -> Refusal {
    Refusal::kept(StatusCode::BAD_REQUEST, "invalidPayload", message)
}

/// Seconds within which an upload is to be completed.
const OPEN_FOR: u64 = 2 * 60 * 60;

const SAYS_BLOCK: ApiVersion = ApiVersion::stable(2024, 10, 21);
