//! `DELETE /responses/{response_id}`
//!
//! Makes the service forget an answer.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::Operation;

/// Makes the service forget an answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteResponse {
    /// The answer's id.
    pub response_id: String,
}

impl DeleteResponse {
    /// Forgets the answer of this id.
    pub fn new(response_id: impl Into<String>) -> Self {
        Self {
            response_id: response_id.into(),
        }
    }
}

impl Operation for DeleteResponse {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.delete",
        Method::DELETE,
        Scope::Resource,
        "/responses/{response_id}",
    )
    .since(ApiVersion::preview(2025, 3, 1))
    .stateful();
    type Response = DeletedResponse;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.response_id]
    }
}

/// That an answer is gone.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedResponse {
    /// The answer's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `response.deleted`; `response` on some surfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}
