//! The runner: plans cells, runs them, and tells what happens as events.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aoai_auth::{Clock, SystemClock};
use aoai_http::Transport;
use futures_util::StreamExt as _;

use crate::budget::Budget;
use crate::error::Error;
use crate::model::Spec;
use crate::profile::Profile;
use crate::redact::{Artefacts, Redactor};
use crate::suite::Suite;

pub use self::cell::CellReport;
pub use self::event::Event;
pub use self::interrupt::Interrupt;
#[cfg(feature = "cli")]
pub(crate) use self::outcome::EXIT_INTERRUPTED;
pub(crate) use self::outcome::Verdict;
pub use self::outcome::{Report, Run, SpecReport, State};
pub(crate) use self::plan::{NONE, WRONG_KEY};
pub use self::select::Shard;
pub(crate) use self::step::INTERRUPTED;
pub use self::step::StepReport;

use self::clients::Connections;
use self::context::Context;
use self::filter::Filter;
use self::outcome::Deny;
use self::plan::Planned;
use self::purse::Account;
use self::select::Selection;
#[cfg(any(feature = "cli", feature = "harness"))]
pub(crate) use self::select::test_id;
pub(crate) use self::target::Target;

mod across;
mod aliases;
mod answer;
mod both_ways;
mod cell;
mod clients;
mod clock;
mod context;
mod drift;
mod event;
mod explain;
mod filter;
mod interrupt;
mod judge;
mod log;
#[cfg(test)]
mod order;
mod outcome;
mod plan;
#[cfg(test)]
mod planted;
mod purse;
mod raw;
mod record;
mod request;
mod select;
mod spec;
mod step;
mod stream;
mod tape;
mod tapes;
mod target;
mod typed;
mod wanted;

/// Runs the specs of a directory.
///
/// Without a profile they run against an emulator in this process, which the feature `emulator`
/// brings; its deployments and scripted replies come from `emulator.yaml` beside the specs.
///
/// ```no_run
/// # async fn example() {
/// aoai_spec::Runner::new("specs")
///     .filter("tag:smoke")
///     .run()
///     .await
///     .assert_ok();
/// # }
/// ```
#[must_use]
pub struct Runner {
    root: PathBuf,
    only: Vec<PathBuf>,
    text: Option<String>,
    profile: Option<Profile>,
    #[cfg(feature = "emulator")]
    emulator: Option<Arc<aoai_emulator::Emulator>>,
    filters: Vec<Filter>,
    selection: Selection,
    repeat: u32,
    invalid: Vec<String>,
    set: Vec<(String, String)>,
    across: Vec<String>,
    vars: Vec<(String, String)>,
    jobs: Option<usize>,
    budget: Budget,
    fail_fast: bool,
    interrupt: Interrupt,
    deny: Deny,
    lookup: Lookup,
    clock: Arc<dyn Clock>,
    transport: Option<Arc<dyn Transport>>,
    cassettes: Option<(tapes::Use, PathBuf)>,
    collects_snapshots: bool,
    redactor: Arc<Redactor>,
    artefacts: Arc<Artefacts>,
}

/// The cells of each spec of each file.
type Plan<'a> = Vec<Vec<Vec<Planned<'a>>>>;

