//! `GET /fine_tuning/jobs`
//!
//! Lists the trainings of the resource.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/list)

use http::Method;
use serde::{Deserialize, Serialize};

use super::FineTuningJob;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::Page;
use crate::operation::{Operation, Paged};

/// Lists the trainings of the resource.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/list)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListFineTuningJobs {
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

impl ListFineTuningJobs {
    /// Asks for all trainings.
    pub const fn new() -> Self {
        Self {
            after: None,
            limit: None,
        }
    }
}

impl Operation for ListFineTuningJobs {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.list",
        Method::GET,
        Scope::Resource,
        "/fine_tuning/jobs",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .stateful();
    type Response = Page<FineTuningJob>;
}

impl Paged for ListFineTuningJobs {
    type Item = FineTuningJob;

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
