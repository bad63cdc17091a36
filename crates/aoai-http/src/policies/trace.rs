//! What is written down of attempts: names, numbers and ids, never content.

use futures_util::future::BoxFuture;
use tracing::debug;

use super::exchange;
use crate::client::Client;
use crate::error::Result;
use crate::redact;
use crate::transport::{WireRequest, WireResponse};

/// Sends the request and tells of it.
pub(crate) fn exchange(
    client: &Client,
    request: WireRequest,
) -> BoxFuture<'_, Result<WireResponse>> {
    if tracing::enabled!(tracing::Level::DEBUG) {
        Box::pin(told(client, request))
    } else {
        Box::pin(exchange::run(client, request))
    }
}

async fn told(client: &Client, request: WireRequest) -> Result<WireResponse> {
    let name = request.name();
    let url = request.url();
    debug!(operation = name, url = %redact::Target(&url), "sending");
    let began = client.clock().elapsed();
    let answered = exchange::run(client, request).await;
    let elapsed = client.clock().elapsed().saturating_sub(began);
    match &answered {
        Ok(response) => debug!(
            operation = name,
            status = response.status.as_u16(),
            ?elapsed,
            headers = ?redact::Headers(&response.headers),
            "answered",
        ),
        Err(error) => debug!(
            operation = name,
            ?elapsed,
            kind = error.kind().as_str(),
            error = error as &dyn std::error::Error,
            "not answered",
        ),
    }
    answered
}
