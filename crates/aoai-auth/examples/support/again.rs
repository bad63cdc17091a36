//! The same program once more, in the environment that a host would give it.

use std::error::Error;
use std::process::Command;

/// What a variable of this process holds.
#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Runs this program again with these variables.
pub(crate) fn run<'a>(
    variables: impl IntoIterator<Item = (&'a str, String)>,
) -> Result<(), Box<dyn Error>> {
    let status = Command::new(std::env::current_exe()?)
        .env("NO_PROXY", "127.0.0.1,localhost")
        .envs(variables)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("it ended with {status}").into())
    }
}
