//! `GET /fine_tuning/jobs/{fine_tuning_job_id}/events`
//!
//! Lists what has happened in a training.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-events)

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::Page;
use crate::operation::{Operation, Paged};
use crate::timestamp::Timestamp;

/// Lists what has happened in a training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-events)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListFineTuningEvents {
    /// The training's id.
    pub fine_tuning_job_id: String,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many entries.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
}

impl ListFineTuningEvents {
    /// Asks for the events of the training of this id.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
            after: None,
            limit: None,
        }
    }
}

impl Operation for ListFineTuningEvents {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.events.list",
        Method::GET,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/events",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .stateful();
    type Response = Page<FineTuningEvent>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}

impl Paged for ListFineTuningEvents {
    type Item = FineTuningEvent;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let after = Some(page.next_after(|entry| &entry.id)?);
        Some(Self {
            after,
            ..self.clone()
        })
    }

    fn items(page: Self::Response) -> Vec<Self::Item> {
        page.data
    }
}

/// Something that has happened in a training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-events)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FineTuningEvent {
    /// Its id.
    pub id: String,
    /// Always `fine_tuning.job.event`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How grave it is: `info`, `warn`, `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether there are metrics: `message` or `metrics`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}
