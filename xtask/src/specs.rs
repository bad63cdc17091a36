//! `cargo xtask specs`: the command line of aoai-spec, lent this program's streams and environment.

use std::env;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;

use aoai_spec::cli::{World, execute};

/// Does what the command line says; the exit code is that of `aoai-spec`.
pub(crate) fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(3);
        }
    };
    let mut world = World::new("cargo xtask specs", io::stdout(), io::stderr());
    world.input = Box::new(io::BufReader::new(io::stdin()));
    world.out_is_terminal = io::stdout().is_terminal();
    world.err_is_terminal = io::stderr().is_terminal();
    world.lookup = Arc::new(lookup);
    ExitCode::from(runtime.block_on(execute(env::args_os().skip(2), world)))
}

/// The environment, then the file `.env` in the working directory, which never overrides it.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge where the environment is read"
)]
fn lookup(name: &str) -> Option<String> {
    env::var(name).ok().or_else(|| {
        let file = dotenvy::from_path_iter(".env").ok()?;
        let mut entries = file.filter_map(Result::ok);
        entries.find(|(key, _)| key == name).map(|(_, value)| value)
    })
}