/// What stands for the environment.
type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Runner {
    /// Runs the specs below a directory.
    pub fn new(root: impl AsRef<Path>) -> Self {
        let redactor = Arc::new(Redactor::new());
        Self {
            root: root.as_ref().to_owned(),
            only: Vec::new(),
            text: None,
            profile: None,
            #[cfg(feature = "emulator")]
            emulator: None,
            filters: Vec::new(),
            selection: Selection::default(),
            repeat: 1,
            invalid: Vec::new(),
            set: Vec::new(),
            across: Vec::new(),
            vars: Vec::new(),
            jobs: None,
            budget: Budget::default(),
            fail_fast: false,
            interrupt: Interrupt::never(),
            deny: Deny::default(),
            lookup: Arc::new(|_| None),
            clock: Arc::new(SystemClock::new()),
            transport: None,
            cassettes: None,
            collects_snapshots: false,
            artefacts: Arc::new(Artefacts::new(Arc::clone(&redactor))),
            redactor,
        }
    }

    /// Runs the specs of a text.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::new("")
        }
    }

    /// Runs only these files or directories, named as paths or below the root: `chat/basics`.
    pub fn only(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.only.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Where to run.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Runs against an emulator of the caller's, by its own profile unless there is another.
    ///
    /// Specs that change their emulator, by `rotate_key` or `advance`, get one like it for
    /// themselves.
    #[cfg(feature = "emulator")]
    pub fn emulator(mut self, emulator: Arc<aoai_emulator::Emulator>) -> Self {
        self.emulator = Some(emulator);
        self
    }

    /// Runs only cells that match: text, `tag:smoke`, `op:chat`, `api:v1`, `not tag:slow`.
    /// Several filters must all match. A name that no spec has is a mistake, also after `not`.
    pub fn filter(mut self, expression: &str) -> Self {
        match expression.parse() {
            Ok(filter) => self.filters.push(filter),
            Err(reason) => self.invalid.push(reason),
        }
        self
    }

    /// Runs only the tests of one shard.
    pub fn shard(mut self, shard: Shard) -> Self {
        self.selection.shard = Some(shard);
        self
    }

    /// Runs only the tests with these ids, as [`SpecReport::test_id`] tells them.
    pub fn tests(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.tests = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Runs every test so many times, for a rate of success; once unless set.
    pub fn repeat(mut self, times: u32) -> Self {
        self.repeat = times.max(1);
        self
    }

    /// Sets `api`, `credential`, `endpoint`, `via`, `retries` or `timeout` where a spec does not,
    /// or keeps the cells of a matrix that have this value.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }

    /// Gives a variable a value, over all other sources, or pins an axis of a matrix.
    pub fn var(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.vars.push((name.into(), value.into()));
        self
    }

    /// How many files run at once; the profile's number, or 8, unless set.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = Some(jobs.max(1));
        self
    }

    /// Limits what the whole run may spend, over the profile's own limits. It is checked before each
    /// request; what would be too much is not sent, and ends the run with exit code 5.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Stops at the first spec that does not pass, or has what is denied.
    pub fn fail_fast(mut self) -> Self {
        self.fail_fast = true;
        self
    }

    /// Ends the run early once this is there.
    pub fn interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = interrupt;
        self
    }

    /// Takes a skipped cell for a failed one.
    pub fn deny_skips(mut self) -> Self {
        self.deny.skips = true;
        self
    }

    /// Takes a warning about a file for an error.
    pub fn deny_warnings(mut self) -> Self {
        self.deny.warnings = true;
        self
    }

    /// Fails the run where the wire types lose something of an answer.
    pub fn deny_drift(mut self) -> Self {
        self.deny.drift = true;
        self
    }

    /// What stands for the environment: `AOAI_SPEC_X` for variables and `${env.X}` in their
    /// defaults. Unless set, nothing is in it.
    pub fn lookup(
        mut self,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    /// The clock that waits and measures, in place of the computer's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What carries the requests, in place of HTTP: [`aoai_http::ServiceTransport`] hands them to a
    /// service in this process, a gateway's router for instance.
    ///
    /// The profile's endpoints then only decide the path and the `host` that the service sees.
    ///
    /// ```
    /// use aoai_http::{Result, Transport, WireRequest, WireResponse};
    /// use aoai_spec::{Profile, Runner};
    /// use bytes::Bytes;
    ///
    /// #[derive(Debug)]
    /// struct NoModels;
    ///
    /// #[async_trait::async_trait]
    /// impl Transport for NoModels {
    ///     async fn exchange(&self, _: WireRequest) -> Result<WireResponse> {
    ///         let body = Bytes::from_static(br#"{"object": "list", "data": []}"#);
    ///         Ok(WireResponse::new(http::StatusCode::OK, http::HeaderMap::new(), body))
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let profile = Profile::new("here")
    ///     .endpoint("main", "https://nowhere.invalid")
    ///     .api_key("key", "not-a-real-key");
    /// let text = "name: none yet\nsteps:\n  - {call: models.list, expect: {body: {data: []}}}\n";
    /// let runner = Runner::from_text(text).profile(profile).transport(NoModels);
    /// let report = runner.run().await.into_result().unwrap();
    /// assert_eq!(report.exit_code(), 0);
    /// # }
    /// ```
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Keeps snapshots that do not fit for somebody to look at, [`Report::snapshots`], and fails
    /// nothing for them.
    pub fn collect_snapshots(mut self) -> Self {
        self.collects_snapshots = true;
        self
    }

    /// What keeps secrets out of reports: whatever is written of a run goes through it.
    pub fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    /// What the run writes: a program writes through it, and asks it for leaks when all is written.
    /// What is logged during the run and the `Debug` of all errors are among it; leaks in these are
    /// told by the [`Report`], too.
    pub fn artefacts(&self) -> &Arc<Artefacts> {
        &self.artefacts
    }

    /// Reads and checks the specs.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or something is wrong in one.
    pub fn load(&self) -> Result<Suite, Error> {
        if let Some(reason) = self.invalid.first() {
            return Err(Error::usage(reason.clone()));
        }
        let suite = match &self.text {
            Some(text) => Suite::from_text("spec.yaml", text),
            None => Suite::load(&self.root, &self.only).map_err(Error::io)?,
        };
        let warned = self.deny.warnings && !suite.diagnostics().is_empty();
        if suite.has_errors() || warned {
            return Err(Error::spec(suite.diagnostics().to_vec()));
        }
        Ok(suite)
    }

    /// Runs the specs.
    pub async fn run(self) -> Run {
        let artefacts = Arc::clone(&self.artefacts);
        let result = self.run_with(&|_| {}).await;
        Run { result, artefacts }
    }

    /// Runs the specs and tells `sink` what happens.
    ///
    /// # Errors
    ///
    /// Nothing was run: the files, the options or the set-up are wrong.
    pub async fn run_with(&self, sink: &(dyn Fn(&Event<'_>) + Sync)) -> Result<Report, Error> {
        let suite = self.load()?;
        let files: Vec<&[Spec]> = suite.files().collect();
        self.run_files(&files, sink).await
    }

    /// Runs the specs of files that are loaded already.
    async fn run_files(
        &self,
        files: &[&[Spec]],
        sink: &(dyn Fn(&Event<'_>) + Sync),
    ) -> Result<Report, Error> {
        let target = Arc::new(self.target().await?);
        self.run_at(&target, files, None, sink).await
    }

    /// Runs specs at a target that is there already; with a name, only the cell that has it.
    pub(crate) async fn run_at(
        &self,
        target: &Arc<Target>,
        files: &[&[Spec]],
        cell: Option<&str>,
        sink: &(dyn Fn(&Event<'_>) + Sync),
    ) -> Result<Report, Error> {
        target.profile.check()?;
        self.register_secrets(target)?;
        let run_id = match self.replayed() {
            Some(_) => tapes::RUN.to_owned(),
            None => context::run_id(&*self.clock),
        };
        let tapes = self.tapes(&target.profile, files, &run_id)?;
        let planned = match cell {
            None => self.plan_all(files, &target.profile, &run_id),
            Some(_) => self.plan(files, &target.profile, &run_id),
        };
        let mut planned = planned?;
        if let Some(name) = cell {
            let cells = planned.iter_mut().flatten();
            cells.for_each(|cells| cells.retain(|planned| planned.cell.to_string() == name));
        }
        if let Some(tapes) = &tapes {
            for planned in planned.iter_mut().flatten().flatten() {
                planned.needs(tapes);
            }
        }
        let budget = self.budget.over(target.profile.budget);
        plan::check_prices(&budget, &target.profile, &planned)?;
        let context = Context {
            account: Arc::new(Account::new("the run", budget, Arc::clone(&self.clock))),
            target: Arc::clone(target),
            connections: Connections::new(self.transport.clone()),
            tapes,
            snapshots: self.text.is_none().then(|| self.root.clone()),
            collects_snapshots: self.collects_snapshots,
            redactor: Arc::clone(&self.redactor),
            artefacts: Arc::clone(&self.artefacts),
            clock: Arc::clone(&self.clock),
            run_id,
            sink,
            interrupt: self.interrupt.clone(),
            stopped: AtomicBool::new(false),
            broke: AtomicBool::new(false),
        };
        let jobs = self.jobs.or(target.profile.jobs).unwrap_or(JOBS);
        let began = self.clock.elapsed();
        let cells: usize = planned.iter().flatten().map(Vec::len).sum();
        context.tell(&Event::Started {
            profile: &target.profile.name,
            specs: planned.iter().map(Vec::len).sum(),
            cells,
            jobs,
        });
        if let Some(tapes) = &context.tapes {
            // Whether it can be kept is known before anything is sent and paid for.
            tapes.keep_profile(&target.profile, &self.artefacts)?;
        }
        let files = planned.into_iter();
        let files: Vec<_> = files.map(|file| self.run_file(&context, file)).collect();
        let files = futures_util::stream::iter(files).buffered(jobs);
        let files = log::kept(&self.artefacts, files.collect::<Vec<_>>());
        let files = context.through(files).await;
        if let Some(tapes) = &context.tapes {
            tapes.keep_profile(&target.profile, &self.artefacts)?;
        }
        let specs: Vec<SpecReport> = files.into_iter().flatten().collect();
        let done: usize = specs.iter().map(|spec| spec.cells.len()).sum();
        let report = Report {
            profile: target.profile.name.clone(),
            specs,
            interrupted: context.interrupt.is_there(),
            not_run: cells - done,
            took: self.clock.elapsed().saturating_sub(began),
            leaks: self.artefacts.leaks(),
            deny: self.deny,
            redactor: Arc::clone(&self.redactor),
        };
        context.tell(&Event::Finished(&report));
        Ok(report)
    }

    /// Every cell with the reason it would be skipped, in the order of files and specs.
    ///
    /// # Errors
    ///
    /// As [`run_with`](Self::run_with).
    pub async fn list(&self) -> Result<Vec<(String, String, Option<String>)>, Error> {
        self.list_at(&self.load()?, &self.target().await?)
    }

    pub(crate) fn list_at(
        &self,
        suite: &Suite,
        target: &Target,
    ) -> Result<Vec<(String, String, Option<String>)>, Error> {
        let files: Vec<&[Spec]> = suite.files().collect();
        let planned = self.plan_all(&files, &target.profile, "run")?;
        let cells = planned.iter().flatten().flatten();
        Ok(cells
            .map(|planned| {
                let skipped = planned.scope.as_ref().err().cloned();
                (planned.spec.id(), planned.cell.to_string(), skipped)
            })
            .collect())
    }

    async fn run_file(
        &self,
        context: &Context<'_>,
        specs: Vec<Vec<Planned<'_>>>,
    ) -> Vec<SpecReport> {
        let mut reports = Vec::new();
        for cells in specs {
            let Some(first) = cells.first() else {
                continue;
            };
            if context.is_stopped() {
                break;
            }
            let spec = first.spec;
            let mut report = SpecReport::new(spec, Arc::clone(&self.redactor));
            let mut recorded = Vec::new();
            for (number, planned) in cells.into_iter().enumerate() {
                if context.interrupt.is_there() {
                    break;
                }
                let (cell, tape) = cell::run(context, planned, number).await;
                let ends = self.fail_fast && self.deny.fails(&cell);
                report.cells.push(cell);
                recorded.push(tape);
                if ends {
                    break;
                }
            }
            both_ways::compare(&mut report);
            if let Some(tapes) = &context.tapes {
                tapes.keep_passed(&mut report, &recorded, &context.artefacts);
            }
            // Some go wrong only once they are looked at together.
            if self.fail_fast && report.cells.iter().any(|cell| self.deny.fails(cell)) {
                context.stop();
            }
            context.tell(&Event::SpecFinished(&report));
            reports.push(report);
        }
        reports
    }

    /// The cells of each spec of each file, where these are all files that there are: what names
    /// none of them is a mistake.
    fn plan_all<'a>(
        &self,
        files: &[&'a [Spec]],
        profile: &Profile,
        run_id: &str,
    ) -> Result<Plan<'a>, Error> {
        self.check_names(files, profile)?;
        let planned = self.plan(files, profile, run_id)?;
        self.check_left(files, profile, &planned)?;
        Ok(planned)
    }

    /// The cells of each spec of each file.
    fn plan<'a>(
        &self,
        loaded: &[&'a [Spec]],
        profile: &Profile,
        run_id: &str,
    ) -> Result<Plan<'a>, Error> {
        self.check_across()?;
        let mut files = Vec::new();
        for file in loaded {
            let mut specs = Vec::new();
            for spec in *file {
                let cells = self.cells(spec, profile, run_id)?;
                if !cells.is_empty() {
                    specs.push(cells);
                }
            }
            files.push(specs);
        }
        Ok(files)
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("root", &self.root)
            .field("only", &self.only)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// How many files run at once where nobody says.
const JOBS: usize = 8;
