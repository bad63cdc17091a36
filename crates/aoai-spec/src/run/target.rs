//! Where a run goes: a resource, or an emulator in this process.

#[cfg(feature = "emulator")]
use std::sync::Arc;

use super::Runner;
use crate::error::Error;
use crate::profile::Profile;

/// Where a run goes.
pub(crate) struct Target {
    pub(crate) profile: Profile,
    #[cfg(feature = "emulator")]
    pub(super) emulator: Option<Arc<aoai_emulator::Emulator>>,
}

impl Runner {
    #[cfg(feature = "emulator")]
    pub(crate) async fn target(&self) -> Result<Target, Error> {
        if let Some(profile) = &self.profile {
            return Ok(Target {
                profile: profile.clone(),
                emulator: self.emulator.clone(),
            });
        }
        let path = self.root.join("emulator.yaml");
        let config = if path.exists() {
            let text = crate::suite::read(&path).map_err(Error::io)?;
            aoai_emulator::Config::from_yaml(&text).map_err(Error::setup)?
        } else {
            aoai_emulator::Config::default()
        };
        let emulator = aoai_emulator::Emulator::start(config)
            .await
            .map_err(Error::setup)?;
        Ok(Target {
            profile: Profile::of_emulator(&emulator),
            emulator: Some(Arc::new(emulator)),
        })
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_async, reason = "starting an emulator is asynchronous")]
    pub(crate) async fn target(&self) -> Result<Target, Error> {
        match &self.profile {
            Some(profile) => Ok(Target {
                profile: profile.clone(),
            }),
            None => Err(Error::usage(
                "there is no profile; the emulator needs the feature `emulator`",
            )),
        }
    }
}
