//! One step: its calls, its polls, its expectations.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::Clock as _;
use aoai_http::Client;
use aoai_types::visit;
use http::HeaderValue;
use serde_json::Value;

use super::context::Cell;
use super::judge::{judge, save, succeeded};
use super::request::{Kind, Request};
use super::tape::Tape;
use super::tapes::Tapes;
use super::typed::Call;
use super::{SpecReport, answer, drift, raw, stream};
use crate::budget::Estimate;
use crate::model::{Poll, Settings, Step};
use crate::pattern::Mismatch;
use crate::result::{Attempt, Sent, StepResult};
use crate::snapshot::{self, Snapshot};
use crate::source::{Source, Span};
use crate::vars::Scope;

/// What came of a step.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StepReport {
    /// Its name.
    pub name: String,
    /// Its number, from 1, and the number of steps in its list.
    pub number: (usize, usize),
    /// Whether it stands under `finally`.
    pub is_finally: bool,
    /// Where it stands in the spec, or in the file that the spec runs.
    pub span: Span,
    /// That file, where it is not the spec's own.
    pub source: Option<Arc<Source>>,
    /// The profile's name of the endpoint that its calls went to.
    pub endpoint: String,
    /// Whether it says what must be true of its answer, beyond that it is a good one.
    pub asserts: bool,
    /// What was not as expected.
    pub mismatches: Vec<Mismatch>,
    /// What the spec expects and this run cannot tell: what a call cost, where nobody knows prices.
    pub unjudged: Vec<String>,
    /// Why it could not be run.
    pub error: Option<String>,
    /// The result of its last call.
    pub result: Option<StepResult>,
    /// Its place in its list: `step-1`, `finally-2`.
    pub place: String,
    /// The snapshot that the answer is not like, where that is to be looked at.
    pub snapshot: Option<Snapshot>,
    /// How often it polled.
    pub polls: u32,
    /// How many requests all its calls sent.
    pub requests: usize,
    /// The HTTP attempts of all its calls, in order.
    pub attempts: Vec<Attempt>,
    /// What all its calls cost, in tokens.
    pub tokens: u64,
    /// The same in US dollars; `None` where the profile has no prices for it.
    pub usd: Option<f64>,
    /// The name under which its calls went out, `x-ms-client-request-id`.
    pub call: String,
    /// How long it took.
    pub took: Duration,
}

impl StepReport {
    /// The file it stands in, for showing places in it.
    pub fn file<'a>(&'a self, spec: &'a SpecReport) -> &'a Source {
        self.source.as_deref().unwrap_or(&spec.source)
    }

    /// Whether it ran and everything was as expected.
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty() && self.error.is_none()
    }

    /// Takes the result of one more call.
    fn note(&mut self, result: StepResult) {
        self.attempts.extend_from_slice(&result.attempts);
        let tokens = result.usage.map_or(0, |usage| usage.total);
        self.tokens = self.tokens.saturating_add(tokens);
        if let Some(cost) = result.cost {
            *self.usd.get_or_insert_default() += cost;
        }
        self.result = Some(result);
    }
}

/// Runs a step; what it saves goes into `scope`.
pub(super) async fn run(
    cell: &Cell<'_>,
    step: &Step,
    settings: &Settings,
    scope: &mut Scope,
    report: &mut StepReport,
) {
    let began = cell.run.clock.elapsed();
    let before = cell.purse.requests();
    // What a request makes has to be known to whoever removes it; a poll makes nothing.
    let is_cut = !report.is_finally && (cell.spec.finally.is_empty() || step.poll.is_some());
    let acting = act(cell, step, settings, scope, report);
    let acted = if is_cut {
        cell.run.interrupt.before(acting).await
    } else {
        Some(acting.await)
    };
    if let Err(error) = acted.unwrap_or_else(|| Err(INTERRUPTED.to_owned())) {
        report.error = Some(error);
    }
    for mismatch in &mut report.mismatches {
        mismatch.mask(&cell.run.redactor);
    }
    report.requests = cell.purse.requests() - before;
    report.took = cell.run.clock.elapsed().saturating_sub(began);
}

/// Why a step was broken off.
pub(crate) const INTERRUPTED: &str = "the run was interrupted";

async fn act(
    cell: &Cell<'_>,
    step: &Step,
    settings: &Settings,
    scope: &mut Scope,
    report: &mut StepReport,
) -> Result<(), String> {
    let Some(request) = Request::new(cell, step, settings, scope)? else {
        return cell.control(step, scope);
    };
    cell.instruct(step, scope, &report.call)?;
    let began = cell.clock.elapsed();
    let document = loop {
        let calling = call(cell, &request, &report.call);
        let result = cell
            .watched(step, "to be sent again", began, calling)
            .await?;
        let document = result.to_json();
        let status = result
            .body
            .as_ref()
            .and_then(|body| body["status"].as_str());
        let state = status.unwrap_or("waiting").to_owned();
        report.note(result);
        let Some(poll) = &step.poll else {
            break document;
        };
        report.polls += 1;
        if poll.until.matches(Some(&document), scope) {
            break document;
        }
        let waited = cell.clock.elapsed().saturating_sub(began);
        let left = poll.within.saturating_sub(waited);
        if let Some(mismatch) = gave_up(poll, &document, left.is_zero(), scope) {
            report.mismatches.push(mismatch);
            if succeeded(&document) {
                save(step, &document, scope);
            }
            return Ok(());
        }
        let waiting = cell.clock.sleep(poll.every.min(left));
        cell.watched(step, &state, began, waiting).await;
    };
    let replayed = cell.run.tapes.as_ref().is_some_and(Tapes::is_playing);
    let unjudged: &[&str] = match &report.result {
        // A replay costs nothing, takes no time, and has no credential.
        _ if replayed => &["time", "cost", "auth"],
        Some(result) if request.price.is_none() && result.cost.is_none() => &["cost"],
        _ => &[],
    };
    let expect = step.expect.iter();
    report.unjudged = expect
        .flat_map(|expect| unjudged.iter().flat_map(|name| expect.places(name)))
        .collect();
    report.mismatches = judge(step, &document, scope, unjudged);
    let mut missing = Vec::new();
    // What was made has to be known to whoever removes it, whatever else is wrong with it.
    if report.mismatches.is_empty() || succeeded(&document) {
        missing = save(step, &document, scope);
    }
    if report.mismatches.is_empty() {
        compare(cell, step, report)?;
    }
    if report.mismatches.is_empty() {
        report.mismatches = missing;
    }
    Ok(())
}

