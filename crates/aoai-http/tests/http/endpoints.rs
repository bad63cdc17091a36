//! Several resources called as one: where each call goes, and in which order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{Audience, Clock as _, CredentialProvider, Issued};
use aoai_http::{
    Backend, ByteStream, CallOptions, Client, Endpoints, EndpointsBuilder, Error, ErrorKind,
    Result, RetryOptions, Timeouts, Transport, WireRequest, WireResponse,
};
use aoai_types::Surface;
use aoai_types::batches::CreateBatch;
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::files::{GetFile, ListFiles};
use aoai_types::models::ListModels;
use aoai_types::operation::Body;
use aoai_types::responses::{CreateResponse, GetResponse};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// What a backend does about a call.
#[derive(Clone, Copy, Debug)]
enum Say {
    /// Status, headers, body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Events, then the end of the body.
    Events(&'static [&'static str]),
    /// There is no connection.
    Unreachable,
    /// The connection breaks.
    Lost,
    /// Nothing comes, for an hour and ever after.
    Silent,
}

const CHAT: Say = Say::Answer(200, &[], r#"{"id":"c","choices":[]}"#);
const FULL: Say = Say::Answer(429, &[("retry-after", "30")], r#"{"error":{"code":"429"}}"#);
const BROKEN: Say = Say::Answer(500, &[], r#"{"error":{"message":"oops"}}"#);
const HEL: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const THROTTLED: &str =
    "data: {\"error\":{\"code\":\"429\",\"message\":\"Please retry after 30 seconds.\"}}\n\n";
const NO_DEPLOYMENT: &str = "data: {\"error\":{\"message\":\"Could not find an existing deployment to \
                             match the model in the request\"}}\n\n";
const NO_ROLE: &str = "data: {\"error\":{\"code\":\"PermissionDenied\"}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

/// One resource: says one thing after another, and the last of them from then on.
#[derive(Debug)]
struct Resource {
    name: &'static str,
    clock: ManualClock,
    lines: Mutex<Vec<Say>>,
    heard: Arc<Mutex<Vec<(&'static str, WireRequest)>>>,
}

#[async_trait]
impl Transport for Resource {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        self.heard.lock().unwrap().push((self.name, request));
        let say = self.next_line();
        match say {
            Say::Answer(status, headers, body) => {
                let pairs = headers.iter().map(|(name, value)| {
                    let name = HeaderName::from_static(name);
                    (name, HeaderValue::from_static(value))
                });
                let status = StatusCode::from_u16(status).unwrap();
                Ok(WireResponse::new(
                    status,
                    pairs.collect(),
                    Bytes::from(body),
                ))
            }
            Say::Events(events) => {
                let chunks = events.iter().map(|event| Ok(Bytes::from(*event)));
                let body = ByteStream::new(futures_util::stream::iter(chunks));
                Ok(WireResponse::new(StatusCode::OK, HeaderMap::new(), body))
            }
            Say::Unreachable => Err(Error::new(ErrorKind::Connection, "refused").not_sent()),
            Say::Lost => Err(Error::new(ErrorKind::Connection, "reset")),
            Say::Silent => {
                self.clock.advance(seconds(3_600));
                std::future::pending().await
            }
        }
    }
}

impl Resource {
    fn next_line(&self) -> Say {
        let mut lines = self.lines.lock().unwrap();
        if lines.len() > 1 {
            lines.remove(0)
        } else {
            lines[0]
        }
    }
}

/// Resources named `a`, `b`, …, and what they heard.
struct Stage {
    clock: ManualClock,
    heard: Arc<Mutex<Vec<(&'static str, WireRequest)>>>,
    resources: Vec<Arc<Resource>>,
    backends: Vec<Backend>,
}

impl Stage {
    /// Each resource with what it says.
    fn new(scripts: &[&[Say]]) -> Self {
        let clock = ManualClock::automatic();
        Self::by(&[&clock, &clock, &clock], scripts)
    }

    /// The same, each by a clock of its own.
    fn by(clocks: &[&ManualClock], scripts: &[&[Say]]) -> Self {
        let heard = Arc::default();
        let mut resources = Vec::new();
        let mut backends = Vec::new();
        for ((name, lines), clock) in ["a", "b", "c"].into_iter().zip(scripts).zip(clocks) {
            let resource = Arc::new(Resource {
                name,
                clock: ManualClock::clone(clock),
                lines: Mutex::new(lines.to_vec()),
                heard: Arc::clone(&heard),
            });
            let client = Client::builder(format!("https://{name}.openai.azure.com"))
                .no_credential()
                .clock(Arc::new(ManualClock::clone(clock)))
                .transport(Arc::clone(&resource))
                .build()
                .unwrap();
            backends.push(Backend::new(client).named(name));
            resources.push(resource);
        }
        Self {
            clock: clocks[0].clone(),
            heard,
            resources,
            backends,
        }
    }

    /// In the order of their names.
    fn ranked(&self) -> Endpoints {
        self.built(|backend, at| backend.priority(u32::try_from(at).unwrap()))
            .build()
            .unwrap()
    }

    fn built(&self, change: impl Fn(Backend, usize) -> Backend) -> EndpointsBuilder {
        let backends = self.backends.iter().cloned().enumerate();
        backends.fold(Endpoints::builder(), |builder, (at, backend)| {
            builder.backend(change(backend, at))
        })
    }

    /// From now on a resource says this.
    fn says(&self, at: usize, say: Say) {
        *self.resources[at].lines.lock().unwrap() = vec![say];
    }

    /// Who was called since the last time, in order.
    fn heard(&self) -> String {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.iter().map(|(name, _)| *name).collect()
    }

    fn requests(&self) -> Vec<WireRequest> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.into_iter().map(|(_, request)| request).collect()
    }
}

fn chat() -> CreateChatCompletion {
    CreateChatCompletion::new("gpt", [Message::user("hi")])
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_full_backend_moves_calls_on_and_back_when_its_wait_is_over() {
    let stage = Stage::new(&[&[FULL, CHAT], &[CHAT]]);
    let azure = stage.ranked();
    let answer = azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "ab");
    let seen: Vec<_> = answer
        .attempts()
        .iter()
        .map(|attempt| {
            (
                attempt.backend.as_deref().unwrap(),
                attempt.error,
                attempt.waited,
            )
        })
        .collect();
    let none = Duration::ZERO;
    assert_eq!(
        seen,
        [("a", Some(ErrorKind::RateLimit), none), ("b", None, none)]
    );
    assert!(stage.clock.slept().is_empty());

    stage.clock.advance(seconds(29));
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "b");
    // The limit is one deployment's; others on the resource are not held up by it.
    let other = CreateChatCompletion::new("other", [Message::user("hi")]);
    azure.send(&other).await.unwrap();
    assert_eq!(stage.heard(), "a");
    stage.clock.advance(seconds(1));
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "a");
}

#[tokio::test]
async fn an_outage_moves_calls_on_and_one_probe_finds_its_end() {
    for (fault, first) in [
        (Say::Unreachable, "abbb"),
        // What may be one call's misfortune counts when it happens three times in a row.
        (BROKEN, "abababb"),
        (Say::Lost, "abababb"),
        (Say::Answer(502, &[], "<html>"), "abababb"),
    ] {
        let stage = Stage::new(&[&[fault], &[CHAT]]);
        let azure = stage.ranked();
        let calls = if first == "abbb" { 3 } else { 4 };
        for _ in 0..calls {
            azure.send(&chat()).await.unwrap();
        }
        assert_eq!(stage.heard(), first, "{fault:?}");
        stage.clock.advance(seconds(10));
        azure.send(&chat()).await.unwrap();
        azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "abb", "{fault:?}");
        stage.clock.advance(seconds(10));
        stage.says(0, CHAT);
        azure.send(&chat()).await.unwrap();
        azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "aa", "{fault:?}");
    }
}

