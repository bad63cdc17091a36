//! One cell of a spec, from its first step to its last.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::State;
use super::context::{self, Context};
use super::plan::Planned;
use super::select::test_id;
use super::step::{self, INTERRUPTED, StepReport};
use super::tape::Tape;
use crate::model::{Fragment, Settings, Spec, Step, Verb};
use crate::result::StepResult;
use crate::vars::Scope;

/// What came of one cell.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CellReport {
    /// Its number among the cells of its spec, from 0.
    pub number: usize,
    /// The values of the axes: `api=v1 via=raw`; empty where there is no matrix.
    pub cell: String,
    /// Which of several runs of the same cell it is, from 1; `None` where it is run once.
    pub repetition: Option<u32>,
    /// `api`, `credential` and the like, as the spec ran with them.
    pub settings: Vec<(&'static str, String)>,
    /// How it ended.
    pub state: State,
    /// Its steps, as far as they were run.
    pub steps: Vec<StepReport>,
    /// The variables and saved values of its texts.
    pub variables: Vec<(String, Value)>,
    /// How long it took.
    pub took: Duration,
    /// How much waiting took no time, since the emulator's can be moved.
    pub skipped: Duration,
    /// Whether it ended because more would have been spent than a budget allows.
    pub over_budget: bool,
    /// Whether that is the budget of the whole run, which tells nothing of the test.
    pub(crate) is_unpaid: bool,
}

impl CellReport {
    /// A cell in which nothing has gone wrong, and nothing been done.
    pub(super) fn new(number: usize, cell: String) -> Self {
        Self {
            number,
            cell,
            repetition: None,
            settings: Vec::new(),
            state: State::Passed,
            steps: Vec::new(),
            variables: Vec::new(),
            took: Duration::ZERO,
            skipped: Duration::ZERO,
            over_budget: false,
            is_unpaid: false,
        }
    }

    /// The result of the last call of the step with this name.
    pub fn step(&self, name: &str) -> Option<&StepResult> {
        let mut steps = self.steps.iter();
        steps.find(|step| step.name == name)?.result.as_ref()
    }

    /// Everything the calls cost, in tokens.
    pub fn tokens(&self) -> u64 {
        let tokens = self.steps.iter().map(|step| step.tokens);
        tokens.fold(0, u64::saturating_add)
    }

    /// How many requests were sent.
    pub fn requests(&self) -> usize {
        self.steps.iter().map(|step| step.requests).sum()
    }

    /// The time to the first piece of text of the first stream, in milliseconds.
    pub fn first(&self) -> Option<f64> {
        self.results().find_map(|result| result.time.first)
    }

    /// What it cost in US dollars; `None` where the profile has no prices for it.
    pub fn usd(&self) -> Option<f64> {
        let costs = self.steps.iter().filter_map(|step| step.usd);
        costs.reduce(|sum, cost| sum + cost)
    }

    /// The service's ids of the responses, with the names of their headers.
    pub fn request_ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.results().flat_map(StepResult::request_ids)
    }

    /// What tells it from the other cells of its spec: `api=v1 via=raw #2`.
    pub fn label(&self) -> String {
        match self.repetition {
            None => self.cell.clone(),
            Some(number) => format!("{} #{number}", self.cell).trim_start().to_owned(),
        }
    }

    /// The results of all steps that made a call, each that of its last.
    pub fn results(&self) -> impl Iterator<Item = &StepResult> {
        self.steps.iter().filter_map(|step| step.result.as_ref())
    }

    /// Whether the wire types lose something of an answer.
    pub(super) fn drifts(&self) -> bool {
        self.results().any(StepResult::drifts)
    }

    /// What the wire types lose of the answers, each place once.
    pub(super) fn drift(&self) -> String {
        let mut found = Vec::new();
        for drift in self.results().flat_map(|result| &result.drift) {
            let told = format!("{} ({})", drift.path, drift.kind);
            if !found.contains(&told) {
                found.push(told);
            }
        }
        found.join(", ")
    }
}

