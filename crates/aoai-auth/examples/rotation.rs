//! The rotation of a key in use, with a made-up account and a store in memory.
//!
//! Against Azure, `AzureAccount` and `KeyVaultStore` take their places.

#![expect(clippy::print_stdout, reason = "it shows each step")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_auth::rotation::{KeyAccount, KeyName, KeyStore, Keys, Readers, Rotation, Stored};
use aoai_auth::{Result, Secret};
use async_trait::async_trait;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let world = World::default();
    let readers = Readers::within(Duration::from_secs(1));
    let rotation = Rotation::new(world.clone(), world.clone(), readers).and_back();

    println!("dry run:\n{}", rotation.plan().await?);
    rotation.run(|step| println!("now: {step}")).await?;

    println!("\n{}", rotation.plan().await?);
    Ok(())
}

/// An account with two keys, and a store that holds the first.
#[derive(Clone, Debug)]
struct World(Arc<Mutex<(Keys, Stored)>>);

impl Default for World {
    fn default() -> Self {
        let keys = Keys {
            key1: "not-a-real-key-1".into(),
            key2: "not-a-real-key-2".into(),
        };
        let stored = Stored::new(keys.key1.clone(), None);
        Self(Arc::new(Mutex::new((keys, stored))))
    }
}

impl World {
    fn state(&self) -> MutexGuard<'_, (Keys, Stored)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyAccount for World {
    fn name(&self) -> String {
        "the account".to_owned()
    }

    async fn keys(&self) -> Result<Keys> {
        Ok(self.state().0.clone())
    }

    async fn regenerate(&self, key: KeyName) -> Result<()> {
        let mut state = self.state();
        let fresh = Secret::from("not-a-real-key-but-a-new-one");
        match key {
            KeyName::Key1 => state.0.key1 = fresh,
            KeyName::Key2 => state.0.key2 = fresh,
        }
        Ok(())
    }
}

#[async_trait]
impl KeyStore for World {
    fn name(&self) -> String {
        "the store".to_owned()
    }

    async fn read(&self) -> Result<Option<Stored>> {
        Ok(Some(self.state().1.clone()))
    }

    async fn write(&self, key: &Secret, note: Option<&str>) -> Result<()> {
        self.state().1 = Stored::new(key.clone(), note.map(str::to_owned));
        Ok(())
    }

    async fn note(&self, note: Option<&str>) -> Result<()> {
        self.state().1.note = note.map(str::to_owned);
        Ok(())
    }
}
