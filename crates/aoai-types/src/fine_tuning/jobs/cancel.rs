//! `POST /fine_tuning/jobs/{fine_tuning_job_id}/cancel`
//!
//! Calls a training off.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/cancel)

use http::Method;
use serde::{Deserialize, Serialize};

use super::FineTuningJob;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Calls a training off.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/cancel)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelFineTuningJob {
    /// The training's id.
    pub fine_tuning_job_id: String,
}

impl CancelFineTuningJob {
    /// Calls off the training of this id.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
        }
    }
}

impl Operation for CancelFineTuningJob {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.cancel",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/cancel",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .without_body()
    .stateful();
    type Response = FineTuningJob;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}
