//! The connection cut after every byte of an answer, and other things that networks do.

use aoai_http::ErrorKind;
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::models::ListModels;

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
