//! `GET /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints`
//!
//! Lists the states of a model that a training has saved.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-checkpoints)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::Page;
use crate::operation::{Operation, Paged};
use crate::timestamp::Timestamp;

/// Lists the states of a model that a training has saved.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-checkpoints)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListFineTuningCheckpoints {
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

impl ListFineTuningCheckpoints {
    /// Asks for the checkpoints of the training of this id.
    pub fn new(fine_tuning_job_id: impl Into<String>) -> Self {
        Self {
            fine_tuning_job_id: fine_tuning_job_id.into(),
            after: None,
            limit: None,
        }
    }
}

impl Operation for ListFineTuningCheckpoints {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.checkpoints.list",
        Method::GET,
        Scope::Resource,
        "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .stateful();
    type Response = Page<FineTuningCheckpoint>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.fine_tuning_job_id]
    }
}

impl Paged for ListFineTuningCheckpoints {
    type Item = FineTuningCheckpoint;

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

/// A state of a model that a training has saved.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-checkpoints)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FineTuningCheckpoint {
    /// Its id, `ftckpt-…`.
    pub id: String,
    /// Always `fine_tuning.job.checkpoint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The model's name in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tuned_model_checkpoint: Option<String>,
    /// The training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tuning_job_id: Option<String>,
    /// After how many steps it was saved.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub step_number: Option<i64>,
    /// How good it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<CheckpointMetrics>,
}

/// How good a model is.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get-checkpoints)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckpointMetrics {
    /// After how many steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
    /// How wrong it is on examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_loss: Option<f64>,
    /// How many tokens it gets right on examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_mean_token_accuracy: Option<f64>,
    /// How wrong it is on some of the examples to check against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_loss: Option<f64>,
    /// How many tokens it gets right on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_mean_token_accuracy: Option<f64>,
    /// How wrong it is on all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_valid_loss: Option<f64>,
    /// How many tokens it gets right on all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_valid_mean_token_accuracy: Option<f64>,
}
