//! `DELETE /fine_tuning/jobs/{fine_tuning_job_id}`
//!
//! Removes a training; the model it made stays.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/delete)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Empty, Operation};

/// Removes a training; the model it made stays.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/delete)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteFineTuningJob {
    /// The training's id.
    pub fine_tuning_job_id: String,
}

impl DeleteFineTuningJob {
    /// Removes the training of this id.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
        }
    }
}

impl Operation for DeleteFineTuningJob {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.delete",
        Method::DELETE,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .dated_only()
    .stateful();
    type Response = Empty;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}
