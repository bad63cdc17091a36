//! `POST /responses/{response_id}/cancel`
//!
//! Calls off an answer that is made in the background.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Response;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;
use crate::outcome::{Outcome, TokenUsage};

/// Calls off an answer that is made in the background. Doing it again changes nothing.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelResponse {
    /// The answer's id.
    pub response_id: String,
}

impl CancelResponse {
    /// Calls off the answer of this id.
    pub fn new(response_id: impl Into<String>) -> Self {
        Self {
            response_id: response_id.into(),
        }
    }
}

impl Operation for CancelResponse {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.cancel",
        Method::POST,
        Scope::Resource,
        "/responses/{response_id}/cancel",
    )
    .v1_only()
    .without_body()
    .stateful();
    type Response = Response;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.response_id]
    }

    fn lacks(response: &Response) -> Option<&'static str> {
        response.lacks()
    }

    fn outcome(response: &Response) -> Outcome<'_> {
        response.outcome()
    }

    fn usage(response: &Response) -> Option<TokenUsage> {
        response.usage.as_ref().map(TokenUsage::from)
    }
}
