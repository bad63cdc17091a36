//! Every cell of the shipped smoke tests as a test of its own: `cargo test -p aoai-tests --test smoke`.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    aoai_spec::harness(specs)
        .configure(|runner| runner.filter("tag:smoke"))
        .main()
}
