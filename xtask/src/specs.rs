//! `cargo xtask specs`: the command line of aoai-spec, lent this program's streams and environment.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;
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
    world.lookup = match lookup() {
        Ok(lookup) => Arc::new(lookup),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(3);
        }
    };
    ExitCode::from(runtime.block_on(execute(env::args_os().skip(2), world)))
}

/// Finds a variable in the environment, then in the file `.env` of the working directory, which never
/// overrides it.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge where the environment is read"
)]
fn lookup() -> Result<impl Fn(&str) -> Option<String>, String> {
    let file = match fs::read_to_string(DOTENV) {
        Ok(text) => parsed(&text)?,
        // Some call the folder of a virtual environment so.
        Err(_) if !Path::new(DOTENV).is_file() => Vec::new(),
        Err(error) => return Err(format!("cannot read {DOTENV}: {error}")),
    };
    Ok(move |name: &str| {
        let held = || file.iter().find(|(held, _)| held == name);
        env::var(name)
            .ok()
            .or_else(|| held().map(|(_, value)| value.clone()))
    })
}

/// The variables that a `.env` file sets. An error tells the place, not the line: it may hold a key.
fn parsed(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let entries = dotenvy::from_read_iter(text.as_bytes());
    entries.collect::<Result<_, _>>().map_err(|error| {
        let line = match &error {
            dotenvy::Error::LineParse(line, _) => text.find(line.as_str()),
            _ => None,
        };
        let line = line.map_or(0, |start| text[..start].matches('\n').count()) + 1;
        format!(
            "{DOTENV} line {line} is not of the form NAME=value; quote a value that holds a space or \
             a `#`"
        )
    })
}

const DOTENV: &str = ".env";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_understood_is_told_by_the_place_and_not_by_what_it_holds() {
        let read = parsed("\u{feff}A=one\nexport B='two words'\n# C=three\n").unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(read, [("A", "one"), ("B", "two words")]);

        let error = parsed("A=one\nKEY=not a real key\n").unwrap_err();
        assert_eq!(
            error,
            ".env line 2 is not of the form NAME=value; quote a value that holds a space or a `#`"
        );
    }
}
