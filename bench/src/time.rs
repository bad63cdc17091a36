//! CPU time of each job, contestants taking turns.

use std::time::Duration;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};

use crate::client::Contestant;
use crate::job::{self, Job};
use crate::memory::Work;
use crate::report::Table;

/// CPU time of each call in each of `rounds` rounds.
///
/// Everyone has a turn in every round, so that whatever else the machine does meets all alike, and each
/// turn is long enough for it to even out.
pub async fn calls(origin: &str, jobs: &[Job], rounds: usize) -> Result<Table> {
    let mut table = Table::new(CALLS, "µs");
    for job in jobs {
        let mut runners = Vec::new();
        for contestant in Contestant::ALL {
            let runner = job::runner(contestant, origin, job.scenario)?;
            runner.run(job.action, job.at_once, 1).await?;
            let before = cpu_time();
            runner.run(job.action, job.at_once, 1).await?;
            let once = cpu_time().saturating_sub(before);
            let turn = (TURN.as_secs_f64() / once.as_secs_f64()).ceil() as usize;
            runners.push((contestant, runner, turn, Vec::new()));
        }
        for _ in 0..rounds {
            for (_, runner, turn, times) in &mut runners {
                let before = cpu_time();
                runner.run(job.action, job.at_once, *turn).await?;
                let calls = (*turn * job.at_once) as f64;
                times.push(cpu_time().saturating_sub(before).as_secs_f64() * 1e6 / calls);
            }
        }
        for (contestant, _, _, times) in runners {
            table.put_rounds(job.name, contestant.name(), times);
        }
    }
    Ok(table)
}

/// CPU time of each unit of work in memory.
pub fn works(works: &[Work], rounds: usize) -> Result<Table> {
    let mut table = Table::new(WORKS, "µs");
    for work in works {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let before = cpu_time();
            work.run(work.units, 1)?;
            let once = cpu_time().saturating_sub(before);
            work.run(work.units, 1 + REPEATS)?;
            let more = cpu_time().saturating_sub(before + once + once);
            times.push(more.as_secs_f64() * 1e6 / (REPEATS * work.units) as f64);
        }
        table.put_rounds(work.name, work.by, times);
    }
    Ok(table)
}

/// Table: calls.
pub const CALLS: &str = "CPU time per call";
/// Table: work in memory.
pub const WORKS: &str = "In memory: CPU time per unit";

/// CPU time that this process has used, all its threads together.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanos) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    Duration::from_secs(seconds) + Duration::from_nanos(nanos)
}

/// How long everyone's turn takes at least.
const TURN: Duration = Duration::from_millis(20);

const REPEATS: usize = 10;
