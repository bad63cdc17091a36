//! `POST /fine_tuning/jobs/{fine_tuning_job_id}/pause`
//!
//! Makes a training pause.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::FineTuningJob;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Makes a training pause.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PauseFineTuningJob {
    /// The training's id.
    pub fine_tuning_job_id: String,
}

impl PauseFineTuningJob {
    /// Makes the training of this id pause.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
        }
    }
}

impl Operation for PauseFineTuningJob {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.pause",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/pause",
    )
    .v1_only()
    .without_body()
    .stateful();
    type Response = FineTuningJob;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}
