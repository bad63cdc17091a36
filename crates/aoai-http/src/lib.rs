//! Transport for Azure OpenAI over reqwest: routes, policies, retries, server-sent events, typed
//! errors.
//!
//! A [`Client`] sends any [`Operation`](aoai_types::Operation) of aoai-types; it names none itself.
//!
//! ```no_run
//! use aoai_http::Client;
//! use aoai_types::chat::{CreateChatCompletion, Message};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?; // AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY
//! // The first argument is the name of the deployment.
//! let question = CreateChatCompletion::new("gpt-4o-mini", [Message::user("Say hello.")]);
//! let answer = client.send(&question).await?;
//! println!("{}", answer.text().unwrap_or_default());
//!
//! let mut events = client.stream(&question).await?;
//! while let Some(event) = events.next().await {
//!     print!("{}", event?.text().unwrap_or_default());
//! }
//! # Ok(()) }
//! ```
//!
//! # Where to find what
//!
//! | for | there is |
//! |---|---|
//! | endpoint, key and api-version from the environment | [`Client::from_env`] |
//! | the same from the program | [`Client::builder`], with [`ApiKey::new`](aoai_auth::ApiKey::new) and [`surface`](ClientBuilder::surface) |
//! | a key in a `.env` file | [`ApiKey::from_dotenv`](aoai_auth::ApiKey::from_dotenv) |
//! | an identity of Microsoft Entra ID | `aoai_auth::Entra::default_chain`, with aoai-auth's feature `entra` |
//! | a key in Azure Key Vault; keys that are rotated | `aoai_auth::KeyVaultSecret` and `aoai_auth::rotation`, with the feature `key-vault` |
//! | two keys, of which either serves | [`TwoKeys`](aoai_auth::TwoKeys) |
//! | completions, chat, embeddings, … | the modules of [`aoai_types`]; a completion's prompt is one text or several |
//! | an answer; an answer while it is written | [`Client::send`]; [`Client::stream`] |
//! | the tokens that it took; what the deployment has left | `usage` of the answer; [`Response::rate_limits`] |
//! | what went wrong, and what to do | [`Error::kind`], whose [`ErrorKind`] is a decision |
//! | retries, timeouts, limits, headers, for a client or a call | [`ClientBuilder`], [`CallOptions`] |
//! | lists of many pages; work that takes its time | [`Client::pages`]; [`Client::wait`] |
//! | several resources as one | [`Endpoints`] |
//! | a request of one's own; something around every call | [`Client::execute`]; [`Policy`] |
//!
//! `examples/` has a program for each common task, which runs without a resource.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `rustls` (on by default) | TLS by rustls with aws-lc-rs and the platform's certificate verifier |
//! | `rustls-no-provider` | TLS by rustls with a crypto provider that the program installs first |
//! | `native-tls` | TLS by the operating system's library |
//! | `gzip` | asks for answers packed with gzip, and unpacks them |
//! | `opentelemetry` | measurements of calls through a meter of OpenTelemetry's |
//!
//! Without any of the first three, calls reach plain http on loopback, and whatever a
//! [`Transport`] of the program's own carries.

pub mod sse;

mod attempt;
mod base_url;
mod builder;
mod client;
mod endpoints;
mod error;
mod event_stream;
mod head;
mod options;
mod policies;
mod policy;
mod redact;
mod response;
mod telemetry;
mod transport;
mod wait;

pub use self::attempt::{Attempt, CredentialUse};
pub use self::builder::ClientBuilder;
pub use self::client::Client;
pub use self::endpoints::{Backend, Endpoints, EndpointsBuilder};
pub use self::error::{Error, ErrorKind, Result, UnknownErrorKind};
pub use self::event_stream::EventStream;
pub use self::head::RateLimits;
pub use self::options::{CallOptions, Limits, Timeouts};
pub use self::policies::retry::RetryOptions;
pub use self::policy::{Next, Policy};
pub use self::response::Response;
pub use self::transport::{
    ByteStream, ServiceTransport, Transport, WireBody, WireRequest, WireResponse,
};
pub use self::wait::Wait;
