//! What `cargo xtask specs` does, for any program that wants to do it, too.
//!
//! Nothing here prints by itself: the program hands over where to write, the environment and the
//! clock, and ends with the code that [`execute`] returns.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

use aoai_auth::{Clock, SystemClock};

use self::options::{Command, Options};
use crate::error::Error;
use crate::run::Interrupt;

mod again;
mod memory;
mod new;
mod options;
mod run;
mod usage;
mod watch;

/// What stands for the environment.
pub type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a program lends to the command line.
#[non_exhaustive]
pub struct World {
    /// How the program is called, `cargo xtask specs`: for usage and `again:` lines.
    pub program: String,
    /// The directory of the specs.
    pub root: PathBuf,
    /// The directory for what is remembered from run to run; made when it is needed.
    pub state: PathBuf,
    /// Where reports for people go.
    pub out: Box<dyn Write + Send>,
    /// Where problems go.
    pub err: Box<dyn Write + Send>,
    /// Where answers to questions come from.
    pub input: Box<dyn BufRead + Send>,
    /// Whether `out` is a terminal.
    pub out_is_terminal: bool,
    /// Whether `err` is a terminal.
    pub err_is_terminal: bool,
    /// What stands for the environment.
    pub lookup: Lookup,
    /// What ends a run early, a signal for instance.
    pub interrupt: Interrupt,
    /// What waits and measures.
    pub clock: Arc<dyn Clock>,
}

impl World {
    /// For a program called `program`, with specs in `specs/`, a memory in `target/specs/`, an
    /// empty environment, nobody to answer and no terminal.
    pub fn new(
        program: impl Into<String>,
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
    ) -> Self {
        Self {
            program: program.into(),
            root: "specs".into(),
            state: "target/specs".into(),
            out: Box::new(out),
            err: Box::new(err),
            input: Box::new(io::empty()),
            out_is_terminal: false,
            err_is_terminal: false,
            lookup: Arc::new(|_| None),
            interrupt: Interrupt::never(),
            clock: Arc::new(SystemClock::new()),
        }
    }

    fn is_colored(&self, options: &Options, is_terminal: bool) -> bool {
        let refused = (self.lookup)("NO_COLOR").is_some_and(|value| !value.is_empty());
        options.color.unwrap_or(is_terminal && !refused)
    }

    /// Writes a line for people; nobody is left to be told that nobody can be told.
    fn say(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.out, "{}", text.as_ref());
    }

    /// Asks a question; anything but a yes is a no.
    fn asks(&mut self, question: &str) -> bool {
        let _ = write!(self.out, "{question}").and_then(|()| self.out.flush());
        let mut answer = String::new();
        let heard = self.input.read_line(&mut answer);
        heard.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    fn complain(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.err, "{}", text.as_ref());
    }

    fn tell(&mut self, options: &Options, error: &Error) {
        if error.diagnostics().is_empty() {
            return self.complain(format!("error: {error}"));
        }
        let color = self.is_colored(options, self.err_is_terminal);
        for diagnostic in error.diagnostics() {
            self.complain(format!("{}\n", diagnostic.render(color)));
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("program", &self.program)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// Does what the arguments say, and returns the program's exit code.
///
/// 0 all well, 1 wrong command line, 2 wrong spec file, 3 could not run, 4 an expectation failed,
/// 5 a budget was reached, 6 a secret was found in what was written, 130 it was interrupted. The
/// largest applies.
pub async fn execute(args: impl IntoIterator<Item = OsString>, mut world: World) -> u8 {
    let options = match Options::read(args) {
        Ok(options) => options,
        Err(error) => {
            world.complain(format!("error: {error}\n"));
            world.complain(usage::short(&world.program));
            return 1;
        }
    };
    let done = match &options.command {
        _ if options.help => {
            world.say(usage::long(&world.program).trim_end());
            Ok(0)
        }
        Command::Run if options.watch => watch::run(&options, &mut world).await,
        Command::Run => run::run(&options, &options.paths, &mut world, &mut None).await,
        Command::Check => run::check(&options, &mut world),
        Command::List => run::list(&options, &mut world).await,
        Command::Schema { of_fragment } => {
            let schema = if *of_fragment {
                crate::fragment_schema()
            } else {
                crate::schema()
            };
            world.say(format!("{schema:#}"));
            Ok(0)
        }
        Command::Diff { left, right } => run::diff(&options, [left, right], &mut world).await,
        Command::Explain(what) => run::explain(&options, what, &mut world).await,
        Command::New { operation, path } => {
            new::write(&options, operation.as_deref(), path.as_deref(), &mut world)
        }
    };
    done.unwrap_or_else(|error| {
        world.tell(&options, &error);
        if let Some(meant) = options.command_meant(&world) {
            world.complain(format!("  = help: {meant}"));
        }
        error.exit_code()
    })
}