/// Runs a cell; `number` is its place among the cells of its spec. What it has recorded is not kept
/// yet.
pub(super) async fn run(
    context: &Context<'_>,
    planned: Planned<'_>,
    number: usize,
) -> (CellReport, Option<Tape>) {
    let began = context.clock.elapsed();
    let settings = &planned.settings;
    let shown = [
        ("api", settings.api.map(|api| api.to_string())),
        ("credential", settings.credential.clone()),
        ("endpoint", settings.endpoint.clone()),
        ("via", settings.via.map(|via| via.to_string())),
    ];
    let shown = shown.into_iter();
    let mut report = CellReport {
        repetition: planned.repetition,
        settings: shown.filter_map(|(k, v)| Some((k, v?))).collect(),
        ..CellReport::new(number, planned.cell.to_string())
    };
    if let Some(reason) = context.broke() {
        report.state = State::Skipped(reason);
        return (report, None);
    }
    let mut scope = match planned.scope {
        Ok(scope) => scope,
        Err(reason) => {
            report.state = State::Skipped(reason);
            return (report, None);
        }
    };
    let spec = planned.spec;
    let test = test_id(&spec.id(), &report.cell);
    let cell = match context::Cell::new(context, spec, number, &test).await {
        Ok(cell) => cell,
        Err(reason) => {
            report.state = State::Error(reason);
            return (report, None);
        }
    };
    let mut frames = Frames::default();
    let mut cut_short = false;
    for (at, step) in spec.steps.iter().enumerate() {
        cut_short = context.interrupt.is_there();
        if cut_short {
            break;
        }
        let done = match frames.pass(step, &mut scope) {
            Some(Ok(())) => continue,
            Some(Err(error)) => StepReport {
                error: Some(error),
                ..reported(&cell, step, (at, false))
            },
            None => run_step(&cell, step, settings, &mut scope, (at, false)).await,
        };
        let passed = done.passed();
        report.steps.push(done);
        if !passed {
            break;
        }
    }
    frames.unwind(&mut scope);
    if let Some(refused) = cell.purse.open() {
        report.over_budget = true;
        report.is_unpaid = refused.of_run;
        if refused.of_run {
            context.go_broke();
        }
    }
    clean_up(&cell, settings, &mut scope, &mut report).await;
    report.state = state(&cell, &report.steps, cut_short);
    report.variables = variables(spec, &scope);
    report.took = context.clock.elapsed().saturating_sub(began);
    report.skipped = cell.clock.skipped();
    (report, cell.tape.clone())
}

/// How a cell with these steps has ended.
fn state(cell: &context::Cell<'_>, steps: &[StepReport], cut_short: bool) -> State {
    let errors = || steps.iter().filter_map(|step| step.error.as_deref());
    if let Some(error) = errors().find(|error| *error != INTERRUPTED) {
        return State::Error(error.to_owned());
    }
    if steps.iter().any(|step| !step.mismatches.is_empty()) {
        return State::Failed;
    }
    if cut_short || errors().next().is_some() {
        return State::Skipped(INTERRUPTED.to_owned());
    }
    // Of a cell that has come to its end, everything should have been played.
    match cell.tape.as_ref().and_then(Tape::unplayed) {
        Some(error) => State::Error(error),
        None => State::Passed,
    }
}

/// Takes the steps of `finally`, whatever becomes of each.
async fn clean_up(
    cell: &context::Cell<'_>,
    settings: &Settings,
    scope: &mut Scope,
    report: &mut CellReport,
) {
    let mut frames = Frames::default();
    let saved: HashSet<&str> = cell
        .spec
        .steps
        .iter()
        .flat_map(Step::saves)
        .map(|save| save.key.name.as_str())
        .collect();
    // How deep it is in files that are not run.
    let mut left_out = 0_usize;
    for (at, step) in cell.spec.finally.iter().enumerate() {
        let enters = usize::from(matches!(step.verb, Verb::Enter(_)));
        let leaves = usize::from(matches!(step.verb, Verb::Leave));
        if left_out > 0 {
            left_out = left_out + enters - leaves;
            continue;
        }
        // What was never made need not be cleaned up. The service says null of it.
        let is_made = |root: &&str| match scope.get(root) {
            Some(value) => !(value.is_null() && saved.contains(root)),
            None => *root == "env",
        };
        if !step.roots().iter().all(is_made) {
            left_out += enters;
            continue;
        }
        let done = match frames.pass(step, scope) {
            // Nor is a value missed that a file could not make.
            Some(Err(_)) if leaves > 0 => continue,
            Some(Ok(())) => continue,
            Some(Err(error)) => {
                left_out += enters;
                StepReport {
                    error: Some(error),
                    ..reported(cell, step, (at, true))
                }
            }
            None => run_step(cell, step, settings, scope, (at, true)).await,
        };
        report.steps.push(done);
    }
}

