//! The cassettes of a run: which cell has which, and where they are kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aoai_auth::Clock;
use serde_json::{Value, json};

use super::aliases::Aliases;
use super::tape::{Tape, locked};
use super::{Runner, SpecReport, State};
use crate::cassette::{self, Cassette, Names};
use crate::error::Error;
use crate::model::Spec;
use crate::profile::Profile;
use crate::redact::Artefacts;

impl Runner {
    /// Keeps what passes between each cell and the service in cassettes below a directory, with
    /// everything secret or private masked: [`replay`](Self::replay) plays them.
    pub fn record(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cassettes = Some((Use::Record, directory.into()));
        self
    }

    /// Runs with the cassettes below a directory in the service's place: offline, and at once. What
    /// calls cost and how long they took cannot be judged then.
    ///
    /// A cell without a cassette is skipped. One that sends something else than was recorded fails,
    /// and says what is different.
    pub fn replay(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cassettes = Some((Use::Play, directory.into()));
        self
    }

    /// The directory of cassettes to play.
    pub(super) fn replayed(&self) -> Option<&Path> {
        match &self.cassettes {
            Some((Use::Play, directory)) => Some(directory),
            _ => None,
        }
    }

    /// The cassettes of a run that is named `run_id`.
    pub(super) fn tapes(
        &self,
        profile: &Profile,
        files: &[&[Spec]],
        run_id: &str,
    ) -> Result<Option<Tapes>, Error> {
        let Some((which, directory)) = &self.cassettes else {
            return Ok(None);
        };
        if self.repeat > 1 {
            let reason = "a cassette holds one run of a test, so that it cannot be repeated";
            return Err(Error::usage(reason));
        }
        if *which == Use::Play {
            return Ok(Some(Tapes::play(directory)?));
        }
        let mut names = Names::default();
        names.text(run_id, RUN);
        for (name, url) in &profile.endpoints {
            names.endpoint(name, url);
        }
        for (alias, name) in &profile.deployments {
            names.deployment(alias, name);
        }
        let outside = self.outside(profile, files);
        for (name, value) in &outside {
            if let Some(text) = value.as_str() {
                names.text(text, format!("recorded-{name}"));
            }
        }
        let aliases = Aliases::of(&profile.deployments);
        let stand_ins = self.stand_ins(profile).into_iter();
        let vars = stand_ins.chain(outside).collect();
        Ok(Some(Tapes::record(directory, names, aliases, vars)))
    }

    /// What a recording shows of secret variables, and a replay sends.
    fn stand_ins(&self, profile: &Profile) -> BTreeMap<String, Value> {
        let stand_ins = profile.secret_names.iter().filter_map(|name| {
            let own = || Some(profile.secret_vars.get(name)?.expose().to_owned());
            let secret = self.given(name).or_else(own)?;
            // Two of the same value have one name.
            let shown = self.redactor.redact(&secret).into_owned();
            Some((name.clone(), shown.into()))
        });
        stand_ins.collect()
    }

    /// The values of variables that come from outside the specs and are no secrets.
    fn outside(&self, profile: &Profile, files: &[&[Spec]]) -> BTreeMap<String, Value> {
        let mut outside = profile.vars.clone();
        for var in files.iter().copied().flatten().flat_map(|spec| &spec.vars) {
            let name = &var.key.name;
            let given = self.given(name);
            if let Some(text) = given.filter(|_| !profile.secret_names.contains(name)) {
                outside.insert(name.clone(), text.into());
            }
        }
        outside
    }
}

/// What is done with cassettes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Record,
    Play,
}

/// The cassettes of a run.
#[derive(Debug)]
pub(super) enum Tapes {
    Record {
        directory: PathBuf,
        names: Arc<Names>,
        aliases: Arc<Aliases>,
        /// Variables whose values come from outside.
        vars: BTreeMap<String, Value>,
        /// For each credential that was sent, whether it is a token.
        credentials: Mutex<BTreeMap<String, bool>>,
    },
    Play {
        directory: PathBuf,
        cassettes: BTreeMap<String, Cassette>,
    },
}

impl Tapes {
    /// Cassettes to record in a directory.
    fn record(
        directory: &Path,
        names: Names,
        aliases: Aliases,
        vars: BTreeMap<String, Value>,
    ) -> Self {
        Self::Record {
            directory: directory.to_owned(),
            names: Arc::new(names),
            aliases: Arc::new(aliases),
            vars,
            credentials: Mutex::default(),
        }
    }

    /// The cassettes of a directory, to play.
    ///
    /// # Errors
    ///
    /// One of them cannot be read.
    fn play(directory: &Path) -> Result<Self, Error> {
        Ok(Self::Play {
            directory: directory.to_owned(),
            cassettes: Cassette::load_all(directory)?,
        })
    }

