//! Both keys of a resource, of which either serves.
//!
//! The keys are made up; a program would take each from its own variable or secret.

#![expect(clippy::print_stdout, reason = "it shows what happens")]

use aoai_auth::{ApiKey, Audience, Cached, Credential, CredentialProvider, Result, TwoKeys};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = Cached::new(TwoKeys::new(
        ApiKey::new("not-a-real-key-1"),
        ApiKey::new("not-a-real-key-2"),
    ));
    for _ in 0..3 {
        let issued = provider.credential(&Audience::AI).await?;
        if let Credential::ApiKey(key) = &issued.credential {
            println!("{} serves until the service refuses it", key.expose());
        }
        provider.invalidate(&issued.credential);
    }
    Ok(())
}
