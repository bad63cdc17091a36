//! Recording what passes between a cell and the service, and playing it back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aoai_auth::Clock;
use aoai_http::{ByteStream, ErrorKind, Next, WireBody, WireRequest, WireResponse};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::aliases::Aliases;
use super::answer;
use crate::cassette::{Answer, Chunk, Exchange, Failed, Names, Request, Response};
use crate::pattern::diff;
use crate::redact::Redactor;
use crate::result::Sent;

/// What one cell records or plays.
#[derive(Clone, Debug)]
pub(super) struct Tape(Arc<Mode>);

#[derive(Debug)]
enum Mode {
    Record {
        clock: Arc<dyn Clock>,
        names: Arc<Names>,
        aliases: Arc<Aliases>,
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
    /// A tape that records.
    pub(super) fn recording_with(
        clock: Arc<dyn Clock>,
        names: Arc<Names>,
        aliases: Arc<Aliases>,
    ) -> Self {
        Self(Arc::new(Mode::Record {
            clock,
            names,
            aliases,
            exchanges: Mutex::default(),
        }))
    }

    /// A tape that plays what was recorded.
    pub(super) fn playing(exchanges: Vec<Exchange>) -> Self {
        Self(Arc::new(Mode::Play(Mutex::new(Player {
            left: exchanges.into_iter(),
            played: 0,
            stale: None,
        }))))
    }

    /// The credentials that were sent, and whether each is a token.
    pub(super) fn credentials(&self) -> Vec<(String, bool)> {
        let Mode::Record { exchanges, .. } = &*self.0 else {
            return Vec::new();
        };
        let exchanges = locked(exchanges);
        let credentials = exchanges.iter().filter_map(|sent| sent.credential.clone());
        credentials.collect()
    }

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
    pub(super) fn recorded(&self, redactor: &Redactor) -> Vec<Exchange> {
        let Mode::Record {
            names,
            aliases,
            exchanges,
            ..
        } = &*self.0
        else {
            return Vec::new();
        };
        let clean = |text: &str| names.in_text(&redactor.redact(text)).into_owned();
        let refusal = |text: &str| aliases.in_refusal(&clean(text));
        let exchanges = locked(exchanges);
        let exchanges = exchanges.iter().map(|recording| {
            let mut request = recording.request.clone();
            names.in_request(&mut request);
            let mut answer = recording.answer.clone();
            match &mut answer {
                Answer::Failed(failed) => failed.message = refusal(&failed.message),
                Answer::Response(response) => {
                    for (name, value) in &mut response.headers {
                        *value = aliases.in_header(name, &clean(value));
                    }
                    if let Some(cut) = &mut response.cut {
                        cut.message = refusal(&cut.message);
                    }
                    response.chunks = if response.status < 400 {
                        chunks_of(&recording.chunks, clean)
                    } else {
                        chunks_of(&recording.chunks, refusal)
                    };
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
    let mut told = answer::joined(headers);
    told.remove(http::header::SET_COOKIE.as_str());
    told
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const CALL: &str = "x-ms-client-request-id";
