//! An api key that stands in a vault, and nowhere else.
//!
//! The vault is an emulator's; what a program in Azure has instead stands in the comments.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_auth::{Cached, Entra, KeyVaultSecret};
use aoai_http::Client;
use aoai_types::chat::{CreateChatCompletion, Message};

#[path = "../../aoai-auth/examples/support/azure.rs"]
mod azure;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (emulator, services, options) = azure::start().await?;
    let app = services.app("managed").ok_or("there is no such identity")?;
    let secret = app.client_secret.clone().unwrap_or_default();
    // In Azure: `Entra::managed_identity(ManagedIdentity::System, &EntraOptions::new()?)`.
    let me = Entra::client_secret(services.tenant(), app.client_id.as_str(), secret, &options);
    // In Azure: the vault's address, as `https://contoso.vault.azure.net`.
    let vault = services.vault();

    let key = Cached::new(KeyVaultSecret::new(&vault, "aoai-key", me, &options)?);
    let client = Client::builder(emulator.endpoint())
        .credential(key)
        .build()?;

    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    let answer = client.send(&request).await?;
    println!(
        "{} attempt, with a key from the vault",
        answer.attempts().len()
    );

    services.rotate_vault_key().ok_or("the vault has no key")?;
    let answer = client.send(&request).await?;
    println!(
        "{} attempts: the key was rotated in between",
        answer.attempts().len()
    );
    Ok(())
}
