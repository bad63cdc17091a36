//! Credential providers for Azure OpenAI: api keys and Entra tokens, from wherever they are kept, as
//! fresh as they must be, and never seen.
//!
//! [`CredentialProvider`] is the one trait: given the audience of a request, it yields an api key or
//! a token. Everything else is a provider or wraps one.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use aoai_auth::{ApiKey, Audience, Cached, Chain, Credential, CredentialProvider, from_env};
//!
//! let provider = Cached::new(
//!     Chain::new()
//!         .or_result(from_env())
//!         .or_result(ApiKey::from_dotenv("settings/.env", "API_KEY"))
//!         .or(ApiKey::new("not-a-real-key")),
//! );
//! let issued = provider.credential(&Audience::AI).await?;
//! assert!(matches!(issued.credential, Credential::ApiKey(_)));
//! # aoai_auth::Result::<()>::Ok(()) }).unwrap();
//! ```
//!
//! # Providers
//!
//! | provider | yields | from | feature |
//! |---|---|---|---|
//! | [`ApiKey`] | a key of the resource | the program, a variable, a `.env` file | |
//! | [`AccessToken`] | a token that somebody else fetched | the program | |
//! | [`Environment`], by [`from_env`] | a token or a key | `AZURE_OPENAI_AD_TOKEN`, `AZURE_OPENAI_API_KEY` | |
//! | `Entra::client_secret` | a token | Entra ID, for an application | `entra` |
//! | `Entra::client_certificate` | a token | Entra ID, for an application | `client-certificate` |
//! | `Entra::client_assertion` | a token | Entra ID, for an application that another issuer vouches for | `entra` |
//! | `Entra::workload_identity` | a token | Entra ID, for a pod in Kubernetes | `entra` |
//! | `Entra::managed_identity` | a token | the host: a virtual machine, App Service, … | `entra` |
//! | `Entra::azure_pipelines` | a token | Entra ID, for a job in Azure Pipelines | `entra` |
//! | `Entra::azure_cli`, `azure_developer_cli`, `developer_tools` | a token | `az`, `azd` | `entra` |
//! | `Entra::from_factory`, `from_credential` | a token | any credential of the Azure SDK | `entra` |
//! | `Entra::default_chain` | a token | what is set up, in a documented order | `entra` |
//! | `KeyVaultSecret` | a key of the resource | a secret in Azure Key Vault | `key-vault` |
//!
//! | wrapper | does |
//! |---|---|
//! | [`Cached`] | keeps what a provider yields: one fetch for all callers, early refresh, forgets what was refused |
//! | [`Chain`] | asks providers in turn until one is configured |
//! | [`TwoKeys`] | falls over from one key of a resource to the other, and back |
//!
//! With `key-vault`, the module `rotation` replaces the keys of a resource while they are in use.
//!
//! Each of them has an example in `examples/` that needs no Azure account.
//!
//! # A provider of one's own
//!
//! It fetches, and nothing else. [`Cached`] keeps what it yields, and `testing::Conformance` (with
//! the feature `testing`) checks what every provider should do.
//!
//! ```
//! use aoai_auth::{Audience, Credential, CredentialProvider, Error, ErrorKind, Issued, Result};
//!
//! #[derive(Debug)]
//! struct SecretServer;
//!
//! #[async_trait::async_trait]
//! impl CredentialProvider for SecretServer {
//!     async fn credential(&self, _audience: &Audience) -> Result<Issued> {
//!         let key = ask("aoai-key")
//!             .await
//!             .map_err(|error| Error::new(ErrorKind::Unavailable, "the server is away").with_source(error))?;
//!         Ok(Issued::network(Credential::ApiKey(key.into())))
//!     }
//! }
//! # async fn ask(_: &str) -> std::io::Result<String> { Ok("not-a-real-key".to_owned()) }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # SecretServer.credential(&Audience::AI).await.unwrap();
//! # });
//! ```
//!
//! # Errors
//!
//! [`ErrorKind`] tells what can be done; the message names the source, what it said, and the way
//! out: the role that is missing, the place in the portal. No error, log or `Debug` shows a secret,
//! not even one that a service echoed.
//!
//! # Features
//!
//! The default build has no HTTP client and nothing of Azure's. `entra` brings `azure_identity` and
//! reqwest, with TLS by `rustls` (on by default) or `native-tls`; `client-certificate` needs the
//! system's OpenSSL; `key-vault` adds Microsoft's client for secrets; `testing` is for tests.

mod cached;
mod chain;
mod clock;
mod cloud;
mod credential;
mod error;
mod header;
mod provider;
mod providers;
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
pub use self::providers::dotenv::Dotenv;
#[cfg(feature = "entra")]
pub use self::providers::entra::{DefaultChain, DefaultLink, Entra, EntraOptions, ManagedIdentity};
pub use self::providers::env::{Environment, from_env, from_lookup};
#[cfg(feature = "key-vault")]
pub use self::providers::key_vault::KeyVaultSecret;
pub use self::providers::two_keys::TwoKeys;
pub use self::redact::scrub;
