//! `GET /responses/{response_id}`
//!
//! Reads an answer that the service keeps.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::event::ResponseEvent;
use super::{Include, Response, ResponseAccumulator};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Encode, EncodeError, Mode, Operation, Parts, Streaming};
use crate::outcome::{Outcome, TokenUsage};

/// Reads an answer that the service keeps. As a stream, it repeats the answer's events.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetResponse {
    /// The answer's id.
    pub response_id: String,
    /// Parts that are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Include>>,
    /// Whether events are padded, so that their length tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_obfuscation: Option<bool>,
    /// Only events after the one of this number.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub starting_after: Option<i64>,
}

impl GetResponse {
    /// Asks for the answer of this id.
    pub fn new(response_id: impl Into<String>) -> Self {
        Self {
            response_id: response_id.into(),
            include: None,
            include_obfuscation: None,
            starting_after: None,
        }
    }
}

impl Operation for GetResponse {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "responses.get",
        Method::GET,
        Scope::Resource,
        "/responses/{response_id}",
    )
    .since(ApiVersion::preview(2025, 3, 1))
    .stateful();
    type Response = Response;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.response_id]
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        let mut parts = Parts::query(self)?;
        if cx.mode == Mode::Streaming {
            parts.query.push("stream", "true");
        }
        Ok(parts)
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

impl Streaming for GetResponse {
    type Event = ResponseEvent;
    type Accumulator = ResponseAccumulator;
}
