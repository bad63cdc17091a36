//! The trait that every source of credentials implements.

use std::borrow::Cow;
use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::credential::Credential;
use crate::error::Result;

/// Yields what authenticates a request.
///
/// Object-safe, so that programs choose at run time. A provider fetches and nothing else: what it
/// yields is kept, shared and refreshed by [`Cached`](crate::Cached).
#[async_trait]
pub trait CredentialProvider: Debug + Send + Sync + 'static {
    /// A credential for requests to `audience`.
    ///
    /// It has to come to an end by itself, however slow the source is: [`Cached`](crate::Cached) asks
    /// nobody else meanwhile, and has all callers wait.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) where the provider has nothing
    /// to go by, so that a chain may ask the next; any other kind ends the search.
    async fn credential(&self, audience: &Audience) -> Result<Issued>;

    /// The service refused this credential: forget it if it is still the one held. Never waits.
    fn invalidate(&self, refused: &Credential) {
        let _ = refused;
    }
}

#[async_trait]
impl<P: CredentialProvider + ?Sized> CredentialProvider for Arc<P> {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        (**self).credential(audience).await
    }

    fn invalidate(&self, refused: &Credential) {
        (**self).invalidate(refused);
    }
}

/// A credential and where it came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Issued {
    /// The credential.
    pub credential: Credential,
    /// Where it came from, this time.
    pub source: Source,
    /// The version that its keeper gives it, such as a Key Vault secret's.
    pub version: Option<Arc<str>>,
    /// When it stops being good, if its keeper says so. A token has its own
    /// [`expires_on`](crate::AccessToken::expires_on), too.
    pub expires_on: Option<SystemTime>,
    /// The age at which it should be asked for again, if the provider has a say in that.
    pub refresh_after: Option<Duration>,
}

/// Where a credential came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// It was there: a value, the environment, a file.
    Local,
    /// It was asked for over the network or from another program.
    Network,
    /// It was asked for earlier and kept.
    Cache,
}

impl Issued {
    /// A credential that was there without asking anyone.
    pub const fn local(credential: Credential) -> Self {
        Self::new(credential, Source::Local)
    }

    /// A credential that someone was asked for.
    pub const fn network(credential: Credential) -> Self {
        Self::new(credential, Source::Network)
    }

    const fn new(credential: Credential, source: Source) -> Self {
        Self {
            credential,
            source,
            version: None,
            expires_on: None,
            refresh_after: None,
        }
    }

    /// When it stops being good: what its keeper says or what the token says, whichever is first.
    pub(crate) fn end(&self) -> Option<SystemTime> {
        let token = match &self.credential {
            Credential::Bearer(token) => token.expires_on,
            Credential::ApiKey(_) => None,
        };
        self.expires_on.into_iter().chain(token).min()
    }
}

/// Whom a token is for, as an Entra scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Audience(Cow<'static, str>);

impl Audience {
    /// The v1 surface in the public cloud.
    pub const AI: Self = Self(Cow::Borrowed("https://ai.azure.com/.default"));
    /// The dated surface in the public cloud; the v1 surface takes it, too.
    pub const COGNITIVE_SERVICES: Self = Self(Cow::Borrowed(
        "https://cognitiveservices.azure.com/.default",
    ));

    /// Any other scope, `https://…/.default`.
    pub fn new(scope: impl Into<Cow<'static, str>>) -> Self {
        Self(scope.into())
    }

    /// The scope as it is asked for.
    pub fn scope(&self) -> &str {
        &self.0
    }
}

impl From<Audience> for Cow<'static, str> {
    fn from(audience: Audience) -> Self {
        audience.0
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
