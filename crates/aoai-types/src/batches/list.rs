//! `GET /batches`
//!
//! Lists the batches of the resource.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/list)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Batch;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::Page;
use crate::operation::{Operation, Paged};

/// Lists the batches of the resource.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/list)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListBatches {
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
    /// Only entries that this condition holds of, `status eq 'Completed'`.
    #[serde(rename = "$filter", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The order, `created_at asc`.
    #[serde(rename = "$orderby", skip_serializing_if = "Option::is_none")]
    pub orderby: Option<String>,
}

impl ListBatches {
    /// Asks for all batches.
    pub const fn new() -> Self {
        Self {
            after: None,
            limit: None,
            filter: None,
            orderby: None,
        }
    }
}

impl Operation for ListBatches {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("batches.list", Method::GET, Scope::Resource, "/batches")
            .since(ApiVersion::preview(2024, 7, 1))
            .stateful();
    type Response = Page<Batch>;
}

impl Paged for ListBatches {
    type Item = Batch;

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
