//! What a request was sent with that no text may show: services and gateways echo it.

use std::sync::Arc;

use aoai_auth::{Credential, Secret};

use super::secrets;
use crate::transport::WireRequest;

/// The secrets of a request that was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    credential: Option<Secret>,
    /// What else there was. It is kept for each open stream, so it is thin.
    others: Option<Arc<Vec<Secret>>>,
}

impl Sent {
    /// The secrets of a request as policies left it, but for the credential. In that of an operation
    /// none is looked for, unless its client `adds` something.
    pub(crate) fn of(request: &WireRequest, adds: bool) -> Self {
        let others = (request.endpoint.is_none() || adds)
            .then(|| secrets(&request.headers, &request.target))
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
        let before = request.map(|request| secrets(&request.headers, &request.target));
        let others = self.others.as_deref();
        let secrets = self.credential.iter();
        let secrets = secrets.chain(others.into_iter().flatten());
        let secrets = secrets.chain(before.iter().flatten());
        aoai_auth::scrub(text, secrets.map(Secret::expose))
    }
}
