//! Instructions of each job, counted by callgrind: user space, client process only.
//!
//! A job is done N times and then 2 N times, each in a process of its own; the difference divided
//! by N is the job's, without start, connection and warm-up.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};

use crate::client::Contestant;
use crate::job::{Action, Job};
use crate::memory::Work;
use crate::report::Table;
use crate::scenario::Scenario;

/// Whether callgrind is there.
pub fn is_present() -> bool {
    let mut valgrind = Command::new("valgrind");
    let quiet = valgrind
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Instructions of each call.
pub fn calls(origin: &str, jobs: &[Job]) -> Result<Table> {
    let mut table = Table::new(CALLS, "user space");
    for job in jobs {
        let counted = at_once(&Contestant::ALL, |contestant| {
            let calls = Calls {
                contestant: *contestant,
                action: job.action,
                scenario: job.scenario,
                at_once: job.at_once,
            };
            calls.instructions(origin, job.rounds)
        });
        for (contestant, instructions) in Contestant::ALL.into_iter().zip(counted?) {
            eprintln!("{}, {}: {instructions}", job.name, contestant.name());
            table.put(job.name, contestant.name(), instructions);
        }
    }
    Ok(table)
}

/// Counts several things at once: what is counted does not depend on what else the machine does.
pub fn at_once<T: Sync>(all: &[T], count: impl Fn(&T) -> Result<f64> + Sync) -> Result<Vec<f64>> {
    let count = &count;
    thread::scope(|scope| {
        let counting: Vec<_> = all
            .iter()
            .map(|one| scope.spawn(move || count(one)))
            .collect();
        let counted = counting.into_iter().map(|one| {
            let ended = one.join();
            ended.unwrap_or_else(|_| Err(anyhow!("counting panicked")))
        });
        counted.collect()
    })
}

/// Instructions of each unit of work in memory.
pub fn works(works: &[Work]) -> Result<Table> {
    let mut table = Table::new(WORKS, "user space");
    let counted = at_once(works, |work| work_of_size(work, work.units));
    for (work, instructions) in works.iter().zip(counted?) {
        let instructions = instructions / work.units as f64;
        eprintln!("{}: {instructions}", work.id());
        table.put(work.name, work.by, instructions);
    }
    Ok(table)
}

/// Instructions of one round of `units` units of work.
pub fn work_of_size(work: &Work, units: usize) -> Result<f64> {
    let count = |rounds: usize| {
        let args = [
            "memory".into(),
            work.id(),
            units.to_string(),
            rounds.to_string(),
        ];
        Ok::<_, anyhow::Error>(count(&args)? as f64)
    };
    Ok(count(2)? - count(1)?)
}

/// Instructions of a suite of so many specs.
pub fn specs(specs: usize) -> Result<f64> {
    let count = |rounds: usize| {
        let args = ["specs".into(), specs.to_string(), rounds.to_string()];
        Ok::<_, anyhow::Error>(count(&args)? as f64)
    };
    Ok(count(2)? - count(1)?)
}

/// Who calls what how.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// Who.
    pub contestant: Contestant,
    /// What.
    pub action: Action,
    /// With what answer.
    pub scenario: Scenario,
    /// How many in flight.
    pub at_once: usize,
}

impl Calls {
    /// Instructions of one call.
    pub fn instructions(&self, origin: &str, rounds: usize) -> Result<f64> {
        let once = count(&self.args(origin, rounds))?;
        let twice = count(&self.args(origin, rounds * 2))?;
        Ok((twice as f64 - once as f64) / (rounds * self.at_once) as f64)
    }

    /// Where the instructions of `rounds` rounds go, as callgrind's own listing tells.
    pub fn profile(&self, origin: &str, rounds: usize) -> Result<String> {
        annotate(&self.args(origin, rounds))
    }

    fn args(&self, origin: &str, rounds: usize) -> [String; 7] {
        [
            "call".into(),
            self.contestant.name().into(),
            self.action.name().into(),
            self.scenario.to_string(),
            self.at_once.to_string(),
            rounds.to_string(),
            origin.into(),
        ]
    }
}

/// Where the instructions of work in memory go.
pub fn profile_work(work: &Work, rounds: usize) -> Result<String> {
    annotate(&[
        "memory".into(),
        work.id(),
        work.units.to_string(),
        rounds.to_string(),
    ])
}

/// Table: calls.
pub const CALLS: &str = "Instructions per call";
/// Table: work in memory.
pub const WORKS: &str = "In memory: instructions per unit";

fn count(args: &[String]) -> Result<u64> {
    let out = watch(args)?;
    let text = fs::read_to_string(&out)?;
    fs::remove_file(&out)?;
    let total = text.lines().find_map(|line| {
        let total = line
            .strip_prefix("totals:")
            .or_else(|| line.strip_prefix("summary:"));
        total?.split_whitespace().next()?.parse().ok()
    });
    total.context("callgrind wrote no total")
}

fn annotate(args: &[String]) -> Result<String> {
    let out = watch(args)?;
    let listing = Command::new("callgrind_annotate").arg(&out).output()?;
    fs::remove_file(&out)?;
    Ok(String::from_utf8_lossy(&listing.stdout).into_owned())
}

/// Runs this very program under callgrind as `job …`; gives the file that it wrote.
fn watch(args: &[String]) -> Result<PathBuf> {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let name = format!("aoai-bench-{}-{run}.callgrind", std::process::id());
    let out = std::env::temp_dir().join(name);
    let output = Command::new("valgrind")
        .env("GLIBC_TUNABLES", COPY_BY_VECTORS)
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .arg("job")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .context("valgrind did not start")?;
    ensure!(
        output.status.success(),
        "the job {args:?} failed under callgrind: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(out)
}

/// Large blocks are copied by one instruction that repeats itself, of which callgrind counts every
/// repetition: a byte each. Copied by vectors, as small ones are, they count as what they cost.
const COPY_BY_VECTORS: &str = "glibc.cpu.x86_rep_movsb_threshold=1000000000";
