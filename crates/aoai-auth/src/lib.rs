//! Credential providers for Azure OpenAI.
//!
//! [`CredentialProvider`] is the one trait: given the audience of a request, it yields an api key
//! or a token. Everything else is a provider or wraps one.
//!
//! | provider | yields | asks |
//! |---|---|---|
//! | [`ApiKey`] | a key of the resource | nobody, one environment variable, or a `.env` file |
//! | [`AccessToken`] | a token that somebody else fetched | nobody |
//! | [`Environment`], by [`from_env`] | a token or a key | the environment variables of Azure OpenAI |
//! | [`Chain`] | what the first configured provider yields | others |
//! | [`Cached`] | what it kept, fresh enough | another, as seldom as possible |
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use aoai_auth::{ApiKey, Audience, Cached, Chain, Credential, CredentialProvider};
//!
//! let provider = Cached::new(
//!     Chain::new()
//!         .or_result(ApiKey::from_env("MY_SERVICE_AOAI_KEY"))
//!         .or(ApiKey::new("not-a-real-key")),
//! );
//! let issued = provider.credential(&Audience::AI).await?;
//! assert!(matches!(issued.credential, Credential::ApiKey(_)));
//! # aoai_auth::Result::<()>::Ok(()) }).unwrap();
//! ```

mod cached;
mod chain;
mod clock;
mod cloud;
mod credential;
mod error;
mod header;
mod provider;
mod providers;
#[cfg(any(feature = "entra", feature = "testing"))]
mod redact;
#[cfg(feature = "key-vault")]
pub mod rotation;
#[cfg(feature = "testing")]
pub mod testing;

pub use self::cached::Cached;
pub use self::chain::Chain;
pub use self::clock::{Clock, SystemClock};
pub use self::cloud::{Cloud, CustomCloud};
pub use self::credential::{AccessToken, Credential, Secret};
pub use self::error::{Error, ErrorKind, Result};
pub use self::provider::{Audience, CredentialProvider, Issued, Source};
pub use self::providers::api_key::ApiKey;
#[cfg(feature = "entra")]
pub use self::providers::entra::{DefaultChain, DefaultLink, Entra, EntraOptions, ManagedIdentity};
pub use self::providers::env::{Environment, from_env, from_lookup};
#[cfg(feature = "key-vault")]
pub use self::providers::key_vault::KeyVaultSecret;
pub use self::providers::two_keys::TwoKeys;
