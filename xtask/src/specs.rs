//! `cargo xtask specs`: runs the specs, or tells about them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use aoai_spec::report::Human;
use aoai_spec::{Error, Event, Profile, Report, Runner};
use lexopt::prelude::*;

/// Does what the command line says; the exit code is that of `aoai-spec`, 1 for the command line.
pub(crate) fn main() -> ExitCode {
    let options = match Options::read(env::args_os().skip(2)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            return ExitCode::from(1);
        }
    };
    if options.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let code = match runtime {
        Ok(runtime) => runtime.block_on(options.execute()),
        Err(error) => {
            eprintln!("error: {error}");
            3
        }
    };
    ExitCode::from(code)
}

/// What the command line says.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "a command line has switches")]
struct Options {
    help: bool,
    command: Command,
    paths: Vec<PathBuf>,
    live: Option<String>,
    filters: Vec<String>,
    set: Vec<(String, String)>,
    vars: Vec<(String, String)>,
    jobs: Option<usize>,
    fail_fast: bool,
    deny_skips: bool,
    deny_warnings: bool,
    reports: Vec<(Format, PathBuf)>,
    verbosity: u8,
    quiet: bool,
    color: Option<bool>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Command {
    #[default]
    Run,
    Check,
    List,
}

#[derive(Clone, Copy)]
enum Format {
    Junit,
    Json,
}

impl Options {
    fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(args);
        let mut first = true;
        while let Some(arg) = parser.next()? {
            match arg {
                Value(word) if first && word == "check" => options.command = Command::Check,
                Value(word) if first && word == "list" => options.command = Command::List,
                Value(path) => options.paths.push(path.into()),
                Short('h') | Long("help") => options.help = true,
                Long("live") => {
                    let profile = parser.optional_value().map(ValueExt::string).transpose()?;
                    options.live = Some(profile.unwrap_or_else(|| "live".to_owned()));
                }
                Long("filter") => options.filters.push(parser.value()?.string()?),
                Long("set") => options.set.push(pair(&parser.value()?.string()?)?),
                Long("var") => options.vars.push(pair(&parser.value()?.string()?)?),
                Short('j') | Long("jobs") => options.jobs = Some(parser.value()?.parse()?),
                Long("fail-fast") => options.fail_fast = true,
                Long("deny") => options.deny(&parser.value()?.string()?)?,
                Long("report") => options.report(&parser.value()?.string()?)?,
                Short('v') => options.verbosity += 1,
                Short('q') | Long("quiet") => options.quiet = true,
                Long("color") => options.color = color(&parser.value()?.string()?)?,
                other => return Err(other.unexpected()),
            }
            first = false;
        }
        Ok(options)
    }

    fn deny(&mut self, list: &str) -> Result<(), lexopt::Error> {
        for word in list.split(',') {
            match word {
                "skips" => self.deny_skips = true,
                "warnings" => self.deny_warnings = true,
                _ => return Err(format!("--deny takes skips and warnings, not {word:?}").into()),
            }
        }
        Ok(())
    }

    fn report(&mut self, list: &str) -> Result<(), lexopt::Error> {
        for report in list.split(',') {
            let (format, path) = pair(report)?;
            let format = match format.as_str() {
                "junit" => Format::Junit,
                "json" => Format::Json,
                _ => return Err(format!("--report knows junit and json, not {format:?}").into()),
            };
            self.reports.push((format, path.into()));
        }
        Ok(())
    }

    async fn execute(self) -> u8 {
        let done = match self.command {
            Command::Run => self.run().await,
            Command::Check => self.check(),
            Command::List => self.list().await,
        };
        done.unwrap_or_else(|error| {
            self.tell(&error);
            error.exit_code()
        })
    }

