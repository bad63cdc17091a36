//! What all cells of a run share, and what all steps of a cell.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aoai_auth::Clock;
use futures_util::future::{Either, select};

use super::Event;
use super::clients::{Clients, Connections};
#[cfg(feature = "emulator")]
use super::clock::EmulatorTime;
use super::clock::{CellClock, Wait};
use super::interrupt::Interrupt;
use super::purse::{Account, Purse};
use super::record::Recorder;
use super::tape::Tape;
use super::tapes::Tapes;
use super::target::Target;
use crate::model::{Spec, Step};
use crate::redact::{Artefacts, Redactor};
use crate::vars::Scope;

/// What all cells of a run share.
pub(super) struct Context<'a> {
    pub(super) target: Arc<Target>,
    pub(super) connections: Connections,
    pub(super) tapes: Option<Tapes>,
    /// The directory that has the snapshots in it.
    pub(super) snapshots: Option<PathBuf>,
    /// Whether snapshots that do not fit are kept to be looked at, and fail nothing.
    pub(super) collects_snapshots: bool,
    pub(super) redactor: Arc<Redactor>,
    pub(super) artefacts: Arc<Artefacts>,
    pub(super) clock: Arc<dyn Clock>,
    /// What the whole run spends.
    pub(super) account: Arc<Account>,
    pub(super) run_id: String,
    pub(super) sink: &'a (dyn Fn(&Event<'_>) + Sync),
    pub(super) interrupt: Interrupt,
    /// Whether no more specs are begun.
    pub(super) stopped: AtomicBool,
    /// Whether the budget of the run is spent.
    pub(super) broke: AtomicBool,
}

impl Context<'_> {
    pub(super) fn tell(&self, event: &Event<'_>) {
        (self.sink)(event);
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.interrupt.is_there()
    }

    /// Runs a future to its end; an interrupt meanwhile is told of.
    pub(super) async fn through<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        if let Some(output) = self.interrupt.before(future.as_mut()).await {
            return output;
        }
        self.tell(&Event::Interrupted);
        future.await
    }

    pub(super) fn go_broke(&self) {
        self.broke.store(true, Ordering::Relaxed);
    }

    /// Why no more cells run, where there is nothing left to spend.
    pub(super) fn broke(&self) -> Option<String> {
        let broke = self.broke.load(Ordering::Relaxed);
        broke.then(|| "the budget of the run is spent".to_owned())
    }

    /// A target for a spec alone, if it changes what it runs against.
    ///
    /// # Errors
    ///
    /// There is none to be had.
    #[cfg(feature = "emulator")]
    async fn own_target(&self, spec: &Spec) -> Result<Option<Arc<Target>>, String> {
        if !spec.changes_emulator() {
            return Ok(None);
        }
        let own = self.target.anew().await;
        let own = own.map_err(|error| format!("the emulator does not start: {error}"))?;
        let Some(own) = own else { return Ok(None) };
        own.register_secrets(&self.redactor)
            .map_err(|error| error.to_string())?;
        Ok(Some(Arc::new(own)))
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(clippy::unused_async, reason = "starting an emulator is asynchronous")]
    async fn own_target(&self, _: &Spec) -> Result<Option<Arc<Target>>, String> {
        Ok(None)
    }

    /// `others` is what the calls of the cell have to be told apart by from those of others.
    #[cfg(feature = "emulator")]
    fn cell_clock(&self, target: &Target, others: Option<&str>) -> CellClock {
        match &target.emulator {
            None => self.clock_without_emulator(),
            Some(emulator) => {
                let time = EmulatorTime {
                    emulator: Arc::clone(emulator),
                    calls: others.map(str::to_owned),
                };
                CellClock::moving(Arc::clone(&self.clock), time)
            }
        }
    }

    #[cfg(not(feature = "emulator"))]
    fn cell_clock(&self, _: &Target, _: Option<&str>) -> CellClock {
        self.clock_without_emulator()
    }

    fn clock_without_emulator(&self) -> CellClock {
        let real = Arc::clone(&self.clock);
        match &self.tapes {
            Some(tapes) if tapes.is_playing() => CellClock::skipping(real),
            _ => CellClock::new(real),
        }
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
    pub(super) target: Arc<Target>,
    pub(super) spec: &'a Spec,
    /// Its name in reports.
    pub(super) test: String,
    pub(super) clock: Arc<CellClock>,
    pub(super) recorder: Recorder,
    pub(super) tape: Option<Tape>,
    pub(super) purse: Purse,
    pub(super) clients: Clients<'a>,
    calls: String,
}

impl<'a> Cell<'a> {
    /// `number` is its place among the cells of its spec, `test` its name.
    ///
    /// # Errors
    ///
    /// The spec needs an emulator for itself, and that does not start.
    pub(super) async fn new(
        run: &'a Context<'a>,
        spec: &'a Spec,
        number: usize,
        test: &str,
    ) -> Result<Self, String> {
        let calls = run.calls_of(spec, number);
        let own = run.own_target(spec).await?;
        let others = own.is_none().then_some(calls.as_str());
        let target = own.unwrap_or_else(|| Arc::clone(&run.target));
        let clock = Arc::new(run.cell_clock(&target, others));
        let shared = Arc::clone(&clock) as Arc<dyn Clock>;
        let tapes = run.tapes.as_ref();
        let tape = tapes.map(|tapes| tapes.tape(test, Arc::clone(&shared)));
        let redactor = Arc::clone(&run.redactor);
        let recorder = Recorder::new(redactor, Arc::clone(&shared), tape.clone());
        let account = Account::new("this test", spec.budget, Arc::clone(&shared));
        let purse = Purse::new(account, Arc::clone(&run.account));
        let policies = (recorder.clone(), purse.clone());
        let clients = Clients::new(&target, &run.connections, policies, shared);
        Ok(Self {
            run,
            test: test.to_owned(),
            target,
            spec,
            clock,
            recorder,
            tape,
            purse,
            clients,
            calls,
        })
    }

    /// The name under which the calls of a step go out.
    pub(super) fn call_name(&self, part: &str, step: usize) -> String {
        format!("{}/{part}-{step}", self.calls)
    }

    /// Runs `future`, and tells of each wait in it; `state` is what is known of what it waits for,
    /// `began` when the step was begun.
    pub(super) async fn watched<F: Future>(
        &self,
        step: &Step,
        state: &str,
        began: Duration,
        future: F,
    ) -> F::Output {
        let tell = |(since, wait): Wait| {
            self.run.tell(&Event::Waiting {
                spec: self.spec,
                step: &step.name,
                state,
                waited: since.saturating_sub(began),
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
            self.clock.advance(by);
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
    let services = emulator
        .services()
        .ok_or("this emulator has no vault: its configuration lacks `identity`")?;
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
