//! The environment variables of Azure OpenAI.

use async_trait::async_trait;

use crate::credential::{AccessToken, Credential, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;
use crate::provider::{Audience, CredentialProvider, Issued};

/// The credential that the environment holds.
///
/// `AZURE_OPENAI_AD_TOKEN`, a token, wins over `AZURE_OPENAI_API_KEY`, a key, as in Microsoft's
/// other clients. A variable that is empty counts as not set. `OPENAI_API_KEY` is never read: it
/// belongs to another service.
///
/// # Errors
///
/// [`ErrorKind::NotConfigured`] where neither is set, [`ErrorKind::Misconfigured`] where the one
/// that wins cannot be sent.
pub fn from_env() -> Result<Environment> {
    from_lookup(process)
}

/// The same as [`from_env`], in an environment that the caller describes.
///
/// # Errors
///
/// As [`from_env`].
///
/// ```
/// let environment = |name: &str| (name == "AZURE_OPENAI_API_KEY").then(|| "fake-key".to_owned());
/// let provider = aoai_auth::from_lookup(environment)?;
/// assert_eq!(provider.variable(), "AZURE_OPENAI_API_KEY");
/// # aoai_auth::Result::<()>::Ok(())
/// ```
pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Environment> {
    if let Some(token) = value(TOKEN, &lookup)? {
        return Ok(Environment {
            variable: TOKEN,
            credential: Credential::Bearer(AccessToken::new(token)),
        });
    }
    if let Some(key) = value(KEY, &lookup)? {
        return Ok(Environment {
            variable: KEY,
            credential: Credential::ApiKey(key),
        });
    }
    Err(Error::new(
        ErrorKind::NotConfigured,
        format!(
            "{TOKEN} is {}, {KEY} is {}; set one of them",
            absence(TOKEN, &lookup),
            absence(KEY, &lookup),
        ),
    ))
}

/// A credential found in the environment.
#[derive(Clone, Debug)]
pub struct Environment {
    variable: &'static str,
    credential: Credential,
}

impl Environment {
    /// The variable that held it.
    pub fn variable(&self) -> &'static str {
        self.variable
    }
}

#[async_trait]
impl CredentialProvider for Environment {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        Ok(Issued::local(self.credential.clone()))
    }
}

/// A variable of this process. What is not Unicode is kept as far as it goes, to be refused with
/// the place of the first character that cannot be sent.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the lookup that everything else takes as an argument"
)]
pub(crate) fn process(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned())
}

/// The secret in a variable; `None` where it is unset or empty.
pub(crate) fn value(
    name: &str,
    lookup: &impl Fn(&str) -> Option<String>,
) -> Result<Option<Secret>> {
    let Some(text) = lookup(name).map(Secret::from) else {
        return Ok(None);
    };
    match sendable(&text, name) {
        Ok(secret) => Ok(Some(secret)),
        Err(error) if error.kind() == ErrorKind::NotConfigured => Ok(None),
        Err(error) => Err(error),
    }
}

/// How a variable that gave nothing is absent.
pub(crate) fn absence(name: &str, lookup: &impl Fn(&str) -> Option<String>) -> &'static str {
    match lookup(name) {
        None => "not set",
        Some(_) => "set but empty",
    }
}

const TOKEN: &str = "AZURE_OPENAI_AD_TOKEN";
const KEY: &str = "AZURE_OPENAI_API_KEY";
