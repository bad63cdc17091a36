//! Code of one's own around calls: a meter of what they cost, around each call, and the subscription
//! key that an API Management gateway asks for, on each attempt.
//!
//! Needs a deployment named `chat`; for a real resource also `AZURE_OPENAI_API_KEY`, and behind a
//! gateway `AZURE_OPENAI_SUBSCRIPTION_KEY`.

#![expect(clippy::print_stdout, reason = "it shows what its calls cost")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aoai_auth::{ApiKey, Secret};
use aoai_http::{Client, Next, Policy, Result, WireBody, WireRequest, WireResponse};
use aoai_types::chat::{CreateChatCompletion, Message};
use async_trait::async_trait;
use http::{HeaderName, HeaderValue};

#[path = "support/emulator.rs"]
mod emulator;

/// Adds up the tokens of all answers.
///
/// Around the call, it sees one answer, however often the call had to be sent. A streamed answer is
/// still to come when it passes here; its last event says what it cost.
#[derive(Debug, Default)]
struct CostMeter {
    tokens: AtomicU64,
}

#[async_trait]
impl Policy for CostMeter {
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let response = next.run(request).await?;
        if let WireBody::Whole(body) = &response.body {
            let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let tokens = answer["usage"]["total_tokens"].as_u64().unwrap_or_default();
            self.tokens.fetch_add(tokens, Ordering::Relaxed);
        }
        Ok(response)
    }
}

/// Sends the key of a gateway's subscription beside the service's own credential.
///
/// Around the attempt, a key that was replaced meanwhile is the one that the next attempt carries.
#[derive(Debug)]
struct Subscription {
    key: Secret,
}

#[async_trait]
impl Policy for Subscription {
    async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let Ok(mut key) = HeaderValue::try_from(self.key.expose()) else {
            let kind = aoai_http::ErrorKind::Credential;
            return Err(aoai_http::Error::new(
                kind,
                "the subscription key is no header value",
            ));
        };
        // Neither logs nor errors show what is marked so.
        key.set_sensitive(true);
        let name = HeaderName::from_static("ocp-apim-subscription-key");
        request.headers.insert(name, key);
        next.run(request).await
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let emulator = emulator::unless_configured().await?;
    let (endpoint, key) = if let Some(emulator) = &emulator {
        let [key, _] = emulator.keys();
        (emulator.endpoint().to_owned(), key)
    } else {
        let set = |name: &str| variable(name).ok_or_else(|| format!("{name} is not set"));
        (set("AZURE_OPENAI_ENDPOINT")?, set("AZURE_OPENAI_API_KEY")?)
    };
    let meter = Arc::new(CostMeter::default());
    let mut builder = Client::builder(endpoint)
        .credential(ApiKey::new(key))
        .per_call_policy(Arc::clone(&meter));
    if let Some(key) = variable("AZURE_OPENAI_SUBSCRIPTION_KEY") {
        builder = builder.per_attempt_policy(Subscription { key: key.into() });
    }
    let client = builder.build()?;

    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    for _ in 0..2 {
        let answer = client.send(&request).await?;
        println!(
            "{} ({} tokens so far)",
            answer.text().unwrap_or_default(),
            meter.tokens.load(Ordering::Relaxed)
        );
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
