//! This repository's own chores: `cargo xtask <chore>`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to its user"
)]

mod bench;
mod conformance;
mod docs;
mod specs;
mod tidy;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    match args.next().as_deref() {
        Some("conformance") => conformance::main(args),
        Some("specs") => specs::main(),
        Some("bench") => bench::main(args),
        Some("tidy") => tidy::main(),
        Some("docs") => docs::main(),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Some(unknown) => {
            eprintln!("error: there is no chore {unknown:?}\n\n{USAGE}");
            ExitCode::from(1)
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(1)
        }
    }
}

const USAGE: &str = "\
Usage: cargo xtask <chore>

Chores:
  bench        measure what a call costs, beside the peers
  conformance  prove the wire types against OpenAPI documents: `conformance --help`
  docs         run what README.md, specs/README.md and docs/ tell a reader to type
  specs        run the specs against the emulator, or against a live resource
  tidy         check the structure of the workspace";
