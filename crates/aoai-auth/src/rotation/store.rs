//! Whence readers take a key.

use std::collections::HashMap;
use std::fmt::Debug;

use async_trait::async_trait;

use crate::credential::Secret;
use crate::error::Result;
use crate::provider::CredentialProvider;
use crate::providers::entra::EntraOptions;
use crate::providers::key_vault::vault::Vault;

/// A place that holds one key, from which its readers take it.
#[async_trait]
pub trait KeyStore: Debug + Send + Sync + 'static {
    /// How plans speak of it.
    fn name(&self) -> String;

    /// What it holds, if anything.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    async fn read(&self) -> Result<Option<Stored>>;

    /// Replaces key and note.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    async fn write(&self, key: &Secret, note: Option<&str>) -> Result<()>;

    /// Replaces the note.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    async fn note(&self, note: Option<&str>) -> Result<()>;
}

/// What a store holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stored {
    /// The key.
    pub value: Secret,
    /// What the rotation noted beside it.
    pub note: Option<String>,
}

impl Stored {
    /// A key and the note beside it.
    pub fn new(value: impl Into<Secret>, note: Option<String>) -> Self {
        Self {
            value: value.into(),
            note,
        }
    }
}

/// A secret in Azure Key Vault; the note is one of its tags.
///
/// The identity needs the role `Key Vault Secrets Officer` on the vault.
#[derive(Debug)]
pub struct KeyVaultStore {
    vault: Vault,
    name: String,
}

impl KeyVaultStore {
    /// The secret with this name in the vault at this address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`](crate::ErrorKind::Misconfigured) where the address is none of a
    /// vault.
    pub fn new(
        vault: &str,
        name: impl Into<String>,
        credential: impl CredentialProvider,
        options: &EntraOptions,
    ) -> Result<Self> {
        Ok(Self {
            vault: Vault::new(vault, credential, options)?,
            name: name.into(),
        })
    }

    /// The tags that others gave the secret, with the note.
    async fn tags(&self, note: Option<&str>) -> Result<HashMap<String, String>> {
        let kept = self.vault.find(&self.name, None).await?;
        let mut tags = kept.map(|kept| kept.tags).unwrap_or_default();
        match note {
            Some(note) => tags.insert(TAG.to_owned(), note.to_owned()),
            None => tags.remove(TAG),
        };
        Ok(tags)
    }
}

#[async_trait]
impl KeyStore for KeyVaultStore {
    fn name(&self) -> String {
        self.vault.describe(&self.name, None)
    }

    async fn read(&self) -> Result<Option<Stored>> {
        let kept = self.vault.find(&self.name, None).await?;
        Ok(kept.map(|mut kept| Stored {
            note: kept.tags.remove(TAG),
            value: kept.value,
        }))
    }

    async fn write(&self, key: &Secret, note: Option<&str>) -> Result<()> {
        let tags = self.tags(note).await?;
        self.vault.write(&self.name, key, &tags).await
    }

    async fn note(&self, note: Option<&str>) -> Result<()> {
        let tags = self.tags(note).await?;
        self.vault.tag(&self.name, &tags).await
    }
}

const TAG: &str = "aoai-rotation";
