//! `DELETE /evals/{eval_id}/runs/{run_id}`
//!
//! Removes a run.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Removes a run.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteEvalRun {
    /// The eval's id.
    pub eval_id: String,
    /// The run's id.
    pub run_id: String,
}

impl DeleteEvalRun {
    /// Removes a run of an eval, by their ids.
    pub fn new(eval_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            run_id: run_id.into(),
        }
    }
}

impl Operation for DeleteEvalRun {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.delete",
        Method::DELETE,
        Scope::Resource,
        "/evals/{eval_id}/runs/{run_id}",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = DeletedEvalRun;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id, &self.run_id]
    }
}

/// That a run is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedEvalRun {
    /// The run's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_run_id: Option<String>,
    /// The run's id, as some answers name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Always `eval_run.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
