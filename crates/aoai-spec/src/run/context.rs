//! What all cells of a run share, and what each has for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aoai_auth::Clock;

use super::Event;
use super::clients::Clients;
use super::record::Recorder;
use super::target::Target;
use crate::model::{Spec, Step};
use crate::vars::Scope;

/// What a cell runs with.
pub(super) struct Context<'a> {
    pub(super) target: Arc<Target>,
    pub(super) clients: Clients,
    pub(super) recorder: Recorder,
    pub(super) clock: &'a dyn Clock,
    pub(super) run_id: String,
    pub(super) sink: &'a (dyn Fn(&Event<'_>) + Sync),
    pub(super) stopped: &'a AtomicBool,
}

impl Context<'_> {
    /// The same for one cell of a spec: no credential is kept from another cell, and no key is
    /// rotated and no time passes in the emulator of another.
    ///
    /// # Errors
    ///
    /// There is no emulator to be had.
    pub(super) async fn of_cell(&self, spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            target: self.own_target(spec).await?,
            clients: self.clients.of_cell(),
            recorder: self.recorder.clone(),
            clock: self.clock,
            run_id: self.run_id.clone(),
            sink: self.sink,
            stopped: self.stopped,
        })
    }

    #[cfg(feature = "emulator")]
    async fn own_target(&self, spec: &Spec) -> Result<Arc<Target>, String> {
        let own = if spec.changes_emulator() {
            let own = self.target.anew().await;
            own.map_err(|error| format!("the emulator does not start: {error}"))?
        } else {
            None
        };
        let Some(own) = own else {
            return Ok(Arc::clone(&self.target));
        };
        own.register_secrets(&self.recorder.redactor())
            .map_err(|error| error.to_string())?;
        Ok(Arc::new(own))
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_async, reason = "starting an emulator is asynchronous")]
    async fn own_target(&self, _: &Spec) -> Result<Arc<Target>, String> {
        Ok(Arc::clone(&self.target))
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        (self.sink)(event);
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The name under which the calls of a step go out.
    pub(super) fn call_name(&self, spec: &Spec, cell: usize, part: &str, step: usize) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '/' {
                c
            } else {
                '-'
            }
        };
        let spec: String = spec.id().chars().map(plain).collect();
        format!("{}/{spec}/{cell}/{part}-{step}", self.run_id)
    }

    /// Tells the emulator what to answer to a step's calls.
    #[cfg(feature = "emulator")]
    pub(super) fn instruct(&self, step: &Step, scope: &Scope, call: &str) -> Result<(), String> {
        use serde::Deserialize as _;
        let (Some(emulator), Some(node)) = (&self.target.emulator, &step.emulator) else {
            return Ok(());
        };
        let value = scope
            .node(node)
            .map_err(|path| format!("`{path}` has no value"))?;
        let instructions = aoai_emulator::Instructions::deserialize(value)
            .map_err(|error| format!("the emulator does not take this: {error}"))?;
        emulator.instruct(call, instructions);
        Ok(())
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "without an emulator there is nobody to tell"
    )]
    pub(super) fn instruct(&self, _: &Step, _: &Scope, _: &str) -> Result<(), String> {
        Ok(())
    }

    /// Does to the emulator what a step without a call says.
    #[cfg(feature = "emulator")]
    pub(super) fn control(&self, step: &Step, _: &Scope) -> Result<(), String> {
        let emulator = self.target.emulator.as_ref();
        let emulator = emulator.ok_or("the emulator is not in this process")?;
        let control = |name: &str| step.emulator.as_ref()?.get(name)?.as_text();
        if let Some(by) = control("advance").and_then(crate::duration::parse) {
            emulator.advance(by);
        }
        match control("rotate_key") {
            Some("key1") => drop(emulator.rotate_key(aoai_emulator::KeySlot::Key1)),
            Some("key2") => drop(emulator.rotate_key(aoai_emulator::KeySlot::Key2)),
            Some(_) => rotate_vault_key(emulator)?,
            None => {}
        }
        Ok(())
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_self, reason = "with an emulator it is used")]
    pub(super) fn control(&self, _: &Step, _: &Scope) -> Result<(), String> {
        Err("the emulator is not in this process".to_owned())
    }
}

#[cfg(feature = "identity")]
fn rotate_vault_key(emulator: &aoai_emulator::Emulator) -> Result<(), String> {
    let services = emulator.services();
    let services =
        services.ok_or("this emulator has no vault: its configuration lacks `identity`")?;
    let rotated = services.rotate_vault_key();
    rotated
        .map(drop)
        .ok_or_else(|| "the vault holds none of the two keys".to_owned())
}

#[cfg(all(feature = "emulator", not(feature = "identity")))]
fn rotate_vault_key(_: &aoai_emulator::Emulator) -> Result<(), String> {
    Err("a vault needs a build with the feature `identity`".to_owned())
}

/// A name that no other run has.
pub(super) fn run_id(clock: &dyn Clock) -> String {
    let since = clock.now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{millis:x}-{:04x}", fastrand::u16(..))
}
