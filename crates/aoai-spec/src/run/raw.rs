//! Calls that go out as they are written, and their answers read without the wire types.
//!
//! What the typed way learns from aoai-types is found here by paths into the JSON, so that running
//! a spec both ways shows whether the types drop or invent anything.

use aoai_http::sse::Decoder;
use aoai_http::{ByteStream, Client, Error, ErrorKind, WireBody, WireRequest};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::answer;
use super::record::is_stream;
use super::stream::Watch;
use crate::result::StepResult;

pub(super) use self::read::delta_text;

mod items;
mod read;

/// Sends a request and reads whatever comes.
pub(super) async fn send(client: &Client, request: WireRequest) -> StepResult {
    let mut result = StepResult::default();
    let writes_down = request
        .endpoint
        .is_some_and(|endpoint| WRITE_DOWN.contains(&endpoint.id));
    let response = match client.execute(request).await {
        Ok(response) => response,
        Err(error) => {
            answer::failure(&mut result, &error);
            return result;
        }
    };
    answer::head(&mut result, response.status, &response.headers);
    answer::attempts(&mut result, response.attempts());
    let is_stream = is_stream(&response.headers);
    let mut response = match response.accepted() {
        Ok(response) => response,
        Err(error) => {
            answer::failure(&mut result, &error);
            return result;
        }
    };
    if is_stream {
        let body = std::mem::replace(&mut response.body, WireBody::Whole(bytes::Bytes::new()));
        match body {
            WireBody::Stream(body) => read_stream(&mut result, body).await,
            WireBody::Whole(bytes) => {
                let body = futures_util::stream::iter([Ok(bytes)]);
                read_stream(&mut result, ByteStream::new(body)).await;
            }
            _ => {}
        }
        return result;
    }
    match response.bytes(LONGEST).await {
        Ok(bytes) => {
            answer::body(&mut result, &bytes);
            let answers = result.body.clone().into_iter().collect::<Vec<_>>();
            read::answer(&mut result, &answers, "message");
            if let (true, Some(Value::String(text))) = (writes_down, &result.body) {
                result.text = Some(text.clone());
            }
        }
        Err(error) => answer::failure(&mut result, &error),
    }
    result
}

async fn read_stream(result: &mut StepResult, mut body: ByteStream) {
    let mut watch = Watch::default();
    let mut decoder = Decoder::new();
    let mut done = false;
    let mut failed = None;
    'stream: while let Some(chunk) = body.next().await {
        match chunk {
            Ok(bytes) => decoder.push(bytes),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) if frame.bytes().trim_ascii() == b"[DONE]" => {
                    done = true;
                    break 'stream;
                }
                Ok(Some(frame)) => watch.saw(&frame),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(Error::new(ErrorKind::TooLarge, error.to_string()));
                    break 'stream;
                }
            }
        }
    }
    let ended = watch
        .events()
        .last()
        .is_some_and(|event| ENDS.contains(&kind(event)));
    let done = done || ended;
    if !done && failed.is_none() {
        let message = "the stream stopped before its end: what came is not all there is";
        failed = Some(Error::new(ErrorKind::Truncated, message));
    }
    let events = watch.events().to_vec();
    watch.finish(result, done);
    read::answer(result, &events, "delta");
    if let Some(error) = failed {
        let attempts = std::mem::take(&mut result.attempts);
        answer::failure(result, &error);
        result.attempts = attempts;
        result.auth = result
            .attempts
            .last()
            .and_then(|attempt| attempt.auth.clone());
    }
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// Events that end a stream without `[DONE]`.
const ENDS: &[&str] = &[
    "image_edit.completed",
    "image_generation.completed",
    "response.completed",
    "response.failed",
    "response.incomplete",
    "speech.audio.done",
    "transcript.text.done",
];

/// Operations whose answer may be a text that is not wrapped in JSON.
const WRITE_DOWN: &[&str] = &["audio.transcriptions", "audio.translations"];

/// The most that is read of an answer.
const LONGEST: usize = 64 * 1024 * 1024;
