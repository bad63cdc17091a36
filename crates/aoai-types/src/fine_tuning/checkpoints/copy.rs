//! `POST /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints/{fine_tuning_checkpoint_id}/copy`
//!
//! Copies a checkpoint to another resource.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::CheckpointCopy;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Copies a checkpoint to another resource.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyCheckpoint {
    /// The training's id.
    pub fine_tuning_job_id: String,
    /// The checkpoint's id.
    pub fine_tuning_checkpoint_id: String,
    /// The other resource's ARM id.
    #[serde(rename = "destinationResourceId")]
    pub destination_resource_id: String,
    /// Its region.
    pub region: String,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CopyCheckpoint {
    /// Copies a checkpoint of a training, by their ids, to a resource in a region.
    pub fn new(
        fine_tuning_job_id: impl Into<String>,
        fine_tuning_checkpoint_id: impl Into<String>,
        destination_resource_id: impl Into<String>,
        region: impl Into<String>,
    ) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
            fine_tuning_checkpoint_id: fine_tuning_checkpoint_id.into(),
            destination_resource_id: destination_resource_id.into(),
            region: region.into(),
            extra: Extra::new(),
        }
    }
}

impl Operation for CopyCheckpoint {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.checkpoints.copy",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints/{fine_tuning_checkpoint_id}/copy",
    )
    .not_repeatable()
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-copy-ft-checkpoints", "preview")]);
    type Response = CheckpointCopy;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id, &self.fine_tuning_checkpoint_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
