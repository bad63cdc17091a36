//! What a call costs: the same jobs done over hyper alone, over reqwest, by a peer and by us.
//!
//! Runs the measurements and prints the tables; README.md tells how.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_setaffinity};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use self::alloc::Counting;
use self::callgrind::Calls;
use self::client::Contestant;
use self::growth::SWEEPS;
use self::job::{Action, CROWDS, JOBS};
use self::memory::WORKS;
use self::report::Table;
use self::server::Server;
use self::targets::Verdict;
use self::versions::versions;

mod alloc;
mod callgrind;
mod client;
mod footprint;
mod growth;
mod heap;
mod job;
mod memory;
mod payload;
mod report;
mod scenario;
mod server;
mod service;
mod targets;
mod time;
mod versions;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let mut options = Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Value(word) if word == "serve" => {
                stay_on_core(0);
                runtime()?.block_on(server::serve())?;
                return Ok(ExitCode::SUCCESS);
            }
            lexopt::Arg::Value(word) if word == "emulate" => {
                stay_on_core(0);
                runtime()?.block_on(service::emulate())?;
                return Ok(ExitCode::SUCCESS);
            }
            lexopt::Arg::Value(word) if word == "job" => {
                let words = args
                    .raw_args()?
                    .map(|word| word.to_string_lossy().into_owned());
                do_job(words)?;
                return Ok(ExitCode::SUCCESS);
            }
            lexopt::Arg::Value(word) if word == "profile" => {
                let words = args
                    .raw_args()?
                    .map(|word| word.to_string_lossy().into_owned());
                profile(words)?;
                return Ok(ExitCode::SUCCESS);
            }
            lexopt::Arg::Long("instructions") => options.groups.extend([INSTRUCTIONS, GROWTH]),
            lexopt::Arg::Long("footprint") => options.groups.push(BUILDS),
            lexopt::Arg::Long("only") => {
                let names = args.value()?.to_string_lossy().into_owned();
                options.groups = names.split(',').map(group).collect::<Result<_>>()?;
            }
            lexopt::Arg::Long("check") => options.check = true,
            lexopt::Arg::Long("json") => options.json = Some(args.value()?.into()),
            lexopt::Arg::Long("rounds") => {
                use lexopt::ValueExt as _;
                options.rounds = args.value()?.parse()?;
            }
            lexopt::Arg::Long("help") => {
                println!("{USAGE}");
                return Ok(ExitCode::SUCCESS);
            }
            unknown => return Err(unknown.unexpected().into()),
        }
    }
    measure(&options)
}

struct Options {
    groups: Vec<&'static str>,
    check: bool,
    rounds: usize,
    json: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            groups: vec![CRATES, ALLOCATIONS, STREAMS, SERVICE, TIME],
            check: false,
            rounds: 25,
            json: None,
        }
    }
}

impl Options {
    fn wants(&self, group: &str) -> bool {
        self.groups.contains(&group)
    }
}

/// The group of tables of a name.
fn group(name: &str) -> Result<&'static str> {
    let known = GROUPS.iter().find(|known| **known == name);
    known.copied().with_context(|| {
        let known = GROUPS.join(", ");
        format!("there is no group of tables {name:?}; there are {known}")
    })
}

/// Everything that one run found out.
#[derive(Serialize)]
struct Findings {
    versions: BTreeMap<String, String>,
    targets: Vec<Verdict>,
    tables: Vec<Table>,
}

