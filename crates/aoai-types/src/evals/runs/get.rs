//! `GET /evals/{eval_id}/runs/{run_id}`
//!
//! Describes one run.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::EvalRun;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one run.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetEvalRun {
    /// The eval's id.
    pub eval_id: String,
    /// The run's id.
    pub run_id: String,
}

impl GetEvalRun {
    /// Asks for a run of an eval, by their ids.
    pub fn new(eval_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            run_id: run_id.into(),
        }
    }
}

impl Operation for GetEvalRun {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.get",
        Method::GET,
        Scope::Resource,
        "/evals/{eval_id}/runs/{run_id}",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = EvalRun;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id, &self.run_id]
    }
}
