//! Recording what passes between a cell and the service, and playing it back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_auth::Clock;
use aoai_http::{ByteStream, ErrorKind, Next, WireBody, WireRequest, WireResponse};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::Runner;
use crate::cassette::{self, Answer, Cassette, Chunk, Exchange, Failed, Names, Request, Response};
use crate::error::Error;
use crate::model::Spec;
use crate::pattern::diff;
use crate::profile::Profile;
use crate::redact::{Artefacts, Redactor};
use crate::result::Sent;

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
        Ok(Some(Tapes::record(directory, names, outside)))
    }

    /// The values of variables that come from outside the specs.
    fn outside(&self, profile: &Profile, files: &[&[Spec]]) -> BTreeMap<String, Value> {
        let mut outside = profile.vars.clone();
        for var in files.iter().copied().flatten().flat_map(|spec| &spec.vars) {
            if let Some(text) = self.given(&var.key.name) {
                outside.insert(var.key.name.clone(), text.into());
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
    fn record(directory: &Path, names: Names, vars: BTreeMap<String, Value>) -> Self {
        Self::Record {
            directory: directory.to_owned(),
            names: Arc::new(names),
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
        let mode = match self {
            Self::Record { names, .. } => Mode::Record {
                clock,
                names: Arc::clone(names),
                exchanges: Mutex::default(),
            },
            Self::Play { cassettes, .. } => {
                let exchanges = cassettes.get(test).map(|found| found.exchanges.clone());
                Mode::Play(Mutex::new(Player {
                    left: exchanges.unwrap_or_default().into_iter(),
                    played: 0,
                    stale: None,
                }))
            }
        };
        Tape(Arc::new(mode))
    }

    /// Whether waits take no time, as nobody is waited for.
    pub(super) fn is_playing(&self) -> bool {
        matches!(self, Self::Play { .. })
    }

    /// Keeps what a cell's tape has recorded.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn keep(&self, test: &str, tape: &Tape, artefacts: &Artefacts) -> Result<(), Error> {
        let Self::Record { directory, .. } = self else {
            return Ok(());
        };
        self.note_credentials(tape);
        let cassette = Cassette::new(test.to_owned(), tape.recorded(artefacts.redactor()));
        write(
            &directory.join(cassette.path()),
            &cassette.to_yaml()?,
            artefacts,
        )
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
        write(&path, &yaml, artefacts)
    }

    fn note_credentials(&self, tape: &Tape) {
        let (Self::Record { credentials, .. }, Mode::Record { exchanges, .. }) = (self, &*tape.0)
        else {
            return;
        };
        let mut known = locked(credentials);
        for recording in locked(exchanges).iter() {
            if let Some((name, is_token)) = recording.credential.clone() {
                known.insert(name, is_token);
            }
        }
    }
}

/// What one cell records or plays.
#[derive(Clone, Debug)]
pub(super) struct Tape(Arc<Mode>);

#[derive(Debug)]
enum Mode {
    Record {
        clock: Arc<dyn Clock>,
        names: Arc<Names>,
        exchanges: Mutex<Vec<Recording>>,
    },
    Play(Mutex<Player>),
}

/// An exchange that may still go on.
#[derive(Debug)]
struct Recording {
    step: String,
    request: Request,
    /// The name of its credential, and whether that is a token.
    credential: Option<(String, bool)>,
    answer: Answer,
    /// The body so far, and when it came.
    chunks: Vec<(Duration, Bytes)>,
}

#[derive(Debug)]
struct Player {
    left: std::vec::IntoIter<Exchange>,
    played: usize,
    stale: Option<String>,
}

impl Tape {
    /// Lets an attempt pass and records it, or answers it in the service's place.
    pub(super) async fn exchange(
        &self,
        sent: &Sent,
        request: WireRequest,
        next: Next<'_>,
    ) -> aoai_http::Result<WireResponse> {
        let step = step_of(&request);
        match &*self.0 {
            Mode::Record {
                clock, exchanges, ..
            } => {
                let began = clock.elapsed();
                let at = {
                    let mut exchanges = locked(exchanges);
                    exchanges.push(Recording::new(step, sent));
                    exchanges.len() - 1
                };
                let answer = next.run(request).await;
                match answer {
                    Ok(response) => Ok(self.recording(response, at, began)),
                    Err(error) => {
                        self.note(at, |recording| {
                            recording.answer = Answer::Failed(failed(&error));
                        });
                        Err(error)
                    }
                }
            }
            Mode::Play(player) => locked(player).play(&step, &request_of(sent)),
        }
    }

    /// Why what was recorded is not what is sent today.
    pub(super) fn stale(&self) -> Option<String> {
        match &*self.0 {
            Mode::Record { .. } => None,
            Mode::Play(player) => locked(player).stale.clone(),
        }
    }

    /// Notes that less was sent than had been recorded, at the end of a cell that went well.
    pub(super) fn unplayed(&self) -> Option<String> {
        let Mode::Play(player) = &*self.0 else {
            return None;
        };
        let mut player = locked(player);
        let next = player.left.next()?;
        let reason = format!("the request of {} that came next was not sent", next.step);
        Some(player.stale(&reason, None))
    }

    fn note(&self, at: usize, change: impl FnOnce(&mut Recording)) {
        if let Mode::Record { exchanges, .. } = &*self.0
            && let Some(recording) = locked(exchanges).get_mut(at)
        {
            change(recording);
        }
    }

    /// The answer, recorded while it is read.
    fn recording(&self, mut response: WireResponse, at: usize, began: Duration) -> WireResponse {
        let head = Response {
            status: response.status.as_u16(),
            headers: headers_of(&response.headers),
            ..Response::default()
        };
        self.note(at, |recording| recording.answer = Answer::Response(head));
        let tape = self.clone();
        let chunk = move |bytes: &Bytes| {
            if let Mode::Record { clock, .. } = &*tape.0 {
                let when = clock.elapsed().saturating_sub(began);
                tape.note(at, |recording| recording.chunks.push((when, bytes.clone())));
            }
        };
        response.body = match response.body {
            WireBody::Whole(bytes) => {
                chunk(&bytes);
                WireBody::Whole(bytes)
            }
            WireBody::Stream(body) => {
                let tape = self.clone();
                let body = body.inspect(move |read| match read {
                    Ok(bytes) => chunk(bytes),
                    Err(error) => tape.note(at, |recording| recording.cut(error)),
                });
                WireBody::Stream(ByteStream::new(body))
            }
            other => other,
        };
        response
    }

    /// What was recorded, without anything that is nobody's business.
    fn recorded(&self, redactor: &Redactor) -> Vec<Exchange> {
        let Mode::Record {
            names, exchanges, ..
        } = &*self.0
        else {
            return Vec::new();
        };
        let clean = |text: &str| names.in_text(&redactor.redact(text)).into_owned();
        let exchanges = locked(exchanges);
        let exchanges = exchanges.iter().map(|recording| {
            let mut request = recording.request.clone();
            names.in_request(&mut request);
            let mut answer = recording.answer.clone();
            match &mut answer {
                Answer::Failed(failed) => failed.message = clean(&failed.message),
                Answer::Response(response) => {
                    for value in response.headers.values_mut() {
                        *value = clean(value);
                    }
                    if let Some(cut) = &mut response.cut {
                        cut.message = clean(&cut.message);
                    }
                    response.chunks = chunks_of(&recording.chunks, clean);
                }
            }
            Exchange {
                step: recording.step.clone(),
                request,
                answer,
            }
        });
        exchanges.collect()
    }
}

impl Recording {
    fn new(step: String, sent: &Sent) -> Self {
        Self {
            step,
            request: request_of(sent),
            credential: credential_of(&sent.headers),
            // It stays so where the call is given up before there is an answer.
            answer: Answer::Failed(Failed {
                kind: ErrorKind::Timeout.as_str().to_owned(),
                message: "nobody waited for the answer".to_owned(),
                not_sent: false,
            }),
            chunks: Vec::new(),
        }
    }

    fn cut(&mut self, error: &aoai_http::Error) {
        if let Answer::Response(response) = &mut self.answer {
            response.cut = Some(failed(error));
        }
    }
}

impl Player {
    fn play(&mut self, step: &str, request: &Request) -> aoai_http::Result<WireResponse> {
        let refused = |message: String| aoai_http::Error::new(ErrorKind::Request, message);
        self.played += 1;
        let Some(exchange) = self.left.next() else {
            let reason = format!("{step} sends a request more than was recorded");
            return Err(refused(self.stale(&reason, None)));
        };
        if exchange.step != step || exchange.request != *request {
            let recorded = shown(&exchange.step, &exchange.request);
            let diff = diff::unified(&recorded, &shown(step, request));
            let reason = format!("{step} sends another request than was recorded");
            return Err(refused(self.stale(&reason, diff)));
        }
        match exchange.answer {
            Answer::Failed(failed) => Err(error_of(&failed)),
            Answer::Response(response) => response_of(&response)
                .map_err(|reason| refused(self.stale(&reason.to_string(), None))),
        }
    }

    fn stale(&mut self, reason: &str, diff: Option<String>) -> String {
        let diff = diff.map(|diff| format!("\n{diff}")).unwrap_or_default();
        let reason = format!(
            "stale cassette: at request {}, {reason}; `--live --record` makes it anew{diff}",
            self.played
        );
        self.stale = Some(reason.clone());
        reason
    }
}

/// A body in its pieces; in one, where a name runs from one into the next.
fn chunks_of(chunks: &[(Duration, Bytes)], clean: impl Fn(&str) -> String) -> Vec<(u64, Chunk)> {
    let millis = |when: &Duration| u64::try_from(when.as_millis()).unwrap_or(u64::MAX);
    let whole: Vec<u8> = chunks
        .iter()
        .flat_map(|(_, bytes)| bytes.to_vec())
        .collect();
    let cleaned = std::str::from_utf8(&whole)
        .ok()
        .map(|text| (text, clean(text)));
    match (cleaned, chunks.last()) {
        (Some((text, cleaned)), Some((when, _))) if text != cleaned => {
            vec![(millis(when), Chunk::Text(cleaned))]
        }
        _ => chunks
            .iter()
            .map(|(when, bytes)| (millis(when), Chunk::of(bytes)))
            .collect(),
    }
}

fn response_of(response: &Response) -> Result<WireResponse, Box<dyn std::error::Error>> {
    let status = StatusCode::from_u16(response.status)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &response.headers {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let mut chunks = Vec::new();
    for (_, chunk) in &response.chunks {
        chunks.push(Ok(chunk.bytes()?));
    }
    if !status.is_success() {
        let whole: Vec<u8> = chunks.into_iter().flatten().flatten().collect();
        return Ok(WireResponse::new(status, headers, Bytes::from(whole)));
    }
    chunks.extend(response.cut.as_ref().map(|cut| Err(error_of(cut))));
    let body = ByteStream::new(stream::iter(chunks));
    Ok(WireResponse::new(status, headers, body))
}

fn error_of(failed: &Failed) -> aoai_http::Error {
    let kind = failed.kind.parse().unwrap_or(ErrorKind::Connection);
    let error = aoai_http::Error::new(kind, failed.message.clone());
    if failed.not_sent {
        error.not_sent()
    } else {
        error
    }
}

fn failed(error: &aoai_http::Error) -> Failed {
    Failed {
        kind: error.kind().as_str().to_owned(),
        message: error.to_string(),
        not_sent: error.was_not_sent(),
    }
}

fn request_of(sent: &Sent) -> Request {
    Request {
        method: sent.method.clone(),
        path: sent.path.clone(),
        query: sent.query.clone().into_iter().collect(),
        body: sent.body.clone(),
    }
}

fn shown(step: &str, request: &Request) -> Value {
    json!({"step": step, "request": request})
}

/// The place of a step, as its calls are named: `step-1`.
fn step_of(request: &WireRequest) -> String {
    let name = request
        .headers
        .get(CALL)
        .and_then(|name| name.to_str().ok());
    let place = name.and_then(|name| name.rsplit('/').next());
    place.unwrap_or_default().to_owned()
}

/// The name that stands for a credential, and whether it is a token.
fn credential_of(headers: &BTreeMap<String, String>) -> Option<(String, bool)> {
    let name = |text: &str| Some(text.strip_prefix('<')?.strip_suffix('>')?.to_owned());
    let token = headers.get("authorization");
    let token = token.and_then(|value| name(value.strip_prefix("Bearer ")?));
    let key = headers.get("api-key").and_then(|value| name(value));
    token
        .map(|name| (name, true))
        .or(key.map(|name| (name, false)))
}

fn headers_of(headers: &HeaderMap) -> BTreeMap<String, String> {
    let told = headers
        .iter()
        .filter(|(name, _)| *name != http::header::SET_COOKIE);
    let told = told.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    told.collect()
}

fn write(path: &Path, text: &str, artefacts: &Artefacts) -> Result<(), Error> {
    let told = |error: std::io::Error| {
        let told = format!("{}: {error}", path.display());
        Error::io(std::io::Error::new(error.kind(), told))
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(told)?;
    }
    artefacts.write(path, text).map_err(told)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The profile's name in its file.
pub(super) const REPLAY: &str = "replay";

/// What stands for the run's own name, and is that of a replay.
pub(super) const RUN: &str = "recorded-run";

const CALL: &str = "x-ms-client-request-id";
