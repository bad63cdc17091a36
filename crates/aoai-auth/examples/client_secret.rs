//! A token for an application that proves itself with a secret.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra};

#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;
    let secret = app.client_secret.clone().unwrap_or_default();

    let (tenant, client) = (services.tenant(), app.client_id.as_str());
    let provider = Cached::new(Entra::client_secret(tenant, client, secret, &options));
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    let again = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", again.source, again.credential);
    Ok(())
}
