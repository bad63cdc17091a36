//! Azure on this machine, so that an example needs no account.

use std::error::Error;

use aoai_auth::EntraOptions;
use aoai_auth::testing::stand_in;
use aoai_emulator::{Config, Emulator, Identity, Services};

/// An emulator, what it hands out credentials by, and the options that lead there. A program that
/// runs in Azure has `EntraOptions::new()?` instead.
pub(crate) async fn start() -> Result<(Emulator, Services, EntraOptions), Box<dyn Error>> {
    let mut config = Config::default();
    config.identity = Some(Identity::default());
    let emulator = Emulator::start(config).await?;
    let services = emulator.services().ok_or("it has no tenant")?;
    let vault = services.vault_host();
    let options = stand_in(services.authority(), services.certificate(), [vault])?;
    Ok((emulator, services, options))
}
