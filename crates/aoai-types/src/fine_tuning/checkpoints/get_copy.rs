//! `GET /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints/{fine_tuning_checkpoint_id}/copy`
//!
//! Tells how far the copies of a checkpoint have come.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::CheckpointCopy;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Tells how far the copies of a checkpoint have come.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetCheckpointCopy {
    /// The training's id.
    pub fine_tuning_job_id: String,
    /// The checkpoint's id.
    pub fine_tuning_checkpoint_id: String,
}

impl GetCheckpointCopy {
    /// Asks for the copies of a checkpoint of a training, by their ids.
    pub fn new(
        fine_tuning_job_id: impl Into<String>,
        fine_tuning_checkpoint_id: impl Into<String>,
    ) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
            fine_tuning_checkpoint_id: fine_tuning_checkpoint_id.into(),
        }
    }
}

impl Operation for GetCheckpointCopy {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.checkpoints.get_copy",
        Method::GET,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints/{fine_tuning_checkpoint_id}/copy",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-copy-ft-checkpoints", "preview")]);
    type Response = CheckpointCopy;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id, &self.fine_tuning_checkpoint_id]
    }
}