#[tokio::test]
async fn backends_of_one_priority_share_by_weight() {
    let stage = Stage::new(&[&[CHAT], &[CHAT], &[CHAT]]);
    let azure = stage
        .built(|backend, at| match at {
            0 => backend.weight(3),
            1 => backend,
            _ => backend.priority(1),
        })
        .build()
        .unwrap();
    for _ in 0..8 {
        azure.send(&chat()).await.unwrap();
    }
    assert_eq!(stage.heard(), "aabaaaba");
    stage.says(0, FULL);
    stage.says(1, FULL);
    for _ in 0..2 {
        azure.send(&chat()).await.unwrap();
    }
    let heard = stage.heard();
    assert!(["abcc", "bacc"].contains(&heard.as_str()), "{heard}");
}

#[tokio::test]
async fn a_stream_moves_on_while_nothing_has_reached_the_caller() {
    for (first, kind) in [
        (FULL, ErrorKind::RateLimit),
        (Say::Events(&[THROTTLED]), ErrorKind::RateLimit),
        (Say::Events(&[]), ErrorKind::Truncated),
        (Say::Unreachable, ErrorKind::Connection),
    ] {
        let stage = Stage::new(&[&[first], &[Say::Events(&[HEL, DONE])]]);
        let azure = stage.ranked();
        let mut stream = azure.stream(&chat()).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().text(), Some("Hel"));
        assert!(stream.next().await.is_none());
        let errors: Vec<_> = stream.attempts().iter().map(|a| a.error).collect();
        assert_eq!(errors, [Some(kind), None]);
        assert_eq!(stage.heard(), "ab");
        if kind == ErrorKind::RateLimit {
            azure.stream(&chat()).await.unwrap();
            assert_eq!(stage.heard(), "b", "{first:?}");
        }
    }
    // Inside a stream, only of a deployment is it certain that the answer was not begun.
    for (event, heard) in [
        (Say::Events(&[NO_DEPLOYMENT]), "ab"),
        (Say::Events(&[NO_ROLE]), "a"),
    ] {
        let stage = Stage::new(&[&[event], &[Say::Events(&[HEL, DONE])]]);
        let mut stream = stage.ranked().stream(&chat()).await.unwrap();
        let first = stream.next().await.unwrap();
        assert_eq!(stage.heard(), heard, "{event:?}");
        assert_eq!(first.is_ok(), heard == "ab");
    }
    let stage = Stage::new(&[&[Say::Events(&[HEL, THROTTLED])], &[CHAT]]);
    let mut stream = stage.ranked().stream(&chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimit);
    assert_eq!(stage.heard(), "a");
}

