//! What identity services really answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{AsyncRawResponse, Context, Request};
use azure_core::{Bytes, Value};

/// Remembers the last answer, if it was a refusal.
///
/// `azure_identity` forgets the status of an answer whose body it cannot read, and it cannot read a
/// refusal whose text has a line break or a quotation mark in it.
#[derive(Debug, Default)]
pub(super) struct Witness(Mutex<Option<Refusal>>);

/// An answer other than a success.
#[derive(Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// What the service said, as it said it: it may hold secrets.
    pub(super) text: String,
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Witness {
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.last().clone()
    }

    fn last(&self) -> MutexGuard<'_, Option<Refusal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Policy for Witness {
    async fn send(
        &self,
        ctx: &Context,
        request: &mut Request,
        next: &[Arc<dyn Policy>],
    ) -> PolicyResult {
        *self.last() = None;
        let [first, rest @ ..] = next else {
            unreachable!("the transport is the last policy");
        };
        let response = first.send(ctx, request, rest).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers, body) = response.try_into_raw_response().await?.deconstruct();
        let body = Bytes::from(body);
        *self.last() = Some(Refusal {
            status: u16::from(status),
            text: text(&body),
        });
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

/// The words of a refusal, wherever the service puts them.
fn text(body: &[u8]) -> String {
    let Ok(body) = azure_core::json::from_json::<_, Value>(body) else {
        return String::new();
    };
    [
        &body["error_description"],
        &body["error"]["message"],
        &body["message"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .unwrap_or_default()
    .to_owned()
}
