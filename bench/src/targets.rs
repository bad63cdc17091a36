//! What is promised, and whether it is kept.
//!
//! A gate is a figure that comes out the same on every machine: instructions, allocations, bytes,
//! connections, crates. CPU times are shown beside their target and decide nothing.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::{OURS, Table, figure};
use crate::{callgrind, footprint, growth, heap, memory, time};

/// A promise and how it was kept.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// What is promised.
    pub name: &'static str,
    /// The figure; `None` where it was not measured.
    pub value: Option<f64>,
    /// The figure that is promised.
    pub target: f64,
    /// The figure that would be better still.
    pub stretch: Option<f64>,
    /// Whether missing it fails a check.
    pub gate: bool,
    /// Whether it is kept.
    pub met: Option<bool>,
}

/// Compares the tables with what is promised.
pub fn verdicts(tables: &[Table]) -> Vec<Verdict> {
    let figures = Figures(tables);
    let verdict = |target: &Target| {
        let value = (target.measure)(&figures);
        let met = value.map(|value| match target.bound {
            Bound::AtMost => value <= target.promised,
            Bound::AtLeast => value >= target.promised,
        });
        Verdict {
            name: target.name,
            value,
            target: target.promised,
            stretch: target.stretch,
            gate: target.gate,
            met,
        }
    };
    TARGETS.iter().map(verdict).collect()
}

/// The verdicts in Markdown.
pub fn markdown(verdicts: &[Verdict]) -> String {
    let mut text =
        String::from("### Targets\n\n| | here | target | stretch | |\n|---|--:|--:|--:|---|");
    for verdict in verdicts {
        let value = verdict.value.map_or("–".into(), figure);
        let stretch = verdict.stretch.map_or("–".into(), figure);
        let told = match (verdict.met, verdict.gate) {
            (None, _) => "not measured",
            (Some(true), _) => "met",
            (Some(false), true) => "**missed**",
            (Some(false), false) => "missed (no gate)",
        };
        let Verdict { name, target, .. } = verdict;
        let target = figure(*target);
        let _ = write!(
            text,
            "\n| {name} | {value} | {target} | {stretch} | {told} |"
        );
    }
    text.push('\n');
    text
}

struct Target {
    name: &'static str,
    measure: fn(&Figures<'_>) -> Option<f64>,
    bound: Bound,
    promised: f64,
    stretch: Option<f64>,
    gate: bool,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost,
    AtLeast,
}

struct Figures<'a>(&'a [Table]);

impl Figures<'_> {
    fn get(&self, table: &str, row: &str, by: &str) -> Option<f64> {
        self.0
            .iter()
            .find(|there| there.title == table)?
            .get(row, by)
    }

    /// Ours as a multiple of somebody else's.
    fn ratio(&self, table: &str, row: &str, other: &str) -> Option<f64> {
        let table = self.0.iter().find(|there| there.title == table)?;
        table.ratio(row, other)
    }

    /// The larger of two rows of ours.
    fn worse(&self, table: &str, rows: [&str; 2]) -> Option<f64> {
        let [one, other] = rows.map(|row| self.get(table, row, OURS));
        Some(one?.max(other?))
    }

    /// The largest figure of a column.
    fn worst(&self, table: &str, by: &str) -> Option<f64> {
        let table = self.0.iter().find(|there| there.title == table)?;
        let values = table.rows.iter().filter_map(|row| table.get(&row.name, by));
        values.reduce(f64::max)
    }
}

