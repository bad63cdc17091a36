//! The kinds of failure: each is a decision for the caller.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$attr:meta])* $variant:ident = $word:literal,)*) => {
        /// What went wrong, as far as it matters for what to do next.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$attr])* $variant,)*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The kind's name in specs and metrics: `rate_limit`, `deployment_not_found`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// The service refused the key or token: check that it belongs to this resource, that it was
    /// not rotated, and that a token is for the right audience.
    Authentication = "authentication",
    /// The identity is known and lacks a role: grant `Cognitive Services OpenAI User` and wait five
    /// minutes. Being an owner is not enough.
    Permission = "permission",
    /// The resource takes no api keys: use Microsoft Entra ID.
    LocalAuthDisabled = "local_auth_disabled",
    /// A firewall or virtual network keeps this machine out: call from inside, or add its address.
    NetworkRule = "network_rule",
    /// Microsoft blocked the resource for abuse: answer its mail; no call can succeed until then.
    AccountBlocked = "account_blocked",
    /// The resource has no deployment of this name: check the name; a deployment made in the last
    /// five minutes may not be known yet.
    DeploymentNotFound = "deployment_not_found",
    /// What the request names does not exist: check the id, and that the endpoint is this resource.
    NotFound = "not_found",
    /// The api-version does not serve this route: use a later one, or `Surface::V1`.
    UnsupportedApiVersion = "unsupported_api_version",
    /// The service refused a value of the request: change it.
    InvalidRequest = "invalid_request",
    /// Prompt and answer together are longer than the model's context: shorten one of them.
    ContextLength = "context_length",
    /// The content filter refused the prompt or cut the answer: change the prompt;
    /// [`Error::content_filter`](crate::Error::content_filter) says why.
    ContentFilter = "content_filter",
    /// The state of what the request is about does not allow it now: look at it, then try again.
    Conflict = "conflict",
    /// The request is larger than the service takes, or the answer than the client does: divide it,
    /// or raise the limit.
    TooLarge = "too_large",
    /// Calls or tokens came faster than the deployment's limit: wait
    /// [`Error::retry_after`](crate::Error::retry_after), slow down, or raise the limit.
    RateLimit = "rate_limit",
    /// A quota is spent: waiting a little does not help; raise it or wait for its renewal.
    Quota = "quota",
    /// The service has no capacity left for this model: wait, or use another region.
    Capacity = "capacity",
    /// Nobody answered in time: raise the timeout or ask for less. The service may have done it.
    Timeout = "timeout",
    /// The service failed: try again; report the request ids if it goes on.
    Server = "server",
    /// Something between client and service answered in its place: check the endpoint, the proxy or
    /// the gateway.
    Gateway = "gateway",
    /// There was no connection, or it broke before the answer: check network, name, proxy and
    /// certificate.
    Connection = "connection",
    /// The answer is not of the expected form: [`Error::body`](crate::Error::body) has it, or the
    /// event of a stream; nothing where it came packed.
    Decode = "decode",
    /// The connection broke in the middle of an answer: what came is not all there is.
    Truncated = "truncated",
    /// There is no credential to send: the source says what was looked for.
    Credential = "credential",
    /// The request or the client could not be built: nothing was sent; correct it.
    Request = "request",
}

impl ErrorKind {
    /// Whether the same call may succeed later without any change.
    pub const fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Conflict
                | Self::RateLimit
                | Self::Capacity
                | Self::Timeout
                | Self::Server
                | Self::Gateway
                | Self::Connection
                | Self::Truncated
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ErrorKind {
    type Err = UnknownErrorKind;

    fn from_str(word: &str) -> Result<Self, UnknownErrorKind> {
        let found = Self::ALL.iter().find(|kind| kind.as_str() == word);
        found.copied().ok_or_else(|| UnknownErrorKind(word.into()))
    }
}

/// A word that names no kind of error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownErrorKind(Box<str>);

impl fmt::Display for UnknownErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no kind of error; the kinds are ", self.0)?;
        for (at, kind) in ErrorKind::ALL.iter().enumerate() {
            write!(f, "{}{kind}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownErrorKind {}
