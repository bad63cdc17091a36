//! Vector stores: files cut into passages that can be searched by meaning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::ExpiryAnchor;
use crate::open::{string_enum, tagged_union};
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::create::CreateVectorStore;
pub use self::delete::{DeleteVectorStore, DeletedVectorStore};
pub use self::filter::{ComparisonFilter, CompoundFilter, Filter};
pub use self::get::GetVectorStore;
pub use self::list::ListVectorStores;
pub use self::search::{FoundPassage, PassageContent, Passages, SearchQuery, SearchVectorStore};
pub use self::update::UpdateVectorStore;

pub mod file_batches;
pub mod files;

mod create;
mod delete;
mod filter;
mod get;
mod list;
mod search;
mod update;

/// A vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorStore {
    /// Its id, `vs_…`.
    pub id: String,
    /// Always `vector_store`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Whether it can be searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<VectorStoreStatus>,
    /// Its size in bytes.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub usage_bytes: Option<i64>,
    /// How many of its files are ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_counts: Option<FileCounts>,
    /// When the service shall remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<VectorStoreExpiry>,
    /// When the service will remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_active_at: Option<Timestamp>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

impl LongRunning for VectorStore {
    const PACE: Pace = Pace::seconds(1, 30);

    fn progress(&self) -> Progress {
        match &self.status {
            Some(VectorStoreStatus::Completed) => Progress::Succeeded,
            Some(VectorStoreStatus::Expired) => Progress::Failed,
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// Whether a vector store can be searched.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum VectorStoreStatus {
        /// Files are being taken in.
        InProgress = "in_progress",
        /// All files are ready.
        Completed = "completed",
        /// It is gone.
        Expired = "expired",
    }
}

/// How many files are ready.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileCounts {
    /// Those being taken in.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub in_progress: Option<i64>,
    /// Those ready.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub completed: Option<i64>,
    /// Those that could not be taken in.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub failed: Option<i64>,
    /// Those called off.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub cancelled: Option<i64>,
    /// All of them.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<i64>,
}

/// When the service shall remove a vector store.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorStoreExpiry {
    /// What the time is counted from.
    pub anchor: ExpiryAnchor,
    /// How many days it is kept.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub days: i64,
}

impl VectorStoreExpiry {
    /// This many days after its last use.
    pub const fn days(days: i64) -> Self {
        Self {
            anchor: ExpiryAnchor::LastActiveAt,
            days,
        }
    }
}

tagged_union! {
    /// How files are cut into passages.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum ChunkingStrategy by "type" {
        /// As the service thinks best: 800 tokens, 400 of them shared.
        Auto(AutoChunking) = "auto",
        /// Into passages of one length.
        Static(StaticChunking) = "static",
        /// In a way no longer known.
        Other(OtherChunking) = "other",
    }
}

/// As the service thinks best.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoChunking {}

/// Into passages of one length.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StaticChunking {
    /// The length.
    #[serde(rename = "static")]
    pub size: ChunkSize,
}

impl StaticChunking {
    /// Passages of this length.
    pub const fn new(size: ChunkSize) -> Self {
        Self { size }
    }
}

/// The length of passages.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChunkSize {
    /// The most tokens of a passage, 100 to 4096.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub max_chunk_size_tokens: i64,
    /// The tokens it shares with the next; half of them at most.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub chunk_overlap_tokens: i64,
}

impl ChunkSize {
    /// Passages of this many tokens, sharing this many.
    pub fn new(max_chunk_size_tokens: i64, chunk_overlap_tokens: i64) -> Self {
        Self {
            max_chunk_size_tokens,
            chunk_overlap_tokens,
        }
    }
}

/// In a way no longer known.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OtherChunking {}

/// What is known of a file besides its content: texts, numbers and booleans.
///
/// ```
/// use aoai_types::vector_stores::Attributes;
///
/// let known = Attributes::from([
///     ("year".to_owned(), 2024.into()),
///     ("draft".to_owned(), false.into()),
/// ]);
/// assert_eq!(serde_json::to_string(&known)?, r#"{"draft":false,"year":2024}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub type Attributes = BTreeMap<String, Value>;
