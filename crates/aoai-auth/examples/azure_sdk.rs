//! A token by a credential of the Azure SDK that the program brings, here one of its own.
//!
//! It is made anew for each fetch, so that it hands out no token from a cache that the service has
//! refused.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;
use std::sync::Arc;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, EntraOptions};
use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};

/// Asks a broker that the company runs.
#[derive(Debug)]
struct Broker;

#[async_trait]
impl TokenCredential for Broker {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        println!("the broker is asked for {}", scopes.join(" "));
        let end = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken::new("not-a-real-token", end))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let make = || Ok(Arc::new(Broker) as Arc<dyn TokenCredential>);
    let entra = Entra::from_factory("the token broker", make, &EntraOptions::new()?);
    let provider = Cached::new(entra);
    for _ in 0..2 {
        let issued = provider.credential(&Audience::AI).await?;
        println!("{:?}: {:?}", issued.source, issued.credential);
    }
    Ok(())
}
