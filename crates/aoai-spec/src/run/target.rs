//! Where a run goes.

#[cfg(feature = "emulator")]
use std::sync::Arc;

#[cfg(feature = "emulator")]
use aoai_emulator::{Config, Emulator};

use crate::error::Error;
use crate::profile::Profile;
use crate::redact::Redactor;

/// A resource, or an emulator in this process.
pub(super) struct Target {
    pub(super) profile: Profile,
    #[cfg(feature = "emulator")]
    pub(super) emulator: Option<Arc<Emulator>>,
    /// Whether the profile is the emulator's own, so that another emulator has one like it.
    #[cfg(feature = "emulator")]
    is_plain: bool,
}

impl Target {
    pub(super) fn new(
        profile: Profile,
        #[cfg(feature = "emulator")] emulator: Option<Arc<Emulator>>,
    ) -> Self {
        Self {
            profile,
            #[cfg(feature = "emulator")]
            emulator,
            #[cfg(feature = "emulator")]
            is_plain: false,
        }
    }

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
    /// An emulator of its own.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub(super) async fn start(mut config: Config) -> std::io::Result<Self> {
        if cfg!(feature = "identity") {
            config.identity.get_or_insert_default();
        }
        let emulator = Emulator::start(config).await?;
        Ok(Self::of_emulator(Arc::new(emulator)))
    }

    pub(super) fn of_emulator(emulator: Arc<Emulator>) -> Self {
        Self {
            profile: Profile::of_emulator(&emulator),
            emulator: Some(emulator),
            is_plain: true,
        }
    }

    /// The same with an emulator that nobody else calls, which may be changed; `None` where there
    /// is no emulator that could be had twice.
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
