//! `GET /fine_tuning/jobs/{fine_tuning_job_id}`
//!
//! Describes one training.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)

use http::Method;
use serde::{Deserialize, Serialize};

use super::FineTuningJob;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Describes one training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetFineTuningJob {
    /// The training's id.
    pub fine_tuning_job_id: String,
}

impl GetFineTuningJob {
    /// Asks for the training of this id.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
        }
    }
}

impl Operation for GetFineTuningJob {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.get",
        Method::GET,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .stateful();
    type Response = FineTuningJob;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}
