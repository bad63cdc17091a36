//! What the fuzz targets do.
//!
//! A target is a function of bytes that must come back whatever the bytes are: no panic, and no
//! more memory than the bytes account for. `fuzz/` runs each under libFuzzer; the tests of this
//! crate run each on stable, over its seeds in `fuzz/corpus/` and over mutations of these.
//!
//! A new target is a function here, a row in [`TARGETS`], a file in `fuzz/fuzz_targets/` with its
//! `[[bin]]` in `fuzz/Cargo.toml`, and seeds in `fuzz/corpus/`. A test compares them.

mod http;
mod types;

/// The targets, by the names of their folders of seeds.
pub const TARGETS: &[(&str, Target)] = &[
    ("answers", types::answers),
    ("batch_output", types::batch_output),
    ("embeddings", types::embeddings),
    ("errors", types::errors),
    ("event_stream", http::event_stream),
    ("events", types::events),
    ("media", types::media),
    ("reading", types::reading),
    ("realtime", types::realtime),
    ("refusals", http::refusals),
    ("requests", types::requests),
    ("routes", types::routes),
    ("sse", http::sse),
    ("timestamps", types::timestamps),
];

/// Does with bytes what a program would do that has them from a stranger.
pub type Target = fn(&[u8]);

/// Runs the target of this name.
///
/// # Panics
///
/// There is no such target, or it has found a fault.
pub fn run(name: &str, data: &[u8]) {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = found.unwrap_or_else(|| panic!("no target is called {name}"));
    target(data);
}

/// Holds what was made of `read` bytes to a multiple of them.
///
/// # Panics
///
/// It is more: a few bytes from a stranger would fill the memory.
fn assert_in_proportion(read: usize, made: usize) {
    assert!(
        made <= FACTOR * read + ALLOWANCE,
        "{read} bytes have become {made}"
    );
}

/// How much longer an output may be than its input: an escaped character has six bytes, and a
/// member of one byte can bring the names of those that are always written.
const FACTOR: usize = 64;

/// What may be written for an empty input.
const ALLOWANCE: usize = 1024;
