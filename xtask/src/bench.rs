//! `cargo xtask bench`: what a call costs, beside the floor and the peers.
//!
//! The benchmarks are a workspace of their own, so that the peers' crates never enter ours.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Builds and runs the benchmarks with the arguments as they are.
pub(crate) fn main(args: impl Iterator<Item = String>) -> ExitCode {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/Cargo.toml");
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--release", "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(args)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: cargo did not start: {error}");
            ExitCode::FAILURE
        }
    }
}
