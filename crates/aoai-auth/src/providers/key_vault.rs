//! Api keys kept in Azure Key Vault.

pub(crate) mod vault;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use azure_core::time::{OffsetDateTime, to_rfc3339};

use self::vault::{Kept, Vault};
use crate::clock::Clock;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;
use crate::provider::{Audience, CredentialProvider, Issued};
use crate::providers::entra::EntraOptions;

/// An api key kept as a secret in Azure Key Vault.
///
/// The vault is asked with tokens of any provider; those are kept, so that the vault alone is asked
/// when the key is. [`Cached`](crate::Cached) keeps the key, and asks again in the background of
/// calls once it is as old as [`refresh_after`](Self::refresh_after) says.
///
/// The identity needs the role `Key Vault Secrets User` on the vault.
///
/// ```no_run
/// use aoai_auth::{Cached, Entra, EntraOptions, KeyVaultSecret, ManagedIdentity};
///
/// let options = EntraOptions::new()?;
/// let identity = Entra::managed_identity(ManagedIdentity::System, &options);
/// let key = Cached::new(KeyVaultSecret::new(
///     "https://contoso.vault.azure.net",
///     "aoai-key",
///     identity,
///     &options,
/// )?);
/// # aoai_auth::Result::<()>::Ok(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyVaultSecret {
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    name: String,
    version: Option<String>,
    refresh_after: Duration,
}

impl KeyVaultSecret {
    /// The current version of the secret with this name in the vault at this address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] where the address is none of a vault.
    pub fn new(
        vault: &str,
        name: impl Into<String>,
        credential: impl CredentialProvider,
        options: &EntraOptions,
    ) -> Result<Self> {
        Ok(Self {
            vault: Arc::new(Vault::new(vault, credential, options)?),
            clock: options.clock(),
            name: name.into(),
            version: None,
            refresh_after: REFRESH_AFTER,
        })
    }

    /// The same, pinned to one version of the secret.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The same, asking the vault again once the key is this old. 15 minutes at first.
    #[must_use]
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.refresh_after = age;
        self
    }

    fn issue(&self, kept: Kept) -> Result<Issued> {
        let now = self.clock.now();
        let refused = |told: String| {
            let secret = self.vault.describe(&self.name, self.version.as_deref());
            Error::new(ErrorKind::Refused, format!("{secret} {told}"))
        };
        if !kept.enabled {
            return Err(refused(vault::DISABLED.to_owned()));
        }
        if let Some(start) = kept.not_before.filter(|start| now < *start) {
            return Err(refused(format!(
                "must not be used before {}; change its activation date, or add a version",
                readable(start)
            )));
        }
        if let Some(end) = kept.expires.filter(|end| now >= *end) {
            return Err(refused(format!(
                "expired at {}; add a version with a current key, or change its expiration date",
                readable(end)
            )));
        }
        if let Some(content) = kept.content_type.filter(|content| is_certificate(content)) {
            return Err(refused(format!("is a certificate ({content}), not a key")));
        }
        let what = self.vault.describe(&self.name, self.version.as_deref());
        let mut issued = Issued::network(Credential::ApiKey(sendable(&kept.value, &what)?));
        issued.version = kept.version;
        issued.expires_on = kept.expires;
        issued.refresh_after = Some(self.refresh_after);
        Ok(issued)
    }
}

#[async_trait]
impl CredentialProvider for KeyVaultSecret {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        let kept = self.vault.read(&self.name, self.version.as_deref()).await?;
        self.issue(kept)
    }
}

fn is_certificate(content: &str) -> bool {
    ["application/x-pkcs12", "application/x-pem-file"].contains(&content)
}

fn readable(time: SystemTime) -> String {
    to_rfc3339(&OffsetDateTime::from(time))
}

const REFRESH_AFTER: Duration = Duration::from_secs(15 * 60);
