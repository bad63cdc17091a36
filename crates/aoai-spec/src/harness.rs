//! Specs as tests of their own, for `cargo test`, nextest and the buttons of an editor.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::error::Error;
use crate::model::Spec;
use crate::report;
use crate::run::{Event, Runner, State, Target, test_id};
use crate::suite::Suite;

/// Makes every cell of the specs below a directory a test.
///
/// In `Cargo.toml`, a test target without the usual harness:
///
/// ```toml
/// [[test]]
/// name = "specs"
/// harness = false
/// ```
///
/// and in `tests/specs.rs`, this alone:
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     aoai_spec::harness("specs").main()
/// }
/// ```
///
/// A test is named by file, spec and cell: `cargo test --test specs chat/basics` runs those of one
/// file. A spec that is skipped is reported as ignored, with the reason.
pub fn harness(root: impl AsRef<Path>) -> Harness {
    Harness {
        runner: Runner::new(root),
    }
}

/// Runs specs as tests.
#[derive(Debug)]
#[must_use]
pub struct Harness {
    runner: Runner,
}

impl Harness {
    /// Settings of the runner: the profile, filters, variables.
    ///
    /// ```no_run
    /// # use aoai_spec::Profile;
    /// # fn main() -> std::process::ExitCode {
    /// # let profile = Profile::new("staging");
    /// aoai_spec::harness("specs")
    ///     .configure(|runner| runner.profile(profile).filter("tag:smoke"))
    ///     .main()
    /// # }
    /// ```
    pub fn configure(mut self, settings: impl FnOnce(Runner) -> Runner) -> Self {
        self.runner = settings(self.runner);
        self
    }

    /// Runs the tests that the command line asks for, as the usual harness does.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "the main function of a program")]
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        match self.run(&arguments) {
            Ok(conclusion) => conclusion.exit_code(),
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(error.exit_code())
            }
        }
    }

    /// Runs the tests that the arguments ask for.
    ///
    /// # Errors
    ///
    /// There are no tests: the files, the options or the set-up are wrong.
    pub fn run(self, arguments: &Arguments) -> Result<Conclusion, Error> {
        let runtime = Runtime::new().map_err(Error::setup)?;
        let suite = self.runner.load()?;
        let target = runtime.block_on(self.runner.target())?;
        let cells = self.runner.list_at(&suite, &target)?;
        let tests = Arc::new(Tests {
            runner: self.runner,
            suite,
            target: Arc::new(target),
            runtime: runtime.handle().clone(),
        });
        let trials = cells.into_iter().map(|(id, cell, _)| {
            let name = test_id(&id, &cell);
            let tests = Arc::clone(&tests);
            Trial::ignorable_test(name, move || tests.run(&id, &cell))
        });
        Ok(libtest_mimic::run(arguments, trials.collect()))
    }
}

/// What all tests share.
struct Tests {
    runner: Runner,
    suite: Suite,
    target: Arc<Target>,
    runtime: Handle,
}

impl Tests {
    fn run(&self, id: &str, cell: &str) -> Result<Completion, Failed> {
        let spec: Vec<&[Spec]> = self
            .suite
            .specs()
            .filter(|spec| spec.id() == id)
            .map(std::slice::from_ref)
            .collect();
        let quiet = |_: &Event<'_>| {};
        let run = self.runner.run_at(&self.target, &spec, Some(cell), &quiet);
        let report = self
            .runtime
            .block_on(run)
            .map_err(|error| error.to_string())?;
        if !report.is_ok() {
            let told = report::human::failures(&report);
            return Err(self.runner.redactor().redact(&told).into_owned().into());
        }
        let skipped = report.cells().find_map(|cell| match &cell.state {
            State::Skipped(reason) => Some(reason),
            _ => None,
        });
        Ok(skipped.map_or(Completion::Completed, Completion::ignored_with))
    }
}
