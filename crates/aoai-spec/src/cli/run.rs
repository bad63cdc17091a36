//! The commands.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::World;
use super::again;
use super::memory::Memory;
use super::options::Options;
use crate::budget::Budget;
use crate::error::Error;
use crate::profile::Profile;
use crate::redact::Artefacts;
use crate::report::{Contrast, Coverage, Document, Format, Human, count};
use crate::run::{EXIT_INTERRUPTED, Event, Report, Runner};
use crate::suite::Suite;

/// Runs the specs at these paths and writes all that is asked for; `written` is where that is known.
pub(super) async fn run(
    options: &Options,
    paths: &[PathBuf],
    world: &mut World,
    written: &mut Option<Arc<Artefacts>>,
) -> Result<u8, Error> {
    let documents = options.coverage.iter().flatten().map(Document::read);
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    let summary = summary(options, world)?;
    let (mut runner, profile) = runner(options, paths, world)?;
    warn(options, &runner, world)?;
    let mut memory = Memory::open(&world.state, &profile);
    if options.failed {
        if memory.failed().is_empty() {
            world.say(format!("nothing failed last time against {profile}"));
            return Ok(0);
        }
        runner = runner.tests(memory.failed());
    }
    let artefacts = Arc::clone(runner.artefacts());
    *written = Some(Arc::clone(&artefacts));
    let color = world.is_colored(options, world.out_is_terminal);
    let again = again::program(options, world);
    let human = Human::new(artefacts.writer(TERMINAL, &mut *world.out))
        .color(color)
        .verbosity(options.verbosity)
        .quiet(options.quiet)
        .curl(options.curl)
        .program(again);
    let human = Mutex::new(human);
    let sink = |event: &Event<'_>| {
        let mut human = human.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is left to be told that nobody can be told.
        let _ = human.event(event).and_then(|()| human.flush());
    };
    let report = runner.run_with(&sink).await?;
    drop(human);
    let mut code = report.exit_code();
    if options.failed && report.cells().next().is_none() {
        world.say(format!(
            "nothing is left of what failed last time against {profile}"
        ));
    }
    if let Err(error) = memory.learn(&report, options, paths) {
        world.complain(format!("warning: what failed is not remembered: {error}"));
    }
    let mut told = String::new();
    code = code.max(coverage(options, &documents, &report, &mut told, world));
    let mut annotates = (world.lookup)("GITHUB_ACTIONS").as_deref() == Some("true");
    for (format, path) in &options.reports {
        if let (Format::Github, None) = (format, path) {
            annotates = true;
            continue;
        }
        let text = report.render(*format)?;
        code = code.max(write(
            path.as_deref(),
            summary.as_deref(),
            &text,
            &artefacts,
            world,
        ));
    }
    if annotates {
        told.push_str(&report.render(Format::Github)?);
    }
    let _ = artefacts
        .writer(TERMINAL, &mut *world.out)
        .write_all(told.as_bytes());
    code = code.max(snapshots(options, &report, &artefacts, world));
    Ok(code.max(look_again(options, &artefacts, world)))
}

/// Shows the snapshots that do not fit and takes those that are to be taken; the code is that of
/// one that was not.
fn snapshots(options: &Options, report: &Report, artefacts: &Artefacts, world: &mut World) -> u8 {
    if report.interrupted || !(options.review || options.update) {
        return 0;
    }
    let (mut taken, mut left) = (0_usize, 0_usize);
    for snapshot in report.snapshots() {
        let is_taken = options.update || {
            let state = if snapshot.is_new { "new" } else { "changed" };
            let path = snapshot.path.display();
            world.say(format!("\n{path} is {state}:"));
            for line in snapshot.diff.trim_end().lines() {
                world.say(crate::report::printable(line));
            }
            world.asks("take it? [y/N] ")
        };
        let accepted = is_taken.then(|| snapshot.accept(artefacts));
        if let Some(Err(error)) = &accepted {
            world.complain(format!("error: {error}"));
        }
        match accepted {
            Some(Ok(())) => taken += 1,
            _ => left += 1,
        }
    }
    let taken = count(taken, "snapshot");
    world.say(format!("  {taken} taken, {left} left as they were"));
    if left == 0 { 0 } else { 4 }
}

/// Masking is not trusted: looks for secrets in all that was written.
fn look_again(options: &Options, artefacts: &Artefacts, world: &mut World) -> u8 {
    let leaks = artefacts.leaks();
    for leak in &leaks {
        world.complain(format!("LEAK  {leak}"));
    }
    match (leaks.is_empty(), options.quiet) {
        (false, _) => return 6,
        (true, false) => {
            let artefacts = count(artefacts.count(), "artefact");
            world.say(format!("  no secrets in {artefacts}"));
        }
        (true, true) => {}
    }
    0
}

