//! `cargo xtask specs`: the command line of aoai-spec, lent this program's streams and environment.

use std::collections::BTreeSet;
use std::env;
use std::future::pending;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use aoai_auth::Dotenv;
use aoai_spec::Interrupt;
use aoai_spec::cli::{World, execute};
use tokio::signal;
use tokio::sync::oneshot;

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
    let tell =
        |error: &_| eprintln!("warning: {error}. What cannot be read there counts as not set.");
    world.lookup = match lookup(Path::new(".env"), tell) {
        Ok(lookup) => Arc::new(lookup),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(3);
        }
    };
    let (stop, stopped) = oneshot::channel();
    world.interrupt = Interrupt::when(async { drop(stopped.await) });
    runtime.spawn(signals(stop));
    ExitCode::from(runtime.block_on(execute(env::args_os().skip(2), world)))
}

/// Hands the first signal to end on; the second ends the program.
async fn signals(stop: oneshot::Sender<()>) {
    asked_to_end().await;
    eprintln!("interrupt once more to leave at once");
    // Where nobody listens, all is over already.
    let _ = stop.send(());
    asked_to_end().await;
    std::process::exit(130);
}

/// Waits for Ctrl-C, or for another request to end.
async fn asked_to_end() {
    let interrupted = async {
        if signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}

/// Finds a variable in the environment, then in the file, which never overrides it. What cannot be
/// taken from there is told once and counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge where the environment is read"
)]
fn lookup(
    path: &Path,
    tell: impl Fn(&aoai_auth::Error),
) -> aoai_auth::Result<impl Fn(&str) -> Option<String>> {
    let file = match Dotenv::read(path) {
        Ok(file) => Some(file),
        // Some call the folder of a virtual environment so.
        Err(_) if !path.is_file() => None,
        Err(error) => return Err(error),
    };
    let told = Mutex::new(BTreeSet::new());
    Ok(move |name: &str| {
        let held = || match file.as_ref()?.value(name) {
            Ok(value) => value.map(|value| value.expose().to_owned()),
            Err(error) => {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.insert(error.to_string()) {
                    tell(&error);
                }
                None
            }
        };
        env::var(name).ok().or_else(held)
    })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;

    use super::*;

    #[test]
    fn what_a_file_does_not_tell_for_certain_is_not_set_and_said_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let text = "CARGO=overridden\nA_B='c d'\nHOST=x.invalid\nURL=https://$HOST\nnot this\n";
        fs::write(&path, text).unwrap();
        let told = RefCell::new(Vec::new());
        let tell = |error: &aoai_auth::Error| told.borrow_mut().push(error.to_string());
        let lookup = lookup(&path, tell).unwrap();
        assert_ne!(lookup("CARGO").unwrap(), "overridden");
        assert_eq!(lookup("A_B").unwrap(), "c d");
        assert!(told.borrow().is_empty());
        for _ in 0..2 {
            assert_eq!(lookup("URL"), None);
            assert_eq!(lookup("NOT_THERE"), None);
        }
        let name = path.display();
        let dollar = "which stands for another variable there; put the value in single quotes";
        let form = "is not of the form NAME=value; quote a value that holds a space or a `#`";
        assert_eq!(
            *told.borrow(),
            [
                format!("{name} line 4 holds a `$`, {dollar}"),
                format!("{name} line 5 {form}"),
            ]
        );
    }

    #[test]
    fn there_may_be_no_file_but_one_that_is_there_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let silent = |_: &_| unreachable!();
        assert_eq!(lookup(&path, silent).unwrap()("NOT_THERE"), None);
        assert_eq!(lookup(folder.path(), silent).unwrap()("NOT_THERE"), None);
        fs::write(&path, b"\xff=x").unwrap();
        let error = lookup(&path, silent).err().unwrap();
        assert_eq!(error.to_string(), format!("cannot read {}", path.display()));
    }
}
