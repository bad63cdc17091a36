//! `GET /evals/{eval_id}/runs`
//!
//! Lists the runs of an eval.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{EvalRun, EvalRunStatus};
use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the runs of an eval.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListEvalRuns {
    /// The eval's id.
    pub eval_id: String,
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
    /// By the time they were begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
    /// Only runs of this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<EvalRunStatus>,
}

impl ListEvalRuns {
    /// Asks for the runs of the eval of this id.
    pub fn new(eval_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            after: None,
            limit: None,
            order: None,
            status: None,
        }
    }
}

impl Operation for ListEvalRuns {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.list",
        Method::GET,
        Scope::Resource,
        "/evals/{eval_id}/runs",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = Page<EvalRun>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id]
    }
}

impl Paged for ListEvalRuns {
    type Item = EvalRun;

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