impl Target {
    const fn at_most(
        name: &'static str,
        promised: f64,
        stretch: Option<f64>,
        measure: fn(&Figures<'_>) -> Option<f64>,
    ) -> Self {
        Self {
            name,
            measure,
            bound: Bound::AtMost,
            promised,
            stretch,
            gate: true,
        }
    }

    const fn at_least(mut self) -> Self {
        self.bound = Bound::AtLeast;
        self
    }

    const fn no_gate(mut self) -> Self {
        self.gate = false;
        self
    }
}

const TARGETS: &[Target] = &[
    Target::at_most("chat: instructions × raw", 1.25, Some(1.10), |figures| {
        figures.ratio(callgrind::CALLS, "chat", RAW)
    }),
    Target::at_most("chat: allocations", 90.0, Some(72.0), |figures| {
        figures.get(heap::CALLS, "chat", OURS)
    }),
    Target::at_most(
        "stream, one HTTP chunk an event: instructions × raw",
        4.0,
        Some(1.5),
        |figures| figures.ratio(callgrind::CALLS, "stream, 500 events, one read each", RAW),
    ),
    Target::at_most(
        "stream, big reads: async-openai's instructions × ours",
        6.0,
        Some(20.0),
        |figures| {
            let row = "stream, 500 events, a few big reads";
            Some(1.0 / figures.ratio(callgrind::CALLS, row, PEER)?)
        },
    )
    .at_least(),
    Target::at_most(
        "framing: instructions an event",
        450.0,
        Some(300.0),
        |figures| figures.worse(callgrind::WORKS, FRAMING),
    ),
    Target::at_most("framing: allocations an event", 0.0, None, |figures| {
        // A decoder of its own for each round allocates once.
        Some(figures.worse(heap::WORKS, FRAMING)?.floor())
    }),
    Target::at_most(
        "typed event in memory: instructions",
        12_000.0,
        Some(1_500.0),
        |figures| figures.worse(callgrind::WORKS, TYPED),
    ),
    Target::at_most("typed event in memory: allocations", 2.5, None, |figures| {
        figures.worse(heap::WORKS, TYPED)
    }),
    Target::at_most("stream of 1 event: CPU time × raw", 1.25, None, |figures| {
        figures.ratio(time::CALLS, "stream, 1 event", RAW)
    })
    .no_gate(),
    Target::at_most("heap per open stream × raw", 1.10, None, |figures| {
        figures.ratio(heap::STREAMS, heap::HELD, RAW)
    }),
    Target::at_most(
        "heap per open stream after a burst × raw",
        1.10,
        None,
        |figures| figures.ratio(heap::STREAMS, heap::HELD_AFTER_BURST, RAW),
    ),
    Target::at_most(
        "growth when the consumer stops, bytes",
        65_536.0,
        Some(0.0),
        |figures| figures.get(heap::STREAMS, heap::STOPPED, OURS),
    ),
    Target::at_most(
        "connections for 20 streams with a late end",
        1.0,
        None,
        |figures| figures.get(heap::STREAMS, heap::CONNECTIONS, OURS),
    ),
    Target::at_most(
        "embeddings with default settings: instructions × async-openai",
        0.10,
        Some(0.05),
        |figures| {
            let row = "embeddings 64 × 1,536, default settings";
            figures.ratio(callgrind::CALLS, row, PEER)
        },
    ),
    Target::at_most("growth of a unit over all sweeps", 1.2, None, |figures| {
        figures.worst(growth::SWEPT, growth::GROWTH)
    }),
    Target::at_most("crates of aoai-types", 18.0, Some(15.0), |figures| {
        figures.get(footprint::CRATES, "aoai-types", footprint::COUNT)
    }),
    Target::at_most(
        "crates of aoai-http beyond reqwest's",
        12.0,
        Some(8.0),
        |figures| {
            let count = |of| figures.get(footprint::CRATES, of, footprint::COUNT);
            Some(count("aoai-http")? - count("reqwest")?)
        },
    ),
    Target::at_most(
        "clean release build: CPU time × reqwest",
        1.25,
        None,
        |figures| {
            let seconds = |of| figures.get(footprint::BUILDS, of, footprint::SECONDS);
            Some(seconds("hello-aoai")? / seconds("hello-reqwest")?)
        },
    )
    .no_gate(),
    Target::at_most("stripped program: size × reqwest", 1.05, None, |figures| {
        let size = |of| figures.get(footprint::BUILDS, of, footprint::MEGABYTES);
        Some(size("hello-aoai")? / size("hello-reqwest")?)
    })
    .no_gate(),
];

const FRAMING: [&str; 2] = [memory::FRAMING_EACH, memory::FRAMING_WHOLE];
const TYPED: [&str; 2] = [memory::TYPED_EACH, memory::TYPED_WHOLE];
const RAW: &str = "raw";
const PEER: &str = "async-openai";
