//! `GET /evals/{eval_id}`
//!
//! Describes one eval.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Eval;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one eval.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetEval {
    /// The eval's id.
    pub eval_id: String,
}

impl GetEval {
    /// Asks for the eval of this id.
    pub fn new(eval_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
        }
    }
}

impl Operation for GetEval {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.get",
        Method::GET,
        Scope::Resource,
        "/evals/{eval_id}",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = Eval;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id]
    }
}
