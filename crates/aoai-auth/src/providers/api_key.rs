//! One of the two keys of an Azure OpenAI resource.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::credential::{Credential, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;
use crate::provider::{Audience, CredentialProvider, Issued};
use crate::providers::{dotenv, env};

/// A key of the resource, as `Keys and Endpoint` in the Azure portal shows it.
#[derive(Clone, Debug)]
pub struct ApiKey(Origin);

#[derive(Clone, Debug)]
enum Origin {
    Given(Result<Secret>),
    Dotenv { path: PathBuf, name: Arc<str> },
}

impl ApiKey {
    /// A key that is given. Blanks around it are dropped.
    ///
    /// A key that cannot be sent is reported when it is asked for, as
    /// [`ErrorKind::Misconfigured`]; an empty one as [`ErrorKind::NotConfigured`].
    pub fn new(key: impl Into<Secret>) -> Self {
        Self(Origin::Given(sendable(&key.into(), "the api key")))
    }

    /// The key in an environment variable, read once and now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`] where the variable is unset or empty,
    /// [`ErrorKind::Misconfigured`] where it holds what cannot be sent. Both name the variable.
    pub fn from_env(name: &str) -> Result<Self> {
        Self::from_lookup(name, env::process)
    }

    /// The same as [`from_env`](Self::from_env), in an environment that the caller describes.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_lookup(name: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        match env::value(name, &lookup)? {
            Some(key) => Ok(Self(Origin::Given(Ok(key)))),
            None => Err(Error::new(
                ErrorKind::NotConfigured,
                format!("{name} is {}", env::absence(name, &lookup)),
            )),
        }
    }

    /// The key under a name in the environment or, where that has none, in a `.env` file.
    ///
    /// The file never overrides the environment and is never written into it. It is read now, and
    /// again whenever the key is asked for, so that a key replaced in it is taken up at once; behind
    /// [`Cached`](crate::Cached), once the service has refused the old one. A file that everyone on
    /// the computer can read, or that git tracks, is warned of through `tracing`. No variable is put
    /// in the place of its name in the key: one that holds a `$` is to stand in single quotes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`] where neither the environment nor the file has the name,
    /// [`ErrorKind::Misconfigured`] where the file or a line before the key cannot be read, the key
    /// cannot be sent, or it holds a `$` outside of single quotes and without a backslash before it.
    pub fn from_dotenv(path: impl AsRef<Path>, name: &str) -> Result<Self> {
        Self::from_dotenv_or(path, name, env::process)
    }

    /// The same as [`from_dotenv`](Self::from_dotenv), in an environment that the caller
    /// describes.
    ///
    /// # Errors
    ///
    /// As [`from_dotenv`](Self::from_dotenv).
    pub fn from_dotenv_or(
        path: impl AsRef<Path>,
        name: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        if let Some(key) = env::value(name, &lookup)? {
            return Ok(Self(Origin::Given(Ok(key))));
        }
        let path = path.as_ref();
        dotenv::secret_with_warning(path, name)?;
        Ok(Self(Origin::Dotenv {
            path: path.to_owned(),
            name: Arc::from(name),
        }))
    }
}

#[async_trait]
impl CredentialProvider for ApiKey {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        let key = match &self.0 {
            Origin::Given(key) => key.clone()?,
            Origin::Dotenv { path, name } => dotenv::secret(path, name)?,
        };
        Ok(Issued::local(Credential::ApiKey(key)))
    }
}