fn measure(options: &Options) -> Result<ExitCode> {
    let server = Server::start()?;
    let origin = server.origin();
    let mut tables: Vec<Table> = Vec::new();
    let mut show = |table: Table| {
        println!("{}", table.markdown());
        tables.push(table);
    };
    if options.wants(CRATES) {
        show(footprint::crates()?);
    }
    if options.wants(BUILDS) {
        show(footprint::builds()?);
    }
    if options.wants(INSTRUCTIONS) || options.wants(GROWTH) {
        anyhow::ensure!(callgrind::is_present(), "instructions need valgrind");
    }
    if options.wants(INSTRUCTIONS) {
        show(callgrind::calls(&origin, JOBS)?);
        show(callgrind::works(WORKS)?);
    }
    if options.wants(GROWTH) {
        show(growth::sweep(&origin, SWEEPS, Contestant::Aoai)?);
    }
    stay_on_core(1);
    let runtime = runtime()?;
    // Whatever runs specs comes last: their runner listens to spans, and from then on spans are made
    // in this process though nobody listens any more.
    if options.wants(ALLOCATIONS) {
        show(runtime.block_on(heap::calls(&origin, JOBS))?);
    }
    if options.wants(STREAMS) {
        show(runtime.block_on(heap::streams(&server))?);
    }
    if options.wants(TIME) {
        let jobs = [JOBS, CROWDS].concat();
        show(runtime.block_on(time::calls(&origin, &jobs, options.rounds))?);
    }
    if options.wants(ALLOCATIONS) {
        show(heap::works(WORKS)?);
    }
    if options.wants(TIME) {
        show(time::works(WORKS, options.rounds)?);
    }
    if options.wants(SERVICE) {
        show(runtime.block_on(service::rows())?);
    }
    let findings = Findings {
        versions: versions(),
        targets: targets::verdicts(&tables),
        tables,
    };
    println!("{}", targets::markdown(&findings.targets));
    if let Some(path) = &options.json {
        fs::write(path, serde_json::to_string_pretty(&findings)? + "\n")?;
    }
    let missed = findings
        .targets
        .iter()
        .any(|one| one.gate && one.met != Some(true));
    Ok(if options.check && missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn do_job(mut words: impl Iterator<Item = String>) -> Result<()> {
    let mut word = || words.next().context("an argument is missing");
    match word()?.as_str() {
        "call" => {
            let contestant = Contestant::of_name(&word()?)?;
            let action = Action::of_name(&word()?)?;
            let scenario = word()?.parse()?;
            let (at_once, rounds) = (word()?.parse()?, word()?.parse()?);
            let origin = word()?;
            let runtime = runtime()?;
            let runner = job::runner(contestant, &origin, scenario)?;
            runtime.block_on(runner.run(action, at_once, rounds))?;
            Ok(())
        }
        "specs" => {
            let (specs, rounds) = (word()?.parse()?, word()?.parse()?);
            for _ in 0..rounds {
                runtime()?.block_on(service::run_specs(specs))?;
            }
            Ok(())
        }
        "memory" => {
            let named = memory::of_name(&word()?)?;
            named.run(word()?.parse()?, word()?.parse()?)
        }
        unknown => anyhow::bail!("there is no kind of job {unknown:?}"),
    }
}

fn profile(mut words: impl Iterator<Item = String>) -> Result<()> {
    let contestant = words.next().context("profile whom?")?;
    let name = words.next().context("profile what job?")?;
    if let Some(work) = WORKS
        .iter()
        .find(|work| work.name == name && work.by == contestant)
    {
        println!("{}", callgrind::profile_work(work, 20)?);
        return Ok(());
    }
    let job = JOBS.iter().find(|job| job.name == name);
    let job = job.with_context(|| format!("there is no job {name:?}"))?;
    let server = Server::start()?;
    let calls = Calls {
        contestant: Contestant::of_name(&contestant)?,
        action: job.action,
        scenario: job.scenario,
        at_once: job.at_once,
    };
    println!("{}", calls.profile(&server.origin(), job.rounds * 4)?);
    Ok(())
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Server and client each have a core, where there are two.
fn stay_on_core(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // A machine with one core lets them share it.
    let _ = sched_setaffinity(None, &cores);
}

const CRATES: &str = "crates";
const BUILDS: &str = "builds";
const INSTRUCTIONS: &str = "instructions";
const GROWTH: &str = "growth";
const ALLOCATIONS: &str = "allocations";
const STREAMS: &str = "streams";
const SERVICE: &str = "service";
const TIME: &str = "time";
const GROUPS: &[&str] = &[
    CRATES,
    BUILDS,
    INSTRUCTIONS,
    GROWTH,
    ALLOCATIONS,
    STREAMS,
    SERVICE,
    TIME,
];

const USAGE: &str = "\
Usage: cargo xtask bench [OPTIONS]
       cargo xtask bench profile CONTESTANT JOB

Options:
  --instructions   count instructions, too, and how they grow with sizes (needs valgrind)
  --footprint      build a program with each client from nothing, too (takes minutes)
  --only GROUPS    only these tables, by commas: crates, builds, instructions, growth, allocations,
                   streams, service, time
  --check          fail where a target is missed that is counted, not timed
  --rounds N       rounds of CPU time [25]
  --json FILE      write everything to a file, too";