async fn run_step(
    cell: &context::Cell<'_>,
    step: &Step,
    settings: &Settings,
    scope: &mut Scope,
    (at, is_finally): (usize, bool),
) -> StepReport {
    let settings = step.settings.clone().over(settings.clone());
    let mut report = StepReport {
        endpoint: settings.endpoint.clone().unwrap_or_default(),
        asserts: step.expect.is_some() || step.poll.is_some() || step.snapshot.is_some(),
        ..reported(cell, step, (at, is_finally))
    };
    step::run(cell, step, &settings, scope, &mut report).await;
    report
}

/// A report of a step that has yet to run.
fn reported(cell: &context::Cell<'_>, step: &Step, (at, is_finally): (usize, bool)) -> StepReport {
    let (list, part) = if is_finally {
        (&cell.spec.finally, "finally")
    } else {
        (&cell.spec.steps, "step")
    };
    // Entering and leaving a file are no steps to whoever reads a report.
    let is_step = |step: &&Step| !matches!(step.verb, Verb::Enter(_) | Verb::Leave);
    let count = |steps: &[Step]| steps.iter().filter(is_step).count();
    StepReport {
        name: step.name.clone(),
        number: (count(&list[..at]) + 1, count(list)),
        is_finally,
        span: step.span,
        source: step.source.clone(),
        call: cell.call_name(part, at + 1),
        place: format!("{part}-{}", at + 1),
        ..StepReport::default()
    }
}

/// The values of the files that are being run, around those of the innermost.
#[derive(Default)]
struct Frames<'a>(Vec<(Scope, &'a Fragment)>);

impl<'a> Frames<'a> {
    /// Enters or leaves a file, where that is what the step does.
    fn pass(&mut self, step: &'a Step, scope: &mut Scope) -> Option<Result<(), String>> {
        match &step.verb {
            Verb::Enter(fragment) => {
                let inner = fragment.scope(scope, |path| Err(format!("`{path}` has no value")));
                Some(inner.map(|inner| {
                    self.0.push((std::mem::replace(scope, inner), fragment));
                }))
            }
            Verb::Leave => Some(self.leave(scope)),
            _ => None,
        }
    }

    /// Keeps what is wanted of the innermost file.
    fn leave(&mut self, scope: &mut Scope) -> Result<(), String> {
        let Some((outer, fragment)) = self.0.pop() else {
            return Ok(());
        };
        let inner = std::mem::replace(scope, outer);
        let mut missing = Ok(());
        for save in &fragment.save {
            match inner.get(&save.path) {
                Some(value) => scope.set(save.key.name.clone(), value.clone()),
                None => missing = Err(format!("the file has no value `{}`", save.path)),
            }
        }
        missing
    }

    /// Leaves all files; what they have made has to be removed, even where they did not get far.
    fn unwind(&mut self, scope: &mut Scope) {
        while !self.0.is_empty() {
            // What is missing then was never made.
            let _ = self.leave(scope);
        }
    }
}

/// The values that a reader of a failure wants to see.
fn variables(spec: &Spec, scope: &Scope) -> Vec<(String, Value)> {
    let vars = spec.vars.iter().map(|var| &var.key.name);
    let axes = spec.matrix.iter().map(|axis| &axis.key.name);
    // How it talked stands in the cell's name.
    let axes = axes.filter(|name| !Settings::AXES.contains(&name.as_str()));
    let steps = spec.steps.iter().chain(&spec.finally);
    let saved = steps.flat_map(Step::saves);
    vars.chain(axes)
        .chain(saved.map(|save| &save.key.name))
        .filter_map(|name| Some((name.clone(), scope.get(name)?.clone())))
        .collect()
}
