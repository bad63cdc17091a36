//! The rotation of a resource's two keys while they are in use.
//!
//! Both keys of a resource are valid at any time, so that one can be replaced while the other
//! serves. [`Rotation`] does that for a key that its readers take from a store:
//!
//! 1. write the other, still valid key to the store;
//! 2. wait until all readers have taken it;
//! 3. regenerate the first key;
//! 4. verify that it changed and that the other did not;
//! 5. if asked to, write the regenerated key to the store.
//!
//! At no time do readers hold a key that the resource refuses, if they are as quick as [`Readers`]
//! says. The store remembers which key is being replaced, so a rotation that was interrupted at any
//! step goes on when it is run again; the wait then begins anew.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use aoai_auth::rotation::{AzureAccount, KeyVaultStore, Readers, Rotation};
//! use aoai_auth::{Entra, EntraOptions};
//!
//! # async fn rotate() -> aoai_auth::Result<()> {
//! let options = EntraOptions::new()?;
//! let me = Entra::azure_cli(&options);
//! let account = AzureAccount::new(
//!     "/subscriptions/0000/resourceGroups/chat/providers/Microsoft.CognitiveServices/accounts/contoso",
//!     me.clone(),
//!     &options,
//! )?;
//! let store = KeyVaultStore::new("https://contoso.vault.azure.net", "aoai-key", me, &options)?;
//! let readers = Readers::within(Duration::from_secs(20 * 60));
//! let rotation = Rotation::new(account, store, readers);
//! println!("{}", rotation.plan().await?);
//! rotation.run(|step| println!("{step}")).await?;
//! # Ok(()) }
//! ```

mod account;
mod readers;
mod store;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

pub use self::account::{AzureAccount, KeyAccount, KeyName, Keys};
pub use self::readers::Readers;
pub use self::store::{KeyStore, KeyVaultStore, Stored};
use crate::clock::{Clock, SystemClock};
use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};

/// The rotation of one account's keys through one store.
pub struct Rotation<A, S> {
    account: A,
    store: S,
    readers: Readers,
    back: bool,
    check: Option<Box<Check>>,
    clock: Arc<dyn Clock>,
}

type Check = dyn Fn(Secret) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync;

