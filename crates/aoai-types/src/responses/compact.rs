//! `POST /responses/compact`
//!
//! Makes a long input short enough to go on with.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::{Input, ResponseUsage};
use crate::endpoint::{Endpoint, Scope};
use crate::operation::{Extra, Operation};
use crate::outcome::TokenUsage;
use crate::timestamp::Timestamp;

/// Makes a long input short enough to go on with.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompactResponse {
    /// The deployment.
    pub model: String,
    /// What is to be made shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// What the model shall be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// The answer to go on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_response_id: Option<String>,
    /// A key that likens requests to one another for the prompt cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CompactResponse {
    /// Has the deployment `model` shorten `input`.
    pub fn new(model: impl Into<String>, input: impl Into<Input>) -> Self {
        Self {
            model: model.into(),
            input: Some(input.into()),
            instructions: None,
            previous_response_id: None,
            prompt_cache_key: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CompactResponse {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.compact",
        Method::POST,
        Scope::Resource,
        "/responses/compact",
    )
    .v1_only()
    .stateful();
    type Response = CompactedResponse;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    fn usage(response: &CompactedResponse) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}

/// An input made shorter: its items take the place of the former input.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompactedResponse {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `response.compaction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The items: what was kept, and a sealed summary of the rest.
    #[serde(deserialize_with = "crate::lenient::null_as_default")]
    pub output: Vec<Item>,
    /// The tokens it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ResponseUsage>,
}