/// Holds the answer to the step's snapshot.
fn compare(cell: &Cell<'_>, step: &Step, report: &mut StepReport) -> Result<(), String> {
    let (Some(detail), Some(result)) = (step.snapshot, &report.result) else {
        return Ok(());
    };
    let root = cell.run.snapshots.as_deref();
    let root = root.ok_or("a spec that is no file has no place for a snapshot")?;
    let now = cell.run.redactor.redact_value(&detail.take(result));
    let path = snapshot::path(root, &cell.test, &report.place);
    let Some(found) = Snapshot::look(path, now)? else {
        return Ok(());
    };
    if !cell.run.collects_snapshots {
        let mut mismatch = Mismatch::new("snapshot", step.span)
            .expected(format!("what stands in {}", found.path.display()))
            .actual(if found.is_new {
                "there is no such snapshot yet".to_owned()
            } else {
                "something else".to_owned()
            });
        mismatch.note = Some(format!(
            "`--review` shows it, and takes it if you say so\n{}",
            found.diff.trim_end()
        ));
        report.mismatches.push(mismatch);
    }
    report.snapshot = Some(found);
    Ok(())
}

/// A poll that need not go on.
fn gave_up(poll: &Poll, document: &Value, late: bool, scope: &Scope) -> Option<Mismatch> {
    let abort = poll.abort.as_ref();
    let aborted = abort.is_some_and(|abort| abort.matches(Some(document), scope));
    if !aborted && !late {
        return None;
    }
    let mut missing = poll.until.check(Some(document), "", scope).into_iter();
    let mut mismatch = missing.next()?;
    mismatch.note = Some(match abort {
        Some(abort) if aborted => format!(
            "gave up: the result is as `abort` says: {}",
            abort.show(scope)
        ),
        _ => format!(
            "gave up: it was not so within {}",
            crate::duration::show(poll.within)
        ),
    });
    Some(mismatch)
}

async fn call(cell: &Cell<'_>, request: &Request<'_>, name: &str) -> Result<StepResult, String> {
    let began = cell.clock.elapsed();
    let id = HeaderValue::try_from(name).map_err(|error| error.to_string())?;
    let client = request
        .client
        .with(request.options.clone().client_request_id(id));
    let most = request.estimate();
    cell.purse.reserve(most)?;
    let called = send(request, &client).await;
    let spent = called.as_ref().ok().map(|result| actual(request, result));
    cell.purse.settle(most, spent.unwrap_or_default());
    // Nothing tells a refusal of our own from others but that it was noted.
    if let Some(refused) = cell.purse.refused() {
        return Err(refused.reason);
    }
    if let Some(stale) = cell.tape.as_ref().and_then(Tape::stale) {
        return Err(stale);
    }
    let mut result = called?;
    if let Some(error) = &result.error {
        let artefacts = &cell.run.artefacts;
        artefacts.keep(&format!("the error of {name}"), &error.debug);
    }
    let seen = cell.recorder.take();
    result.sent = seen.sent;
    result.cost = spent
        .filter(|_| request.price.is_some() && result.usage.is_some())
        .map(|spent| spent.usd);
    if result.stream.is_some() {
        stream::times(&mut result, began, &seen.chunks);
    }
    if let Some((endpoint, _)) = result.sent.as_ref().and_then(Sent::operation) {
        result.drift = drift::of(endpoint, &result);
    }
    answer::judge_tools(&mut result);
    answer::total(&mut result, cell.clock.elapsed().saturating_sub(began));
    Ok(result)
}

/// What a call did cost.
fn actual(request: &Request<'_>, result: &StepResult) -> Estimate {
    let usage = result.usage.unwrap_or_default();
    Estimate {
        tokens: usage.total,
        usd: request.price.map_or(0.0, |price| price.of(&usage)),
    }
}

async fn send(request: &Request<'_>, client: &Client) -> Result<StepResult, String> {
    Ok(match &request.kind {
        Kind::Raw(raw) => raw::send(client, (**raw).clone()).await,
        Kind::Typed {
            endpoint,
            written,
            streams,
        } => {
            let visitor = Call {
                client,
                written,
                streams: *streams,
            };
            let called = visit(endpoint.id, visitor);
            called
                .ok_or_else(|| format!("no operation `{}`", endpoint.id))?
                .await?
        }
    })
}
