//! `POST /evals/{eval_id}/runs`
//!
//! Begins a run.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{EvalRun, RunDataSource};
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Begins a run.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateEvalRun {
    /// The eval's id.
    pub eval_id: String,
    /// The examples, and how they are answered.
    pub data_source: RunDataSource,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateEvalRun {
    /// Does the eval of this id on these examples.
    pub fn new(eval_id: impl Into<String>, data_source: impl Into<RunDataSource>) -> Self {
        Self {
            eval_id: eval_id.into(),
            data_source: data_source.into(),
            name: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateEvalRun {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.create",
        Method::POST,
        Scope::Resource,
        "/evals/{eval_id}/runs",
    )
    .not_repeatable()
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = EvalRun;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
