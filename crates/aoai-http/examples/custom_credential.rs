//! A credential provider of one's own: both keys of a resource, so that either can be replaced while
//! the program runs.
//!
//! Needs a deployment named `chat`; for a real resource also `AZURE_OPENAI_API_KEY` and
//! `AZURE_OPENAI_API_KEY_2`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

use aoai_auth::{Audience, Credential, CredentialProvider, Issued, Secret};
use aoai_emulator::KeySlot;
use aoai_http::Client;
use aoai_types::chat::{CreateChatCompletion, Message};
use async_trait::async_trait;

#[path = "support/emulator.rs"]
mod emulator;

/// Both keys of a resource, of which one is used until it is refused.
#[derive(Debug)]
struct BothKeys {
    keys: [Secret; 2],
    turn: AtomicUsize,
}

#[async_trait]
impl CredentialProvider for BothKeys {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        let key = self.keys[self.turn.load(Ordering::Relaxed) % 2].clone();
        Ok(Issued::local(Credential::ApiKey(key)))
    }

    fn invalidate(&self, refused: &Credential) {
        let turn = self.turn.load(Ordering::Relaxed);
        if *refused == Credential::ApiKey(self.keys[turn % 2].clone()) {
            // Only one of several calls that were refused at once may move on.
            let next = turn.wrapping_add(1);
            let _ = self
                .turn
                .compare_exchange(turn, next, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = emulator::unless_configured().await?;
    let (endpoint, keys) = match &emulator {
        Some(emulator) => (emulator.endpoint().to_owned(), emulator.keys()),
        None => (
            variable("AZURE_OPENAI_ENDPOINT")?,
            [
                variable("AZURE_OPENAI_API_KEY")?,
                variable("AZURE_OPENAI_API_KEY_2")?,
            ],
        ),
    };
    let client = Client::builder(endpoint)
        .credential(BothKeys {
            keys: keys.map(Secret::from),
            turn: AtomicUsize::new(0),
        })
        .build()?;
    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);

    let answer = client.send(&request).await?;
    println!(
        "{} ({} attempt)",
        answer.text().unwrap_or_default(),
        answer.attempts().len()
    );

    if let Some(emulator) = &emulator {
        emulator.rotate_key(KeySlot::Key1);
        let answer = client.send(&request).await?;
        let (text, attempts) = (answer.text().unwrap_or_default(), answer.attempts().len());
        println!("{text} ({attempts} attempts: the first key was replaced in between)");
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}
