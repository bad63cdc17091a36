//! Forms with files, and answers that are files.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_http::{Client, ErrorKind, ServiceTransport, Timeouts};
use aoai_types::operation::{Binary, EncodeError, FilePart, OpenFile, Part, Parts};
use aoai_types::{Encode, Endpoint, Operation, Scope};
use bytes::Bytes;
use futures_util::future::join;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use serde::{Deserialize, Serialize};

use crate::server::{Act, Server, Then, in_time};

/// Counts how often it is opened.
#[derive(Debug)]
struct Counted {
    opened: AtomicUsize,
    broken: bool,
}

impl OpenFile for Counted {
    fn open(&self) -> io::Result<Box<dyn io::Read + Send>> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        if self.broken {
            return Err(io::Error::other("the disk is gone"));
        }
        Ok(Box::new(io::Read::take(io::repeat(b'x'), SIZE)))
    }

    fn len(&self) -> Option<u64> {
        Some(SIZE)
    }
}

/// More than one piece of what is read at once.
const SIZE: u64 = 200_000;

#[derive(Serialize, Deserialize)]
struct Upload {
    file: FilePart,
}

impl Operation for Upload {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("test.upload", Method::POST, Scope::Resource, "/files").not_repeatable();
    type Response = Binary;

    fn encode(&self, _: &Encode<'_>) -> Result<Parts, EncodeError> {
        Ok(Parts::multipart::<Self>(vec![
            Part::text("purpose", "batch"),
            Part::file("file", &self.file),
        ]))
    }
}

#[tokio::test]
async fn a_form_is_sent_again_from_its_beginning() {
    let server = Server::start(vec![
        Act::json(503, "", "{}"),
        Act::json(429, "retry-after-ms: 5\r\n", "{}"),
        Act::json(200, "", "done"),
    ])
    .await;
    let file = Arc::new(Counted {
        opened: AtomicUsize::new(0),
        broken: false,
    });
    let mut part = FilePart::open("in.jsonl", Arc::clone(&file) as Arc<dyn OpenFile>);
    part.content_type = Some("application/jsonl".to_owned());
    let answer = in_time(server.client().send(&Upload { file: part }))
        .await
        .unwrap();
    assert_eq!(answer.0, "done");
    assert_eq!(file.opened.load(Ordering::Relaxed), 3);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("content-type: multipart/form-data; boundary="),
            "{head}"
        );
        assert!(
            body.contains("name=\"purpose\"\r\n\r\nbatch\r\n"),
            "{body:.200}"
        );
        assert!(
            body.contains("name=\"file\"; filename=\"in.jsonl\"\r\n"),
            "{body:.400}"
        );
        assert!(
            body.contains("Content-Type: application/jsonl\r\n"),
            "{body:.400}"
        );
        assert_eq!(body.matches('x').count() as u64, SIZE);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_fails_the_call() {
    let server = Server::start(vec![Act::json(200, "", "done")]).await;
    let file = Arc::new(Counted {
        opened: AtomicUsize::new(0),
        broken: true,
    });
    let part = FilePart::open("in.jsonl", file as Arc<dyn OpenFile>);
    let error = in_time(server.client().send(&Upload { file: part }))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let mut causes = std::iter::successors(std::error::Error::source(&error), |e| e.source());
    assert!(
        causes.any(|cause| cause.to_string() == "the disk is gone"),
        "{error:?}"
    );
    assert_eq!(error.attempts().len(), 1);
}

#[derive(Serialize, Deserialize)]
struct Download {}

impl Operation for Download {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "test.download",
        Method::GET,
        Scope::Resource,
        "/files/1/content",
    );
    type Response = Binary;
}

#[tokio::test]
async fn a_file_comes_as_it_comes_and_a_cut_is_an_error() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef";
    for (bytes, end) in [
        (whole, None),
        (&whole[..whole.len() - 1], Some(ErrorKind::Truncated)),
    ] {
        let server = Server::start(vec![Act::new(bytes, Then::Close)]).await;
        let answer = in_time(server.client().download(&Download {}))
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-length"], "6");
        let mut chunks = answer.into_value();
        let mut read = Vec::new();
        let ended = loop {
            match in_time(chunks.try_next()).await {
                Ok(Some(chunk)) => read.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(error.kind()),
            }
        };
        assert_eq!(ended, end);
        assert!(b"abcdef".starts_with(&read[..]));
        assert_eq!(read.len() == 6, end.is_none());
    }
}

