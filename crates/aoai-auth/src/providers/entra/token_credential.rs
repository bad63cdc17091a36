//! A provider of this crate as a credential of the Azure SDK.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind as AzureKind;

use crate::cached::Cached;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind};
use crate::provider::{Audience, CredentialProvider};

/// Lends a provider's tokens to clients of the Azure SDK, which keep them by themselves.
pub(crate) struct Borrowed {
    provider: Arc<dyn CredentialProvider>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<Credential>>,
}

impl Borrowed {
    pub(crate) fn new(provider: impl CredentialProvider, clock: Arc<dyn Clock>) -> Self {
        let provider = Cached::new(provider).with_clock(Arc::clone(&clock));
        Self {
            provider: Arc::new(provider),
            clock,
            last: Mutex::default(),
        }
    }

    /// Forgets the token that was lent last, as it was refused. False if none was.
    ///
    /// Several requests may be refused at once, and each of them is to ask again: so it stays noted.
    pub(crate) fn forget(&self) -> bool {
        let refused = self.last().clone();
        if let Some(refused) = &refused {
            self.provider.invalidate(refused);
        }
        refused.is_some()
    }

    fn last(&self) -> MutexGuard<'_, Option<Credential>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenCredential for Borrowed {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let failed = |error: Error| azure_core::Error::new(AzureKind::Credential, error);
        let audience = Audience::new(scopes.join(" "));
        let issued = self.provider.credential(&audience).await.map_err(failed)?;
        let Credential::Bearer(token) = &issued.credential else {
            return Err(failed(Error::new(
                ErrorKind::Misconfigured,
                "it takes a token of Entra ID, and its provider yields an api key",
            )));
        };
        *self.last() = Some(issued.credential.clone());
        let expires_on = token
            .expires_on
            .unwrap_or_else(|| self.clock.now() + UNKNOWN_LIFETIME);
        Ok(AccessToken::new(
            token.token.expose().to_owned(),
            expires_on.into(),
        ))
    }
}

impl fmt::Debug for Borrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Borrowed").field(&self.provider).finish()
    }
}

/// What is told of a token of which nobody knows when it ends: so little that it is asked for again
/// with each request.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::clock::SystemClock;

    #[tokio::test]
    async fn a_token_that_is_refused_twice_at_once_is_replaced_for_both() {
        let provider = crate::credential::AccessToken::new("fake-token");
        let borrowed = Borrowed::new(provider, Arc::new(SystemClock::new()));
        assert!(!borrowed.forget(), "nothing was lent");
        for _ in 0..2 {
            borrowed.get_token(&["scope"], None).await.unwrap();
        }
        assert!(borrowed.forget());
        assert!(borrowed.forget());
    }

    #[tokio::test]
    async fn a_token_is_lent_until_its_end_or_for_a_minute_where_nobody_knows_that() {
        let clock = crate::testing::ManualClock::new();
        let soon = clock.now() + Duration::from_secs(1_000);
        let forever = crate::credential::AccessToken::new("fake-token");
        for (token, until) in [
            (forever.clone().expiring(soon), soon),
            (forever, clock.now() + Duration::from_secs(60)),
        ] {
            let borrowed = Borrowed::new(token, Arc::new(clock.clone()));
            let lent = borrowed.get_token(&["scope"], None).await.unwrap();
            assert_eq!(SystemTime::from(lent.expires_on), until);
            assert_eq!(lent.token.secret(), "fake-token");
        }
    }
}
