//! What every provider should do, whoever wrote it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;

use super::capture::Capture;
use crate::cached::Cached;
use crate::clock::{Clock, SystemClock};
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::header::sendable;
use crate::provider::{Audience, CredentialProvider, Issued};
use crate::redact::forms;

/// Checks of any provider, to be run in a test with a runtime of one thread.
///
/// They fail by panicking with what is wrong. Give the provider secrets that are easily told from
/// other text, and list them: they are searched for in all that the provider lets be seen, as they
/// are, percent-encoded and in base64.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use aoai_auth::ApiKey;
/// use aoai_auth::testing::Conformance;
///
/// let checks = Conformance::new(["fake-canary"]);
/// checks.yields(ApiKey::new("fake-canary")).await;
/// checks.fails(ApiKey::new("fake canary")).await;
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Conformance {
    secrets: Vec<String>,
    audience: Audience,
    clock: Arc<dyn Clock>,
}

impl Conformance {
    /// Checks that look for these secrets.
    pub fn new<S: Into<String>>(secrets: impl IntoIterator<Item = S>) -> Self {
        Self {
            secrets: secrets.into_iter().map(Into::into).collect(),
            audience: Audience::AI,
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// The same, asking for credentials for this audience.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// The same, judging expiry by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Checks a provider that has a credential, and returns one.
    ///
    /// * The credential can be sent in a header and has not expired.
    /// * A call that is given up, once begun, does not spoil the next.
    /// * Callers at the same time are all served; behind [`Cached`], by one fetch.
    /// * Forgetting a credential, its own or a stranger's, leaves it able to yield.
    /// * No secret shows in `Debug`, in a log or in a panic.
    ///
    /// # Panics
    ///
    /// Where the provider does not do as it should.
    pub async fn yields(&self, provider: impl CredentialProvider) -> Issued {
        let capture = Capture::start();
        let provider = Arc::new(provider);
        self.inspect("Debug of the provider", &format!("{provider:?}"));

        self.give_up(&*provider).await;
        let issued = self
            .must_yield(&*provider, "after a call was given up")
            .await;
        self.check(&issued);

        provider.invalidate(&Credential::ApiKey("a stranger's key".into()));
        provider.invalidate(&issued.credential);
        self.must_yield(&*provider, "after a refusal").await;

        self.share(Arc::clone(&provider)).await;
        self.inspect("Debug of the provider, used", &format!("{provider:?}"));
        self.inspect("the log", &capture.text());
        issued
    }

    /// Checks a provider that fails, and returns its error.
    ///
    /// # Panics
    ///
    /// Where it does not fail, or shows a secret in the error, its causes, a log or a panic.
    pub async fn fails(&self, provider: impl CredentialProvider) -> Error {
        let capture = Capture::start();
        self.inspect("Debug of the provider", &format!("{provider:?}"));
        let error = match self.ask(&provider).await {
            Err(error) => error,
            Ok(issued) => panic!("the provider should fail, but yields {issued:?}"),
        };
        self.inspect("Debug of the error", &format!("{error:?} {error:#?}"));
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            self.inspect("an error", &error.to_string());
            self.inspect("Debug of a cause", &format!("{error:?}"));
            cause = error.source();
        }
        self.inspect("the log", &capture.text());
        error
    }

    /// Searches any text for the secrets, in all the ways in which they may be spelled.
    ///
    /// # Panics
    ///
    /// Where it finds one; the message names the secret by its place in the list only.
    pub fn inspect(&self, what: &str, text: &str) {
        for (number, secret) in (1..).zip(&self.secrets) {
            for (form, spelled) in forms(secret).iter().enumerate() {
                assert!(
                    !text.contains(spelled),
                    "{what} shows secret {number}, in spelling {form}"
                );
            }
        }
    }

    fn check(&self, issued: &Issued) {
        self.inspect(
            "Debug of the credential",
            &format!("{issued:?} {issued:#?}"),
        );
        let secret = match &issued.credential {
            Credential::ApiKey(key) => key,
            Credential::Bearer(token) => &token.token,
        };
        if let Err(error) = sendable(secret, "the credential") {
            panic!("{error}");
        }
        if let Some(end) = issued.end() {
            assert!(self.clock.now() < end, "the credential has expired");
        }
    }

    async fn share(&self, provider: Arc<impl CredentialProvider>) {
        let counted = Counted {
            provider,
            asked: AtomicUsize::new(0),
        };
        let cached = Arc::new(Cached::new(counted).with_clock(Arc::clone(&self.clock)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (cached, audience) = (Arc::clone(&cached), self.audience.clone());
                tokio::spawn(async move { cached.credential(&audience).await })
            })
            .collect();
        for caller in callers {
            match within_patience(caller).await {
                Ok(Ok(issued)) => self.check(&issued),
                Ok(Err(error)) => panic!("behind `Cached` one of several callers got: {error}"),
                Err(error) => panic!("behind `Cached` one of several callers died: {error}"),
            }
        }
        let asked = cached.provider().asked.load(Ordering::SeqCst);
        assert_eq!(asked, 1, "callers at the same time should share one fetch");
    }

    /// Begins a call and drops it.
    async fn give_up(&self, provider: &impl CredentialProvider) {
        let mut call = provider.credential(&self.audience);
        poll_fn(|cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
            if let Err(payload) = polled {
                self.panicked(&*payload);
            }
            Poll::Ready(())
        })
        .await;
    }

    async fn must_yield(&self, provider: &impl CredentialProvider, when: &str) -> Issued {
        match self.ask(provider).await {
            Ok(issued) => issued,
            Err(error) => panic!("{when}, the provider fails: {error}"),
        }
    }

    async fn ask(&self, provider: &impl CredentialProvider) -> Result<Issued> {
        let mut call = provider.credential(&self.audience);
        within_patience(poll_fn(|cx| {
            match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx))) {
                Ok(polled) => polled,
                Err(payload) => self.panicked(&*payload),
            }
        }))
        .await
    }

    fn panicked(&self, payload: &(dyn Any + Send)) -> ! {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        self.inspect("the panic of the provider", text);
        panic!("the provider panicked: {text}");
    }
}

async fn within_patience<T>(future: impl Future<Output = T>) -> T {
    let Ok(outcome) = tokio::time::timeout(PATIENCE, pin!(future)).await else {
        panic!("the provider does not answer within {PATIENCE:?}");
    };
    outcome
}

/// Counts the calls.
#[derive(Debug)]
struct Counted<P> {
    provider: Arc<P>,
    asked: AtomicUsize,
}

#[async_trait]
impl<P: CredentialProvider> CredentialProvider for Counted<P> {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // A fetch that is over at once would leave the other callers nothing to share.
        tokio::task::yield_now().await;
        self.provider.credential(audience).await
    }

    fn invalidate(&self, refused: &Credential) {
        self.provider.invalidate(refused);
    }
}

const CALLERS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(90);