/// Reads the files, and the profile that is named, and tells what is wrong with them.
pub(super) fn check(options: &Options, world: &mut World) -> Result<u8, Error> {
    let (runner, _) = runner(options, &options.paths, world)?;
    let suite = warn(options, &runner, world)?;
    let warned = match suite.diagnostics().len() {
        0 => "nothing wrong".to_owned(),
        warnings => count(warnings, "warning"),
    };
    let specs = count(suite.specs().count(), "spec");
    world.say(format!("{specs}, {warned}"));
    Ok(0)
}

/// Tells every test, and why it would be skipped.
pub(super) async fn list(options: &Options, world: &mut World) -> Result<u8, Error> {
    let (runner, _) = runner(options, &options.paths, world)?;
    let tests = runner.list().await?;
    if options.json {
        let tests = tests.into_iter().map(|(spec, cell, skipped)| {
            let id = crate::run::test_id(&spec, &cell);
            json!({"id": id, "spec": spec, "cell": cell, "skipped": skipped})
        });
        let tests: Vec<_> = tests.collect();
        world.say(format!("{:#}", json!({"version": 1, "tests": tests})));
        return Ok(0);
    }
    for (id, cell, skipped) in tests {
        let cell = if cell.is_empty() {
            cell
        } else {
            format!("  {cell}")
        };
        let skipped = skipped.map(|reason| format!("  (skipped: {reason})"));
        let told = format!("{id}{cell}{}", skipped.unwrap_or_default());
        let line = crate::report::line(&told) + "\n";
        // A reader that has seen enough closes the pipe.
        if world.out.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    Ok(0)
}

/// Tells what a word means, or what the specs of a file would send.
pub(super) async fn explain(options: &Options, what: &str, world: &mut World) -> Result<u8, Error> {
    let unknown = match crate::explain(what) {
        Ok(told) => {
            world.say(told.trim_end());
            return Ok(0);
        }
        Err(unknown) => unknown,
    };
    let file = what.split("::").next().unwrap_or(what);
    if crate::suite::find(&world.root, Path::new(file)).is_err() {
        return Err(Error::usage(unknown));
    }
    let (mut runner, _) = runner(options, &[file.into()], world)?;
    if file != what {
        let tests = runner.list().await?.into_iter();
        let tests = tests.map(|(spec, cell, _)| (crate::run::test_id(&spec, &cell), spec));
        let meant = tests.filter(|(test, spec)| what == test || what == spec);
        let meant: Vec<String> = meant.map(|(test, _)| test).collect();
        if meant.is_empty() {
            return Err(Error::usage(format!("`{file}` has no test `{what}`")));
        }
        runner = runner.tests(meant);
    }
    world.say(runner.explain().await?.trim_end());
    Ok(0)
}

/// Tells what was covered; the code is that of too little.
fn coverage(
    options: &Options,
    documents: &[Document],
    report: &Report,
    told: &mut String,
    world: &mut World,
) -> u8 {
    if options.coverage.is_none() {
        return 0;
    }
    let own = report.coverage();
    let of_documents = documents.iter();
    let of_documents = of_documents.map(|document| Coverage::of_document(report, document));
    let mut code = 0;
    for coverage in std::iter::once(own).chain(of_documents) {
        let _ = write!(told, "\n{}", coverage.table());
        let least = options.fail_under.unwrap_or(0.0);
        if coverage.percent() < least {
            let (percent, title) = (coverage.percent(), &coverage.title);
            world.complain(format!(
                "error: {percent:.1} % of the {title} are asserted, --fail-under asks for {least} %"
            ));
            code = 4;
        }
    }
    code
}

/// The file that a report without one is added to. Where there is none, that is told before
/// anything is run and paid for.
fn summary(options: &Options, world: &World) -> Result<Option<PathBuf>, Error> {
    let summary = (world.lookup)("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let summary = summary.map(PathBuf::from);
    let mut reports = options.reports.iter();
    let is_needed = reports.any(|(format, path)| *format != Format::Github && path.is_none());
    if is_needed && summary.is_none() {
        return Err(Error::usage(
            "--report md needs a file, md=FILE: GITHUB_STEP_SUMMARY is not set",
        ));
    }
    Ok(summary)
}

/// Writes a report, or adds it to the job's summary; the code is that of what cannot be written.
fn write(
    path: Option<&Path>,
    summary: Option<&Path>,
    text: &str,
    artefacts: &Artefacts,
    world: &mut World,
) -> u8 {
    let written = match (path, summary) {
        (Some(path), _) => artefacts.write_below(path, text),
        (None, Some(path)) => {
            artefacts.keep("summary", text);
            let told = |error| io::Error::other(format!("{}: {error}", path.display()));
            append(path, text).map_err(told)
        }
        (None, None) => Ok(()),
    };
    match written {
        Ok(()) => 0,
        Err(error) => {
            world.complain(format!("error: {error}"));
            3
        }
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::options().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// Reads the specs, and tells what is doubtful about them.
fn warn(options: &Options, runner: &Runner, world: &mut World) -> Result<Suite, Error> {
    let color = world.is_colored(options, world.err_is_terminal);
    let suite = runner.load()?;
    for diagnostic in suite.diagnostics() {
        world.complain(format!("{}\n", diagnostic.render(color)));
    }
    Ok(suite)
}

/// Runs against two profiles, and tells where the answers are not alike.
pub(super) async fn diff(
    options: &Options,
    sides: [&String; 2],
    world: &mut World,
) -> Result<u8, Error> {
    let mut reports = Vec::new();
    let mut artefacts = Vec::new();
    for side in sides {
        let runner = configured(options, &options.paths, world);
        let runner = match side.as_str() {
            EMULATOR => runner,
            name => runner.profile(profile(name, world)?),
        };
        artefacts.push(Arc::clone(runner.artefacts()));
        let report = runner.run_with(&|_: &Event<'_>| {}).await?;
        if report.interrupted {
            return Ok(EXIT_INTERRUPTED);
        }
        reports.push(report);
    }
    let contrast = Contrast::of(&reports[0], &reports[1]);
    let mut told = contrast.to_string();
    for artefacts in &artefacts {
        told = artefacts.redactor().redact(&told).into_owned();
        artefacts.keep(TERMINAL, &told);
    }
    world.say(told.trim_end());
    let mut code = if contrast.is_alike() { 0 } else { 4 };
    for report in &reports {
        // What was too dear to run was not compared.
        if let Some(cell) = report.cells().find(|cell| cell.over_budget) {
            let reason = crate::report::reason(cell);
            world.complain(format!("error: {}: {reason}", report.profile));
            code = code.max(5);
        }
    }
    for artefacts in &artefacts {
        code = code.max(look_again(options, artefacts, world));
    }
    Ok(code)
}

/// The runner, and the name of what it runs against.
fn runner(options: &Options, paths: &[PathBuf], world: &World) -> Result<(Runner, String), Error> {
    let runner = configured(options, paths, world);
    let cassettes = |directory: &Path| match directory.as_os_str() {
        none if none.is_empty() => world.root.join("cassettes"),
        _ => directory.to_owned(),
    };
    let runner = match (&options.record, &options.replay) {
        (Some(directory), _) => runner.record(cassettes(directory)),
        (None, Some(directory)) => {
            let runner = runner.replay(cassettes(directory));
            return Ok((runner, "replay".to_owned()));
        }
        (None, None) => runner,
    };
    let Some(name) = &options.live else {
        return Ok((runner, EMULATOR.to_owned()));
    };
    Ok((runner.profile(profile(name, world)?), name.clone()))
}

pub(super) fn profile(name: &str, world: &World) -> Result<Profile, Error> {
    let path = world.root.join("profiles.yaml");
    Profile::load(path, name, |name: &str| (world.lookup)(name))
}

fn configured(options: &Options, paths: &[PathBuf], world: &World) -> Runner {
    let lookup = Arc::clone(&world.lookup);
    let mut runner = Runner::new(&world.root)
        .only(paths.to_vec())
        .lookup(move |name| lookup(name))
        .clock(Arc::clone(&world.clock))
        .interrupt(world.interrupt.clone())
        .repeat(options.repeat.unwrap_or(1));
    for filter in &options.filters {
        runner = runner.filter(filter);
    }
    for (name, value) in &options.set {
        runner = runner.set(name, value);
    }
    for axis in &options.across {
        runner = runner.across(axis);
    }
    for (name, value) in &options.vars {
        runner = runner.var(name, value);
    }
    if let Some(jobs) = options.jobs {
        runner = runner.jobs(jobs);
    }
    if let Some(shard) = options.shard {
        runner = runner.shard(shard);
    }
    if options.budget != Budget::default() {
        runner = runner.budget(options.budget);
    }
    if options.fail_fast {
        runner = runner.fail_fast();
    }
    if options.review || options.update {
        runner = runner.collect_snapshots();
    }
    if options.deny_skips {
        runner = runner.deny_skips();
    }
    if options.deny_warnings {
        runner = runner.deny_warnings();
    }
    if options.deny_drift {
        runner = runner.deny_drift();
    }
    runner
}

/// The artefact that people read at once.
const TERMINAL: &str = "terminal";

/// The profile that needs no file.
const EMULATOR: &str = "emulator";
