//! `POST /evals/{eval_id}/runs/{run_id}`
//!
//! Calls a run off.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::EvalRun;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Calls a run off.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelEvalRun {
    /// The eval's id.
    pub eval_id: String,
    /// The run's id.
    pub run_id: String,
}

impl CancelEvalRun {
    /// Calls off a run of an eval, by their ids.
    pub fn new(eval_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            run_id: run_id.into(),
        }
    }
}

impl Operation for CancelEvalRun {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.cancel",
        Method::POST,
        Scope::Resource,
        "/evals/{eval_id}/runs/{run_id}",
    )
    .without_body()
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = EvalRun;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id, &self.run_id]
    }
}
