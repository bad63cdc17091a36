//! What an emulator serves: deployments, scripted replies, keys.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use serde::Deserialize;

use crate::catalog::{CATALOG, Model};
use crate::instructions::ToolCall;

pub use self::identity::{App, Identity, Managed, Role};

mod identity;

/// What an emulator serves.
///
/// ```
/// use aoai_emulator::Config;
///
/// let config = Config::from_yaml(
///     r#"
/// deployments:
///   chat: {model: gpt-4o-mini}
/// replies:
///   - {prompt: What is the capital of France?, reply: Paris}
/// "#,
/// )?;
/// assert_eq!(config.deployments["chat"].model, "gpt-4o-mini");
/// # Ok::<(), aoai_emulator::ConfigError>(())
/// ```
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The port on 127.0.0.1; 0 for any that is free.
    pub port: u16,
    /// The region that answers name.
    pub region: String,
    /// The two keys of the account; made up at start where they are not given.
    pub keys: Option<[String; 2]>,
    /// The deployments by name.
    pub deployments: BTreeMap<String, Deployment>,
    /// What is answered to certain prompts.
    pub replies: Vec<Reply>,
    /// Whether keys open anything; where they do not, tokens have to.
    pub key_auth: bool,
    /// The services that hand out credentials; they need the feature `identity`.
    pub identity: Option<Identity>,
}

/// A model under the name by which it is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deployment {
    /// The model's name: `gpt-4o-mini`.
    pub model: String,
    /// The kind of deployment: `Standard`, `GlobalBatch`, …
    #[serde(default = "standard")]
    pub sku: String,
    /// How many tokens question and answer may have together, where it is less than the model's.
    #[serde(default)]
    pub context: Option<u64>,
    /// The rate limit in thousands of tokens a minute.
    #[serde(default = "capacity")]
    pub capacity: u64,
    /// How long each request of a batch takes; where it is not said, all of them together take
    /// some seconds.
    #[serde(default, deserialize_with = "crate::duration::deserialize")]
    pub pace: Option<Duration>,
}

/// What is answered to a prompt.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reply {
    /// The text of the last thing that the user says, or the prompt of a completion.
    pub prompt: String,
    /// The answer's text.
    #[serde(default)]
    pub reply: Option<String>,
    /// The tools that the answer calls, where the request offers tools.
    #[serde(default)]
    pub tools: Vec<ToolCall>,
}

