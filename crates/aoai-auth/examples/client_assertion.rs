//! A token for an application that another issuer vouches for, here with a made-up assertion.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, Secret};

#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;

    // Asked for each token: assertions live a few minutes.
    let sign = || async { Ok(Secret::from("not.a.signature")) };
    let (tenant, client) = (services.tenant(), app.client_id.as_str());
    let provider = Cached::new(Entra::client_assertion(tenant, client, sign, &options));
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    Ok(())
}
