//! Two resources called as one: the provisioned one first, the other while that is full.
//!
//! Needs a deployment named `chat` in both; for real resources also `AZURE_OPENAI_ENDPOINT_2` and
//! `AZURE_OPENAI_API_KEY_2`.

#![expect(clippy::print_stdout, reason = "it shows where its answers come from")]

use std::error::Error;

use aoai_auth::ApiKey;
use aoai_emulator::{Fault, Service};
use aoai_http::{Backend, Client, Endpoints};
use aoai_types::chat::{CreateChatCompletion, Message};

#[path = "support/emulator.rs"]
mod emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulators = [
        emulator::unless_configured().await?,
        emulator::unless_configured().await?,
    ];
    let clients = match &emulators {
        [Some(first), Some(second)] => [first, second].map(|emulator| {
            let [key, _] = emulator.keys();
            let builder = Client::builder(emulator.endpoint());
            builder.credential(ApiKey::new(key)).build()
        }),
        _ => [Client::from_env(), Client::from_lookup(second_variable)],
    };
    let [provisioned, as_you_go] = clients;
    let azure = Endpoints::builder()
        .backend(Backend::new(provisioned?).named("provisioned"))
        .backend(Backend::new(as_you_go?).named("pay-as-you-go").priority(1))
        .build()?;

    if let [Some(first), _] = &emulators {
        let full = Fault::status(429).header("retry-after", "60");
        first.add_faults(Service::OpenAi, [full]);
    }
    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    for _ in 0..2 {
        let answer = azure.send(&request).await?;
        let way: Vec<_> = answer
            .attempts()
            .iter()
            .filter_map(|attempt| attempt.backend.as_deref())
            .collect();
        println!(
            "{} ({})",
            answer.text().unwrap_or_default(),
            way.join(", then ")
        );
    }
    Ok(())
}

/// The second resource's variables, named as the first one's with `_2` behind.
#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
fn second_variable(name: &str) -> Option<String> {
    std::env::var(format!("{name}_2")).ok()
}
