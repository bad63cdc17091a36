//! A token that somebody else fetched.

use async_trait::async_trait;

use crate::credential::{AccessToken, Credential};
use crate::error::Result;
use crate::header::sendable;
use crate::provider::{Audience, CredentialProvider, Issued};

/// Yields itself to every audience, as it cannot know for which one it was issued.
///
/// Nothing renews such a token: it suits scripts and tests. A program that lives longer than a
/// token takes a provider that fetches one.
#[async_trait]
impl CredentialProvider for AccessToken {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        let token = Self {
            token: sendable(&self.token, "the access token")?,
            expires_on: self.expires_on,
        };
        Ok(Issued::local(Credential::Bearer(token)))
    }
}
