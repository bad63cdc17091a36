//! Several providers, asked in turn.

use std::sync::Arc;

use async_trait::async_trait;

use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{Audience, CredentialProvider, Issued};

/// Asks providers in turn, until one is configured.
///
/// Only [`ErrorKind::NotConfigured`] lets a chain go on. A provider that is configured and fails
/// ends the search: falling through to a weaker or unexpected identity would hide the failure.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    links: Vec<Arc<dyn CredentialProvider>>,
}

impl Chain {
    /// A chain with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, asking this provider last.
    #[must_use]
    pub fn or(mut self, provider: impl CredentialProvider) -> Self {
        self.links.push(Arc::new(provider));
        self
    }

    /// The same, asking last a provider that may not have come into being.
    ///
    /// Where it has not, its error is what the chain gets when it asks.
    #[must_use]
    pub fn or_result(self, provider: Result<impl CredentialProvider>) -> Self {
        match provider {
            Ok(provider) => self.or(provider),
            Err(error) => self.or(Failed(error)),
        }
    }
}

#[async_trait]
impl CredentialProvider for Chain {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        let mut asked = Vec::with_capacity(self.links.len());
        for link in &self.links {
            match link.credential(audience).await {
                Err(error) if error.kind() == ErrorKind::NotConfigured => asked.push(error),
                decided => return decided,
            }
        }
        Err(nothing_found(&asked))
    }

    fn invalidate(&self, refused: &Credential) {
        for link in &self.links {
            link.invalidate(refused);
        }
    }
}

fn nothing_found(asked: &[Error]) -> Error {
    let message = match asked {
        [] => "no credential is configured: the chain has no provider".to_owned(),
        [only] => only.to_string(),
        several => several.iter().zip(1..).fold(
            "no credential is configured; looked in turn:".to_owned(),
            |message, (error, place)| format!("{message} ({place}) {error}"),
        ),
    };
    Error::new(ErrorKind::NotConfigured, message)
}

/// A provider that could not be made.
#[derive(Debug)]
struct Failed(Error);

#[async_trait]
impl CredentialProvider for Failed {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        Err(self.0.clone())
    }
}
