//! A provider that does what the test says.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aoai_auth::{
    AccessToken, Audience, Credential, CredentialProvider, Error, ErrorKind, Issued, Result,
};
use async_trait::async_trait;
use tokio::sync::Semaphore;

/// Yields the answers it was given, one for each fetch, the last one for ever; counts the fetches;
/// and, where it is gated, lets each of them end only when the test opens the gate.
#[derive(Clone, Debug)]
pub(crate) struct Scripted(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    answers: Mutex<VecDeque<Result<Issued>>>,
    asked: AtomicUsize,
    invalidated: Mutex<Vec<Credential>>,
    gate: Option<Semaphore>,
}

impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<Issued>>) -> Self {
        Self::build(answers, None)
    }

    pub(crate) fn gated(answers: impl IntoIterator<Item = Result<Issued>>) -> Self {
        Self::build(answers, Some(Semaphore::new(0)))
    }

    fn build(answers: impl IntoIterator<Item = Result<Issued>>, gate: Option<Semaphore>) -> Self {
        Self(Arc::new(Inner {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: AtomicUsize::new(0),
            invalidated: Mutex::default(),
            gate,
        }))
    }

    /// How many fetches have begun.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Lets one more fetch end.
    pub(crate) fn open(&self) {
        self.0.gate.as_ref().unwrap().add_permits(1);
    }

    /// What it was told to forget.
    pub(crate) fn invalidated(&self) -> Vec<Credential> {
        self.0.invalidated.lock().unwrap().clone()
    }
}

#[async_trait]
impl CredentialProvider for Scripted {
    async fn credential(&self, _audience: &Audience) -> Result<Issued> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        // What a fetch yields is settled when it begins, as with a server that has answered.
        let answer = {
            let mut answers = self.0.answers.lock().unwrap();
            if answers.len() > 1 {
                answers.pop_front().unwrap()
            } else {
                answers[0].clone()
            }
        };
        if let Some(gate) = &self.0.gate {
            gate.acquire().await.unwrap().forget();
        }
        answer
    }

    fn invalidate(&self, refused: &Credential) {
        self.0.invalidated.lock().unwrap().push(refused.clone());
    }
}

pub(crate) fn key(text: &str) -> Result<Issued> {
    Ok(Issued::network(api_key(text)))
}

pub(crate) fn api_key(text: &str) -> Credential {
    Credential::ApiKey(text.into())
}

pub(crate) fn token(text: &str, expires_on: std::time::SystemTime) -> Result<Issued> {
    let token = AccessToken::new(text).expiring(expires_on);
    Ok(Issued::network(Credential::Bearer(token)))
}

pub(crate) fn failure(kind: ErrorKind) -> Result<Issued> {
    Err(Error::new(kind, "the script says so"))
}

/// The secret of what was issued.
pub(crate) fn text(issued: &Result<Issued>) -> &str {
    match &issued.as_ref().unwrap().credential {
        Credential::ApiKey(key) => key.expose(),
        Credential::Bearer(token) => token.token.expose(),
        other => panic!("{other:?}"),
    }
}

/// Lets every task that can go on do so. On the single thread of these tests that takes a bounded
/// number of turns.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
