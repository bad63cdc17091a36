//! Credential providers for Azure OpenAI.
//!
//! [`CredentialProvider`] is the one trait: given the audience of a request, it yields an api key
//! or a token. Everything else is a provider or wraps one.

pub mod clock;
pub mod credential;
pub mod error;
pub mod provider;

pub use self::clock::{Clock, SystemClock};
pub use self::credential::{AccessToken, Credential, Secret};
pub use self::error::{Error, ErrorKind, Result};
pub use self::provider::{Audience, CredentialProvider, Issued, Source};
