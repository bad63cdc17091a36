//! What is written down of calls and attempts: names, numbers and ids, never content.

use aoai_types::outcome::TokenUsage;
use tracing::field::Empty;
use tracing::{Span, debug, info_span};

use super::exchange;
use crate::client::Client;
use crate::error::Result;
use crate::redact;
use crate::response::Response;
use crate::transport::{WireRequest, WireResponse};

/// The span of a call, with OpenTelemetry's names for generative AI.
pub(crate) fn span(operation: &'static str, model: Option<&str>, endpoint: &str) -> Span {
    info_span!(
        "gen_ai",
        gen_ai.provider.name = "azure.ai.openai",
        gen_ai.operation.name = operation,
        gen_ai.request.model = model,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        server.address = endpoint,
        http.response.status_code = Empty,
        azure.apim_request_id = Empty,
        error.r#type = Empty,
        attempts = Empty,
    )
}

/// Adds to a call's span how it ended.
pub(crate) fn ended<T>(span: &Span, answered: &Result<Response<T>>) {
    if span.is_disabled() {
        return;
    }
    let (status, id, attempts) = match answered {
        Ok(answer) => (
            Some(answer.status()),
            answer.apim_request_id(),
            answer.attempts(),
        ),
        Err(error) => {
            span.record("error.type", error.kind().as_str());
            (error.status(), error.apim_request_id(), error.attempts())
        }
    };
    span.record(
        "http.response.status_code",
        status.map(|status| status.as_u16()),
    );
    span.record("azure.apim_request_id", id);
    span.record("attempts", attempts.len());
}

/// Adds to a call's span what it cost.
pub(crate) fn used(span: &Span, usage: impl FnOnce() -> Option<TokenUsage>) {
    if span.is_disabled() {
        return;
    }
    if let Some(usage) = usage() {
        span.record("gen_ai.usage.input_tokens", usage.prompt);
        span.record("gen_ai.usage.output_tokens", usage.completion);
    }
}

/// Sends the request and tells of it.
pub(crate) async fn exchange(client: &Client, request: WireRequest) -> Result<WireResponse> {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return exchange::run(client, request).await;
    }
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
