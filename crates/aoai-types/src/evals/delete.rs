//! `DELETE /evals/{eval_id}`
//!
//! Removes an eval.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Removes an eval.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteEval {
    /// The eval's id.
    pub eval_id: String,
}

impl DeleteEval {
    /// Removes the eval of this id.
    pub fn new(eval_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
        }
    }
}

impl Operation for DeleteEval {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.delete",
        Method::DELETE,
        Scope::Resource,
        "/evals/{eval_id}",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = DeletedEval;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id]
    }
}

/// That an eval is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedEval {
    /// The eval's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_id: Option<String>,
    /// Always `eval.deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
