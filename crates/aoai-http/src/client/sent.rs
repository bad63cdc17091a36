//! What a request was sent with that no text may show: services and gateways echo it.

use std::sync::Arc;

use aoai_auth::{Credential, Secret};

use super::Client;
use crate::redact;
use crate::transport::WireRequest;

/// The secrets of a request that was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    credential: Option<Secret>,
    /// What else there was. It is kept for each open stream, so it is thin.
    others: Option<Arc<Vec<Secret>>>,
}

impl Sent {
    /// The secrets of a request as policies left it, but for the credential. Where nobody could have
    /// put one into it, none is looked for.
    pub(crate) fn of(client: &Client, request: &WireRequest) -> Self {
        let others = (request.endpoint.is_none() || client.adds_its_own())
            .then(|| redact::secrets(&request.headers, &request.target))
            .filter(|others| !others.is_empty());
        Self {
            credential: None,
            others: others.map(Arc::new),
        }
    }

    /// Takes note of what the provider yielded.
    pub(crate) fn learn(&mut self, credential: &Credential) {
        self.credential = match credential {
            Credential::ApiKey(key) => Some(key.clone()),
            Credential::Bearer(token) => Some(token.token.clone()),
            _ => None,
        };
    }

    /// The text without the secrets, nor those that `request` had before policies saw it.
    pub(crate) fn scrub(&self, text: &str, request: Option<&WireRequest>) -> String {
        let before = request.map(|request| redact::secrets(&request.headers, &request.target));
        let others = self.others.as_deref();
        let secrets = self.credential.iter();
        let secrets = secrets.chain(others.into_iter().flatten());
        let secrets = secrets.chain(before.iter().flatten());
        aoai_auth::scrub(text, secrets.map(Secret::expose))
    }
}

impl Client {
    /// Whether requests carry more than operations and credentials put into them.
    fn adds_its_own(&self) -> bool {
        let shared = &self.shared;
        let is_plain = shared.per_call.is_empty()
            && shared.per_attempt.is_empty()
            && shared.headers.is_empty()
            && shared.query.is_empty();
        let call = self.call.as_deref();
        !is_plain || call.is_some_and(|call| !call.headers.is_empty() || !call.query.is_empty())
    }
}