#[tokio::test]
async fn once_all_have_failed_the_call_is_tried_again_after_a_wait() {
    let stage = Stage::new(&[&[FULL], &[Say::Unreachable, Say::Unreachable, CHAT]]);
    let answer = stage.ranked().send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "abbb");
    assert_eq!(answer.attempts().len(), 4);
    let slept = stage.clock.slept();
    assert!(slept[0] <= Duration::from_millis(500), "{slept:?}");
    assert!(slept[1] > Duration::from_millis(500), "{slept:?}");
    assert_eq!(slept.len(), 2);

    // Nobody listens: each once, then as often as retries allow, with both in turns.
    let stage = Stage::new(&[&[Say::Unreachable], &[Say::Unreachable]]);
    let error = stage.ranked().send(&chat()).await.unwrap_err();
    assert_eq!(stage.heard(), "ababa");
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.attempts().len(), 5);
    let azure = stage.ranked().with(CallOptions::new().max_retries(0));
    azure.send(&chat()).await.unwrap_err();
    assert_eq!(stage.heard(), "ab");
}

#[tokio::test]
async fn where_all_are_full_the_call_waits_for_the_soonest() {
    const SOON: Say = Say::Answer(429, &[("retry-after", "7")], "{}");
    const DAY: Say = Say::Answer(429, &[("retry-after", "86400")], "{}");
    let stage = Stage::new(&[&[FULL], &[SOON, SOON, CHAT]]);
    let azure = stage.ranked();
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "abbb");
    assert_eq!(stage.clock.slept(), [seconds(7), seconds(7)]);

    // A call that finds all full waits before its first attempt.
    let stage = Stage::new(&[&[SOON, CHAT]]);
    let azure = stage.ranked();
    let once = azure.with(CallOptions::new().max_retries(0));
    once.send(&chat()).await.unwrap_err();
    let answer = once.send(&chat()).await.unwrap();
    assert_eq!(answer.attempts()[0].waited, seconds(7));
    assert_eq!(stage.clock.slept(), [seconds(7)]);

    // Longer than may be waited: the service says so itself, each time.
    let stage = Stage::new(&[&[DAY], &[DAY]]);
    let azure = stage.ranked();
    for heard in ["ab", "a"] {
        let error = azure.send(&chat()).await.unwrap_err();
        assert_eq!(stage.heard(), heard);
        assert_eq!(error.retry_after(), Some(seconds(86_400)));
        let text = error.to_string();
        assert!(
            text.contains("asked to wait 86400s, longer than the 120s allowed"),
            "{text}"
        );
    }
    assert!(stage.clock.slept().is_empty());
}

