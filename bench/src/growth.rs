//! Growth: the same work in ever larger sizes, and whether a unit of it stays as cheap.

use anyhow::Result;

use crate::callgrind::{self, Calls};
use crate::client::Contestant;
use crate::job::Action;
use crate::memory;
use crate::report::Table;
use crate::scenario::{Delivery, Scenario, StreamPlan};

/// A series of sizes.
pub struct Sweep {
    /// What grows.
    pub name: &'static str,
    /// The sizes, rising.
    pub sizes: &'static [usize],
    at: fn(usize) -> Size,
}

/// How one size is measured.
enum Size {
    /// Calls over the wire; the cost of so many units is that of a call.
    Call(Action, Scenario),
    /// Calls at once; the unit is the call.
    AtOnce(usize),
    /// Work in memory of this name and so many units.
    Memory(&'static str, usize),
    /// So many specs of a suite.
    Specs(usize),
}

/// Everything that must not grow faster than its size.
pub const SWEEPS: &[Sweep] = &[
    Sweep {
        name: "bytes of a chat answer",
        sizes: &[1_000, 10_000, 100_000, 1_000_000],
        at: |text| Size::Call(Action::Chat, Scenario::Chat { text, headers: 0 }),
    },
    Sweep {
        name: "headers of an answer",
        sizes: &[0, 20, 40, 70],
        at: |headers| Size::Call(Action::Chat, Scenario::Chat { text: 210, headers }),
    },
    Sweep {
        name: "calls at once",
        sizes: &[1, 10, 100, 1_000],
        at: Size::AtOnce,
    },
    Sweep {
        name: "events of a stream, 64 B reads",
        sizes: &[10, 100, 400, 1_000],
        at: |events| events_in_reads_of(events, 64),
    },
    Sweep {
        name: "events of a stream, 4 KiB reads",
        sizes: &[10, 100, 1_000, 4_000],
        at: |events| events_in_reads_of(events, 4 * 1024),
    },
    Sweep {
        name: "events of a stream, 64 KiB reads",
        sizes: &[10, 100, 1_000, 4_000],
        at: |events| events_in_reads_of(events, 64 * 1024),
    },
    Sweep {
        name: "events of a stream, 1 MiB reads",
        sizes: &[10, 100, 1_000, 4_000],
        at: |events| events_in_reads_of(events, 1024 * 1024),
    },
    Sweep {
        name: "bytes of an event, 4 KiB reads",
        sizes: &[1_000, 10_000, 100_000, 1_000_000],
        at: |text| {
            let plan = StreamPlan {
                events: 1,
                text,
                obfuscated: false,
                delivery: Delivery::Chunks(4096),
            };
            Size::Call(Action::Stream, Scenario::Stream(plan))
        },
    },
    Sweep {
        name: "events of a stream, framing only",
        sizes: &[10, 100, 1_000, 10_000],
        at: |events| Size::Memory("framing, 64 KiB reads/aoai", events),
    },
    Sweep {
        name: "fragments of a tool call's arguments",
        sizes: &[10, 100, 1_000, 10_000],
        at: |fragments| Size::Memory("adding up a tool call's fragments/aoai", fragments),
    },
    Sweep {
        name: "files of a batch",
        sizes: &[10, 100, 1_000, 10_000],
        at: |files| Size::Memory("a batch of files, encoding/aoai", files),
    },
    Sweep {
        name: "lines of a batch's input file",
        sizes: &[10, 100, 1_000, 10_000],
        at: |lines| Size::Memory("a batch's input file, writing/aoai", lines),
    },
    Sweep {
        name: "entries of a spec, reading",
        sizes: &[10, 100, 1_000, 5_000],
        at: |entries| Size::Memory("a spec with a list, reading/aoai", entries),
    },
    Sweep {
        name: "entries of a spec, running",
        sizes: &[10, 100, 500, 2_000],
        at: |entries| Size::Memory("a spec with a list, running/aoai", entries),
    },
    Sweep {
        name: "specs of a suite",
        sizes: &[50, 200, 500, 1_000],
        at: Size::Specs,
    },
    Sweep {
        name: "embeddings of a request",
        sizes: &[1, 8, 64, 256],
        at: |inputs| {
            let form = crate::client::Form::Default;
            Size::Call(Action::Embed(form), Scenario::Embeddings { inputs })
        },
    },
];

/// What one unit more costs at each size, and by how much that grows at most.
pub fn sweep(origin: &str, sweeps: &[Sweep], contestant: Contestant) -> Result<Table> {
    let mut table = Table::new(SWEPT, "user space");
    for sweep in sweeps {
        eprintln!("{}", sweep.name);
        let costs = callgrind::at_once(sweep.sizes, |size| {
            cost(origin, contestant, &(sweep.at)(*size))
        })?;
        let mut marginal = Vec::new();
        for (sizes, costs) in sweep.sizes.windows(2).zip(costs.windows(2)) {
            let unit = (costs[1] - costs[0]) / (sizes[1] - sizes[0]) as f64;
            marginal.push(unit);
            table.put(sweep.name, &format!("size {}", marginal.len()), unit);
        }
        table.put(sweep.name, GROWTH, growth(&marginal));
    }
    Ok(table)
}

/// Table: all sweeps.
pub const SWEPT: &str = "Growth: instructions of one unit more";
/// Column: how many times dearer a unit becomes at most.
pub const GROWTH: &str = "growth";

fn cost(origin: &str, contestant: Contestant, size: &Size) -> Result<f64> {
    let calls = |action, scenario, at_once| Calls {
        contestant,
        action,
        scenario,
        at_once,
    };
    match *size {
        Size::Call(action, scenario) => calls(action, scenario, 1).instructions(origin, ROUNDS),
        Size::AtOnce(many) => {
            let each = calls(Action::Chat, Scenario::CHAT, many).instructions(origin, ROUNDS)?;
            Ok(each * many as f64)
        }
        Size::Specs(specs) => callgrind::specs(specs),
        Size::Memory(work, units) => callgrind::work_of_size(memory::of_name(work)?, units),
    }
}

fn events_in_reads_of(events: usize, bytes: usize) -> Size {
    Size::Call(
        Action::Stream,
        Scenario::stream(events, Delivery::Chunks(bytes)),
    )
}

/// The largest ratio of a unit at some size to a unit at a smaller size.
fn growth(marginal: &[f64]) -> f64 {
    let mut cheapest = f64::INFINITY;
    let mut growth: f64 = 1.0;
    for unit in marginal {
        growth = growth.max(unit / cheapest);
        cheapest = cheapest.min(*unit);
    }
    growth
}

const ROUNDS: usize = 2;
