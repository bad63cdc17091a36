//! Targets for what aoai-http reads: event streams, and the answers that refuse.

use std::sync::Mutex;

use aoai_http::sse::Decoder;
use aoai_http::{ByteStream, Client, Limits, Result, Transport, WireRequest, WireResponse};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::responses::CreateResponse;
use aoai_types::{Streaming, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// Server-sent events: the same however they are cut, and never more than came.
pub(crate) fn sse(data: &[u8]) {
    let whole = frames(&[data]);
    let (one, two) = data.split_at(data.len() / 2);
    assert_eq!(whole, frames(&[one, two]));
    let bytes: Vec<&[u8]> = data.chunks(1).collect();
    assert_eq!(whole, frames(&bytes));
}

fn frames(pieces: &[&[u8]]) -> Vec<(String, Bytes, String)> {
    let mut decoder = Decoder::with_limit(1 << 20);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(Bytes::copy_from_slice(piece));
        while let Ok(Some(frame)) = decoder.next_frame() {
            let (event, id) = (frame.event().into_owned(), frame.id().into_owned());
            let _ = (frame.data(), frame.retry());
            frames.push((event, frame.bytes().clone(), id));
        }
    }
    let _ = decoder.finish();
    frames
}

/// Event streams of both kinds: each ends, in exactly one way.
pub(crate) fn event_stream(data: &[u8]) {
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    let respond = CreateResponse::new("gpt", "hi");
    run(async {
        read(&client(200, &[], data), &chat).await;
        read(&client(200, &[], data), &respond).await;
    });
}

async fn read<O: Streaming>(client: &Client, operation: &O) {
    let Ok(mut stream) = client.stream(operation).await else {
        return;
    };
    let mut failed = false;
    while let Some(event) = stream.next().await {
        assert!(!failed, "an event after the end");
        failed = event.is_err();
    }
    assert!(stream.next().await.is_none(), "an end that was none");
}

/// Refusals: status in the first two bytes, then lines of headers up to an empty one, then the body.
pub(crate) fn refusals(data: &[u8]) {
    let Some((status, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let status = 300 + u16::from_be_bytes(*status) % 300;
    let mut headers = Vec::new();
    let mut rest = rest;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            break;
        };
        headers.push((&line[..colon], &line[colon + 1..]));
    }
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    let client = client(status, &headers, rest);
    let Err(error) = run(client.send(&chat)) else {
        panic!("a refusal is no answer");
    };
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    let _ = (
        error.to_string(),
        format!("{error:?}"),
        error.content_filter(),
    );
    let _ = (error.rate_limits(), error.retry_after(), error.api());
}

/// Says the same thing once.
#[derive(Debug)]
struct Once(Mutex<Option<WireResponse>>);

#[async_trait]
impl Transport for Once {
    async fn exchange(&self, _: WireRequest) -> Result<WireResponse> {
        let said = self.0.lock().ok().and_then(|mut said| said.take());
        Ok(said.expect("a client that does not try again"))
    }
}

fn client(status: u16, headers: &[(&[u8], &[u8])], body: &[u8]) -> Client {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            map.append(name, value);
        }
    }
    let pieces: Vec<_> = body
        .chunks(61)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let body = ByteStream::new(futures_util::stream::iter(pieces));
    let status = StatusCode::from_u16(status).expect("between 200 and 599");
    let mut limits = Limits::new();
    limits.event = 1 << 20;
    Client::builder("https://contoso.openai.azure.com")
        .no_credential()
        .surface(Surface::LATEST_DATED)
        .limits(limits)
        .max_retries(0)
        .transport(Once(Mutex::new(Some(WireResponse::new(status, map, body)))))
        .build()
        .expect("an endpoint and a transport")
}

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(future)
}
