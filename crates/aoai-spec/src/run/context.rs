//! What all cells of a run share, and what all steps of a cell.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aoai_auth::Clock;
use futures_util::future::{Either, select};

use super::Event;
use super::clients::{Clients, Connections};
use super::clock::CellClock;
#[cfg(feature = "emulator")]
use super::clock::EmulatorTime;
use super::record::Recorder;
use crate::model::{Spec, Step};
use crate::profile::Profile;
use crate::redact::Redactor;
use crate::vars::Scope;

/// What all cells of a run share.
pub(super) struct Context<'a> {
    pub(super) profile: &'a Profile,
    #[cfg(feature = "emulator")]
    pub(super) emulator: Option<Arc<aoai_emulator::Emulator>>,
    pub(super) connections: Connections,
    pub(super) redactor: Arc<Redactor>,
    pub(super) clock: Arc<dyn Clock>,
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

    #[cfg(feature = "emulator")]
    fn cell_clock(&self, calls: &str) -> CellClock {
        let real = Arc::clone(&self.clock);
        match &self.emulator {
            None => CellClock::new(real),
            Some(emulator) => {
                let time = EmulatorTime {
                    emulator: Arc::clone(emulator),
                    calls: calls.to_owned(),
                };
                CellClock::skipping(real, time)
            }
        }
    }

    #[cfg(not(feature = "emulator"))]
    fn cell_clock(&self, _: &str) -> CellClock {
        CellClock::new(Arc::clone(&self.clock))
    }

    /// What the names of the calls of a cell begin with.
    fn calls_of(&self, spec: &Spec, cell: usize) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '/' {
                c
            } else {
                '-'
            }
        };
        let spec: String = spec.id().chars().map(plain).collect();
        format!("{}/{spec}/{cell}", self.run_id)
    }
}

/// What the steps of one cell share.
pub(super) struct Cell<'a> {
    pub(super) run: &'a Context<'a>,
    pub(super) spec: &'a Spec,
    pub(super) clock: Arc<CellClock>,
    pub(super) recorder: Recorder,
    pub(super) clients: Clients<'a>,
    calls: String,
}

impl<'a> Cell<'a> {
    /// `number` is its place among the cells of its spec.
    pub(super) fn new(run: &'a Context<'a>, spec: &'a Spec, number: usize) -> Self {
        let calls = run.calls_of(spec, number);
        let clock = Arc::new(run.cell_clock(&calls));
        let shared = Arc::clone(&clock) as Arc<dyn Clock>;
        let recorder = Recorder::new(Arc::clone(&run.redactor), Arc::clone(&shared));
        Self {
            run,
            spec,
            clients: Clients::new(run.profile, &run.connections, recorder.clone(), shared),
            clock,
            recorder,
            calls,
        }
    }

    /// The name under which the calls of a step go out.
    pub(super) fn call_name(&self, part: &str, step: usize) -> String {
        format!("{}/{part}-{step}", self.calls)
    }

    /// Runs `future`, and tells of each wait in it; `state` is what is known of what it waits for.
    pub(super) async fn watched<F: Future>(
        &self,
        step: &Step,
        state: &str,
        future: F,
    ) -> F::Output {
        let began = self.clock.elapsed();
        let tell = |wait| {
            self.run.tell(&Event::Waiting {
                spec: self.spec,
                step: &step.name,
                state,
                waited: self.clock.elapsed().saturating_sub(began),
                next: wait,
            });
        };
        let mut waits = self.clock.listen();
        let mut future = pin!(future);
        let output = loop {
            match select(future.as_mut(), pin!(waits.recv())).await {
                Either::Left((output, _)) => break output,
                Either::Right((Some(wait), _)) => tell(wait),
                Either::Right((None, _)) => return future.await,
            }
        };
        while let Ok(wait) = waits.try_recv() {
            tell(wait);
        }
        output
    }

    /// Tells the emulator what to answer to a step's calls.
    #[cfg(feature = "emulator")]
    pub(super) fn instruct(&self, step: &Step, scope: &Scope, call: &str) -> Result<(), String> {
        use serde::Deserialize as _;
        let (Some(emulator), Some(node)) = (&self.run.emulator, &step.emulator) else {
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
        let advance = step.emulator.as_ref().and_then(|node| node.get("advance"));
        if let Some(by) = advance.and_then(|node| crate::duration::parse(node.as_text()?))
            && !self.clock.advance(by)
        {
            return Err("the emulator is not in this process".to_owned());
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
