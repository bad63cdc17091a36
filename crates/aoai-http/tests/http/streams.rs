//! Event streams: what the caller gets, how they end, and what becomes of the connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_http::{
    ByteStream, CallOptions, Client, ErrorKind, EventStream, Timeouts, Transport, WireRequest,
    WireResponse,
};
use aoai_types::audio::CreateTranscription;
use aoai_types::chat::{ChatCompletionChunk, CreateChatCompletion, Message};
use aoai_types::completions::CreateCompletion;
use aoai_types::error::ApiError;
use aoai_types::images::GenerateImage;
use aoai_types::models::ListModels;
use aoai_types::operation::{FilePart, StreamEnd};
use aoai_types::responses::CreateResponse;
use aoai_types::{Accumulator, Endpoint, Operation, Scope, StreamEvent, Streaming, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::poll_immediate;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::server::{Act, STREAM_HEAD, Server, Then, chunk, connections, in_time};

const FILTER: &str = "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\
     \"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{}}]}\n\n";
const ROLE: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
const HEL: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const LO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n";
const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const LATE_FILTER: &str = "data: {\"id\":\"\",\"choices\":[{\"index\":0,\"finish_reason\":null,\
     \"content_filter_results\":{},\"content_filter_offsets\":{\"check_offset\":1,\
     \"start_offset\":1,\"end_offset\":5}}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn chat() -> CreateChatCompletion {
    CreateChatCompletion::new("gpt", [Message::user("hi")])
}

/// The texts of all events, and the kind of error at the end.
async fn read(mut stream: EventStream<ChatCompletionChunk>) -> (Vec<String>, Option<ErrorKind>) {
    let mut texts = Vec::new();
    let end = loop {
        match stream.next().await {
            Some(Ok(event)) => texts.push(event.text().unwrap_or_default().to_owned()),
            Some(Err(error)) => break Some(error.kind()),
            None => break None,
        }
    };
    assert!(
        stream.next().await.is_none(),
        "the stream goes on after its end"
    );
    (texts, end)
}

async fn check(act: Act, texts: &[&str], end: Option<ErrorKind>) {
    let server = Server::start(vec![act.clone()]).await;
    let client = server.client_on(&connections());
    let stream = in_time(client.stream(&chat())).await.unwrap();
    let read = in_time(read(stream)).await;
    assert_eq!(
        read,
        (texts.iter().map(|&text| text.to_owned()).collect(), end),
        "{act:?}"
    );
}

#[tokio::test]
async fn events_arrive_in_order_with_ids_and_the_end_is_the_end() {
    let mut answer = Act::events(&[FILTER, ROLE, HEL, LO, STOP, DONE]);
    // Any status of success will do.
    answer.writes[0].splice("HTTP/1.1 ".len().."HTTP/1.1 200".len(), *b"203");
    let server = Server::start(vec![answer]).await;
    let stream = server.client().stream(&chat()).await.unwrap();
    assert_eq!(stream.status(), 203);
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.apim_request_id(), Some("apim-1"));
    assert_eq!(stream.request_id(), Some("req-1"));
    assert_eq!(stream.attempts().len(), 1);
    let texts = ["", "", "Hel", "lo", ""].map(str::to_owned).to_vec();
    assert_eq!(in_time(read(stream)).await, (texts, None));

    let request = &server.requests()[0];
    assert!(
        request.starts_with("POST /openai/v1/chat/completions HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.ends_with(r#""stream":true}"#), "{request}");
}

#[tokio::test]
async fn a_stream_collects_into_the_whole_answer() {
    let server = Server::start(vec![Act::events(&[FILTER, ROLE, HEL, LO, STOP, DONE])]).await;
    let stream = server.client().stream(&chat()).await.unwrap();
    let answer = stream.collect::<CreateChatCompletion>().await.unwrap();
    assert_eq!(answer.text(), Some("Hello"));
}

