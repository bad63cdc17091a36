//! `GET /evals/{eval_id}/runs/{run_id}/output_items`
//!
//! Lists what a run said about each example.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::OutputItem;
use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists what a run said about each example.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListOutputItems {
    /// The eval's id.
    pub eval_id: String,
    /// The run's id.
    pub run_id: String,
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
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
    /// Only those that `pass` or `fail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl ListOutputItems {
    /// Asks for the output of a run of an eval, by their ids.
    pub fn new(eval_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self {
            eval_id: eval_id.into(),
            run_id: run_id.into(),
            after: None,
            limit: None,
            order: None,
            status: None,
        }
    }
}

impl Operation for ListOutputItems {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "evals.runs.output_items.list",
        Method::GET,
        Scope::Resource,
        "/evals/{eval_id}/runs/{run_id}/output_items",
    )
    .v1_only()
    .stateful()
    .with_headers(&[("aoai-evals", "preview")]);
    type Response = Page<OutputItem>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.eval_id, &self.run_id]
    }
}

impl Paged for ListOutputItems {
    type Item = OutputItem;

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