    /// Why a test cannot be run with them.
    pub(super) fn lacks(&self, test: &str) -> Option<String> {
        match self {
            Self::Play {
                directory,
                cassettes,
            } if !cassettes.contains_key(test) => {
                Some(format!("{} has no cassette of it", directory.display()))
            }
            _ => None,
        }
    }

    /// The tape of one cell.
    pub(super) fn tape(&self, test: &str, clock: Arc<dyn Clock>) -> Tape {
        match self {
            Self::Record { names, aliases, .. } => {
                Tape::recording_with(clock, Arc::clone(names), Arc::clone(aliases))
            }
            Self::Play { cassettes, .. } => {
                let exchanges = cassettes.get(test).map(|found| found.exchanges.clone());
                Tape::playing(exchanges.unwrap_or_default())
            }
        }
    }

    /// Whether waits take no time, as nobody is waited for.
    pub(super) fn is_playing(&self) -> bool {
        matches!(self, Self::Play { .. })
    }

    /// Keeps what was recorded of the cells that have passed; what there is of the others stays as
    /// it is. A cell whose cassette cannot be written could not be run.
    pub(super) fn keep_passed(
        &self,
        report: &mut SpecReport,
        recorded: &[Option<Tape>],
        artefacts: &Artefacts,
    ) {
        for (at, tape) in recorded.iter().enumerate() {
            let cell = &report.cells[at];
            let Some(tape) = tape.as_ref().filter(|_| cell.state == State::Passed) else {
                continue;
            };
            if let Err(error) = self.keep(&report.test_id(cell), tape, artefacts) {
                let reason = format!("the cassette cannot be written: {error}");
                report.cells[at].state = State::Error(reason);
            }
        }
    }

    fn keep(&self, test: &str, tape: &Tape, artefacts: &Artefacts) -> Result<(), Error> {
        let Self::Record {
            directory,
            credentials,
            ..
        } = self
        else {
            return Ok(());
        };
        locked(credentials).extend(tape.credentials());
        let cassette = Cassette::new(test.to_owned(), tape.recorded(artefacts.redactor()));
        let path = directory.join(cassette.path());
        let former = directory.join(cassette.former_path());
        // A replay refuses two cassettes of one test.
        if former != path && Cassette::is_of(&former, test) {
            fs::remove_file(&former).map_err(Error::setup)?;
        }
        artefacts
            .write_below(&path, &cassette.to_yaml()?)
            .map_err(Error::setup)
    }

    /// Keeps the profile that a replay runs with.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn keep_profile(
        &self,
        profile: &Profile,
        artefacts: &Artefacts,
    ) -> Result<(), Error> {
        let Self::Record {
            directory,
            names,
            vars,
            credentials,
            ..
        } = self
        else {
            return Ok(());
        };
        let path = directory.join(cassette::PROFILE);
        let before = fs::read_to_string(&path).unwrap_or_default();
        let before: Value = serde_yaml::from_str(&before).unwrap_or_default();
        let credentials = locked(credentials);
        let is_token = |name: &str| {
            let earlier = before[REPLAY]["credentials"][name]["token"].is_string();
            credentials.get(name).copied().unwrap_or(earlier)
        };
        let credentials = profile.credentials.keys().map(|name| {
            let kind = if is_token(name) { "token" } else { "api_key" };
            let credential = json!({kind: format!("no-credential-{name}")});
            (name.clone(), credential)
        });
        let endpoints = profile.endpoints.keys().map(|name| {
            let url = format!("https://{name}.invalid");
            (name.clone(), Value::from(url))
        });
        let deployments = profile.deployments.keys();
        let deployments = deployments.map(|alias| (alias.clone(), Value::from(alias.as_str())));
        let vars = vars.iter().map(|(name, value)| {
            let told = value.as_str().map(|text| names.in_text(text).into());
            (name.clone(), told.unwrap_or_else(|| value.clone()))
        });
        let mut replay = json!({
            "endpoints": endpoints.collect::<serde_json::Map<_, _>>(),
            "deployments": deployments.collect::<serde_json::Map<_, _>>(),
            "credentials": credentials.collect::<serde_json::Map<_, _>>(),
            "vars": vars.collect::<serde_json::Map<_, _>>(),
            "api": profile.api.to_string(),
        });
        if let Some(retries) = profile.retries {
            replay["retries"] = retries.into();
        }
        let yaml = serde_yaml::to_string(&json!({REPLAY: replay})).map_err(Error::setup)?;
        artefacts.write_below(&path, &yaml).map_err(Error::setup)
    }
}

/// The profile's name in its file.
pub(super) const REPLAY: &str = "replay";

/// What stands for the run's own name, and is that of a replay.
pub(super) const RUN: &str = "recorded-run";
