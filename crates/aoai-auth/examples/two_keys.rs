//! Both keys of a resource, of which either serves.
//!
//! The keys are made up; a program would take each from its own variable or secret.

#![expect(clippy::print_stdout, reason = "it shows what happens")]

use aoai_auth::{ApiKey, Audience, Cached, Credential, CredentialProvider, Result, TwoKeys};

const FIRST: &str = "not-a-real-key-1";
const SECOND: &str = "not-a-real-key-2";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = Cached::new(TwoKeys::new(ApiKey::new(FIRST), ApiKey::new(SECOND)));
    for _ in 0..3 {
        let issued = provider.credential(&Audience::AI).await?;
        // A credential can be compared, and need not be shown for that.
        let is_first = issued.credential == Credential::ApiKey(FIRST.into());
        let which = if is_first { "first" } else { "second" };
        println!("the {which} key serves until the service refuses it");
        provider.invalidate(&issued.credential);
    }
    Ok(())
}
