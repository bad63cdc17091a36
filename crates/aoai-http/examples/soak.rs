//! A soak: 2,000 streams at a time for a minute, one call in twenty meeting a fault. Every call must
//! end as its fault says, memory must stay flat, and no task may be left over.
//!
//! `cargo run --release -p aoai-http --example soak [STREAMS [SECONDS]]`; it needs twice as many open
//! files as streams, and a little more (`ulimit -n 8192`). Memory is read on Linux only.

#![expect(clippy::print_stdout, reason = "it shows what became of the calls")]

use std::error::Error;
use std::time::Duration;

use aoai_auth::{Clock as _, SystemClock};

use self::soak::{Plan, Soak};

#[path = "support/soak.rs"]
mod soak;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let streams = arguments.next().map_or(Ok(2_000), |text| text.parse())?;
    let seconds = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let soak = Soak::start(Plan {
        streams,
        fault_every: 20,
        idle: Duration::from_secs(10),
    })
    .await?;

    let clock = SystemClock::new();
    let end = Duration::from_secs(seconds);
    // Once everything that is kept for good has been made.
    let warm = end / 3;
    let at_warm = tokio::spawn(async move {
        clock.sleep(warm).await;
        resident()
    });
    soak.run(move |_| clock.elapsed() < end).await;
    let (before, after) = (at_warm.await?, resident());

    let tally = soak.tally();
    println!("{tally}\n{:>9}  faults and outcomes", tally.kinds());
    let unexplained = soak.unexplained();
    drop(soak);
    // The pool's own tasks end with their connections.
    let tasks = tokio::runtime::Handle::current().metrics();
    for _ in 0..100 {
        if tasks.num_alive_tasks() == 0 {
            break;
        }
        clock.sleep(Duration::from_millis(20)).await;
    }
    println!("{:>9}  tasks left over", tasks.num_alive_tasks());
    if let (Some(before), Some(after)) = (before, after) {
        println!("{before:>9}  KiB of memory after a third of the time, {after} KiB at the end");
        if after > before + before / 10 {
            return Err("memory grows".into());
        }
    }
    if tasks.num_alive_tasks() > 0 {
        return Err("tasks are left over".into());
    }
    if unexplained.is_empty() {
        return Ok(());
    }
    Err(format!("unexplained: {}", unexplained.join(", ")).into())
}

/// The memory that this process has, in KiB.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
