//! `GET /evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}`
//!
//! Reads what a run said about one example.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::OutputItem;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Reads what a run said about one example.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetOutputItem {
    /// The eval's id.
    pub eval_id: String,
    /// The run's id.
    pub run_id: String,
    /// The output's id.
    pub output_item_id: String,
}

impl GetOutputItem {
    /// Asks for one output of a run of an eval, by their ids.
    pub fn new(
        eval_id: impl Into<String>,
        run_id: impl Into<String>,
        output_item_id: impl Into<String>,
    ) -> Self {
        Self {
            eval_id: eval_id.into(),
            run_id: run_id.into(),
            output_item_id: output_item_id.into(),
        }
    }
}

impl Operation for GetOutputItem {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.output_items.get",
        Method::GET,
        Scope::Resource,
        "/evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = OutputItem;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id, &self.run_id, &self.output_item_id]
    }
}
