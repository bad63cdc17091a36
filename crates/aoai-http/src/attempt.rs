//! What happened on the way to an answer.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use aoai_auth::{Audience, Credential, Issued, Source};
use http::StatusCode;

use crate::error::ErrorKind;

/// One request that was sent, or that could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The status that came back, if any.
    pub status: Option<StatusCode>,
    /// Why it is not the call's answer; `None` for the attempt that is.
    pub error: Option<ErrorKind>,
    /// How long the client waited before it.
    pub waited: Duration,
    /// When it was sent, counted from the beginning of the call.
    pub started: Duration,
    /// How long it took: to the head of a streamed answer, to the end of any other.
    pub elapsed: Duration,
    /// What it was authenticated with.
    pub credential: Option<CredentialUse>,
    /// The [`Backend`](crate::Backend) that it went to, where there are several.
    pub backend: Option<Arc<str>>,
}

/// A credential that was used, without the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialUse {
    /// `key` or `entra`.
    pub kind: &'static str,
    /// Where it came from.
    pub source: Source,
    /// Whom it was asked for, as an Entra scope.
    pub scope: Cow<'static, str>,
    /// The version that its keeper gives it.
    pub version: Option<Arc<str>>,
}

impl CredentialUse {
    pub(crate) fn of(issued: &Issued, audience: &Audience) -> Self {
        let kind = match issued.credential {
            Credential::ApiKey(_) => "key",
            _ => "entra",
        };
        Self {
            kind,
            source: issued.source,
            scope: audience.clone().into(),
            version: issued.version.clone(),
        }
    }
}
