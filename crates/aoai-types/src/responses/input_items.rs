//! `GET /responses/{response_id}/input_items`
//!
//! Lists what the model was given for an answer.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Include;
use super::item::Item;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists what the model was given for an answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListInputItems {
    /// The answer's id.
    pub response_id: String,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only entries before the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Include>>,
    /// At most this many entries.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// The order; newest first, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl ListInputItems {
    /// Asks for the input of the answer of this id.
    pub fn new(response_id: impl Into<String>) -> Self {
        Self {
            response_id: response_id.into(),
            after: None,
            before: None,
            include: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListInputItems {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.input_items.list",
        Method::GET,
        Scope::Resource,
        "/responses/{response_id}/input_items",
    )
    .since(ApiVersion::preview(2025, 3, 1))
    .stateful();
    type Response = Page<Item>;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.response_id]
    }
}

impl Paged for ListInputItems {
    type Item = Item;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let after = Some(page.next_after(|item| item.id().unwrap_or_default())?);
        Some(Self {
            after,
            ..self.clone()
        })
    }

    fn items(page: Self::Response) -> Vec<Self::Item> {
        page.data
    }
}
