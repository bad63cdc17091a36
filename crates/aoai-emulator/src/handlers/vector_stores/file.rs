//! A file in a vector store.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::handlers::arguments::whole;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::Kept;
use crate::text;

/// A file that can be found, or will be.
#[derive(Clone, Debug)]
pub(crate) struct StoreFile {
    id: String,
    pub(super) name: String,
    content: Bytes,
    created_at: u64,
    pub(super) attributes: Value,
    chunking: Value,
    cancelled: bool,
    /// The batch in which it came.
    pub(super) batch: Option<String>,
}

impl Kept for StoreFile {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl StoreFile {
    /// The resource's files of these ids, as `arguments` say.
    pub(super) fn open(
        call: &Call<'_>,
        ids: &[&str],
        arguments: &Map<String, Value>,
    ) -> Result<Vec<Self>, Refusal> {
        let store = call.state.store();
        let found = ids.iter().map(|id| store.files.get(id, call.now));
        let missing: Vec<&str> = ids
            .iter()
            .copied()
            .filter(|id| store.files.get(id, call.now).is_none())
            .collect();
        if !missing.is_empty() {
            let message = format!("Files [{}] were not found", missing.join(", "));
            return Err(Refusal::no_such(message));
        }
        let strategy = arguments.get("chunking_strategy");
        let chunking = strategy.filter(|strategy| strategy["type"] == "static");
        let attributes = arguments.get("attributes").filter(|it| !it.is_null());
        let open = found.flatten().map(|file| Self {
            id: file.id().to_owned(),
            name: file.name.clone(),
            content: file.content.clone(),
            created_at: call.now,
            attributes: attributes.cloned().unwrap_or_else(|| json!({})),
            chunking: chunking.cloned().unwrap_or_else(usual_chunking),
            cancelled: false,
            batch: None,
        });
        Ok(open.collect())
    }

    pub(super) fn status(&self, now: u64) -> &'static str {
        if self.cancelled {
            "cancelled"
        } else if now < self.created_at + INDEXING {
            "in_progress"
        } else if self.fault().is_some() {
            "failed"
        } else {
            "completed"
        }
    }

    /// Stops what is not done yet.
    pub(super) fn cancel(&mut self, now: u64) {
        self.cancelled |= self.status(now) == "in_progress";
    }

    pub(super) fn bytes(&self) -> usize {
        self.content.len()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    /// The pieces in which it is found: paragraphs, cut where one is too long.
    pub(super) fn chunks(&self) -> Vec<String> {
        let most = whole(&self.chunking["static"]["max_chunk_size_tokens"]);
        let mut chunks = Vec::new();
        for paragraph in self.text().split("\n\n") {
            let mut rest = paragraph.trim();
            while !rest.is_empty() {
                let piece = text::truncate(rest, most.unwrap_or(800));
                chunks.push(piece.to_owned());
                rest = rest[piece.len()..].trim_start();
            }
        }
        chunks
    }

    pub(super) fn json(&self, vector_store: &str, now: u64) -> Value {
        let status = self.status(now);
        let fault = self.fault().filter(|_| status == "failed");
        json!({
            "attributes": self.attributes,
            "chunking_strategy": self.chunking,
            "created_at": self.created_at,
            "id": self.id,
            "last_error": fault,
            "object": "vector_store.file",
            "status": status,
            "usage_bytes": if status == "completed" { self.bytes() } else { 0 },
            "vector_store_id": vector_store,
        })
    }

    fn fault(&self) -> Option<Value> {
        let extension = self
            .name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        if SEARCHABLE.contains(&extension) {
            return None;
        }
        let message = format!("Files with extensions [.{extension}] are not supported.");
        Some(json!({"code": "unsupported_file", "message": message}))
    }
}

/// How many of some files are where.
pub(super) fn counts(files: &[&StoreFile], now: u64) -> Value {
    let count = |status: &str| {
        files
            .iter()
            .filter(|file| file.status(now) == status)
            .count()
    };
    json!({
        "cancelled": count("cancelled"),
        "completed": count("completed"),
        "failed": count("failed"),
        "in_progress": count("in_progress"),
        "total": files.len(),
    })
}

fn usual_chunking() -> Value {
    json!({
        "static": {"chunk_overlap_tokens": 400, "max_chunk_size_tokens": 800},
        "type": "static",
    })
}

/// Seconds until a file can be found.
const INDEXING: u64 = 10;

/// The extensions of files that can be searched.
const SEARCHABLE: &[&str] = &[
    "c", "cpp", "cs", "css", "doc", "docx", "go", "html", "java", "js", "json", "md", "pdf", "php",
    "pptx", "py", "rb", "sh", "tex", "ts", "txt",
];
