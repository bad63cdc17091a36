//! `GET /evals`
//!
//! Lists the evals of the resource.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Eval;
use crate::endpoint::{Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the evals of the resource.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListEvals {
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
    /// By what: `created_at` or `updated_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
}

impl ListEvals {
    /// Asks for all evals.
    pub const fn new() -> Self {
        Self {
            after: None,
            limit: None,
            order: None,
            order_by: None,
        }
    }
}

impl Operation for ListEvals {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("evals.list", Method::GET, Scope::Resource, "/evals")
            .v1_only()
            .stateful()
            .with_headers(&[("aoai-evals", "preview")]);
    type Response = Page<Eval>;
}

impl Paged for ListEvals {
    type Item = Eval;

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
