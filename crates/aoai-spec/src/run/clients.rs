//! The clients of a cell: one for each endpoint and credential.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aoai_auth::{
    AccessToken, ApiKey, Audience, Cached, Clock, Credential, CredentialProvider, ErrorKind, Issued,
};
use aoai_http::{Client, Transport};
use async_trait::async_trait;

use super::plan::{NONE, WRONG_KEY};
use super::purse::Purse;
use super::record::Recorder;
use super::target::Target;
use crate::profile::CredentialSource;
use crate::redact::Redactor;

/// What carries the requests of a run.
#[derive(Debug)]
pub(super) struct Connections {
    /// In place of HTTP.
    transport: Option<Arc<dyn Transport>>,
    /// A client for each endpoint, whose connections all others use.
    lenders: Mutex<BTreeMap<String, Client>>,
}

impl Connections {
    pub(super) fn new(transport: Option<Arc<dyn Transport>>) -> Self {
        Self {
            transport,
            lenders: Mutex::default(),
        }
    }
}

/// Makes clients when they are first needed.
///
/// Each cell has its own, so that it begins without a credential in any cache and has its own time.
#[derive(Debug)]
pub(super) struct Clients<'a> {
    target: Arc<Target>,
    connections: &'a Connections,
    recorder: Recorder,
    purse: Purse,
    clock: Arc<dyn Clock>,
    made: Mutex<BTreeMap<(String, String), Client>>,
}

impl<'a> Clients<'a> {
    pub(super) fn new(
        target: &Arc<Target>,
        connections: &'a Connections,
        (recorder, purse): (Recorder, Purse),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            target: Arc::clone(target),
            connections,
            recorder,
            purse,
            clock,
            made: Mutex::default(),
        }
    }

    /// The client for an endpoint and a credential of the profile.
    ///
    /// # Errors
    ///
    /// The profile has no such, or the client cannot be built.
    pub(super) fn get(&self, endpoint: &str, credential: &str) -> Result<Client, String> {
        let key = (endpoint.to_owned(), credential.to_owned());
        let mut made = locked(&self.made);
        if let Some(client) = made.get(&key) {
            return Ok(client.clone());
        }
        let client = self.make(endpoint, credential)?;
        made.insert(key, client.clone());
        Ok(client)
    }

    fn make(&self, endpoint: &str, credential: &str) -> Result<Client, String> {
        let profile = &self.target.profile;
        let url = profile.endpoints.get(endpoint);
        let url = url.ok_or_else(|| format!("no endpoint `{endpoint}`"))?;
        let builder = Client::builder(url)
            .clock(Arc::clone(&self.clock))
            .per_attempt_policy(self.purse.clone())
            .per_attempt_policy(self.recorder.of_credential(credential));
        let builder = match (profile.credentials.get(credential), credential) {
            (Some(CredentialSource::ApiKey(key)), _) => {
                builder.credential(ApiKey::new(key.clone()))
            }
            (Some(CredentialSource::Token(token)), _) => {
                builder.credential(AccessToken::new(token.clone()))
            }
            (Some(CredentialSource::Maker(make)), _) => {
                let provider = Masked {
                    provider: make(&self.clock),
                    name: credential.to_owned(),
                    redactor: self.recorder.redactor(),
                };
                builder.credential(Cached::new(provider).with_clock(Arc::clone(&self.clock)))
            }
            (None, WRONG_KEY) => builder.credential(ApiKey::new(REFUSED)),
            (None, NONE) => builder.no_credential(),
            (None, other) => return Err(format!("no credential `{other}`")),
        };
        let mut lenders = locked(&self.connections.lenders);
        let builder = match (&self.connections.transport, lenders.get(endpoint)) {
            (Some(transport), _) => builder.transport(Arc::clone(transport)),
            (None, Some(client)) => builder.connections_of(client),
            (None, None) => builder,
        };
        let client = builder.build().map_err(|error| chain(&error))?;
        lenders
            .entry(endpoint.to_owned())
            .or_insert_with(|| client.clone());
        Ok(client)
    }
}

/// A provider whose credentials are kept out of reports from the moment that it yields them.
#[derive(Debug)]
struct Masked {
    provider: Arc<dyn CredentialProvider>,
    name: String,
    redactor: Arc<Redactor>,
}

#[async_trait]
impl CredentialProvider for Masked {
    async fn credential(&self, audience: &Audience) -> aoai_auth::Result<Issued> {
        let issued = self.provider.credential(audience).await?;
        let unusable = |reason: String| aoai_auth::Error::new(ErrorKind::Misconfigured, reason);
        let secret = match &issued.credential {
            Credential::ApiKey(key) => key.expose(),
            Credential::Bearer(token) => token.token.expose(),
            _ => return Err(unusable("reports cannot mask this credential".to_owned())),
        };
        let registered = self.redactor.register(&self.name, secret);
        registered.map_err(|error| unusable(error.to_string()))?;
        Ok(issued)
    }

    fn invalidate(&self, refused: &Credential) {
        self.provider.invalidate(refused);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_told = cause.to_string();
        if !told.ends_with(&cause_told) {
            told.push_str(": ");
            told.push_str(&cause_told);
        }
        source = cause.source();
    }
    told
}

/// No resource has this key.
const REFUSED: &str = "this-key-is-wrong-on-purpose";
