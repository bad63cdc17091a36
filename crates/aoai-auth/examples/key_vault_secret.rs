//! An api key that is kept in Key Vault, before and after it is rotated.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, KeyVaultSecret};
use aoai_emulator::Identity;

#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;
    let secret = app.client_secret.clone().unwrap_or_default();

    // In Azure, a managed identity opens the vault without any secret.
    let (tenant, client) = (services.tenant(), app.client_id.as_str());
    let me = Entra::client_secret(tenant, client, secret, &options);
    let key = KeyVaultSecret::new(&services.vault(), Identity::KEY_SECRET, me, &options)?;
    let provider = Cached::new(key);

    let first = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", first.source, first.credential);

    services.rotate_vault_key().ok_or("the vault has no key")?;
    println!("the key is rotated, and the service refuses the old one");
    provider.invalidate(&first.credential);
    let second = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", second.source, second.credential);
    assert_ne!(first.version, second.version);
    Ok(())
}