impl<A: KeyAccount, S: KeyStore> Rotation<A, S> {
    /// Replaces the key of this account that this store holds, once its readers have the other.
    pub fn new(account: A, store: S, readers: Readers) -> Self {
        Self {
            account,
            store,
            readers,
            back: false,
            check: None,
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// The same, bringing the store back to the regenerated key in the end.
    #[must_use]
    pub fn and_back(mut self) -> Self {
        self.back = true;
        self
    }

    /// The same, trying each key with this function before it is written to the store.
    ///
    /// A call to the resource that costs nothing, such as listing its models, proves a key.
    #[must_use]
    pub fn checking<F, Fut>(mut self, check: F) -> Self
    where
        F: Fn(Secret) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.check = Some(Box::new(move |key| Box::pin(check(key))));
        self
    }

    /// The same, waiting by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What [`run`](Self::run) would do now; changes nothing.
    ///
    /// # Errors
    ///
    /// Those of the account and the store when they are read.
    pub async fn plan(&self) -> Result<Plan> {
        let (plan, _) = self.survey().await?;
        Ok(plan)
    }

    /// Goes through all steps, telling each one before it is taken.
    ///
    /// Interrupted or failed at any step, it goes on when it is run again.
    ///
    /// # Errors
    ///
    /// That of the step that failed, which it names.
    pub async fn run(&self, mut progress: impl FnMut(&Step) + Send) -> Result<()> {
        let (plan, mut keys) = self.survey().await?;
        let before = keys.clone();
        for step in &plan.steps {
            progress(step);
            self.take(step, &before, &mut keys).await.map_err(|error| {
                let told = format!("cannot {step}; run the rotation again to go on");
                Error::new(error.kind(), told).with_source(error)
            })?;
        }
        Ok(())
    }

    async fn survey(&self) -> Result<(Plan, Keys)> {
        let keys = self.account.keys().await?;
        let stored = self.store.read().await?;
        let held = stored
            .as_ref()
            .and_then(|stored| keys.name_of(&stored.value));
        let replacing = stored.and_then(|stored| KeyName::replaced_by(stored.note.as_deref()?));
        // Interrupted after the store got the other key, if that is the one it still holds.
        let is_resumed = replacing.is_some() && held == replacing.map(KeyName::other);
        let first = replacing
            .filter(|_| is_resumed)
            .or(held)
            .unwrap_or(KeyName::Key1);
        let plan = Plan {
            account: self.account.name(),
            store: self.store.name(),
            held,
            steps: self.steps(first, is_resumed),
        };
        Ok((plan, keys))
    }

    fn steps(&self, first: KeyName, is_resumed: bool) -> Vec<Step> {
        let other = first.other();
        let mut steps = Vec::new();
        if !is_resumed {
            if self.check.is_some() {
                steps.push(Step::Check(other));
            }
            steps.push(Step::Write {
                key: other,
                replacing: Some(first),
            });
        }
        steps.extend([
            Step::Wait(self.readers.to_string()),
            Step::Regenerate(first),
            Step::Verify(first),
        ]);
        if self.back && self.check.is_some() {
            steps.push(Step::Check(first));
        }
        steps.push(if self.back {
            Step::Write {
                key: first,
                replacing: None,
            }
        } else {
            Step::Finish
        });
        steps
    }

    async fn take(&self, step: &Step, before: &Keys, keys: &mut Keys) -> Result<()> {
        match step {
            Step::Check(key) => match &self.check {
                Some(check) => check(keys.get(*key).clone()).await,
                None => Ok(()),
            },
            Step::Write { key, replacing } => {
                let note = replacing.map(KeyName::note);
                self.store.write(keys.get(*key), note).await
            }
            Step::Wait(_) => self.readers.wait(&*self.clock).await,
            Step::Regenerate(key) => self.account.regenerate(*key).await,
            Step::Verify(key) => {
                *keys = self.account.keys().await?;
                verify(*key, before, keys)
            }
            Step::Finish => self.store.note(None).await,
        }
    }
}

impl<A: fmt::Debug, S: fmt::Debug> fmt::Debug for Rotation<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("account", &self.account)
            .field("store", &self.store)
            .field("readers", &self.readers)
            .field("back", &self.back)
            .finish_non_exhaustive()
    }
}

fn verify(changed: KeyName, before: &Keys, after: &Keys) -> Result<()> {
    let kept = changed.other();
    let told = if before.get(changed) == after.get(changed) {
        format!("{changed} is still what it was")
    } else if before.get(kept) != after.get(kept) {
        format!("{kept} changed, too, while its readers use it: somebody else rotates keys")
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Refused, told))
}

/// What a rotation would do, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// Whose keys.
    pub account: String,
    /// Whence its readers take one.
    pub store: String,
    /// Which of the two the store holds now.
    pub held: Option<KeyName>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (store, account) = (&self.store, &self.account);
        match self.held {
            Some(key) => writeln!(f, "{store} holds {key} of {account}")?,
            None => writeln!(f, "{store} holds neither key of {account}")?,
        }
        for (number, step) in (1..).zip(&self.steps) {
            writeln!(f, "{number}. {step}")?;
        }
        Ok(())
    }
}

/// One step of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Try a key with the function given to [`Rotation::checking`].
    Check(KeyName),
    /// Write a key to the store.
    #[non_exhaustive]
    Write {
        /// The key.
        key: KeyName,
        /// The key that is being replaced meanwhile.
        replacing: Option<KeyName>,
    },
    /// Wait for the readers, as this says.
    Wait(String),
    /// Regenerate a key.
    Regenerate(KeyName),
    /// Verify that this key changed, and that the other did not.
    Verify(KeyName),
    /// Note in the store that no key is being replaced any more.
    Finish,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check(key) => write!(f, "try {key}"),
            Self::Write { key, .. } => write!(f, "write {key} to the store"),
            Self::Wait(readers) => f.write_str(readers),
            Self::Regenerate(key) => write!(f, "regenerate {key}"),
            Self::Verify(key) => write!(f, "verify that {key} changed and {} did not", key.other()),
            Self::Finish => f.write_str("note in the store that the rotation is done"),
        }
    }
}
