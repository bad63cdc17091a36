//! Allocations, bytes held and connections opened: what is counted, not timed.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;

use crate::alloc::heap;
use crate::client::Contestant;
use crate::job::{self, Action, Job, Open};
use crate::memory::Work;
use crate::report::Table;
use crate::scenario::{Delivery, Scenario};
use crate::server::Server;

/// Allocations of each call.
pub async fn calls(origin: &str, jobs: &[Job]) -> Result<Table> {
    let mut table = Table::new(CALLS, "blocks");
    for job in jobs {
        for contestant in Contestant::ALL {
            let runner = job::runner(contestant, origin, job.scenario)?;
            runner.run(job.action, job.at_once, 2).await?;
            let before = heap().allocations;
            runner.run(job.action, job.at_once, job.rounds).await?;
            let calls = (job.rounds * job.at_once) as f64;
            let allocations = (heap().allocations - before) as f64 / calls;
            table.put(job.name, contestant.name(), allocations);
        }
    }
    Ok(table)
}

/// Allocations of each unit of work in memory.
pub fn works(works: &[Work]) -> Result<Table> {
    let mut table = Table::new(WORKS, "blocks");
    for work in works {
        let allocations = |rounds| {
            let before = heap().allocations;
            work.run(work.units, rounds)?;
            Ok::<_, anyhow::Error>(heap().allocations - before)
        };
        let one = allocations(1)?;
        let more = allocations(2)?.saturating_sub(one) as f64;
        table.put(work.name, work.by, more / work.units as f64);
    }
    Ok(table)
}

/// What a stream holds while it is open and what it keeps from its neighbours.
pub async fn streams(server: &Server) -> Result<Table> {
    let mut table = Table::new(STREAMS, "bytes, connections");
    for contestant in Contestant::ALL {
        let name = contestant.name();
        for (row, burst) in [(HELD, false), (HELD_AFTER_BURST, true)] {
            let held = held(server, contestant, burst).await?;
            table.put(row, name, held);
        }
        table.put(STOPPED, name, stopped(server, contestant).await?);
        table.put(CONNECTIONS, name, connections(server, contestant).await?);
    }
    Ok(table)
}

/// Table: calls.
pub const CALLS: &str = "Allocations per call";
/// Table: work in memory.
pub const WORKS: &str = "In memory: allocations per unit";
/// Table: streams.
pub const STREAMS: &str = "Streams";
/// Row: heap of a stream whose events come one by one.
pub const HELD: &str = "heap per open stream, 1,000 open, events one by one";
/// Row: the same, begun with 10 KB at once.
pub const HELD_AFTER_BURST: &str = "heap per open stream, 1,000 open, after a burst of 10 KB";
/// Row: what piles up behind a consumer that stops.
pub const STOPPED: &str = "growth when the consumer stops after 1 of 2,000 events";
/// Row: connections for one stream after the other.
pub const CONNECTIONS: &str = "connections for 20 streams whose last bytes come 2 ms after [DONE]";

async fn held(server: &Server, contestant: Contestant, burst: bool) -> Result<f64> {
    let events = if burst { 40 } else { 4 };
    let scenario = Scenario::stream(events, Delivery::Held { burst });
    let runner = job::runner(contestant, &server.origin(), scenario)?;
    let mut open = Vec::with_capacity(BATCH + OPEN);
    let mut before = 0;
    while open.len() < BATCH + OPEN {
        let begun = (0..BATCH).map(|_| async {
            let mut stream = runner.open().await?;
            read_until_silence(&mut *stream).await?;
            Ok::<_, anyhow::Error>(stream)
        });
        open.extend(try_join_all(begun).await?);
        if open.len() == BATCH {
            // What a client has once, and what others left behind, is no stream's.
            before = heap().live;
        }
    }
    let held = (heap().live - before) as f64 / OPEN as f64;
    drop(open);
    // Connections are given up by tasks of their own, which must not count for who comes next.
    tokio::time::sleep(SILENCE).await;
    Ok(held)
}

async fn read_until_silence(stream: &mut dyn Open) -> Result<()> {
    while let Ok(event) = tokio::time::timeout(SILENCE, stream.next()).await {
        event?.context("a stream that was to stay open ended")?;
    }
    Ok(())
}

async fn stopped(server: &Server, contestant: Contestant) -> Result<f64> {
    let scenario = Scenario::stream(2_000, Delivery::Eager);
    let runner = job::runner(contestant, &server.origin(), scenario)?;
    runner.run(Action::Stream, 1, 1).await?;
    let mut stream = runner.open().await?;
    stream.next().await?.context("a stream without events")?;
    let before = heap().live;
    tokio::time::sleep(SILENCE * 2).await;
    Ok((heap().live - before) as f64)
}

async fn connections(server: &Server, contestant: Contestant) -> Result<f64> {
    let scenario = Scenario::stream(20, Delivery::LateEnd);
    let runner = job::runner(contestant, &server.origin(), scenario)?;
    let before = server.connections()?;
    for _ in 0..20 {
        runner.run(Action::Stream, 1, 1).await?;
        tokio::time::sleep(BETWEEN_STREAMS).await;
    }
    Ok((server.connections()? - before) as f64)
}

const OPEN: usize = 1_000;
const BATCH: usize = 50;
/// A server that has said nothing for so long has nothing more to say.
const SILENCE: Duration = Duration::from_millis(250);
/// What a program does with an answer before it asks the next question.
const BETWEEN_STREAMS: Duration = Duration::from_millis(10);
