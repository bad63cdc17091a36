//! The connection cut after every byte of an answer, and other things that networks do.

use std::sync::Arc;

use aoai_auth::ApiKey;
use aoai_auth::testing::ManualClock;
use aoai_http::{CallOptions, Client, ErrorKind};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::models::ListModels;
use http::{HeaderName, HeaderValue};

use crate::server::{Act, STREAM_HEAD, Server, Then, chunk, connections, in_time};

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
     content-length: 33\r\n\r\n{\"object\":\"list\",\"data\":[      ]}";

#[tokio::test]
async fn an_answer_cut_after_any_byte_is_never_taken_for_whole() {
    let connections = connections();
    let head = ANSWER.find("\r\n\r\n").unwrap() + 4;
    for cut in 0..=ANSWER.len() {
        let server = Server::start(vec![Act::new(&ANSWER[..cut], Then::Close)]).await;
        let client = server.client_on(&connections);
        let answered = in_time(client.send(&ListModels::new())).await;
        match answered {
            Ok(_) => assert_eq!(cut, ANSWER.len()),
            Err(error) => {
                let expected = if cut < head {
                    ErrorKind::Connection
                } else {
                    ErrorKind::Truncated
                };
                assert_eq!(error.kind(), expected, "cut at {cut}: {error:?}");
                assert!(cut < ANSWER.len());
                assert!(error.is_transient() && error.is_retryable());
            }
        }
    }
}

#[tokio::test]
async fn a_stream_cut_after_any_byte_is_never_taken_for_whole() {
    let connections = connections();
    let events = [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    ];
    let body: String = events.iter().map(|event| chunk(event)).collect();
    let whole = format!("{STREAM_HEAD}{body}0\r\n\r\n").into_bytes();
    // From here on the answer is complete: all of `data: [DONE]`, whatever becomes of the rest.
    let done = whole
        .windows(12)
        .position(|window| window == b"data: [DONE]")
        .unwrap()
        + 12;
    for cut in 0..=whole.len() {
        let server = Server::start(vec![Act::new(&whole[..cut], Then::Close)]).await;
        let client = server.client_on(&connections);
        let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
        let collected = match in_time(client.stream(&chat)).await {
            Ok(stream) => in_time(stream.collect::<CreateChatCompletion>()).await,
            Err(error) => Err(error),
        };
        match collected {
            Ok(answer) => {
                assert!(cut >= done, "whole after {cut} of {}", whole.len());
                assert_eq!(answer.text(), Some("aü"));
            }
            Err(error) => {
                let headless = cut < STREAM_HEAD.len();
                let expected = if headless {
                    ErrorKind::Connection
                } else {
                    ErrorKind::Truncated
                };
                assert_eq!(error.kind(), expected, "cut at {cut}: {error:?}");
                // An end that lost its line end may or may not count; nothing else may be lost.
                assert!(cut < done + 2, "lost after {cut} of {}", whole.len());
            }
        }
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_named() {
    // A port that was free a moment ago, and nobody listens at.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = free.local_addr().unwrap();
    drop(free);
    let client = Client::builder(format!("http://{at}"))
        .credential(ApiKey::new("fake-key"))
        .query("code", "fake-secret")
        .max_retries(0)
        .build()
        .unwrap();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(
        error.to_string(),
        format!("models.list: no connection could be made to {at}")
    );
    assert!(!format!("{error:?}").contains("fake-"), "{error:?}");
}

#[tokio::test]
async fn a_length_that_the_body_has_not_is_not_sent() {
    for name in ["content-length", "transfer-encoding"] {
        let server = Server::start(vec![]).await;
        let client = server.client();
        let client = client.with(
            CallOptions::new().header(HeaderName::from_static(name), HeaderValue::from_static("5")),
        );
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert_eq!(
            error.to_string(),
            format!("models.list: `{name}` goes by the body: leave it out")
        );
        assert_eq!(server.requests(), [""; 0]);
    }
}

/// Nothing mends itself by the next attempt, and whoever looks for the cause has to look here.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
#[tokio::test]
async fn what_shows_no_certificate_to_trust_is_told_at_once() {
    use aoai_emulator::{Config, Emulator};

    let config = Config::from_yaml("identity: {}").unwrap();
    let emulator = Emulator::start(config).await.unwrap();
    let untrusted = emulator.services().unwrap().authority().to_owned();
    let plain = emulator.endpoint().replace("http:", "https:");
    for endpoint in [untrusted, plain] {
        let client = Client::builder(&endpoint)
            .credential(ApiKey::new("fake-key"))
            .build()
            .unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection);
        let at = endpoint.strip_prefix("https://").unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "models.list: no secure connection could be made to {at}: it speaks no TLS, or its \
                 certificate, or that of a proxy before it, is not trusted on this machine"
            )
        );
        assert!(!error.is_transient() && !error.is_retryable());
        assert!(error.was_not_sent());
        assert_eq!(error.attempts().len(), 1);
    }
}

