//! What a command line says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use super::World;
use crate::budget::Budget;
use crate::diagnostic::did_you_mean;
use crate::report::Format;
use crate::run::Shard;
use crate::suite;

/// What the command line says.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a command line has switches")]
pub(super) struct Options {
    pub(super) help: bool,
    pub(super) command: Command,
    pub(super) paths: Vec<PathBuf>,
    pub(super) live: Option<String>,
    /// Where cassettes are written; empty for the usual place.
    pub(super) record: Option<PathBuf>,
    /// Where cassettes are played from; empty for the usual place.
    pub(super) replay: Option<PathBuf>,
    pub(super) filters: Vec<String>,
    pub(super) set: Vec<(String, String)>,
    pub(super) across: Vec<String>,
    pub(super) vars: Vec<(String, String)>,
    pub(super) jobs: Option<usize>,
    pub(super) fail_fast: bool,
    /// Asks about each snapshot that does not fit.
    pub(super) review: bool,
    /// Takes every snapshot that does not fit.
    pub(super) update: bool,
    pub(super) shard: Option<Shard>,
    pub(super) failed: bool,
    pub(super) repeat: Option<u32>,
    pub(super) watch: bool,
    /// What the whole run may spend.
    pub(super) budget: Budget,
    pub(super) deny_skips: bool,
    pub(super) deny_warnings: bool,
    pub(super) deny_drift: bool,
    /// Where no file is named, the format has a place of its own.
    pub(super) reports: Vec<(Format, Option<PathBuf>)>,
    /// `OpenAPI` documents to measure by, besides the operations of aoai-types.
    pub(super) coverage: Option<Vec<PathBuf>>,
    pub(super) fail_under: Option<f64>,
    pub(super) curl: bool,
    /// The file with the command that a new spec is made of; `-` for what is typed.
    pub(super) from_curl: Option<PathBuf>,
    pub(super) json: bool,
    pub(super) verbosity: u8,
    pub(super) quiet: bool,
    pub(super) color: Option<bool>,
}

/// The words that [`Options::command`] takes for commands.
const COMMANDS: &[&str] = &["check", "list", "schema", "help", "diff", "explain", "new"];

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Command {
    #[default]
    Run,
    Check,
    List,
    Schema {
        of_fragment: bool,
    },
    /// Runs against two targets and compares what they answer.
    Diff {
        left: String,
        right: String,
    },
    Explain(String),
    /// Writes the least call of an operation, or what a command of `curl` sends.
    New {
        operation: Option<String>,
        path: Option<PathBuf>,
    },
}

