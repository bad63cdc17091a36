//! The clients of a run: one for each endpoint and credential.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aoai_auth::{AccessToken, ApiKey, Cached, Clock};
use aoai_http::Client;

use super::plan::{NONE, WRONG_KEY};
use super::record::Recorder;
use crate::profile::{CredentialSource, Profile};

/// Makes clients when they are first needed.
#[derive(Debug)]
pub(crate) struct Clients {
    clock: Arc<dyn Clock>,
    recorder: Recorder,
    made: Mutex<BTreeMap<(String, String), Client>>,
}

impl Clients {
    pub(crate) fn new(clock: Arc<dyn Clock>, recorder: Recorder) -> Self {
        Self {
            clock,
            recorder,
            made: Mutex::default(),
        }
    }

    /// The client for an endpoint and a credential of the profile.
    ///
    /// # Errors
    ///
    /// The profile has no such, or the client cannot be built.
    pub(crate) fn get(
        &self,
        profile: &Profile,
        endpoint: &str,
        credential: &str,
    ) -> Result<Client, String> {
        let key = (endpoint.to_owned(), credential.to_owned());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&key) {
            return Ok(client.clone());
        }
        let client = self.make(profile, endpoint, credential)?;
        made.insert(key, client.clone());
        Ok(client)
    }

    fn make(&self, profile: &Profile, endpoint: &str, credential: &str) -> Result<Client, String> {
        let url = profile.endpoints.get(endpoint);
        let url = url.ok_or_else(|| format!("no endpoint `{endpoint}`"))?;
        let builder = Client::builder(url)
            .clock(Arc::clone(&self.clock))
            .per_attempt_policy(self.recorder.of_credential(credential));
        let builder = match (profile.credentials.get(credential), credential) {
            (Some(CredentialSource::ApiKey(key)), _) => {
                builder.credential(ApiKey::new(key.clone()))
            }
            (Some(CredentialSource::Token(token)), _) => {
                builder.credential(AccessToken::new(token.clone()))
            }
            (Some(CredentialSource::Provider(provider)), _) => {
                builder.credential(Cached::new(Arc::clone(provider)))
            }
            (None, WRONG_KEY) => builder.credential(ApiKey::new(REFUSED)),
            (None, NONE) => builder.no_credential(),
            (None, other) => return Err(format!("no credential `{other}`")),
        };
        builder.build().map_err(|error| chain(&error))
    }
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
