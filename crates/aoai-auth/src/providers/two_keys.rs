//! The two keys of a resource, one standing in for the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{Audience, CredentialProvider, Issued};

/// Two sources of keys for one resource, of which either serves.
///
/// The primary is asked until the service refuses what it yields, or until it cannot be read; then
/// the secondary is, until the same befalls that; and so back. A resource has two keys that are
/// both valid, so that one can be replaced while the other serves.
///
/// ```
/// use aoai_auth::{ApiKey, Cached, TwoKeys};
///
/// let keys = Cached::new(TwoKeys::new(ApiKey::new("fake-key-1"), ApiKey::new("fake-key-2")));
/// ```
#[derive(Debug)]
pub struct TwoKeys<P, S> {
    primary: P,
    secondary: S,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    turn: Turn,
    /// What either source yielded last.
    yielded: [Option<Credential>; 2],
    /// What the service refused last.
    refused: Option<Credential>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Primary,
    Secondary,
}

impl<P: CredentialProvider, S: CredentialProvider> TwoKeys<P, S> {
    /// Asks the primary first.
    pub fn new(primary: P, secondary: S) -> Self {
        Self {
            primary,
            secondary,
            state: Mutex::default(),
        }
    }

    fn source(&self, turn: Turn) -> &dyn CredentialProvider {
        match turn {
            Turn::Primary => &self.primary,
            Turn::Secondary => &self.secondary,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what was yielded. False if it is what the service refused last.
    fn note(&self, turn: Turn, issued: &Issued) -> bool {
        let mut state = self.state();
        state.yielded[turn as usize] = Some(issued.credential.clone());
        let is_good = state.refused.as_ref() != Some(&issued.credential);
        if is_good {
            state.turn = turn;
        }
        is_good
    }
}

#[async_trait]
impl<P: CredentialProvider, S: CredentialProvider> CredentialProvider for TwoKeys<P, S> {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        let first = self.state().turn;
        let outcome = self.source(first).credential(audience).await;
        if let Ok(issued) = &outcome
            && self.note(first, issued)
        {
            return outcome;
        }
        let second = first.other();
        match (outcome, self.source(second).credential(audience).await) {
            (outcome, Ok(issued)) => {
                // What the first source holds is known to be refused; this is no worse.
                self.note(second, &issued);
                if let Err(error) = outcome {
                    tracing::warn!(%error, "one of two keys cannot be had; the other serves");
                }
                Ok(issued)
            }
            (Ok(issued), Err(_)) => Ok(issued),
            (Err(one), Err(other)) => Err(neither(&one, &other)),
        }
    }

    fn invalidate(&self, refused: &Credential) {
        self.primary.invalidate(refused);
        self.secondary.invalidate(refused);
        let mut state = self.state();
        let turn = state.turn;
        if state.yielded[turn as usize].as_ref() == Some(refused) {
            state.turn = turn.other();
        }
        state.refused = Some(refused.clone());
    }
}

impl Turn {
    fn other(self) -> Self {
        match self {
            Self::Primary => Self::Secondary,
            Self::Secondary => Self::Primary,
        }
    }
}

/// Neither key could be had. What may pass by itself is told first, as waiting may help.
fn neither(one: &Error, other: &Error) -> Error {
    let kind = [one.kind(), other.kind()]
        .into_iter()
        .min_by_key(|kind| match kind {
            ErrorKind::Unavailable => 0,
            ErrorKind::Refused => 1,
            ErrorKind::Misconfigured => 2,
            ErrorKind::NotConfigured => 3,
        })
        .unwrap_or(one.kind());
    Error::new(kind, format!("neither key can be had: {one}; {other}"))
}