#[tokio::test]
async fn a_body_that_was_too_slow_is_over() {
    let begun = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc";
    let server = Server::start(vec![Act::new(begun, Then::Hang)]).await;
    let clock = ManualClock::new();
    let builder = server.builder().0.clock(Arc::new(clock.clone()));
    let client = builder.build().unwrap();
    let answer = in_time(client.download(&Download {})).await.unwrap();
    let mut chunks = answer.into_value();
    assert_eq!(in_time(chunks.next()).await.unwrap().unwrap(), "abc");
    let (late, ()) = in_time(join(chunks.next(), async {
        clock.sleeping(1).await;
        clock.advance(Duration::from_secs(300));
    }))
    .await;
    assert_eq!(late.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(in_time(chunks.next()).await.is_none());
    // Its connection is given up at once.
    in_time(server.left(1)).await;
}

/// Holds another number of bytes than it says.
#[derive(Debug)]
struct Changed {
    said: u64,
    holds: u64,
}

impl OpenFile for Changed {
    fn open(&self) -> io::Result<Box<dyn io::Read + Send>> {
        Ok(Box::new(io::Read::take(io::repeat(b'x'), self.holds)))
    }

    fn len(&self) -> Option<u64> {
        Some(self.said)
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_fails_the_call() {
    for (said, holds, told) in [
        (10, 12, "the file grew while it was sent: it had 10 bytes"),
        (0, 1, "the file grew while it was sent: it had 0 bytes"),
        (
            SIZE,
            SIZE + 1,
            "the file grew while it was sent: it had 200000 bytes",
        ),
        (
            12,
            10,
            "the file shrank while it was sent: 2 of its 12 bytes are gone",
        ),
        (
            1,
            0,
            "the file shrank while it was sent: 1 of its 1 bytes are gone",
        ),
    ] {
        let server = Server::start(vec![Act::json(200, "", "done")]).await;
        let file: Arc<dyn OpenFile> = Arc::new(Changed { said, holds });
        let part = FilePart::open("in.jsonl", file);
        let answered = in_time(server.client().send(&Upload { file: part })).await;
        let error = answered.expect_err(told);
        let mut causes = std::iter::successors(std::error::Error::source(&error), |e| e.source());
        assert!(causes.any(|cause| cause.to_string() == told), "{error:?}");
        assert_eq!(server.requests().len(), 0, "{told}");
    }
}

/// Takes a form slowly: `pace` for each piece of its file, and `silence` before it answers.
#[derive(Clone)]
struct Slow {
    clock: ManualClock,
    pace: Duration,
    silence: Duration,
}

impl<B> tower_service::Service<Request<B>> for Slow
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: std::fmt::Debug + Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let slow = self.clone();
        Box::pin(async move {
            let mut form = request.into_body();
            while let Some(frame) = form.frame().await {
                let data = frame.unwrap().into_data().unwrap();
                if !data.starts_with(b"x") {
                    continue;
                }
                slow.clock.advance(slow.pace);
                // The client looks at the time.
                tokio::task::yield_now().await;
            }
            slow.clock.advance(slow.silence);
            tokio::task::yield_now().await;
            Ok(Response::new("done".into()))
        })
    }
}

#[tokio::test]
async fn a_form_may_take_as_long_as_it_moves() {
    let late = "test.upload: nobody answered within the timeout to the first byte of 600s";
    let too_late = "test.upload: nobody answered within the total timeout of 60s";
    let (minute, hour) = (
        Some(Duration::from_secs(60)),
        Some(Duration::from_secs(3_600)),
    );
    for (pace, silence, total, told) in [
        (599, 0, None, "done"),
        (600, 0, None, late),
        (250, 349, None, "done"),
        (250, 350, None, late),
        (599, 0, hour, "done"),
        (599, 0, minute, too_late),
    ] {
        let opened: Arc<dyn OpenFile> = Arc::new(Changed {
            said: SIZE,
            holds: SIZE,
        });
        for file in [
            FilePart::new("in.jsonl", vec![b'x'; usize::try_from(SIZE).unwrap()]),
            FilePart::open("in.jsonl", opened),
        ] {
            let clock = ManualClock::new();
            let mut timeouts = Timeouts::new();
            timeouts.total = total;
            let service = Slow {
                clock: clock.clone(),
                pace: Duration::from_secs(pace),
                silence: Duration::from_secs(silence),
            };
            let client = Client::builder("http://localhost")
                .no_credential()
                .timeouts(timeouts)
                .max_retries(0)
                .clock(Arc::new(clock))
                .transport(ServiceTransport::new(service))
                .build()
                .unwrap();
            let answer = in_time(client.send(&Upload { file })).await;
            let seen = match answer {
                Ok(done) => String::from_utf8_lossy(&done.0).into_owned(),
                Err(error) => error.to_string(),
            };
            assert!(
                seen.starts_with(told),
                "{pace} s a piece, {silence} s of silence: {seen}"
            );
        }
    }
}
