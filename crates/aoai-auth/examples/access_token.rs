//! A token that somebody else has fetched: `az account get-access-token`, say.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::time::{Duration, SystemTime};

use aoai_auth::{AccessToken, Audience, CredentialProvider, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    let provider = AccessToken::new("not-a-real-token").expiring(end);
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}", issued.credential);
    Ok(())
}
