//! Transport for Azure OpenAI over reqwest: routes, policies, retries, server-sent events, typed
//! errors.
//!
//! A [`Client`] sends any [`Operation`](aoai_types::Operation) of aoai-types; it names none itself.
//!
//! ```no_run
//! use aoai_auth::ApiKey;
//! use aoai_http::Client;
//! use aoai_types::models::ListModels;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://contoso.openai.azure.com")
//!     .credential(ApiKey::from_env("AZURE_OPENAI_API_KEY")?)
//!     .build()?;
//! let models = client.send(&ListModels::new()).await?;
//! println!("{} models, request {:?}", models.data.len(), models.apim_request_id());
//! # Ok(()) }
//! ```
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
