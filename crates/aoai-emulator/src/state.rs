//! What an emulator remembers between calls: keys, instructions, answers, the time.

use std::collections::HashMap;
#[cfg(feature = "identity")]
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::KeySlot;
use crate::Service;
use crate::clock::Clock;
use crate::config::{Config, Reply};
use crate::faults::Fault;
#[cfg(feature = "identity")]
use crate::identity::Directory;
use crate::instructions::Instructions;
#[cfg(feature = "identity")]
use crate::serve::SecureDoor;
use crate::store::Store;

/// The memory of one emulator.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    #[cfg(feature = "identity")]
    pub(crate) directory: Option<Arc<Directory>>,
    store: Mutex<Store>,
    keys: Mutex<[String; 2]>,
    instructed: Mutex<HashMap<String, Instructed>>,
    faults: Mutex<Vec<(Service, Fault)>>,
    answered: Mutex<Vec<(Service, u16)>>,
}

/// Instructions and how many attempts have followed them.
#[derive(Default)]
struct Instructed {
    instructions: Instructions,
    attempts: usize,
}

impl State {
    pub(crate) fn new(config: Config) -> Self {
        let keys = config.keys.clone().unwrap_or_else(|| [canary(), canary()]);
        Self {
            config,
            clock: Clock::default(),
            #[cfg(feature = "identity")]
            directory: None,
            store: Mutex::default(),
            keys: Mutex::new(keys),
            instructed: Mutex::default(),
            faults: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// With the services that hand out credentials, reached through `door`.
    #[cfg(feature = "identity")]
    pub(crate) fn with_directory(self, door: &SecureDoor) -> Self {
        let [key, _] = self.keys();
        let identity = self.config.identity.clone();
        let directory = identity.map(|identity| Arc::new(Directory::new(identity, door, &key)));
        Self { directory, ..self }
    }

    /// What the resource keeps.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        locked(&self.store)
    }

    pub(crate) fn keys(&self) -> [String; 2] {
        locked(&self.keys).clone()
    }

    /// Whether this is one of the two keys that are valid now.
    pub(crate) fn opens(&self, key: &str) -> bool {
        locked(&self.keys).iter().any(|valid| valid == key)
    }

    /// Puts a new key in place of one of the two.
    pub(crate) fn rotate(&self, slot: KeySlot) -> String {
        let key = canary();
        let at = match slot {
            KeySlot::Key1 => 0,
            KeySlot::Key2 => 1,
        };
        locked(&self.keys)[at].clone_from(&key);
        key
    }

    /// What the configuration answers to a prompt.
    pub(crate) fn scripted(&self, prompt: &str) -> Option<&Reply> {
        self.config
            .replies
            .iter()
            .find(|reply| reply.prompt.trim() == prompt.trim())
    }

    pub(crate) fn instruct(&self, id: String, instructions: Instructions) {
        let instructed = Instructed {
            instructions,
            attempts: 0,
        };
        locked(&self.instructed).insert(id, instructed);
    }

    /// Puts faults in the way of the next requests to a service.
    pub(crate) fn add_faults(&self, service: Service, faults: impl IntoIterator<Item = Fault>) {
        locked(&self.faults).extend(faults.into_iter().map(|fault| (service, fault)));
    }

    /// The instructions for one more attempt of a call, and the fault that it meets.
    pub(crate) fn attempt(
        &self,
        id: Option<&str>,
        service: Option<Service>,
    ) -> (Instructions, Option<Fault>) {
        let mut instructed = locked(&self.instructed);
        let Some(found) = id.and_then(|id| instructed.get_mut(id)) else {
            return (Instructions::default(), self.take_fault(service));
        };
        let fault = found.instructions.faults.get(found.attempts).cloned();
        found.attempts += 1;
        (
            found.instructions.clone(),
            fault.or_else(|| self.take_fault(service)),
        )
    }

    pub(crate) fn answered(&self, service: Service, status: u16) {
        locked(&self.answered).push((service, status));
    }

    /// The statuses that a service has answered with, in order.
    pub(crate) fn statuses(&self, service: Service) -> Vec<u16> {
        let answered = locked(&self.answered);
        let of_service = answered.iter().filter(|(of, _)| *of == service);
        of_service.map(|(_, status)| *status).collect()
    }

    fn take_fault(&self, service: Option<Service>) -> Option<Fault> {
        let mut faults = locked(&self.faults);
        let at = faults.iter().position(|(of, _)| Some(*of) == service)?;
        Some(faults.remove(at).1)
    }
}

/// A lock that a panic elsewhere does not take from everyone else.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A made-up credential with the characters that careless masking and encoding trip over.
pub(crate) fn canary() -> String {
    let mut random = fastrand::Rng::new();
    let mut part = || -> String {
        std::iter::repeat_with(|| random.alphanumeric())
            .take(7)
            .collect()
    };
    format!(
        "canary~{}.{}+{}/{}\"{}",
        part(),
        part(),
        part(),
        part(),
        part()
    )
}