#[tokio::test]
async fn a_stream_is_a_stream_of_futures_too() {
    let server = Server::start(vec![Act::events(&[HEL, LO, DONE])]).await;
    let stream = server.client().stream(&chat()).await.unwrap();
    let events: Vec<_> = StreamExt::collect(stream).await;
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_stream_ends_in_exactly_one_way() {
    let truncated = Some(ErrorKind::Truncated);
    check(Act::events(&[HEL, DONE]), &["Hel"], None).await;
    check(
        Act::events(&[HEL, STOP, LATE_FILTER, DONE]),
        &["Hel", "", ""],
        None,
    )
    .await;
    check(Act::events(&[HEL, "data: [DONE]"]), &["Hel"], None).await;
    check(Act::events(&[HEL, DONE, LO]), &["Hel"], None).await;
    check(
        Act::events(&[HEL, ": ping\n\nevent: ping\ndata:\n\n", LO, DONE]),
        &["Hel", "lo"],
        None,
    )
    .await;
    // Silence is not an end, nor is a finish reason.
    check(Act::events(&[HEL]), &["Hel"], truncated).await;
    check(Act::events(&[HEL, STOP]), &["Hel", ""], truncated).await;
    check(Act::events(&[HEL, LO.trim_end()]), &["Hel"], truncated).await;
    check(Act::events(&[]), &[], truncated).await;
    check(Act::open_events(&[HEL], Then::Close), &["Hel"], truncated).await;
    check(Act::events(&["<html>oops</html>\n\n"]), &[], truncated).await;
    check(
        Act::events(&[HEL, "data: {oops\n\n", LO]),
        &["Hel"],
        Some(ErrorKind::Decode),
    )
    .await;
}

#[tokio::test]
async fn an_error_in_place_of_an_event_ends_the_stream() {
    let rate = Some(ErrorKind::RateLimit);
    for event in [
        "data: {\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}\n\n",
        "event: error\ndata: {\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}\n\n",
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"too_many_requests\",\
         \"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}\n\n",
    ] {
        check(Act::events(&[HEL, event, LO, DONE]), &["Hel"], rate).await;
    }
    let server = Server::start(vec![Act::events(&[
        HEL,
        "data: {\"error\":{\"code\":\"server_error\",\"message\":\"It broke, retry after 3 s.\"}}\n\n",
    ])])
    .await;
    let mut stream = server.client().stream(&chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "chat: the service ended the stream: It broke, retry after 3 s"
    );
    assert_eq!(error.apim_request_id(), Some("apim-1"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert_eq!(error.api().unwrap().message, "It broke, retry after 3 s.");
    assert_eq!(error.attempts()[0].error, Some(ErrorKind::Server));
    // The caller has had output: only it can know whether to ask again.
    assert!(!error.is_retryable() && error.is_transient());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_event_of_another_name_is_not_for_the_caller_where_events_have_none() {
    for foreign in [
        "event: ping\ndata: ping\n\n",
        "event: keepalive\ndata: 2026-01-01T00:00:00Z\n\n",
        "event: ping\ndata: {\"choices\":7}\n\n",
    ] {
        check(
            Act::events(&[foreign, HEL, foreign, LO, DONE]),
            &["Hel", "lo"],
            None,
        )
        .await;
    }
    for (event, kind) in [
        ("data: ping\n\n", ErrorKind::Decode),
        ("event: message\ndata: ping\n\n", ErrorKind::Decode),
        ("event: error\ndata: boom\n\n", ErrorKind::Server),
        (
            "event: odd\ndata: {\"error\":{\"code\":\"429\"},\"choices\":7}\n\n",
            ErrorKind::RateLimit,
        ),
    ] {
        check(Act::events(&[HEL, event, LO, DONE]), &["Hel"], Some(kind)).await;
    }
    // Where events go by names, each is one of the answer's.
    let odd = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":7}\n\n";
    let server = Server::start(vec![Act::events(&[DELTA, odd, COMPLETED])]).await;
    let respond = CreateResponse::new("gpt", "hi");
    let mut stream = in_time(server.client().stream(&respond)).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn an_error_is_found_in_whatever_form_it_comes() {
    let completion = CreateCompletion::new("gpt", "hi");
    let piece = "data: {\"choices\":[{\"index\":0,\"text\":\"Hel\"}]}\n\n";
    let connections = connections();
    for (data, kind, message) in [
        (
            r#"{"object":"error","message":"boom","type":"InternalServerError","code":500}"#,
            ErrorKind::Server,
            "boom",
        ),
        (
            r#"{"statusCode":429,"message":"Token limit is exceeded. Try again in 41 seconds."}"#,
            ErrorKind::RateLimit,
            "Token limit is exceeded. Try again in 41 seconds.",
        ),
        (
            r#"{"error":"slow down: rate limit"}"#,
            ErrorKind::RateLimit,
            "slow down: rate limit",
        ),
        (
            r#"{"id":"","error":{"code":"server_error","message":"oops"},"choices":[]}"#,
            ErrorKind::Server,
            "oops",
        ),
    ] {
        let event = format!("data: {data}\n\n");
        for rest in [&[DONE][..], &[LO, DONE], &[]] {
            let events = |piece| [&[piece, event.as_str()][..], rest].concat();
            let server =
                Server::start(vec![Act::events(&events(HEL)), Act::events(&events(piece))]).await;
            let client = server.client_on(&connections);
            let mut stream = in_time(client.stream(&chat())).await.unwrap();
            assert_eq!(stream.next().await.unwrap().unwrap().text(), Some("Hel"));
            let of_chat = stream.next().await.unwrap().unwrap_err();
            assert!(stream.next().await.is_none());
            let stream = in_time(client.stream(&completion)).await.unwrap();
            let of_completion = stream.collect::<CreateCompletion>().await.unwrap_err();
            for error in [of_chat, of_completion] {
                assert_eq!(error.kind(), kind, "{data} {rest:?}");
                assert_eq!(error.api().unwrap().message, message);
                assert_eq!(error.body().unwrap(), data);
            }
        }
    }
    // An event with choices is none, whatever else it says, nor is one that says something else.
    for data in [
        r#"{"choices":[],"message":"hi"}"#,
        r#"{"message":"hi","usage":{"total_tokens":1}}"#,
        r#"{"message":7}"#,
        "{}",
    ] {
        let event = format!("data: {data}\n\n");
        check(Act::events(&[HEL, &event, DONE]), &["Hel", ""], None).await;
    }
}

#[tokio::test]
async fn what_fails_before_the_answer_begins_is_tried_again() {
    let throttled =
        "data: {\"error\":{\"code\":\"429\",\"message\":\"Please retry after 2 seconds.\"}}\n\n";
    let server = Server::start(vec![
        Act::events(&[FILTER, ROLE, throttled]),
        Act::json(
            503,
            "retry-after-ms: 170\r\n",
            "{\"error\":{\"message\":\"busy\"}}",
        ),
        Act::open_events(&[FILTER], Then::Close),
        Act::events(&[FILTER, ROLE, HEL, DONE]),
    ])
    .await;
    let (builder, clock) = server.builder();
    let stream = in_time(builder.build().unwrap().stream(&chat()))
        .await
        .unwrap();
    let attempts = stream.attempts().to_vec();
    let seen: Vec<_> = attempts
        .iter()
        .map(|a| (a.status.unwrap().as_u16(), a.error))
        .collect();
    assert_eq!(
        seen,
        [
            (200, Some(ErrorKind::RateLimit)),
            (503, Some(ErrorKind::Capacity)),
            (200, Some(ErrorKind::Truncated)),
            (200, None)
        ]
    );
    assert_eq!(attempts[1].waited, Duration::from_secs(2));
    assert_eq!(attempts[2].waited, Duration::from_millis(170));
    assert_eq!(clock.slept().len(), 3);
    let texts = ["", "", "Hel"].map(str::to_owned).to_vec();
    assert_eq!(in_time(read(stream)).await, (texts, None));
    // One call has one name.
    let name = |request: &String| {
        let line = request
            .lines()
            .find(|line| line.starts_with("x-ms-client-request-id"));
        line.unwrap().to_owned()
    };
    let names: Vec<_> = server.requests().iter().map(name).collect();
    assert!(names.iter().all(|other| *other == names[0]), "{names:?}");
}

#[tokio::test]
async fn what_keeps_failing_before_the_answer_begins_is_told_after_what_came() {
    let filtered = "data: {\"error\":{\"code\":\"content_filter\",\"message\":\"no\"}}\n\n";
    check(
        Act::events(&[FILTER, filtered]),
        &[""],
        Some(ErrorKind::ContentFilter),
    )
    .await;

    let server = Server::start(vec![Act::events(&[FILTER])]).await;
    let stream = in_time(server.client().stream(&chat())).await.unwrap();
    assert_eq!(
        in_time(read(stream)).await,
        (vec![String::new()], Some(ErrorKind::Truncated))
    );
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn what_is_held_back_before_the_answer_begins_has_a_limit() {
    const EMPTY: &str = "data: {\"choices\":[]}\n\n";
    let (pieces, client, _, taken) = tap();
    for _ in 0..100 {
        pieces.send(EMPTY).unwrap();
    }
    let mut stream = in_time(client.stream(&chat())).await.unwrap();
    assert_eq!(taken.load(Ordering::Relaxed), 64);
    for _ in 0..64 {
        stream.next().await.unwrap().unwrap();
    }
    assert_eq!(taken.load(Ordering::Relaxed), 64);
    stream.next().await.unwrap().unwrap();
    assert_eq!(taken.load(Ordering::Relaxed), 65);

    // One of this is within the limit, two are not.
    let (pieces, client, _, taken) = tap();
    let padding = "x".repeat(600 * 1024);
    let long = format!("data: {{\"choices\":[],\"obfuscation\":\"{padding}\"}}\n\n");
    let long: &'static str = long.leak();
    for _ in 0..4 {
        pieces.send(long).unwrap();
    }
    in_time(client.stream(&chat())).await.unwrap();
    assert_eq!(taken.load(Ordering::Relaxed), 2);

    // What has begun is not asked for again.
    for (events, requests) in [(63, 4), (64, 1)] {
        let server = Server::start(vec![Act::events(&vec![EMPTY; events])]).await;
        let stream = in_time(server.client().stream(&chat())).await.unwrap();
        let (texts, end) = in_time(read(stream)).await;
        assert_eq!((texts.len(), end), (events, Some(ErrorKind::Truncated)));
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn at_done_the_caller_has_its_end_though_the_connection_stays_open() {
    check(Act::open_events(&[HEL, DONE], Then::Hang), &["Hel"], None).await;
}

#[tokio::test]
async fn a_late_last_chunk_does_not_cost_the_connection() {
    let late = Act {
        writes: vec![
            [STREAM_HEAD, &chunk(HEL), &chunk(DONE)]
                .concat()
                .into_bytes(),
            b"0\r\n\r\n".to_vec(),
        ],
        then: Then::Keep,
    };
    let server = Server::start(vec![late]).await;
    let client = server.client();
    for _ in 0..20 {
        let stream = client.stream(&chat()).await.unwrap();
        assert_eq!(read(stream).await, (vec!["Hel".to_owned()], None));
        // Left are the server, both ends of its connection and the pool, once the rest was read.
        let tasks = tokio::runtime::Handle::current().metrics();
        in_time(async {
            while tasks.num_alive_tasks() > 4 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    assert_eq!(server.connections(), 1);
    // A client of another kind can share them.
    let other = Client::builder(&server.endpoint)
        .no_credential()
        .connections_of(&client)
        .build()
        .unwrap();
    in_time(other.stream(&chat())).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn where_the_last_chunk_came_along_nobody_reads_on() {
    let whole = Act {
        writes: vec![
            [STREAM_HEAD, &chunk(HEL), &chunk(DONE), "0\r\n\r\n"]
                .concat()
                .into_bytes(),
        ],
        then: Then::Keep,
    };
    let server = Server::start(vec![whole]).await;
    let client = server.client();
    let tasks = tokio::runtime::Handle::current().metrics();
    for _ in 0..3 {
        let stream = in_time(client.stream(&chat())).await.unwrap();
        assert_eq!(read(stream).await, (vec!["Hel".to_owned()], None));
        // The server, both ends of its connection and the pool.
        assert!(tasks.num_alive_tasks() <= 4);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let server = Server::start(vec![Act::open_events(&[HEL], Then::Hang)]).await;
    let mut stream = server.client().stream(&chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    in_time(server.left(1)).await;
}

#[tokio::test]
async fn silence_in_the_middle_of_an_answer_is_a_timeout() {
    let silent = "nothing came for 7s in the middle of the answer";
    for (idle, total, told) in [
        (7, None, silent),
        (7, Some(60), silent),
        (
            60,
            Some(7),
            "the answer was not complete within the total timeout",
        ),
    ] {
        let server = Server::start(vec![Act::open_events(&[HEL], Then::Hang)]).await;
        let (builder, clock) = server.builder();
        let mut timeouts = Timeouts::new();
        timeouts.idle = Some(Duration::from_secs(idle));
        timeouts.total = total.map(Duration::from_secs);
        let client = builder.timeouts(timeouts).build().unwrap();
        let mut stream = client.stream(&chat()).await.unwrap();
        stream.next().await.unwrap().unwrap();
        let (next, ()) = in_time(futures_util::future::join(stream.next(), async {
            clock.sleeping(1).await;
            clock.advance(Duration::from_secs(7));
        }))
        .await;
        let error = next.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.to_string(), format!("chat: {told}"));
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test]
async fn a_caller_that_takes_its_time_is_no_silence() {
    let server = Server::start(vec![Act::open_events(&[HEL], Then::Hang)]).await;
    let (builder, clock) = server.builder();
    let mut timeouts = Timeouts::new();
    timeouts.idle = Some(Duration::from_secs(7));
    let client = builder.timeouts(timeouts).build().unwrap();
    let mut stream = client.stream(&chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    clock.advance(Duration::from_secs(60));
    assert!(poll_immediate(stream.next()).await.is_none());
    clock.advance(Duration::from_secs(6));
    assert!(poll_immediate(stream.next()).await.is_none());
    clock.advance(Duration::from_secs(1));
    let error = in_time(stream.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn an_event_beyond_the_limit_is_an_error_and_not_memory() {
    let server = Server::start(vec![Act::events(&[HEL, &"x".repeat(300), DONE])]).await;
    let (builder, _) = server.builder();
    let mut limits = aoai_http::Limits::new();
    limits.event = 200;
    let client = builder.limits(limits).build().unwrap();
    let stream = client.stream(&chat()).await.unwrap();
    let end = Some(ErrorKind::TooLarge);
    assert_eq!(read(stream).await, (vec!["Hel".to_owned()], end));
}

#[tokio::test]
async fn a_refused_stream_is_a_refused_call() {
    let body = r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#;
    let server = Server::start(vec![Act::json(404, "", body)]).await;
    let client = server
        .client()
        .with(CallOptions::new().surface(Surface::LATEST_DATED));
    let error = client.stream(&chat()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeploymentNotFound);
    assert_eq!(
        error.to_string(),
        format!(
            "chat: the service answered 404 (deployment_not_found): The API deployment for this \
             resource does not exist; it was sent for deployment \"gpt\" to \
             {}/openai/deployments/gpt/chat/completions with api-version 2024-10-21",
            server.endpoint
        )
    );
}

#[tokio::test]
async fn a_connection_is_used_again_after_an_answer_and_after_a_refusal() {
    let server = Server::start(vec![
        Act::json(200, "", "{\"data\":[]}"),
        Act::json(404, "", "{}"),
        Act::json(200, "", "{\"data\":[]}"),
    ])
    .await;
    let client = server.client();
    client.send(&ListModels::new()).await.unwrap();
    client.send(&ListModels::new()).await.unwrap_err();
    client.send(&ListModels::new()).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn one_document_is_no_stream() {
    let answer = r#"{"choices":[]}"#;
    check(Act::json(200, "", answer), &[], Some(ErrorKind::Decode)).await;
    let error = r#"{"error":{"code":"content_filter","message":"no"}}"#;
    check(
        Act::json(200, "", error),
        &[],
        Some(ErrorKind::ContentFilter),
    )
    .await;
}

#[tokio::test]
async fn what_came_in_place_of_a_stream_is_told() {
    let throttled =
        r#"{"statusCode":429,"message":"Token limit is exceeded. Try again in 2 seconds."}"#;
    let page = "<!DOCTYPE html>\n<html><body>Sign in: data: x</body></html>\n";
    let html = "content-type: text/html; charset=utf-8\r\n";
    let plain = "content-type: text/plain\r\n";
    let json = "content-type: application/json\r\n";
    for (head, body, kind, requests) in [
        (
            "",
            "{\"error\":{\"code\":\"content_filter\",\"message\":\"no\"}}",
            ErrorKind::ContentFilter,
            1,
        ),
        (html, "{\n  \"error\": \"no\"\n}\n", ErrorKind::Server, 4),
        (plain, throttled, ErrorKind::RateLimit, 4),
        (json, throttled, ErrorKind::RateLimit, 4),
        (html, page, ErrorKind::Gateway, 1),
        ("", page, ErrorKind::Gateway, 1),
        (plain, "upstream connect error\n", ErrorKind::Gateway, 1),
        ("", "{\"choices\":[]}", ErrorKind::Decode, 1),
        // Media types may be written in any case, and have parameters.
        (
            "content-type:  Application/JSON; charset=utf-8\r\n",
            page,
            ErrorKind::Decode,
            1,
        ),
        (
            "content-type: Text/Event-Stream; charset=utf-8\r\n",
            page,
            ErrorKind::Truncated,
            4,
        ),
        // A word that a field's name begins with is no field.
        ("", "database is away\n", ErrorKind::Gateway, 1),
        ("", "\u{feff}<html>", ErrorKind::Gateway, 1),
        // A stream that is cut off before its first event is one nonetheless.
        (plain, "", ErrorKind::Truncated, 4),
        (html, "\n: ping\n\n", ErrorKind::Truncated, 4),
        ("", "data: {\"choices\":[", ErrorKind::Truncated, 4),
        ("", "\u{feff}eve", ErrorKind::Truncated, 4),
        ("", "data:\n\nretry: 5\n\n", ErrorKind::Truncated, 4),
    ] {
        let length = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\n{head}content-length: {length}\r\n\r\n{body}");
        let server = Server::start(vec![Act::new(answer, Then::Keep)]).await;
        let mut stream = in_time(server.client().stream(&chat())).await.unwrap();
        let error = in_time(stream.next()).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{head}{body}");
        assert_eq!(error.status(), Some(StatusCode::OK), "{head}{body}");
        let kept = (kind != ErrorKind::Truncated).then(|| Bytes::from(body));
        assert_eq!(error.body(), kept.as_ref(), "{head}{body}");
        assert!(in_time(stream.next()).await.is_none());
        assert_eq!(server.requests().len(), requests, "{head}{body}");
        if kind == ErrorKind::Gateway {
            assert_eq!(
                error.to_string(),
                "chat: events were asked for, and a page or a text came that is none of the \
                 service's: check the endpoint, the proxy or the gateway"
            );
        }
    }

    for (limit, kept) in [
        (10, "<!DOCTYPE "),
        (page.len() - 1, page.trim_end()),
        (page.len(), page),
        (page.len() + 1, page),
    ] {
        // In pieces, of which the last one does not fit whole.
        let mut writes = vec![format!("HTTP/1.1 200 OK\r\n{html}\r\n").into_bytes()];
        writes.extend(page.as_bytes().chunks(7).map(<[u8]>::to_vec));
        let then = Then::Close;
        let server = Server::start(vec![Act { writes, then }]).await;
        let mut limits = aoai_http::Limits::new();
        limits.error_body = limit;
        let client = server.builder().0.limits(limits).build().unwrap();
        let mut stream = in_time(client.stream(&chat())).await.unwrap();
        let error = in_time(stream.next()).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Gateway, "{limit}");
        assert_eq!(error.body().unwrap(), kept, "{limit}");
    }
}

#[tokio::test]
async fn a_stream_without_a_media_type_is_one() {
    let body = [HEL, DONE].concat();
    let bytes = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    check(Act::new(bytes, Then::Keep), &["Hel"], None).await;
}

/// An operation whose stream ends by an event, as that of responses does.
#[derive(Serialize, Deserialize)]
struct Respond {}

impl Operation for Respond {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("test.respond", Method::POST, Scope::Resource, "/responses");
    type Response = Vec<String>;
}

impl Streaming for Respond {
    type Event = Step;
    type Accumulator = Steps;
}

#[derive(Serialize, Deserialize)]
struct Step {
    #[serde(rename = "type")]
    kind: String,
    error: Option<ApiError>,
}

impl StreamEvent for Step {
    fn is_output(&self) -> bool {
        self.kind == "delta"
    }

    fn end(&self) -> Option<StreamEnd> {
        match self.kind.as_str() {
            "completed" => Some(StreamEnd::Complete),
            "failed" => Some(StreamEnd::Failed),
            _ => None,
        }
    }

    fn error(&self) -> Option<&ApiError> {
        self.error.as_ref()
    }
}

#[derive(Default)]
struct Steps(Vec<String>);

impl Accumulator for Steps {
    type Event = Step;
    type Output = Vec<String>;

    fn push(&mut self, event: Step) {
        self.0.push(event.kind);
    }

    fn finish(self) -> Vec<String> {
        self.0
    }
}

#[tokio::test]
async fn a_stream_may_end_by_an_event_and_fail_in_either_order() {
    let created = "event: created\ndata: {\"type\":\"created\"}\n\n";
    let delta = "event: delta\ndata: {\"type\":\"delta\"}\n\n";
    let completed = "event: completed\ndata: {\"type\":\"completed\"}\n\n";
    let failed = "event: failed\ndata: {\"type\":\"failed\",\"error\":null}\n\n";
    let told = "event: failed\ndata: {\"type\":\"failed\",\"error\":\
         {\"code\":\"content_policy_violation\",\"message\":\"no\"}}\n\n";
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":\
         {\"code\":\"content_policy_violation\",\"message\":\"no\"}}\n\n";
    let flat = "event: error\ndata: {\"type\":\"error\",\
         \"code\":\"content_policy_violation\",\"message\":\"no\"}\n\n";
    let filtered = Err(ErrorKind::ContentFilter);
    let connections = connections();
    for (act, expected) in [
        (Act::events(&[created, delta, completed]), Ok(3)),
        (
            Act::open_events(&[created, delta, completed], Then::Hang),
            Ok(3),
        ),
        (Act::events(&[delta, completed, DONE]), Ok(2)),
        (Act::events(&[created, delta]), Err(ErrorKind::Truncated)),
        (
            Act::events(&[created, delta, DONE]),
            Err(ErrorKind::Truncated),
        ),
        (
            Act::events(&[created, delta, DONE.trim_end()]),
            Err(ErrorKind::Truncated),
        ),
        (Act::events(&[delta, failed, error]), filtered),
        (Act::events(&[delta, error, failed]), filtered),
        (Act::events(&[delta, failed, flat]), filtered),
        (Act::events(&[delta, told]), filtered),
        (Act::events(&[created, error]), filtered),
        (Act::events(&[delta, failed]), Err(ErrorKind::Server)),
        (Act::events(&[delta, failed, DONE]), Err(ErrorKind::Server)),
    ] {
        let server = Server::start(vec![act.clone()]).await;
        let client = server.client_on(&connections);
        let stream = in_time(client.stream(&Respond {})).await.unwrap();
        let steps = in_time(stream.collect::<Respond>()).await;
        assert_eq!(
            steps.map(|s| s.len()).map_err(|e| e.kind()),
            expected,
            "{act:?}"
        );
    }
}

#[tokio::test]
async fn done_is_no_end_where_an_event_is() {
    /// How the stream ends with and without its last event before `[DONE]`.
    async fn check<O: Streaming>(operation: &O, piece: &str, last: &str) {
        let id = O::ENDPOINT.id;
        let server = Server::start(vec![
            Act::events(&[piece, last, DONE]),
            Act::events(&[piece, DONE]),
        ])
        .await;
        let client = server.client_on(&connections());
        let whole = in_time(client.stream(operation)).await.unwrap();
        assert!(in_time(whole.collect::<O>()).await.is_ok(), "{id}");
        let cut = in_time(client.stream(operation)).await.unwrap();
        let error = in_time(cut.collect::<O>()).await.err().expect(id);
        assert_eq!(error.kind(), ErrorKind::Truncated);
        assert_eq!(
            error.to_string(),
            format!(
                "{id}: the stream said [DONE] before the event that ends such an answer: what came \
                 is not all there is"
            )
        );
    }

    check(&CreateResponse::new("gpt", "hi"), DELTA, COMPLETED).await;
    check(
        &GenerateImage::new("image", "a boat"),
        "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AAAA\"}\n\n",
        "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"AAAA\"}\n\n",
    )
    .await;
    check(
        &CreateTranscription::new("whisper", FilePart::new("a.wav", "RIFF")),
        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\n",
        "data: {\"type\":\"transcript.text.done\",\"text\":\"Hel\"}\n\n",
    )
    .await;
}

/// A transport whose stream the test writes, piece by piece; it counts what was taken.
#[derive(Debug)]
struct Tap {
    pieces: Mutex<Option<mpsc::UnboundedReceiver<&'static str>>>,
    taken: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Tap {
    async fn exchange(&self, _: WireRequest) -> aoai_http::Result<WireResponse> {
        let mut pieces = self.pieces.lock().unwrap().take().unwrap();
        let taken = Arc::clone(&self.taken);
        let chunks = futures_util::stream::poll_fn(move |cx| {
            let piece = pieces.poll_recv(cx);
            if let Poll::Ready(Some(_)) = &piece {
                taken.fetch_add(1, Ordering::Relaxed);
            }
            piece.map(|piece| piece.map(|text| Ok(Bytes::from(text))))
        });
        let body = ByteStream::new(chunks);
        Ok(WireResponse::new(StatusCode::OK, HeaderMap::new(), body))
    }
}

/// The sending end of a stream, a client that gets it, its clock, and the count of pieces taken.
fn tap() -> (
    mpsc::UnboundedSender<&'static str>,
    Client,
    ManualClock,
    Arc<AtomicUsize>,
) {
    let (pieces, taps) = mpsc::unbounded_channel();
    let taken = Arc::new(AtomicUsize::new(0));
    let clock = ManualClock::new();
    let mut timeouts = Timeouts::new();
    timeouts.first_byte = None;
    timeouts.idle = Some(Duration::from_secs(7));
    let client = Client::builder("https://contoso.openai.azure.com")
        .no_credential()
        .clock(Arc::new(clock.clone()))
        .timeouts(timeouts)
        .transport(Tap {
            pieces: Mutex::new(Some(taps)),
            taken: Arc::clone(&taken),
        })
        .build()
        .unwrap();
    (pieces, client, clock, taken)
}

#[tokio::test]
async fn what_keeps_a_stream_alive_counts_though_the_caller_does_not_see_it() {
    let (pieces, client, clock, _) = tap();
    pieces.send(HEL).unwrap();
    let mut stream = in_time(client.stream(&chat())).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let (next, ()) = in_time(futures_util::future::join(stream.next(), async {
        // Far longer than the idle timeout in all, but never silent for so long.
        for sign in [": ping\n\n", "event: ping\ndata:\n\n", ":", "\n\n"].repeat(5) {
            clock.sleeping(1).await;
            clock.advance(Duration::from_secs(6));
            tokio::task::yield_now().await;
            pieces.send(sign).unwrap();
            tokio::task::yield_now().await;
        }
        pieces.send(LO).unwrap();
    }))
    .await;
    assert_eq!(next.unwrap().unwrap().text(), Some("lo"));
    let (next, ()) = in_time(futures_util::future::join(stream.next(), async {
        clock.sleeping(1).await;
        clock.advance(Duration::from_secs(7));
    }))
    .await;
    assert_eq!(next.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    drop(pieces);
}

#[tokio::test]
async fn nothing_is_read_ahead_of_the_caller() {
    let (pieces, client, _, taken) = tap();
    for piece in [FILTER, ROLE, HEL]
        .into_iter()
        .chain([LO; 100])
        .chain([DONE])
    {
        pieces.send(piece).unwrap();
    }
    let mut stream = in_time(client.stream(&chat())).await.unwrap();
    // Up to the first piece of the answer.
    assert_eq!(taken.load(Ordering::Relaxed), 3);
    for _ in 0..3 {
        stream.next().await.unwrap().unwrap();
    }
    assert_eq!(taken.load(Ordering::Relaxed), 3);
    for read in 1..=100 {
        stream.next().await.unwrap().unwrap();
        assert_eq!(taken.load(Ordering::Relaxed), 3 + read);
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn of_what_comes_after_the_end_no_more_is_read_than_a_connection_is_worth() {
    let kibibyte: &str = String::leak(" ".repeat(1024));
    // The answer and its end, and the piece by which it was seen that more comes.
    let before = 3;
    // What is there at the end, or is still to come then.
    for (there, later) in [(200, 0), (10, 190), (65, 135)] {
        let (pieces, client, _, taken) = tap();
        for piece in [HEL, DONE].into_iter().chain([kibibyte].repeat(there)) {
            pieces.send(piece).unwrap();
        }
        let stream = in_time(client.stream(&chat())).await.unwrap();
        assert_eq!(in_time(read(stream)).await, (vec!["Hel".to_owned()], None));
        for piece in [kibibyte].repeat(later) {
            // Nobody need be there any more.
            let _ = pieces.send(piece);
        }
        in_time(pieces.closed()).await;
        // 64 KiB, and the piece that is one too many.
        assert_eq!(taken.load(Ordering::Relaxed), before + 65, "{there}");
    }
    // What is just worth it is waited for to its end.
    let (pieces, client, _, taken) = tap();
    for piece in [HEL, DONE].into_iter().chain([kibibyte; 65]) {
        pieces.send(piece).unwrap();
    }
    let stream = in_time(client.stream(&chat())).await.unwrap();
    assert_eq!(in_time(read(stream)).await, (vec!["Hel".to_owned()], None));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(taken.load(Ordering::Relaxed), before + 64);
    assert!(!pieces.is_closed());
    pieces.send(kibibyte).unwrap();
    in_time(pieces.closed()).await;
    assert_eq!(taken.load(Ordering::Relaxed), before + 65);
}

#[tokio::test]
async fn what_comes_after_the_end_is_read_on_only_so_far() {
    // More than a connection is worth.
    let endless = [HEL, DONE, &": more\n".repeat(20_000)];
    let server = Server::start(vec![Act::open_events(&endless, Then::Keep)]).await;
    let client = server.client();
    for connections in 1..=2 {
        let stream = in_time(client.stream(&chat())).await.unwrap();
        assert_eq!(in_time(read(stream)).await, (vec!["Hel".to_owned()], None));
        in_time(async {
            // The rest is read by a task of its own until it has had enough.
            while tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks()
                > 3
            {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(server.connections(), connections);
    }
    // Or slower.
    let server = Server::start(vec![Act::open_events(&[HEL, DONE], Then::Hang)]).await;
    let (builder, _) = server.builder();
    let clock = ManualClock::new();
    let client = builder.clock(Arc::new(clock.clone())).build().unwrap();
    let stream = in_time(client.stream(&chat())).await.unwrap();
    assert_eq!(in_time(read(stream)).await, (vec!["Hel".to_owned()], None));
    // The watch over the body, and the end of the reading on.
    in_time(clock.sleeping(2)).await;
    clock.advance(Duration::from_secs(1));
    in_time(server.left(1)).await;
}

const CREATED: &str = "event: response.created\ndata: {\"type\":\"response.created\",\
     \"response\":{\"id\":\"resp_1\",\"status\":\"in_progress\"},\"sequence_number\":0}\n\n";
const TOO_MANY: &str = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"too_many_requests\",\
     \"code\":\"rate_limit_exceeded\",\"headers\":{\"x-ms-fe-error\":\"true\"},\"message\":\
     \"Your requests to d for m in r have exceeded token rate limit.\",\"param\":null},\
     \"sequence_number\":1}\n\n";
const FLAT: &str = "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\
     \"message\":\"slow\",\"param\":null,\"sequence_number\":1}\n\n";
const FAILED: &str = "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\
     \"status\":\"failed\",\"error\":null},\"sequence_number\":2}\n\n";
const FILTERED: &str = "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":\
     \"content_policy_violation\",\"message\":\"no\"},\"sequence_number\":3}\n\n";
const DELTA: &str = "event: response.output_text.delta\ndata: {\"type\":\
     \"response.output_text.delta\",\"delta\":\"x\",\"sequence_number\":4}\n\n";
const COMPLETED: &str = "event: response.completed\ndata: {\"type\":\"response.completed\",\
     \"response\":{\"id\":\"resp_1\",\"status\":\"completed\"},\"sequence_number\":5}\n\n";

#[tokio::test]
async fn a_response_that_fails_before_its_first_output_is_asked_for_again() {
    for (first, requests, end) in [
        (&[TOO_MANY, FAILED][..], 2, None),
        (&[CREATED, TOO_MANY, FAILED], 2, None),
        (&[CREATED, FLAT], 2, None),
        (&[CREATED, FAILED, TOO_MANY], 2, None),
        (&[CREATED], 2, None),
        (&[], 2, None),
        (&[CREATED, FAILED], 2, None),
        // What would fail again is told at once.
        (
            &[CREATED, FAILED, FILTERED],
            1,
            Some(ErrorKind::ContentFilter),
        ),
        // So is what comes after output.
        (&[CREATED, DELTA, TOO_MANY], 1, Some(ErrorKind::RateLimit)),
        (
            &[CREATED, DELTA, FAILED, TOO_MANY],
            1,
            Some(ErrorKind::RateLimit),
        ),
        (&[CREATED, DELTA], 1, Some(ErrorKind::Truncated)),
    ] {
        let whole = Act::events(&[CREATED, DELTA, COMPLETED]);
        let server = Server::start(vec![Act::events(first), whole]).await;
        let respond = CreateResponse::new("gpt", "hi");
        let mut stream = in_time(server.client().stream(&respond)).await.unwrap();
        let ended = loop {
            match in_time(stream.next()).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break Some(error.kind()),
                None => break None,
            }
        };
        assert_eq!(
            (server.requests().len(), ended),
            (requests, end),
            "{first:?}"
        );
        assert_eq!(stream.attempts().len(), requests);
    }
}

#[tokio::test]
async fn retries_before_and_after_the_head_of_a_stream_are_counted_together() {
    let broken = Act::json(500, "", "{\"error\":{\"message\":\"oops\"}}");
    let throttled = Act::events(&["data: {\"error\":{\"code\":\"429\",\"message\":\"slow\"}}\n\n"]);
    let server = Server::start(vec![
        broken.clone(),
        broken.clone(),
        throttled.clone(),
        broken,
        throttled,
    ])
    .await;
    let stream = in_time(server.client().stream(&chat())).await;
    let error = stream.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.attempts().len(), 4);
    assert_eq!(server.requests().len(), 4);
}
