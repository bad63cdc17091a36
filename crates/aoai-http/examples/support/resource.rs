//! Where an example's calls go: the resource that the environment names, or an emulator.

use std::error::Error;

use aoai_emulator::Emulator;
use aoai_http::Client;

#[path = "emulator.rs"]
mod emulator;

/// A client, and the emulator that it calls where it calls one.
pub(crate) struct Resource {
    pub(crate) client: Client,
    _emulator: Option<Emulator>,
}

impl Resource {
    /// The resource that `AZURE_OPENAI_ENDPOINT` names; an emulator where it is not set.
    pub(crate) async fn connect() -> Result<Self, Box<dyn Error>> {
        let Some(emulator) = emulator::unless_configured().await? else {
            return Ok(Self {
                client: Client::from_env()?,
                _emulator: None,
            });
        };
        let [key, _] = emulator.keys();
        let client = Client::from_lookup(|name| match name {
            "AZURE_OPENAI_ENDPOINT" => Some(emulator.endpoint().to_owned()),
            "AZURE_OPENAI_API_KEY" => Some(key.clone()),
            "OPENAI_API_VERSION" => variable(name),
            _ => None,
        })?;
        Ok(Self {
            client,
            _emulator: Some(emulator),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
