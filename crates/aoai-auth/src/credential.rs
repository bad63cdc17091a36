//! What a provider yields.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::zeroize::Zeroize as _;
use secrecy::{ExposeSecret as _, SecretString};

/// A text that must not be seen: zeroised on drop, printed as `[redacted]`.
///
/// Clones share the one copy there is; it goes with the last of them.
#[derive(Clone)]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        // Turning a string with room to spare into a boxed one may move it, and leave the old
        // place as it was.
        let mut text = text.into();
        let exact = Box::<str>::from(text.as_str());
        text.zeroize();
        Self(Arc::new(SecretString::new(exact)))
    }

    /// The text itself. Every use of this is a place to look at.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What authenticates a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// One of the resource's two keys, sent as `api-key`.
    ApiKey(Secret),
    /// A Microsoft Entra token, sent as `authorization: Bearer …`.
    Bearer(AccessToken),
}

/// A Microsoft Entra token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token.
    pub token: Secret,
    /// When the service stops taking it; `None` where nobody said.
    pub expires_on: Option<SystemTime>,
}

impl AccessToken {
    /// A token that expires when nobody knows.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            token: token.into(),
            expires_on: None,
        }
    }

    /// The same token, known to expire then.
    #[must_use]
    pub const fn expiring(mut self, at: SystemTime) -> Self {
        self.expires_on = Some(at);
        self
    }
}
