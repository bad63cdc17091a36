//! Where an example's calls go: the resource that the environment names, or an emulator.

use std::error::Error;

use aoai_auth::ApiKey;
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
        let client = Client::builder(emulator.endpoint())
            .credential(ApiKey::new(key))
            .build()?;
        Ok(Self {
            client,
            _emulator: Some(emulator),
        })
    }
}
