//! Answers with the shapes of recorded ones, where a folder of them is at hand: streams go through
//! the decoder of event streams, whatever the cuts, and through the accumulators; heads through a
//! client.
//!
//! `AOAI_SAMPLES` names the folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use aoai_http::{Client, RateLimits, Transport, WireRequest, WireResponse};
use aoai_types::chat::{ChatCompletion, CreateChatCompletion};
use aoai_types::models::ListModels;
use aoai_types::operation::StreamEnd;
use aoai_types::responses::{CreateResponse, Response, ResponseStatus};
use async_trait::async_trait;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::streams::{Read, read};

#[test]
fn every_recorded_stream_makes_up_its_answer() {
    for (name, stream) in samples(|name| name.split('.').next_back() == Some("sse")) {
        for step in [1, 7, stream.len()] {
            if name.starts_with("chat-") {
                chat(&name, &stream, step);
            } else {
                response(&name, &stream, step);
            }
        }
    }
}

fn chat(name: &str, stream: &[u8], step: usize) {
    let Read { answer, data, .. } = read::<CreateChatCompletion>(stream, step);
    let mut text = String::new();
    let mut finish = None;
    for choice in data.iter().filter_map(|chunk| chunk["choices"].get(0)) {
        text.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
        finish = choice["finish_reason"].as_str().or(finish);
    }
    let answer: ChatCompletion = answer;
    assert_eq!(answer.text().unwrap_or_default(), text, "{name}");
    let said = answer
        .finish_reason()
        .map(|reason| reason.as_str().to_owned());
    assert_eq!(said.as_deref(), finish, "{name}");
    let usage = data.iter().rev().find(|chunk| chunk["usage"].is_object());
    assert_eq!(answer.usage.is_some(), usage.is_some(), "{name}");
}

fn response(name: &str, stream: &[u8], step: usize) {
    let Read {
        answer, data, ends, ..
    } = read::<CreateResponse>(stream, step);
    let answer: Response = answer;
    let of_type = |kind: &'static str| data.iter().filter(move |event| event["type"] == kind);
    let is_whole = of_type("response.completed").next().is_some();
    // The last word on a text is that of its end; where there is none, its pieces are all there is.
    let ends_of_text = of_type("response.output_text.done").filter_map(|end| end["text"].as_str());
    let pieces = of_type("response.output_text.delta").filter_map(|piece| piece["delta"].as_str());
    let text: String = if is_whole {
        ends_of_text.collect()
    } else {
        pieces.collect()
    };
    assert_eq!(answer.text(), text, "{name}");
    let expected = if is_whole {
        StreamEnd::Complete
    } else {
        StreamEnd::Failed
    };
    assert_eq!(ends.first(), Some(&expected), "{name}");
    assert_eq!(
        answer.status == Some(ResponseStatus::Completed),
        is_whole,
        "{name}"
    );
    // The reason stands in an event of its own, before the end or after it.
    assert_eq!(answer.error.is_some(), !is_whole, "{name}");
}

#[tokio::test]
async fn every_recorded_head_is_told() {
    for (name, said) in samples(|name| name.starts_with("headers-")) {
        let said: Value = serde_json::from_slice(&said).unwrap();
        let text = |header: &str| said[header].as_str();
        let number = |header: &str| text(header).map(|text| text.parse::<i64>().unwrap());
        let (limits, ids) = told(&said).await;
        let names = ["x-request-id", "apim-request-id", "x-ms-region"];
        assert_eq!(
            ids,
            names.map(|name| text(name).map(str::to_owned)),
            "{name}"
        );
        assert_eq!(
            [
                limits.limit_requests,
                limits.remaining_requests,
                limits.limit_tokens,
                limits.remaining_tokens,
            ],
            [
                number("x-ratelimit-limit-requests"),
                number("x-ratelimit-remaining-requests"),
                number("x-ratelimit-limit-tokens"),
                number("x-ratelimit-remaining-tokens"),
            ],
            "{name}"
        );
        // As they are written: their unit is not stable.
        let texts = [&limits.reset_requests, &limits.reset_tokens, &limits.met];
        let names = ["reset-requests", "reset-tokens", "type"];
        let names = names.map(|name| text(&format!("x-ratelimit-{name}")));
        assert_eq!(texts.map(Option::as_deref), names, "{name}");
    }
}

/// What a client tells of an answer with this head: limits, ids and region.
async fn told(said: &Value) -> (RateLimits, [Option<String>; 3]) {
    let headers = said.as_object().unwrap().iter();
    let headers = headers.filter(|(name, _)| !name.starts_with('_'));
    let headers: HeaderMap = headers
        .map(|(name, value)| {
            let name: HeaderName = name.parse().unwrap();
            (name, value.as_str().unwrap().parse().unwrap())
        })
        .collect();
    // The status plays no part in what a head tells.
    let body = Bytes::from_static(br#"{"data": []}"#);
    let answer = WireResponse::new(StatusCode::OK, headers, body);
    let client = Client::builder("https://contoso.openai.azure.com")
        .no_credential()
        .max_retries(0)
        .transport(Once(Mutex::new(Some(answer))))
        .build()
        .unwrap();
    let answer = client.send(&ListModels::new()).await.unwrap();
    let ids = [
        answer.request_id(),
        answer.apim_request_id(),
        answer.region(),
    ];
    (answer.rate_limits(), ids.map(|id| id.map(str::to_owned)))
}

/// Says the same thing once.
#[derive(Debug)]
struct Once(Mutex<Option<WireResponse>>);

#[async_trait]
impl Transport for Once {
    async fn exchange(&self, _: WireRequest) -> aoai_http::Result<WireResponse> {
        Ok(self.0.lock().unwrap().take().unwrap())
    }
}

/// The samples whose names are like that; none where there is no folder of them.
fn samples(wanted: fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else {
        let told = b"skipped: AOAI_SAMPLES is not set, and there is no folder of samples\n";
        io::stderr().write_all(told).unwrap();
        return Vec::new();
    };
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    let found: Vec<_> = named
        .filter(|(name, _)| wanted(name))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect();
    assert!(!found.is_empty(), "no such sample was found");
    found
}

fn folder() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of the program"
    )]
    let named = std::env::var_os("AOAI_SAMPLES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    named.or_else(|| beside.is_dir().then_some(beside))
}