/// A server that goes away in the middle of the handshake may be there the next time.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_handshake_that_breaks_off_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            drop(listener.accept().unwrap());
        }
    });
    let client = Client::builder(format!("https://{at}"))
        .credential(ApiKey::new("fake-key"))
        .clock(Arc::new(ManualClock::automatic()))
        .max_retries(1)
        .build()
        .unwrap();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("models.list: no connection could be made to {at}")
    );
    assert!(error.is_transient());
    assert_eq!(error.attempts().len(), 2);
    server.join().unwrap();
}

#[tokio::test]
async fn what_is_no_answer_is_told_as_such() {
    let connections = connections();
    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n{}",
        "x".repeat(99)
    );
    for (bytes, expected) in [
        ("garbage\r\n\r\n", ErrorKind::Connection),
        ("HTTP/1.1 999999 OK\r\n\r\n", ErrorKind::Connection),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n17",
            ErrorKind::Decode,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            ErrorKind::Decode,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\u{fffd}",
            ErrorKind::Decode,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            ErrorKind::Truncated,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope",
            ErrorKind::Decode,
        ),
        (
            "HTTP/1.1 502 Bad\r\ncontent-length: 13\r\n\r\n<html></html>",
            ErrorKind::Gateway,
        ),
        (
            "HTTP/1.1 500 Bad\r\ncontent-length: 900\r\n\r\n{\"error\":",
            ErrorKind::Gateway,
        ),
        (&long, ErrorKind::TooLarge),
    ] {
        let server = Server::start(vec![Act::new(bytes, Then::Close)]).await;
        let client = server.client_on(&connections);
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{bytes:?}: {error:?}");
        assert_eq!(error.operation(), Some("models.list"));
        assert_eq!(error.attempts().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_sent_twice_counts_once() {
    let twice = Act::new(format!("{ANSWER}{ANSWER}"), Then::Keep);
    let server = Server::start(vec![twice]).await;
    let client = server.client();
    for _ in 0..3 {
        let models = in_time(client.send(&ListModels::new())).await.unwrap();
        assert!(models.data.is_empty());
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_again() {
    let server = Server::start(vec![
        Act::new(&ANSWER[..60], Then::Close),
        Act::new(&ANSWER[..ANSWER.len() - 1], Then::Close),
        Act::new(ANSWER, Then::Keep),
    ])
    .await;
    let models = in_time(server.client().send(&ListModels::new()))
        .await
        .unwrap();
    let errors: Vec<_> = models
        .attempts()
        .iter()
        .map(|attempt| attempt.error)
        .collect();
    assert_eq!(
        errors,
        [
            Some(ErrorKind::Connection),
            Some(ErrorKind::Truncated),
            None
        ]
    );
}

#[tokio::test]
async fn nobody_listens() {
    let server = Server::start(vec![Act::new("", Then::Close)]).await;
    let client = server.client();
    drop(server);
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.attempts().len(), 4);
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_reset_is_a_broken_connection_wherever_it_comes() {
    let head = ANSWER.find("\r\n\r\n").unwrap() + 4;
    for (cut, kinds) in [
        (0, &[ErrorKind::Connection][..]),
        (head - 9, &[ErrorKind::Connection]),
        // A reset may overtake what was sent before it.
        (head + 9, &[ErrorKind::Connection, ErrorKind::Truncated]),
    ] {
        let server = Server::start(vec![Act::new(&ANSWER[..cut], Then::Reset)]).await;
        let client = server.builder().0.max_retries(1).build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert!(kinds.contains(&error.kind()), "{cut}: {error:?}");
        assert_eq!(error.attempts().len(), 2);
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_that_sends_byte_by_byte_is_understood() {
    let events = [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü\"}}]}\r\n\r\n",
        "data: [DONE]\n\n",
    ];
    let body: String = events.iter().map(|event| chunk(event)).collect();
    let stream = format!("{STREAM_HEAD}{body}0\r\n\r\n");
    let slow = |text: &str| Act {
        writes: text.bytes().map(|byte| vec![byte]).collect(),
        then: Then::Keep,
    };
    let server = Server::start(vec![slow(ANSWER), slow(&stream)]).await;
    let client = server.client();
    in_time(client.send(&ListModels::new())).await.unwrap();
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    let stream = in_time(client.stream(&chat)).await.unwrap();
    let answer = in_time(stream.collect::<CreateChatCompletion>()).await;
    assert_eq!(answer.unwrap().text(), Some("ü"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_request_names_its_host_once() {
    let other = HeaderValue::from_static("contoso.openai.azure.com");
    for (own_client, set) in [(true, None), (false, None), (true, Some(other))] {
        let server = Server::start(vec![Act::new(ANSWER, Then::Keep)]).await;
        let (mut builder, _) = server.builder();
        if !own_client {
            builder = builder.http_client(connections());
        }
        if let Some(host) = &set {
            builder = builder.header(http::header::HOST, host.clone());
        }
        in_time(builder.build().unwrap().send(&ListModels::new()))
            .await
            .unwrap();
        let (_, authority) = server.endpoint.split_once("://").unwrap();
        let expected = set
            .as_ref()
            .map_or(authority, |host| host.to_str().unwrap());
        let request = server.requests().remove(0).to_lowercase();
        let hosts: Vec<_> = request
            .lines()
            .filter_map(|line| line.strip_prefix("host: "))
            .collect();
        assert_eq!(hosts, [expected], "{request}");
    }
}

#[tokio::test]
async fn a_proxy_sees_where_a_call_goes_and_nothing_of_it() {
    let server = Server::start(vec![Act::new("HTTP/1.1 502 No\r\n\r\n", Then::Close)]).await;
    let none = reqwest::redirect::Policy::none();
    let proxy = reqwest::Proxy::all(&server.endpoint).unwrap();
    let connections = reqwest::Client::builder()
        .redirect(none)
        .proxy(proxy)
        .build()
        .unwrap();
    let client = Client::builder("https://contoso.openai.azure.com")
        .credential(ApiKey::new("not-a-real-key"))
        .http_client(connections.clone())
        .max_retries(0)
        .build()
        .unwrap();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("CONNECT contoso.openai.azure.com:443 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(!request.contains("not-a-real-key"), "{request}");

    // A caller's own client may take a call to loopback through a proxy, too; ours never does.
    let server = Server::start(vec![Act::new(ANSWER, Then::Keep)]).await;
    let proxy = reqwest::Proxy::all(&server.endpoint).unwrap();
    let none = reqwest::redirect::Policy::none();
    let connections = reqwest::Client::builder()
        .redirect(none)
        .proxy(proxy)
        .build()
        .unwrap();
    let client = Client::builder("http://127.0.0.1:9")
        .credential(ApiKey::new("not-a-real-key"))
        .http_client(connections)
        .build()
        .unwrap();
    in_time(client.send(&ListModels::new())).await.unwrap();
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("GET http://127.0.0.1:9/openai/v1/models HTTP/1.1\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_is_given_up_wherever_it_is() {
    for said in ["", &ANSWER[..20], &ANSWER[..ANSWER.len() - 5]] {
        let server = Server::start(vec![Act::new(said, Then::Hang)]).await;
        let client = server.client();
        let models = ListModels::new();
        let call = Box::pin(client.send(&models));
        in_time(futures_util::future::select(
            call,
            Box::pin(server.heard(1)),
        ))
        .await;
        in_time(server.left(1)).await;
        assert_eq!(server.requests().len(), 1);
    }
}
