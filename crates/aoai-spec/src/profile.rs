//! Where specs run: endpoints, deployment names and credentials, none of which a spec knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aoai_auth::{CredentialProvider, Secret};
use aoai_types::Surface;
use serde_json::Value;

use crate::budget::{Budget, Price};
use crate::diagnostic::{Diagnostic, Problems, did_you_mean};
use crate::error::Error;
use crate::source::Source;
use crate::suite;
use crate::value::Node;

pub(crate) use self::credential::CredentialSource;
pub(crate) use self::read::environment;

#[cfg(feature = "identity")]
mod azure;
mod credential;
#[cfg(feature = "emulator")]
mod emulator;
mod read;

/// Where specs run.
///
/// ```
/// use aoai_spec::Profile;
///
/// let profile = Profile::new("staging")
///     .endpoint("main", "https://contoso.openai.azure.com")
///     .deployment("chat", "gpt-4o-mini")
///     .api_key("key", "not-a-real-key");
/// assert_eq!(profile.name(), "staging");
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) is_emulator: bool,
    pub(crate) endpoints: BTreeMap<String, String>,
    pub(crate) deployments: BTreeMap<String, String>,
    pub(crate) credentials: BTreeMap<String, CredentialSource>,
    pub(crate) api: Surface,
    pub(crate) retries: Option<u32>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) jobs: Option<usize>,
    /// What a whole run may spend.
    pub(crate) budget: Budget,
    /// What deployments cost, by their aliases.
    pub(crate) prices: BTreeMap<String, Price>,
    pub(crate) vars: BTreeMap<String, Value>,
    /// Those of them that reports must not show.
    pub(crate) secret_vars: BTreeMap<String, Secret>,
    /// Their names, and those of secret variables that have no value here.
    pub(crate) secret_names: BTreeSet<String>,
    /// What is named and has no value, such as ``endpoint `main` ``, with the variables of the
    /// environment that it asks for and that are not set.
    pub(crate) unset: BTreeMap<String, Vec<String>>,
}