impl Options {
    pub(super) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(args);
        let mut words: Vec<OsString> = Vec::new();
        while let Some(arg) = parser.next()? {
            match arg {
                Value(word) => words.push(word),
                Short('h') | Long("help") => options.help = true,
                Long("live") => {
                    let profile = parser.optional_value().map(ValueExt::string).transpose()?;
                    options.live = Some(profile.unwrap_or_else(|| "live".to_owned()));
                }
                Long("record") => options.record = Some(place(&mut parser)),
                Long("replay") => options.replay = Some(place(&mut parser)),
                Long("filter") => options.filters.push(parser.value()?.string()?),
                Long("set") => options.set.push(pair(&parser.value()?.string()?)?),
                Long("across") => {
                    let list = parser.value()?.string()?;
                    options.across.extend(list.split(',').map(str::to_owned));
                }
                Long("var") => options.vars.push(pair(&parser.value()?.string()?)?),
                Short('j') | Long("jobs") => {
                    let jobs = parser.value()?.parse_with(at_least_one)?;
                    options.jobs = Some(usize::try_from(jobs).unwrap_or(usize::MAX));
                }
                Long("fail-fast") => options.fail_fast = true,
                Long("review") => options.review = true,
                Long("update") => options.update = true,
                Long("shard") => options.shard = Some(parser.value()?.parse()?),
                Long("failed") => options.failed = true,
                Long("repeat") => options.repeat = Some(parser.value()?.parse_with(at_least_one)?),
                Long("max-usd") => {
                    options.budget.usd = Some(parser.value()?.parse_with(dollars)?);
                }
                Long("max-tokens") => options.budget.tokens = Some(parser.value()?.parse()?),
                Long("max-requests") => options.budget.requests = Some(parser.value()?.parse()?),
                Long("watch") => options.watch = true,
                Long("deny") => options.deny(&parser.value()?.string()?)?,
                Long("report") => options.report(&parser.value()?.string()?)?,
                Long("coverage") => {
                    let list = parser.optional_value().map(ValueExt::string).transpose()?;
                    let list = list.unwrap_or_default();
                    let documents = list.split(',').filter(|path| !path.is_empty());
                    let known = options.coverage.get_or_insert_default();
                    known.extend(documents.map(PathBuf::from));
                }
                Long("fail-under") => {
                    options.fail_under = Some(parser.value()?.parse_with(percent)?);
                }
                Long("curl") => options.curl = true,
                Long("from-curl") => options.from_curl = Some(parser.value()?.into()),
                Long("json") => options.json = true,
                Short('v') => options.verbosity += 1,
                Short('q') | Long("quiet") => options.quiet = true,
                Long("color") => options.color = color(&parser.value()?.string()?)?,
                other => return Err(other.unexpected()),
            }
        }
        options.command(words)?;
        options.agree()?;
        Ok(options)
    }

    /// The first word may be a command; what follows it is its business.
    fn command(&mut self, words: Vec<OsString>) -> Result<(), lexopt::Error> {
        let mut words = words.into_iter().peekable();
        let Some(first) = words.next() else {
            return Ok(());
        };
        let mut argument = |what: &str| {
            let word = words.next().map(ValueExt::string).transpose()?;
            word.ok_or_else(|| lexopt::Error::from(format!("{what} is missing")))
        };
        match first.to_str() {
            Some("check") => self.command = Command::Check,
            Some("list") => self.command = Command::List,
            Some("schema") => {
                let of_fragment = words.next_if(|word| word == "run").is_some();
                self.command = Command::Schema { of_fragment };
            }
            Some("help") => self.help = true,
            Some("diff") if !self.help => {
                let left = argument("a profile")?;
                let right = argument("the profile to compare it with")?;
                self.command = Command::Diff { left, right };
            }
            Some("explain") if !self.help => {
                let word = argument("an operation, a key, a matcher or a spec")?;
                self.command = Command::Explain(word);
            }
            Some("new") if !self.help => {
                let operation = match self.from_curl {
                    Some(_) => None,
                    None => Some(argument("an operation")?),
                };
                let path = words.next().map(PathBuf::from);
                self.command = Command::New { operation, path };
            }
            _ => self.paths.push(first.into()),
        }
        self.paths.extend(words.map(PathBuf::from));
        Ok(())
    }

    /// What a first path may mean that is not there: a command that is misspelt, or `run`, which
    /// is none.
    pub(super) fn command_meant(&self, world: &World) -> Option<String> {
        let (Command::Run, Some(first)) = (&self.command, self.paths.first()) else {
            return None;
        };
        if suite::find(&world.root, first).is_ok() {
            return None;
        }
        let said = first.to_str()?;
        if said == "run" {
            let program = &world.program;
            return Some(format!("specs run without a command: {program} [PATH…]"));
        }
        did_you_mean(said, COMMANDS.iter().copied())
    }

    /// Options that mean nothing together are a slip, not a wish.
    fn agree(&self) -> Result<(), lexopt::Error> {
        if let Command::Explain(_) | Command::New { .. } | Command::Schema { .. } = self.command
            && let Some(surplus) = self.paths.first()
        {
            return Err(format!("one argument too many: {}", surplus.display()).into());
        }
        if let (Some(option), false) = (self.of_a_run(), self.command == Command::Run) {
            return Err(format!("{option} is for runs, and this is none").into());
        }
        if self.from_curl.is_some() && !matches!(self.command, Command::New { .. }) {
            return Err("--from-curl is for `new`".into());
        }
        if self.record.is_some() && self.live.is_none() {
            return Err(
                "--record needs --live: there is no point in recording the emulator".into(),
            );
        }
        if self.replay.is_some() && self.live.is_some() {
            return Err("--replay goes nowhere, and --live does".into());
        }
        if self.json && self.command != Command::List {
            return Err("--json is for `list`; --report json=FILE is for runs".into());
        }
        if matches!(self.command, Command::Diff { .. })
            && (self.live.is_some() || self.record.is_some() || self.replay.is_some())
        {
            return Err("diff names its two profiles itself: diff emulator live".into());
        }
        if self.fail_under.is_some() && self.coverage.is_none() {
            return Err("--fail-under needs --coverage".into());
        }
        Ok(())
    }

    /// An option that is about what a run has told.
    fn of_a_run(&self) -> Option<&'static str> {
        let options = [
            ("--watch", self.watch),
            ("--failed", self.failed),
            ("--report", !self.reports.is_empty()),
            ("--coverage", self.coverage.is_some()),
            ("--review", self.review),
            ("--update", self.update),
            ("--curl", self.curl),
        ];
        let mut given = options.into_iter().filter(|(_, is_given)| *is_given);
        given.next().map(|(option, _)| option)
    }

    fn deny(&mut self, list: &str) -> Result<(), lexopt::Error> {
        for word in list.split(',') {
            match word {
                "skips" => self.deny_skips = true,
                "warnings" => self.deny_warnings = true,
                "drift" => self.deny_drift = true,
                _ => {
                    let message = format!("--deny takes skips, warnings and drift, not {word:?}");
                    return Err(message.into());
                }
            }
        }
        Ok(())
    }

    fn report(&mut self, list: &str) -> Result<(), lexopt::Error> {
        for report in list.split(',') {
            let (name, path) = match report.split_once('=') {
                Some((name, path)) => (name, Some(PathBuf::from(path))),
                None => (report, None),
            };
            let format: Format = name.parse()?;
            let is_missing = match &path {
                Some(path) => path.as_os_str().is_empty(),
                None => !matches!(format, Format::Markdown | Format::Github),
            };
            if is_missing {
                return Err(format!("a file for it is missing: --report {name}=FILE").into());
            }
            if let Some(path) = &path {
                self.own_file(name, path)?;
            }
            self.reports.push((format, path));
        }
        Ok(())
    }

    /// Refuses a report that would go where it is not looked for, or over another one.
    fn own_file(&self, name: &str, path: &Path) -> Result<(), lexopt::Error> {
        if path == Path::new("-") {
            let way = format!("--report {name}=/dev/stdout prints it");
            return Err(format!("a report goes into a file, and `-` is none; {way}").into());
        }
        let is_file = path.is_file() || !path.exists();
        let mut files = self.reports.iter().filter_map(|(_, path)| path.as_deref());
        // `a.json` and `./a.json` are one file.
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if is_file && files.any(|known| whole(known) == whole(path)) {
            return Err(format!("two reports go into {}", path.display()).into());
        }
        Ok(())
    }
}

/// A directory, where one is named.
fn place(parser: &mut lexopt::Parser) -> PathBuf {
    parser
        .optional_value()
        .map(PathBuf::from)
        .unwrap_or_default()
}

fn pair(text: &str) -> Result<(String, String), lexopt::Error> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} is not NAME=VALUE").into()),
    }
}

fn at_least_one(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err("a whole number from 1".to_owned()),
    }
}

fn dollars(text: &str) -> Result<f64, String> {
    match text.trim_start_matches('$').parse() {
        Ok(dollars) if (0.0..f64::INFINITY).contains(&dollars) => Ok(dollars),
        _ => Err("a number of US dollars".to_owned()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a number from 0 to 100".to_owned()),
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
