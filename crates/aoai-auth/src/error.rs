//! Why there is no credential.

use std::fmt;
use std::sync::Arc;

/// What aoai-auth's fallible functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a provider has no credential. Never contains secret material.
///
/// Cheap to clone: all who waited for one fetch learn why it failed.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is set up for this provider. A chain asks the next one; all others stop it.
    NotConfigured,
    /// What is set up cannot work: change the configuration.
    Misconfigured,
    /// The identity service, vault or account refused: change a right, a secret or a name there.
    Refused,
    /// The identity service or vault could not be reached; trying again may help.
    Unavailable,
}

impl Error {
    /// An error with a message that fits after "failed to".
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    /// The same, caused by another.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Arc::new(Inner {
            kind: self.0.kind,
            message: self.0.message.clone(),
            source: Some(Arc::from(source.into())),
        }))
    }

    /// What can be done about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
