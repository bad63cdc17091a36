//! What an emulator remembers between calls: keys, instructions, the time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::KeySlot;
use crate::clock::Clock;
use crate::config::{Config, Reply};
use crate::faults::Fault;
use crate::instructions::Instructions;

/// The memory of one emulator.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    keys: Mutex<[String; 2]>,
    instructed: Mutex<HashMap<String, Instructed>>,
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
            keys: Mutex::new(keys),
            instructed: Mutex::default(),
        }
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

    /// The instructions for one more attempt of a call, and the fault that it meets.
    pub(crate) fn attempt(&self, id: Option<&str>) -> (Instructions, Option<Fault>) {
        let mut instructed = locked(&self.instructed);
        let Some(found) = id.and_then(|id| instructed.get_mut(id)) else {
            return (Instructions::default(), None);
        };
        let fault = found.instructions.faults.get(found.attempts).cloned();
        found.attempts += 1;
        (found.instructions.clone(), fault)
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
