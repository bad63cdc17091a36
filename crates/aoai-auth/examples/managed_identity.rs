//! A token for the identity that Azure gave the program's host.
//!
//! Away from Azure it runs a second time, with what App Service would put into its environment.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, EntraOptions, ManagedIdentity};

#[path = "support/again.rs"]
mod again;
#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if again::variable("IDENTITY_ENDPOINT").is_none() {
        let (emulator, services, _) = azure::start().await?;
        println!("IDENTITY_ENDPOINT is not set: asking an emulator");
        let endpoint = format!("{}/msi/token", emulator.endpoint());
        let header = services.identity_header().to_owned();
        return again::run([("IDENTITY_ENDPOINT", endpoint), ("IDENTITY_HEADER", header)]);
    }
    let options = EntraOptions::new()?;
    let identity = ManagedIdentity::System;
    let provider = Cached::new(Entra::managed_identity(identity, &options));
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    Ok(())
}
