//! An api key from the environment or from a `.env` file, whichever has one.
//!
//! Set `AZURE_OPENAI_API_KEY`, or write `AZURE_OPENAI_API_KEY=…` into `.env`; without either it says
//! where it looked.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use aoai_auth::{ApiKey, Audience, Cached, Chain, CredentialProvider, from_env};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let provider = Cached::new(
        Chain::new()
            .or_result(from_env())
            .or_result(ApiKey::from_dotenv(".env", "AZURE_OPENAI_API_KEY")),
    );
    match provider.credential(&Audience::AI).await {
        // Credentials can be shown: what is secret in them prints as `[redacted]`.
        Ok(issued) => println!("found {:?}", issued.credential),
        Err(error) => println!("{error}"),
    }
}
