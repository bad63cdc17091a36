//! What all cells of a run share.

use std::sync::atomic::{AtomicBool, Ordering};

use aoai_auth::Clock;

use super::Event;
use super::clients::Clients;
use super::record::Recorder;
use crate::model::{Spec, Step};
use crate::profile::Profile;
use crate::vars::Scope;

/// What all cells of a run share.
pub(super) struct Context<'a> {
    pub(super) profile: &'a Profile,
    #[cfg(feature = "emulator")]
    pub(super) emulator: Option<&'a aoai_emulator::Emulator>,
    pub(super) clients: Clients,
    pub(super) recorder: Recorder,
    pub(super) clock: &'a dyn Clock,
    pub(super) run_id: String,
    pub(super) sink: &'a (dyn Fn(&Event<'_>) + Sync),
    pub(super) stopped: AtomicBool,
}

impl Context<'_> {
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
        let (Some(emulator), Some(node)) = (self.emulator, &step.emulator) else {
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
        let emulator = self.emulator.ok_or("the emulator is not in this process")?;
        let advance = step.emulator.as_ref().and_then(|node| node.get("advance"));
        if let Some(by) = advance.and_then(|node| crate::duration::parse(node.as_text()?)) {
            emulator.advance(by);
        }
        Ok(())
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_self, reason = "with an emulator it is used")]
    pub(super) fn control(&self, _: &Step, _: &Scope) -> Result<(), String> {
        Err("the emulator is not in this process".to_owned())
    }
}

/// A name that no other run has.
pub(super) fn run_id(clock: &dyn Clock) -> String {
    let since = clock.now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{millis:x}-{:04x}", fastrand::u16(..))
}
