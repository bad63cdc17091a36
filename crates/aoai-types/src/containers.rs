//! Containers: where the code interpreter's code runs and its files lie.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::ExpiryAnchor;
use crate::timestamp::Timestamp;

pub use self::create::CreateContainer;
pub use self::delete::{DeleteContainer, DeletedContainer};
pub use self::get::GetContainer;
pub use self::list::ListContainers;

pub mod files;

mod create;
mod delete;
mod get;
mod list;

/// A container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Container {
    /// Its id, `cntr_…`.
    pub id: String,
    /// Always `container`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_active_at: Option<Timestamp>,
    /// `running`, or gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Its memory, `1g`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
    /// What it may reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_policy: Option<Value>,
    /// When the service shall remove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ContainerExpiry>,
}

/// When the service shall remove a container.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContainerExpiry {
    /// What the time is counted from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<ExpiryAnchor>,
    /// How many minutes it is kept.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub minutes: Option<i64>,
}

impl ContainerExpiry {
    /// This many minutes after its last use.
    pub const fn minutes(minutes: i64) -> Self {
        Self {
            anchor: Some(ExpiryAnchor::LastActiveAt),
            minutes: Some(minutes),
        }
    }
}
