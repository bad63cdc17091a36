//! A provider of one's own: a company's secret server, here a stand-in.
//!
//! It only fetches. That callers share a fetch, that a key is kept, refreshed and forgotten when it
//! is refused, is for `Cached` to do.

#![expect(clippy::print_stdout, reason = "it shows what happens")]

use std::sync::atomic::{AtomicUsize, Ordering};

use aoai_auth::{Audience, Cached, Credential, CredentialProvider, Issued, Result};
use async_trait::async_trait;

#[derive(Debug, Default)]
struct SecretServer {
    asked: AtomicUsize,
}

#[async_trait]
impl CredentialProvider for SecretServer {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        println!("the secret server is asked for the {number}. time");
        let key = format!("not-a-real-key-{number}");
        Ok(Issued::network(Credential::ApiKey(key.into())))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = Cached::new(SecretServer::default());
    let first = provider.credential(&Audience::AI).await?;
    let again = provider.credential(&Audience::AI).await?;
    assert_eq!(first.credential, again.credential);

    println!("the service refuses the key, as it was rotated");
    provider.invalidate(&first.credential);
    let fresh = provider.credential(&Audience::AI).await?;
    assert_ne!(first.credential, fresh.credential);
    Ok(())
}
