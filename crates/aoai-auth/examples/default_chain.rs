//! A token by the default chain: a service principal in the environment, a pod's identity, a host's,
//! or whoever is logged in to `az` or `azd`.
//!
//! Without any of them it says where each link looked.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, EntraOptions, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = EntraOptions::new()?;
    let provider = Cached::new(Entra::default_chain(&options).build());
    match provider.credential(&Audience::AI).await {
        Ok(issued) => println!("a token for {}: {:?}", Audience::AI, issued.credential),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