impl Config {
    /// Reads a configuration; what it does not say is as in the default one.
    ///
    /// # Errors
    ///
    /// The text is not YAML, or names something that a configuration does not have, or a
    /// deployment's model is none that the emulator knows.
    pub fn from_yaml(text: &str) -> Result<Self, ConfigError> {
        let options = serde_yaml::options! {
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        let config: Self = serde_yaml::from_str_with_options(text, options)
            .map_err(|error| ConfigError(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Finds what cannot be served.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        for (name, deployment) in &self.deployments {
            deployment.check(name)?;
        }
        for Reply {
            prompt,
            reply,
            tools,
        } in &self.replies
        {
            if reply.is_none() && tools.is_empty() {
                let message = format!("the reply to {prompt:?} has neither `reply` nor `tools`");
                return Err(ConfigError(message));
            }
        }
        if self.identity.is_some() && cfg!(not(feature = "identity")) {
            let message = "`identity` needs a build with the feature `identity`";
            return Err(ConfigError(message.to_owned()));
        }
        let keys = self.keys.iter().flatten();
        if keys
            .clone()
            .any(|key| key.len() < 8 || HeaderValue::try_from(key).is_err())
        {
            let message = "a key has at least 8 characters, all of which can stand in a header";
            return Err(ConfigError(message.to_owned()));
        }
        if self
            .keys
            .as_ref()
            .is_some_and(|[first, second]| first == second)
        {
            return Err(ConfigError("the two keys are the same".to_owned()));
        }
        Ok(())
    }
}

impl Default for Config {
    /// On a free port and without scripted replies; some deployments are named after what they
    /// are for, others after their model.
    fn default() -> Self {
        let deployments = [
            ("batch", Deployment::new("gpt-4o-mini").sku("GlobalBatch")),
            ("chat", Deployment::new("gpt-4o-mini")),
            ("dalle", Deployment::new("dall-e-3")),
            ("embeddings", Deployment::new("text-embedding-3-small")),
            ("image", Deployment::new("gpt-image-1")),
            ("instruct", Deployment::new("gpt-35-turbo-instruct")),
            ("realtime", Deployment::new("gpt-realtime")),
            ("reasoning", Deployment::new("o4-mini")),
            ("small", Deployment::new("gpt-4o-mini").context(64)),
            ("speech", Deployment::new("tts")),
            ("transcribe", Deployment::new("gpt-4o-transcribe")),
            ("whisper", Deployment::new("whisper")),
            (
                "gpt-35-turbo-instruct",
                Deployment::new("gpt-35-turbo-instruct"),
            ),
            ("gpt-4o-mini", Deployment::new("gpt-4o-mini")),
            (
                "text-embedding-3-small",
                Deployment::new("text-embedding-3-small"),
            ),
        ];
        Self {
            port: 0,
            region: "East US 2".to_owned(),
            keys: None,
            deployments: deployments.map(|(name, it)| (name.to_owned(), it)).into(),
            replies: Vec::new(),
            key_auth: true,
            identity: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("port", &self.port)
            .field("region", &self.region)
            .field("deployments", &self.deployments)
            .field("replies", &self.replies)
            .field("key_auth", &self.key_auth)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl Deployment {
    /// A standard deployment of a model.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            sku: standard(),
            context: None,
            capacity: capacity(),
            pace: None,
        }
    }

    /// Of this kind.
    #[must_use]
    pub fn sku(mut self, sku: impl Into<String>) -> Self {
        self.sku = sku.into();
        self
    }

    /// With room for this many tokens only.
    #[must_use]
    pub fn context(mut self, tokens: u64) -> Self {
        self.context = Some(tokens);
        self
    }

    fn check(&self, name: &str) -> Result<(), ConfigError> {
        let model = &self.model;
        if Model::find(model).is_none() {
            let known: Vec<&str> = CATALOG.iter().map(|model| model.name).collect();
            let known = known.join(", ");
            return Err(ConfigError(format!(
                "deployment {name:?}: there is no model {model:?}; the emulator knows {known}"
            )));
        }
        if name.is_empty() || HeaderValue::try_from(name).is_err() {
            return Err(ConfigError(format!("{name:?} cannot name a deployment")));
        }
        Ok(())
    }
}

impl Reply {
    /// Answers `prompt` with `reply`.
    pub fn new(prompt: impl Into<String>, reply: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            reply: Some(reply.into()),
            tools: Vec::new(),
        }
    }
}

/// A configuration that cannot be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn standard() -> String {
    "Standard".to_owned()
}

fn capacity() -> u64 {
    120
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_configuration_is_the_default_one() {
        let config = Config::from_yaml("{}").unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn what_cannot_be_served_is_named() {
        for (text, complaint) in [
            ("deploymnets: {}", "unknown field `deploymnets`"),
            (
                "deployments: {a: {model: gpt-9}}",
                r#"deployment "a": there is no model "gpt-9""#,
            ),
            ("deployments: {a: {modle: gpt-4o}}", "unknown field `modle`"),
            ("replies: [{prompt: a}]", "neither `reply` nor `tools`"),
            (
                "keys: [fake-key-one, fake-key-one]",
                "the two keys are the same",
            ),
            ("keys: [short, fake-key-two]", "at least 8 characters"),
            ("keys: [fake-key-one]", "array of length 2"),
            ("a: [", "a: ["),
        ] {
            let error = Config::from_yaml(text).unwrap_err().to_string();
            assert!(error.contains(complaint), "{text}: {error}");
        }
    }

    #[test]
    fn keys_do_not_show() {
        let config = Config::from_yaml("keys: [fake-key-one, fake-key-two]").unwrap();
        assert!(!format!("{config:?}").contains("fake-key"));
    }
}
