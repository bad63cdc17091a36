//! The profile of an emulator in this process.

use std::io::{self, Write as _};

use aoai_auth::{ApiKey, Chain, ErrorKind, TwoKeys};
use aoai_emulator::Emulator;
use tempfile::NamedTempFile;

use super::Profile;
use super::credential::CredentialSource;

#[cfg(feature = "identity")]
mod identity;

impl Profile {
    /// The profile of an emulator in this process.
    ///
    /// Its credentials are `key` and `second-key`; `dotenv`, the first of them in a `.env` file; and
    /// `two-keys`, either of which serves. With the feature `identity`, and an emulator with [`Identity`](aoai_emulator::Identity), they are also:
    ///
    /// * `entra`: tokens for an application with every role;
    /// * `vault`: the key that the vault holds, read by that application;
    /// * `no-role`: tokens for an application without any role;
    /// * `wrong-audience`, `expired-token`: tokens that the service refuses.
    pub fn of_emulator(emulator: &Emulator) -> Self {
        let [key, second] = emulator.keys();
        let both = [&key, &second].map(|key| ApiKey::new(key.as_str()));
        let keys = move |_: &_| {
            let [primary, secondary] = both.clone();
            TwoKeys::new(primary, secondary)
        };
        let mut profile = Self::new("emulator")
            .endpoint("main", emulator.endpoint())
            .api_key("key", key.as_str())
            .api_key("second-key", second)
            .insert("two-keys", CredentialSource::maker(keys))
            .var("filtered_prompt", aoai_emulator::FILTERED_PROMPT);
        let file = dotenv(&key).map_err(|error| {
            let what = "cannot write a `.env` file for the emulator's key";
            aoai_auth::Error::new(ErrorKind::Misconfigured, what).with_source(error)
        });
        let read = move || match &file {
            Ok(file) => ApiKey::from_dotenv_or(file.path(), DOTENV_NAME, |_| None),
            Err(error) => Err(error.clone()),
        };
        let source = CredentialSource::maker(move |_| Chain::new().or_result(read()));
        profile = profile.insert("dotenv", source);
        for name in emulator.config().deployments.keys() {
            profile = profile.deployment(name, name);
        }
        profile.is_emulator = true;
        #[cfg(feature = "identity")]
        if let Some(services) = emulator.services() {
            profile = identity::add(profile, &services);
        }
        profile
    }
}

/// A `.env` file that nobody else can read, and that is gone once it is dropped.
fn dotenv(key: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    writeln!(file, "{DOTENV_NAME}='{key}'")?;
    Ok(file)
}

const DOTENV_NAME: &str = "API_KEY";