    async fn run(&self) -> Result<u8, Error> {
        let runner = self.runner()?;
        self.warn(&runner)?;
        let redactor = Arc::clone(runner.redactor());
        let human = Human::new(redactor.writer(io::stdout()))
            .color(self.is_colored(io::stdout().is_terminal()))
            .verbosity(self.verbosity)
            .quiet(self.quiet);
        let human = Mutex::new(human);
        let sink = |event: &Event<'_>| {
            let mut human = human.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody is left to be told that nobody can be told.
            let _ = human.event(event).and_then(|()| human.flush());
        };
        let report = runner.run_with(&sink).await?;
        for (format, path) in &self.reports {
            let text = render(*format, &report)?;
            let text = redactor.redact(&text);
            if let Err(error) = fs::write(path, text.as_bytes()) {
                eprintln!("error: {}: {error}", path.display());
                return Ok(3);
            }
        }
        Ok(report.exit_code())
    }

    fn check(&self) -> Result<u8, Error> {
        let runner = self.runner_without_profile();
        let suite = runner.load()?;
        for diagnostic in suite.diagnostics() {
            eprintln!(
                "{}\n",
                diagnostic.render(self.is_colored(io::stderr().is_terminal()))
            );
        }
        println!("{} specs, nothing wrong", suite.specs().count());
        Ok(0)
    }

    async fn list(&self) -> Result<u8, Error> {
        let mut out = io::stdout().lock();
        for (id, cell, skipped) in self.runner()?.list().await? {
            let cell = if cell.is_empty() {
                cell
            } else {
                format!("  {cell}")
            };
            let skipped = skipped.map(|reason| format!("  (skipped: {reason})"));
            let line = format!("{id}{cell}{}\n", skipped.unwrap_or_default());
            // A reader that has seen enough closes the pipe.
            if out.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
        Ok(0)
    }

    fn warn(&self, runner: &Runner) -> Result<(), Error> {
        for diagnostic in runner.load()?.diagnostics() {
            eprintln!(
                "{}\n",
                diagnostic.render(self.is_colored(io::stderr().is_terminal()))
            );
        }
        Ok(())
    }

    fn runner(&self) -> Result<Runner, Error> {
        let runner = self.runner_without_profile();
        Ok(match &self.live {
            None => runner,
            Some(name) => {
                let path = Path::new(ROOT).join("profiles.yaml");
                runner.profile(Profile::load(path, name, lookup)?)
            }
        })
    }

    fn runner_without_profile(&self) -> Runner {
        let mut runner = Runner::new(ROOT).only(self.paths.clone()).lookup(lookup);
        for filter in &self.filters {
            runner = runner.filter(filter);
        }
        for (name, value) in &self.set {
            runner = runner.set(name, value);
        }
        for (name, value) in &self.vars {
            runner = runner.var(name, value);
        }
        if let Some(jobs) = self.jobs {
            runner = runner.jobs(jobs);
        }
        if self.fail_fast {
            runner = runner.fail_fast();
        }
        if self.deny_skips {
            runner = runner.deny_skips();
        }
        if self.deny_warnings {
            runner = runner.deny_warnings();
        }
        runner
    }

    fn tell(&self, error: &Error) {
        if error.diagnostics().is_empty() {
            eprintln!("error: {error}");
        }
        for diagnostic in error.diagnostics() {
            eprintln!(
                "{}\n",
                diagnostic.render(self.is_colored(io::stderr().is_terminal()))
            );
        }
    }

    fn is_colored(&self, is_terminal: bool) -> bool {
        let refused = lookup("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.color.unwrap_or(is_terminal && !refused)
    }
}

fn render(format: Format, report: &Report) -> Result<String, Error> {
    match format {
        Format::Junit => report.junit(),
        Format::Json => Ok(format!("{:#}\n", report.json())),
    }
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

fn pair(text: &str) -> Result<(String, String), lexopt::Error> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} is not NAME=VALUE").into()),
    }
}

fn color(when: &str) -> Result<Option<bool>, lexopt::Error> {
    match when {
        "auto" => Ok(None),
        "always" => Ok(Some(true)),
        "never" => Ok(Some(false)),
        _ => Err(format!("--color is auto, always or never, not {when:?}").into()),
    }
}

const ROOT: &str = "specs";

const USAGE: &str = "\
Usage: cargo xtask specs [check | list] [PATH…] [OPTIONS]

Runs the specs in specs/, or those named, against an emulator in this process.
`check` only reads them; `list` names every test and why it would be skipped.

Options:
      --live[=PROFILE]     run against a profile of specs/profiles.yaml (default: live)
      --filter EXPR        only what matches: text, tag:smoke, op:chat, api:v1, not tag:slow
      --set NAME=VALUE     set api, credential, endpoint, via, retries or timeout; pin an axis
      --var NAME=VALUE     give a variable a value
  -j, --jobs N             run so many files at once
      --fail-fast          stop at the first spec that does not pass
      --deny skips,warnings
                           take skips for failures, warnings for errors
      --report junit=FILE,json=FILE
                           write reports for programs
  -v                       a line for each HTTP attempt; -vv for each result
  -q, --quiet              only what did not pass
      --color WHEN         auto, always or never

Exit codes: 0 all well, 1 wrong command line, 2 wrong spec, 3 could not run, 4 failed.";
