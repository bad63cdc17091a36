//! Where a run goes: a resource, or an emulator in this process.

#[cfg(feature = "emulator")]
use std::sync::Arc;

#[cfg(feature = "emulator")]
use aoai_emulator::{Config, Emulator};

use super::Runner;
use super::tapes::REPLAY;
use crate::cassette;
use crate::error::Error;
use crate::profile::Profile;
use crate::redact::Redactor;

/// Where a run goes.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) profile: Profile,
    #[cfg(feature = "emulator")]
    pub(super) emulator: Option<Arc<Emulator>>,
    /// Whether the profile is the emulator's own, so that another emulator has one like it.
    #[cfg(feature = "emulator")]
    is_plain: bool,
}

impl Runner {
    #[cfg(feature = "emulator")]
    pub(crate) async fn target(&self) -> Result<Target, Error> {
        if let Some(profile) = self.replay_profile()? {
            return Ok(Target {
                profile,
                emulator: None,
                is_plain: false,
            });
        }
        match (&self.profile, &self.emulator) {
            (Some(profile), emulator) => Ok(Target {
                profile: profile.clone(),
                emulator: emulator.clone(),
                is_plain: false,
            }),
            (None, Some(emulator)) => Ok(Target::of_emulator(Arc::clone(emulator))),
            (None, None) => {
                let path = self.root.join("emulator.yaml");
                let config = if path.exists() {
                    let text = crate::suite::read(&path).map_err(Error::io)?;
                    Config::from_yaml(&text).map_err(Error::setup)?
                } else {
                    Config::default()
                };
                Target::start(config).await.map_err(Error::setup)
            }
        }
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_async, reason = "starting an emulator is asynchronous")]
    pub(crate) async fn target(&self) -> Result<Target, Error> {
        if let Some(profile) = self.replay_profile()? {
            return Ok(Target { profile });
        }
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

impl Runner {
    /// The profile that was kept beside the cassettes, where such are played.
    fn replay_profile(&self) -> Result<Option<Profile>, Error> {
        let Some(directory) = self.replayed() else {
            return Ok(None);
        };
        if self.profile.is_some() {
            let reason = "a replay has the profile that was recorded, and takes no other";
            return Err(Error::usage(reason));
        }
        let path = directory.join(cassette::PROFILE);
        if !path.exists() {
            let missing = path.display();
            return Err(Error::setup(format!(
                "nothing was recorded in {}: there is no {missing}; `--live --record` makes it, and \
                 `--replay=DIR` names another directory",
                directory.display()
            )));
        }
        Profile::load(path, REPLAY, |_| None).map(Some)
    }
}

impl Target {
    /// Registers the secrets of the profile with what keeps them out of reports.
    ///
    /// # Errors
    ///
    /// One is too short for that.
    pub(super) fn register_secrets(&self, redactor: &Redactor) -> Result<(), Error> {
        for (name, secret) in self.profile.secrets() {
            redactor.register(name, secret).map_err(Error::setup)?;
        }
        Ok(())
    }
}

#[cfg(feature = "emulator")]
impl Target {
    async fn start(mut config: Config) -> std::io::Result<Self> {
        if cfg!(feature = "identity") {
            config.identity.get_or_insert_default();
        }
        let emulator = Emulator::start(config).await?;
        Ok(Self::of_emulator(Arc::new(emulator)))
    }

    fn of_emulator(emulator: Arc<Emulator>) -> Self {
        Self {
            profile: Profile::of_emulator(&emulator),
            emulator: Some(emulator),
            is_plain: true,
        }
    }

    /// The same with an emulator that nobody else calls, so that it may be changed; `None` where
    /// there is none that could be had twice.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub(super) async fn anew(&self) -> std::io::Result<Option<Self>> {
        let Some(emulator) = self.emulator.as_ref().filter(|_| self.is_plain) else {
            return Ok(None);
        };
        let mut config = emulator.config().clone();
        config.port = 0;
        if let Some(identity) = &mut config.identity {
            identity.port = 0;
        }
        Self::start(config).await.map(Some)
    }
}
