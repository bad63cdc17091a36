//! `POST /evals/{eval_id}`
//!
//! Changes what is said of an eval.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::Eval;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Changes what is said of an eval.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdateEval {
    /// The eval's id.
    pub eval_id: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Pairs of the caller's own, in place of the former.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl UpdateEval {
    /// Changes the eval of this id.
    pub fn new(eval_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            name: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for UpdateEval {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.update",
        Method::POST,
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

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