#[tokio::test]
async fn a_wait_is_as_long_as_is_allowed_and_no_longer() {
    const LONG: Say = Say::Answer(429, &[("retry-after", "120")], "{}");
    const LONGER: Say = Say::Answer(429, &[("retry-after", "121")], "{}");
    for (full, total, waited) in [
        (LONG, None, Some(120)),
        (LONGER, None, None),
        // At its end the total time is over.
        (FULL, Some(30), None),
        (FULL, Some(31), Some(30)),
    ] {
        let mut timeouts = Timeouts::new();
        timeouts.total = total.map(seconds);
        let options = CallOptions::new().timeouts(timeouts);
        let slept: Vec<_> = waited.into_iter().map(seconds).collect();
        let stage = Stage::new(&[&[full, CHAT]]);
        let azure = stage.ranked().with(options.clone());
        let done = azure.send(&chat()).await;
        assert_eq!(done.is_ok(), waited.is_some(), "{full:?} {total:?}");
        assert_eq!(stage.heard(), if waited.is_some() { "aa" } else { "a" });
        assert_eq!(stage.clock.slept(), slept, "{full:?} {total:?}");

        // So does a call that finds it full: it waits at once, or lets the resource say so.
        let stage = Stage::new(&[&[full, CHAT]]);
        let azure = stage.ranked().with(options.max_retries(0));
        azure.send(&chat()).await.unwrap_err();
        azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "aa");
        assert_eq!(stage.clock.slept(), slept, "{full:?} {total:?}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_call_itself_shows_that_its_backend_works() {
    const WRONG: Say = Say::Answer(400, &[], r#"{"error":{"message":"no"}}"#);
    let stage = Stage::new(&[&[BROKEN, BROKEN, WRONG, BROKEN], &[CHAT]]);
    let azure = stage.ranked();
    for heard in ["ab", "ab", "a", "ab", "ab", "ab", "b"] {
        let _ = azure.send(&chat()).await;
        assert_eq!(stage.heard(), heard);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_call_is_wrong_everywhere() {
    const BUSY: &str = r#"{"error":{"message":"busy"}}"#;
    const SPENT: Say = Say::Answer(429, &[], r#"{"error":{"code":"insufficient_quota"}}"#);
    for (status, body, kind) in [
        (400, r#"{"error":{"code":""}}"#, ErrorKind::InvalidRequest),
        (
            400,
            r#"{"error":{"code":"content_filter","message":"no"}}"#,
            ErrorKind::ContentFilter,
        ),
        (
            400,
            r#"{"error":{"code":"context_length_exceeded"}}"#,
            ErrorKind::ContextLength,
        ),
        (404, r#"{"error":{"code":"404"}}"#, ErrorKind::NotFound),
        (413, "", ErrorKind::TooLarge),
        (422, "", ErrorKind::InvalidRequest),
    ] {
        let stage = Stage::new(&[&[Say::Answer(status, &[], body)], &[CHAT]]);
        let azure = stage.ranked();
        let error = azure.send(&chat()).await.unwrap_err();
        assert_eq!((stage.heard().as_str(), error.kind()), ("a", kind));
        // And says nothing of the backend.
        stage.says(0, CHAT);
        azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "a", "{body}");
    }
    for (say, heard, kind) in [
        (
            Say::Answer(503, &[("x-should-retry", "false")], BUSY),
            "a",
            Some(ErrorKind::Capacity),
        ),
        // A quota is one resource's.
        (SPENT, "ab", None),
    ] {
        let stage = Stage::new(&[&[say], &[CHAT]]);
        let answered = stage.ranked().send(&chat()).await;
        assert_eq!(stage.heard(), heard, "{say:?}");
        assert_eq!(answered.err().map(|error| error.kind()), kind);
    }
    let stage = Stage::new(&[&[SPENT], &[SPENT]]);
    let error = stage.ranked().send(&chat()).await.unwrap_err();
    assert_eq!(
        (stage.heard().as_str(), error.kind()),
        ("ab", ErrorKind::Quota)
    );
}

const WRONG_KEY: Say = Say::Answer(401, &[], r#"{"error":{"code":"401"}}"#);
const FIREWALL: Say = Say::Answer(
    403,
    &[],
    r#"{"error":{"code":"403","message":"Access denied due to Virtual Network/Firewall rules."}}"#,
);
const UNKNOWN: Say = Say::Answer(404, &[], r#"{"error":{"code":"DeploymentNotFound"}}"#);

/// What is wrong with a resource and not with calls, and the kind of error that it is.
const OF_ONE_RESOURCE: &[(Say, ErrorKind)] = &[
    (WRONG_KEY, ErrorKind::Authentication),
    (
        Say::Answer(401, &[], r#"{"error":{"code":"PermissionDenied"}}"#),
        ErrorKind::Permission,
    ),
    (FIREWALL, ErrorKind::NetworkRule),
    (
        Say::Answer(
            403,
            &[],
            r#"{"error":{"code":"AuthenticationTypeDisabled"}}"#,
        ),
        ErrorKind::LocalAuthDisabled,
    ),
    (
        Say::Answer(
            403,
            &[],
            r#"{"error":{"code":"Forbidden","message":"Your resource has been temporarily blocked"}}"#,
        ),
        ErrorKind::AccountBlocked,
    ),
    (
        Say::Answer(403, &[("content-type", "text/html")], "<html>Forbidden"),
        ErrorKind::Gateway,
    ),
    (UNKNOWN, ErrorKind::DeploymentNotFound),
    (
        Say::Answer(
            307,
            &[("location", "https://login.contoso.com/")],
            "<html>Moved",
        ),
        ErrorKind::Gateway,
    ),
];

#[tokio::test]
async fn what_is_wrong_with_one_resource_moves_calls_on_and_rests_it() {
    let mut background = CreateResponse::new("gpt", "hi");
    background.background = Some(true);
    for (fault, kind) in OF_ONE_RESOURCE {
        let stage = Stage::new(&[&[*fault], &[CHAT]]);
        let azure = stage.built(|backend, _| backend).build().unwrap();
        let answer = azure.send(&chat()).await.unwrap();
        let errors: Vec<_> = answer.attempts().iter().map(|a| a.error).collect();
        assert_eq!(errors, [Some(*kind), None]);
        for _ in 1..20 {
            azure.send(&chat()).await.unwrap();
        }
        assert_eq!(stage.heard(), format!("ab{}", "b".repeat(19)), "{fault:?}");
        // When its turn comes after the rest, one call finds out, and answers, too.
        stage.clock.advance(seconds(10));
        for _ in 0..4 {
            azure.send(&chat()).await.unwrap();
        }
        assert_eq!(stage.heard(), "babbb", "{fault:?}");
        stage.clock.advance(seconds(10));
        stage.says(0, CHAT);
        for _ in 0..4 {
            azure.send(&chat()).await.unwrap();
        }
        assert_eq!(stage.heard(), "baba", "{fault:?}");
        assert!(stage.clock.slept().is_empty());

        // Nothing was done, so that what must not be done twice moves on as well.
        let stage = Stage::new(&[&[*fault], &[Say::Answer(200, &[], r#"{"id":"resp_1"}"#)]]);
        stage.ranked().send(&background).await.unwrap();
        assert_eq!(stage.heard(), "ab", "{fault:?}");
    }
}

/// Has no key, and counts how often it was asked for one.
#[derive(Debug, Default)]
struct Keyless(AtomicUsize);

#[async_trait]
impl CredentialProvider for Keyless {
    async fn credential(&self, _audience: &Audience) -> aoai_auth::Result<Issued> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let kind = aoai_auth::ErrorKind::Unavailable;
        Err(aoai_auth::Error::new(kind, "the vault is away"))
    }
}

#[tokio::test]
async fn a_backend_without_a_credential_moves_calls_on_and_rests() {
    let mut stage = Stage::new(&[&[CHAT], &[CHAT]]);
    let keyless = Arc::new(Keyless::default());
    let client = Client::builder("https://a.openai.azure.com")
        .credential(Arc::clone(&keyless))
        .clock(Arc::new(stage.clock.clone()))
        .transport(Arc::clone(&stage.resources[0]))
        .build()
        .unwrap();
    stage.backends[0] = Backend::new(client).named("a");
    let azure = stage.built(|backend, _| backend).build().unwrap();
    for _ in 0..20 {
        azure.send(&chat()).await.unwrap();
    }
    assert_eq!(stage.heard(), "b".repeat(20));
    assert_eq!(keyless.0.load(Ordering::Relaxed), 1);

    stage.says(1, WRONG_KEY);
    let error = azure.send(&chat()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    stage.clock.advance(seconds(10));
    let error = azure.send(&chat()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(stage.heard(), "bb");
    assert_eq!(keyless.0.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn where_all_turn_calls_away_the_last_says_why() {
    let stage = Stage::new(&[&[WRONG_KEY], &[FIREWALL]]);
    let azure = stage.ranked();
    // While both rest, one of them is asked, so that the end is noticed; there is no waiting.
    for (heard, kind) in [
        ("ab", ErrorKind::NetworkRule),
        ("a", ErrorKind::Authentication),
    ] {
        let error = azure.send(&chat()).await.unwrap_err();
        assert_eq!((stage.heard().as_str(), error.kind()), (heard, kind));
        assert_eq!(error.attempts().len(), heard.len());
    }
    stage.says(0, CHAT);
    azure.send(&chat()).await.unwrap();
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "aa");
    assert!(stage.clock.slept().is_empty());
}

#[tokio::test]
async fn one_that_turns_calls_away_does_not_keep_them_from_waiting_for_another() {
    const SOON: Say = Say::Answer(429, &[("retry-after", "7")], "{}");
    const DAY: Say = Say::Answer(429, &[("retry-after", "86400")], "{}");
    let gone = Say::Unreachable;
    for (first, second, heard, waits) in [
        (&[WRONG_KEY][..], &[gone, gone, CHAT][..], "abbb", 2),
        (&[gone, gone, CHAT], &[WRONG_KEY], "abaa", 2),
        (&[WRONG_KEY], &[SOON, CHAT], "abb", 1),
        (&[SOON, CHAT], &[UNKNOWN], "aba", 1),
        (&[UNKNOWN], &[BROKEN, BROKEN, CHAT], "abbb", 2),
        // The wait is longer than the rest, and then both are asked again.
        (&[WRONG_KEY], &[FULL, CHAT], "abab", 1),
    ] {
        let stage = Stage::new(&[first, second]);
        let answer = stage.ranked().send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), heard);
        assert_eq!(answer.attempts().len(), heard.len());
        assert_eq!(stage.clock.slept().len(), waits, "{heard}");
    }
    // What may pass is told, whichever came last.
    for script in [[&[DAY][..], &[WRONG_KEY]], [&[WRONG_KEY], &[DAY]]] {
        let stage = Stage::new(&script);
        let error = stage.ranked().send(&chat()).await.unwrap_err();
        assert_eq!(stage.heard(), "ab");
        assert_eq!(error.kind(), ErrorKind::RateLimit);
        assert!(error.is_retryable());
        assert_eq!(error.retry_after(), Some(seconds(86_400)));
        assert_eq!(error.attempts().len(), 2);
    }
}

#[tokio::test]
async fn a_deployment_that_one_resource_lacks_holds_up_no_other() {
    let stage = Stage::new(&[&[UNKNOWN, CHAT], &[CHAT]]);
    let azure = stage.ranked();
    azure.send(&chat()).await.unwrap();
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "abb");
    let other = CreateChatCompletion::new("other", [Message::user("hi")]);
    azure.send(&other).await.unwrap();
    assert_eq!(stage.heard(), "a");

    // A name that is on neither fails at once, again and again.
    let stage = Stage::new(&[&[UNKNOWN], &[UNKNOWN]]);
    let azure = stage.ranked();
    for heard in ["ab", "a"] {
        let error = azure.send(&chat()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeploymentNotFound);
        assert_eq!(stage.heard(), heard);
    }
    assert!(stage.clock.slept().is_empty());
}

#[tokio::test]
async fn a_key_that_a_call_brings_itself_is_not_held_against_a_backend() {
    let stage = Stage::new(&[&[WRONG_KEY], &[WRONG_KEY]]);
    let azure = stage.ranked();
    let own = HeaderValue::from_static("fake-key");
    let own = CallOptions::new().header(HeaderName::from_static("api-key"), own);
    let error = azure.with(own).send(&chat()).await.unwrap_err();
    assert_eq!(
        (stage.heard().as_str(), error.kind()),
        ("ab", ErrorKind::Authentication)
    );
    stage.says(0, CHAT);
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "a");

    // Nor where another took it.
    let stage = Stage::new(&[&[WRONG_KEY, CHAT], &[CHAT]]);
    let azure = stage.ranked();
    let own = HeaderValue::from_static("fake-key");
    let own = CallOptions::new().header(HeaderName::from_static("api-key"), own);
    azure.with(own).send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "ab");
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "a");
}

#[tokio::test]
async fn what_must_not_be_done_twice_moves_on_only_where_nothing_was_done() {
    let mut background = CreateResponse::new("gpt", "hi");
    background.background = Some(true);
    for (say, heard) in [
        (BROKEN, "a"),
        (Say::Lost, "a"),
        (FULL, "ab"),
        (Say::Answer(503, &[], "{}"), "ab"),
        (Say::Unreachable, "ab"),
        (WRONG_KEY, "ab"),
    ] {
        let stage = Stage::new(&[&[say], &[Say::Answer(200, &[], r#"{"id":"resp_1"}"#)]]);
        let answered = stage.ranked().send(&background).await;
        assert_eq!(stage.heard(), heard, "{say:?}");
        assert_eq!(answered.is_ok(), heard == "ab");
        // In the foreground it is an answer like any other.
        let foreground = CreateResponse::new("gpt", "hi");
        let stage = Stage::new(&[&[say], &[Say::Answer(200, &[], r#"{"output":[]}"#)]]);
        stage.ranked().send(&foreground).await.unwrap();
        assert_eq!(stage.heard(), "ab", "{say:?}");
    }
    let mut unsafe_ = RetryOptions::new();
    unsafe_.repeat_unsafe = true;
    let stage = Stage::new(&[&[BROKEN], &[Say::Answer(200, &[], r#"{"output":[]}"#)]]);
    let azure = stage.ranked().with(CallOptions::new().retry(unsafe_));
    azure.send(&background).await.unwrap();
    assert_eq!(stage.heard(), "ab");
}

#[tokio::test]
async fn what_lives_on_one_resource_stays_there() {
    const FILE: Say = Say::Answer(
        200,
        &[],
        r#"{"id":"file-1","status":"processed","data":[]}"#,
    );
    let stage = Stage::new(&[&[FULL], &[FILE]]);
    let azure = stage
        .built(|backend, at| if at == 1 { backend.home() } else { backend })
        .build()
        .unwrap();
    let file = azure.send(&GetFile::new("file-1")).await.unwrap();
    assert_eq!(file.attempts()[0].backend.as_deref(), Some("b"));
    let batch = CreateBatch::new("file-1", "/v1/responses");
    azure.send(&batch).await.unwrap();
    let pages: Vec<_> = azure.pages(ListFiles::new()).try_collect().await.unwrap();
    assert_eq!((stage.heard().as_str(), pages.len()), ("bbb", 0));

    // What is wrong with it is nobody else's, and says nothing of what may go elsewhere.
    let stage = Stage::new(&[&[WRONG_KEY, CHAT], &[FILE]]);
    let azure = stage.ranked();
    let error = azure.send(&GetFile::new("file-1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "aa");

    // Without a home it is the first in the order, and it is waited for, as its client would.
    let stage = Stage::new(&[&[FULL, FILE], &[FILE]]);
    stage.ranked().send(&GetFile::new("file-1")).await.unwrap();
    assert_eq!(stage.heard(), "aa");
    assert_eq!(stage.clock.slept(), [seconds(30)]);
}

#[tokio::test]
async fn what_names_an_answer_goes_where_that_came_from() {
    const FIRST: Say = Say::Answer(200, &[], r#"{"id":"resp_1","output":[]}"#);
    const EVENTS: Say = Say::Events(&[
        "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_2\"}}\n\n",
        "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_2\"}}\n\n",
    ]);
    let stage = Stage::new(&[&[FULL], &[FIRST]]);
    let azure = stage.ranked();
    azure.send(&CreateResponse::new("gpt", "hi")).await.unwrap();
    assert_eq!(stage.heard(), "ab");
    // The first has room again, and is not asked for what it does not have.
    stage.clock.advance(seconds(60));
    stage.says(0, FIRST);
    let mut next = CreateResponse::new("gpt", "go on");
    next.previous_response_id = Some("resp_1".to_owned());
    azure.send(&next).await.unwrap();
    azure.send(&GetResponse::new("resp_1")).await.unwrap();
    assert_eq!(stage.heard(), "bb");
    azure
        .send(&CreateResponse::new("gpt", "resp_1"))
        .await
        .unwrap();
    assert_eq!(stage.heard(), "b", "a prompt that is nothing but an id");
    stage.says(0, CHAT);
    let id = CreateChatCompletion::new("gpt", [Message::user("resp_1")]);
    azure.send(&id).await.unwrap();
    assert_eq!(stage.heard(), "a", "what keeps nothing names nothing");
    stage.says(0, FIRST);
    azure.send(&CreateResponse::new("gpt", "hi")).await.unwrap();
    assert_eq!(stage.heard(), "a");

    stage.says(0, FULL);
    stage.says(1, EVENTS);
    let stream = azure
        .stream(&CreateResponse::new("gpt", "hi"))
        .await
        .unwrap();
    drop(stream);
    assert_eq!(stage.heard(), "ab");
    stage.clock.advance(seconds(60));
    stage.says(0, FIRST);
    stage.says(1, FIRST);
    azure.send(&GetResponse::new("resp_2")).await.unwrap();
    assert_eq!(
        azure.client(&GetResponse::new("resp_2")).endpoint(),
        "https://b.openai.azure.com"
    );
    assert_eq!(
        azure.client(&GetResponse::new("resp_9")).endpoint(),
        "https://a.openai.azure.com"
    );
    assert_eq!(stage.heard(), "b");
    assert!(azure.only("c").is_none());
    azure
        .only("b")
        .unwrap()
        .send(&GetResponse::new("resp_9"))
        .await
        .unwrap();
    assert_eq!(stage.heard(), "b");
}

#[tokio::test]
async fn each_resource_is_addressed_in_its_own_way() {
    let stage = Stage::new(&[&[FULL], &[CHAT]]);
    let azure = stage
        .built(|backend, at| match at {
            0 => backend.deployment("gpt", "gpt-ptu").deployment("x", "y"),
            _ => backend.priority(1),
        })
        .build()
        .unwrap();
    let options = CallOptions::new().surface(Surface::LATEST_DATED).header(
        HeaderName::from_static("x-team"),
        HeaderValue::from_static("red"),
    );
    azure.with(options).send(&chat()).await.unwrap();
    azure
        .with(CallOptions::new().deployment("x"))
        .send(&chat())
        .await
        .unwrap();
    let requests = stage.requests();
    let urls: Vec<_> = requests.iter().map(WireRequest::url).collect();
    let path = "chat/completions?api-version=2024-10-21";
    assert_eq!(
        urls[..2],
        [
            format!("https://a.openai.azure.com/openai/deployments/gpt-ptu/{path}"),
            format!("https://b.openai.azure.com/openai/deployments/gpt/{path}"),
        ]
    );
    // One call has one name, and its options, wherever it goes.
    let named = |at: usize, name: &str| requests[at].headers[name].clone();
    assert_eq!(
        named(0, "x-ms-client-request-id"),
        named(1, "x-ms-client-request-id")
    );
    assert_ne!(
        named(1, "x-ms-client-request-id"),
        named(2, "x-ms-client-request-id")
    );
    assert_eq!([named(0, "x-team"), named(1, "x-team")], ["red", "red"]);
    let Body::Json(body) = &requests[2].body else {
        panic!("{:?}", requests[2].body)
    };
    assert!(body.ends_with(br#""model":"y"}"#), "{body:?}");
}

#[tokio::test]
async fn clients_may_go_by_clocks_that_count_from_different_moments() {
    // A total time of 40 s, of which 30 s go into waiting for the first.
    let mut timeouts = Timeouts::new();
    timeouts.total = Some(seconds(40));
    for (first, second) in [(0, 3_600), (3_600, 7_200)] {
        let clocks = [ManualClock::automatic(), ManualClock::automatic()];
        clocks[0].advance(seconds(first));
        clocks[1].advance(seconds(second));
        let stage = Stage::by(&[&clocks[0], &clocks[1]], &[&[FULL, BROKEN], &[FULL, CHAT]]);
        let azure = stage.ranked();
        let azure = azure.with(CallOptions::new().timeouts(timeouts));
        let answer = azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "abab");
        let started: Vec<_> = answer.attempts().iter().map(|a| a.started).collect();
        assert_eq!(started, [0, 0, 30, 30].map(seconds));
    }
}

#[tokio::test]
async fn the_total_time_is_that_of_the_whole_way() {
    const SLOW: Say = Say::Answer(429, &[("retry-after", "30")], "{}");
    let stage = Stage::new(&[&[SLOW], &[SLOW]]);
    let mut timeouts = Timeouts::new();
    timeouts.total = Some(seconds(70));
    let azure = stage.ranked().with(CallOptions::new().timeouts(timeouts));
    let error = azure.send(&chat()).await.unwrap_err();
    assert_eq!(stage.heard(), "ababab");
    assert_eq!(stage.clock.elapsed(), seconds(60));
    let started: Vec<_> = error
        .attempts()
        .iter()
        .map(|a| a.started.as_secs())
        .collect();
    assert_eq!(started, [0, 0, 30, 30, 60, 60]);
    let text = error.to_string();
    assert!(
        text.ends_with("because the total timeout would be over by then"),
        "{text}"
    );
}

#[tokio::test]
async fn one_that_hangs_until_the_total_time_is_over_takes_no_other_down_with_it() {
    let stage = Stage::new(&[&[Say::Silent], &[CHAT]]);
    let mut timeouts = Timeouts::new();
    timeouts.total = Some(seconds(60));
    let azure = stage.ranked().with(CallOptions::new().timeouts(timeouts));
    for _ in 0..3 {
        let error = azure.send(&chat()).await.unwrap_err();
        // For the other there was no time left: it is not asked, and not held to have been late.
        assert_eq!(stage.heard(), "a");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.attempts().len(), 1);
        let text = error.to_string();
        assert!(
            text.contains("nobody answered within the total timeout of 60s"),
            "{text}"
        );
    }
    azure.send(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "b");
}

#[tokio::test]
async fn an_outage_of_everything_is_not_multiplied() {
    const AT_ONCE: Say = Say::Answer(429, &[("retry-after-ms", "1")], "{}");
    let stage = Stage::new(&[&[Say::Unreachable], &[Say::Unreachable]]);
    let azure = stage.ranked();
    for _ in 0..60 {
        azure.send(&chat()).await.unwrap_err();
    }
    let sent = stage.heard().len();
    // Each call once, a hundred retries, and a probe now and then.
    assert!(sent == 60 + 100 + 1, "{sent}");
    let error = azure.send(&chat()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("too many of this client's calls fail"),
        "{text}"
    );

    // Nor is one in which all ask for everybody back at once.
    let stage = Stage::new(&[&[AT_ONCE], &[AT_ONCE]]);
    let azure = stage.ranked();
    for _ in 0..60 {
        azure.send(&chat()).await.unwrap_err();
        stage.clock.advance(seconds(1));
    }
    assert_eq!(stage.heard().len(), 2 * (60 + 100));
    assert_eq!(stage.clock.slept(), vec![Duration::from_millis(100); 100]);
}

#[tokio::test]
async fn answers_pay_retries_back_whoever_gives_them() {
    // Calls with the number of their attempts; an outage comes first, and spends everything.
    let calls: &[(&[Say], usize)] = &[
        (&[BROKEN], 1),
        // Five answers are worth a retry, and those that helped are given back.
        (&[CHAT], 1),
        (&[CHAT], 1),
        (&[CHAT], 1),
        (&[CHAT], 1),
        (&[CHAT], 1),
        (&[BROKEN, CHAT], 2),
        (&[BROKEN, BROKEN], 2),
        // A wait that was asked for is free, and brings no more than any answer.
        (&[FULL, CHAT], 2),
        (&[BROKEN], 1),
    ];
    let mut says = vec![BROKEN; 134];
    says.extend(calls.iter().flat_map(|(says, _)| *says));
    let stage = Stage::new(&[&says]);
    let azure = stage.ranked();
    for _ in 0..34 {
        azure.send(&chat()).await.unwrap_err();
    }
    assert_eq!(stage.heard().len(), 134);
    for (at, (_, attempts)) in calls.iter().enumerate() {
        let tried = match azure.send(&chat()).await {
            Ok(answer) => answer.attempts().len(),
            Err(error) => error.attempts().len(),
        };
        assert_eq!(tried, *attempts, "call {at}");
    }
}

#[tokio::test]
async fn downloads_and_undecoded_answers_take_the_same_way() {
    let stage = Stage::new(&[&[FULL], &[Say::Answer(200, &[], "speech")]]);
    let azure = stage.ranked();
    let speech = azure.download(&chat()).await.unwrap();
    let bytes: Vec<Bytes> = speech.into_value().try_collect().await.unwrap();
    assert_eq!(bytes.concat(), b"speech");
    // The full deployment says nothing about other calls.
    let refused = azure.fetch(&ListModels::new()).await.unwrap();
    assert_eq!(refused.attempts().len(), 2);
    assert_eq!(stage.heard(), "abab");
}

#[test]
fn what_makes_no_endpoints_is_refused() {
    let error = Endpoints::builder().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(
        error.to_string().starts_with("there is no backend to call"),
        "{error}"
    );
    let stage = Stage::new(&[&[CHAT], &[CHAT]]);
    let error = stage
        .built(|backend, _| backend.named("east"))
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "two backends are named \"east\"; give one another name"
    );
    let azure = stage.ranked();
    let names: Vec<_> = azure.backends().iter().map(Backend::name).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(format!("{azure:?}").contains("\"a\""));
}

#[tokio::test]
async fn an_error_under_a_status_of_success_moves_calls_on() {
    const BUSY: Say = Say::Answer(
        200,
        &[],
        r#"{"error":{"code":"429","message":"Please retry after 30 seconds."}}"#,
    );
    const OOPS: Say = Say::Answer(200, &[], r#"{"error":{"code":"server_error"}}"#);
    for (first, kind) in [(BUSY, ErrorKind::RateLimit), (OOPS, ErrorKind::Server)] {
        let stage = Stage::new(&[&[first], &[CHAT]]);
        let azure = stage.ranked();
        let answer = azure.send(&chat()).await.unwrap();
        assert_eq!(stage.heard(), "ab");
        let errors: Vec<_> = answer.attempts().iter().map(|a| a.error).collect();
        assert_eq!(errors, [Some(kind), None]);
        azure.send(&chat()).await.unwrap();
        let heard = if kind == ErrorKind::RateLimit {
            "b"
        } else {
            "ab"
        };
        assert_eq!(stage.heard(), heard, "{first:?}");
    }
    // What lives on one resource is tried again there.
    let files = Say::Answer(200, &[], r#"{"data":[]}"#);
    let stage = Stage::new(&[&[BUSY, files], &[CHAT]]);
    let answer = stage.ranked().send(&ListFiles::new()).await.unwrap();
    assert_eq!(stage.heard(), "aa");
    let at: Vec<_> = answer
        .attempts()
        .iter()
        .map(|a| a.backend.clone())
        .collect();
    assert_eq!(at, [Some("a".into()), Some("a".into())]);
    assert_eq!(stage.clock.slept(), [seconds(30)]);
    // Nobody reads an answer that is wanted unread.
    let stage = Stage::new(&[&[BUSY], &[CHAT]]);
    stage.ranked().fetch(&chat()).await.unwrap();
    assert_eq!(stage.heard(), "a");
}
