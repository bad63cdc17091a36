//! Proves the wire types against `OpenAPI` documents.
//!
//! The work is done by the package next door, a program of its own that takes any such documents.

use std::process::{Command, ExitCode};

pub(crate) fn main(args: impl Iterator<Item = String>) -> ExitCode {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "aoai-conformance", "--"])
        .args(args)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        // Ended by a signal, it has no code.
        Ok(status) => ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)),
        Err(error) => {
            eprintln!("error: cannot run cargo: {error}");
            ExitCode::from(1)
        }
    }
}