impl Profile {
    /// A profile without anything, speaking v1.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_emulator: false,
            endpoints: BTreeMap::new(),
            deployments: BTreeMap::new(),
            credentials: BTreeMap::new(),
            api: Surface::V1,
            retries: None,
            timeout: None,
            jobs: None,
            budget: Budget::default(),
            prices: BTreeMap::new(),
            vars: BTreeMap::new(),
            secret_vars: BTreeMap::new(),
            secret_names: BTreeSet::new(),
            unset: BTreeMap::new(),
        }
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds an endpoint; specs that name none use `main`.
    #[must_use]
    pub fn endpoint(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.endpoints.insert(name.into(), url.into());
        self
    }

    /// Adds a deployment under the alias that specs use.
    #[must_use]
    pub fn deployment(mut self, alias: impl Into<String>, name: impl Into<String>) -> Self {
        self.deployments.insert(alias.into(), name.into());
        self
    }

    /// Says what a deployment costs, by its alias.
    #[must_use]
    pub fn price(mut self, alias: impl Into<String>, price: Price) -> Self {
        self.prices.insert(alias.into(), price);
        self
    }

    /// Limits what a whole run may spend.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Adds an api key; specs that name no credential use `key`.
    #[must_use]
    pub fn api_key(self, name: impl Into<String>, key: impl Into<Secret>) -> Self {
        self.insert(name, CredentialSource::ApiKey(key.into()))
    }

    /// Adds a provider of credentials.
    #[must_use]
    pub fn credential(self, name: impl Into<String>, provider: impl CredentialProvider) -> Self {
        let provider = Arc::new(provider);
        self.insert(
            name,
            CredentialSource::maker(move |_| Arc::clone(&provider)),
        )
    }

    fn insert(mut self, name: impl Into<String>, source: CredentialSource) -> Self {
        self.credentials.insert(name.into(), source);
        self
    }

    /// Sets the value of a variable, for specs that declare it.
    #[must_use]
    pub fn var(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// How often a call is tried again where a spec does not say.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Sets the value of a variable that reports must not show.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        let name = name.into();
        self.secret_names.insert(name.clone());
        self.secret_vars.insert(name, value.into());
        self
    }

    /// The surface that specs speak where they do not say.
    #[must_use]
    pub fn api(mut self, surface: Surface) -> Self {
        self.api = surface;
        self
    }

    /// Reads a profile from a file; `lookup` stands for the environment.
    ///
    /// # Errors
    ///
    /// The file cannot be read, has something wrong in it, or has no profile of that name.
    pub fn load(
        path: impl AsRef<Path>,
        name: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = suite::read(path).map_err(Error::io)?;
        let source = Source::new(path.display().to_string(), text);
        Self::from_source(&source, name, &lookup)
    }

    pub(crate) fn from_source(
        source: &Arc<Source>,
        name: &str,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut problems = Problems::new(Arc::clone(source));
        let documents = Node::read_all(&mut problems);
        let profiles = documents.first().and_then(|document| {
            let profiles = document.as_map();
            if profiles.is_none() {
                let message = format!("a file of profiles is a mapping, not {}", document.kind());
                problems
                    .error(document.span, message, "")
                    .help("of names: live: {endpoints: …, credentials: …}");
            }
            profiles
        });
        let profiles = profiles.unwrap_or_default();
        let mut found = None;
        if let Some(second) = documents.get(1) {
            problems
                .error(
                    second.span,
                    "a file of profiles is one document",
                    "the second",
                )
                .help("a profile is a key of its own: leave out the `---`");
        }
        for (key, node) in profiles {
            let profile = read::profile(key, node, lookup, &mut problems);
            if key.name == name {
                found = profile;
            }
        }
        let errors: Vec<Diagnostic> = problems.finish();
        if !errors.is_empty() {
            return Err(Error::spec(errors));
        }
        found.ok_or_else(|| {
            let known: Vec<_> = profiles.iter().map(|(key, _)| key.name.as_str()).collect();
            let near = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match &*known {
                [] => "it is empty".to_owned(),
                known => format!("it has: {}", known.join(", ")),
            });
            Error::usage(format!("{} has no profile `{name}`; {near}", source.name()))
        })
    }

    /// What a deployment costs; the emulator's cost nothing unless somebody says so.
    pub(crate) fn price_of(&self, alias: &str) -> Option<Price> {
        let free = self.is_emulator.then(Price::default);
        self.prices.get(alias).copied().or(free)
    }

    /// # Errors
    ///
    /// There is no endpoint, so that nothing could be run.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !self.endpoints.is_empty() {
            return Ok(());
        }
        let endpoints = self.unset.iter();
        let endpoints = endpoints.filter(|(part, _)| part.starts_with("endpoint "));
        let unset = endpoints.flat_map(|(_, unset)| unset).map(String::as_str);
        let reason = not_set(&unset.collect::<Vec<_>>());
        let name = &self.name;
        Err(Error::setup(format!(
            "profile {name} has no endpoint{reason}"
        )))
    }

    /// The endpoint of whoever names none: `main`, or the only one that there is.
    pub(crate) fn usual_endpoint(&self) -> &str {
        self.only("endpoint", self.endpoints.keys())
            .unwrap_or("main")
    }

    /// The credential of whoever names none: `key`, or the only one that there is.
    pub(crate) fn usual_credential(&self) -> &str {
        self.only("credential", self.credentials.keys())
            .unwrap_or("key")
    }

    /// The name of the only part of a kind, if none of that kind lacks its variable.
    fn only<'a>(&self, kind: &str, mut names: impl Iterator<Item = &'a String>) -> Option<&'a str> {
        let is_kind = |part: &String| part.starts_with(&format!("{kind} `"));
        let (Some(name), None) = (names.next(), names.next()) else {
            return None;
        };
        (!self.unset.keys().any(is_kind)).then_some(name)
    }

    /// That a part, such as ``deployment `chat` ``, is not there, and what would bring it.
    pub(crate) fn lacks(&self, part: &str) -> String {
        let unset = self.unset.get(part).into_iter().flatten();
        let reason = not_set(&unset.map(String::as_str).collect::<Vec<_>>());
        format!("profile {} has no {part}{reason}", self.name)
    }

    /// The same of a variable of specs, which an environment's may give where the profile does not.
    pub(crate) fn lacks_variable(&self, name: &str, environment: &str) -> String {
        let part = format!("`{name}`");
        let told = self.lacks(&part);
        if self.unset.contains_key(&part) {
            return told;
        }
        format!("{told}{}", not_set(&[environment]))
    }

    /// Secrets with the names that stand for them in reports.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        let vars = self.secret_vars.iter();
        let vars = vars.map(|(name, secret)| (name.as_str(), secret.expose()));
        let credentials = self
            .credentials
            .iter()
            .filter_map(|(name, source)| match source {
                CredentialSource::ApiKey(secret) | CredentialSource::Token(secret) => {
                    Some((name.as_str(), secret.expose()))
                }
                CredentialSource::Maker(_) => None,
            });
        vars.chain(credentials)
    }

    /// The value of a variable, if the profile has one.
    pub(crate) fn var_of(&self, name: &str) -> Option<Value> {
        let secret = self.secret_vars.get(name);
        let secret = secret.map(|secret| Value::from(secret.expose()));
        secret.or_else(|| self.vars.get(name).cloned())
    }
}

fn not_set(variables: &[&str]) -> String {
    match variables {
        [] => String::new(),
        [one] => format!(": {one} is not set"),
        several => format!(": {} are not set", several.join(", ")),
    }
}
