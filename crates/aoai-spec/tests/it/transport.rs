//! Specs against a service in this process: no socket, no name that could be resolved.

use std::sync::{Arc, Mutex};

use aoai_http::{ByteStream, Result, Transport, WireRequest, WireResponse};
use aoai_spec::{Profile, Runner, State};
use aoai_types::operation::Body;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

const SPECS: &str = r"
name: whole
steps:
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: ping}]}
    expect: {text: pong, usage: {total: 3}, attempts: [{status: 200}]}
---
name: streamed
steps:
  - call: chat
    deployment: chat
    body: {messages: [{role: user, content: ping}], stream: true}
    expect: {text: pong, stream: {done: true}, attempts: [{status: 200}]}
---
name: refused
steps:
  - http: GET /openai/v1/nothing
    expect: {status: 404}
";

const WHOLE: &str = r#"{"choices": [{"index": 0, "finish_reason": "stop",
    "message": {"role": "assistant", "content": "pong"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}"#;
const FIRST: &str = r#"data: {"choices": [{"index": 0, "delta": {"content": "po"}}]}"#;
const SECOND: &str =
    r#"data: {"choices": [{"index": 0, "delta": {"content": "ng"}, "finish_reason": "stop"}]}"#;

/// Answers like a service, and remembers what it was asked.
#[derive(Clone, Debug, Default)]
struct Service(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Transport for Service {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        let streams = match &request.body {
            Body::Json(json) => String::from_utf8_lossy(json).contains(r#""stream":true"#),
            _ => false,
        };
        let key = request.headers.get("api-key").map(HeaderValue::as_bytes);
        assert_eq!(key, Some(&b"not-a-real-key"[..]));
        let mut asked = self.0.lock().unwrap();
        asked.push(format!("{} {}", request.method, request.url()));
        let mut headers = HeaderMap::new();
        if request.url().ends_with("/nothing") {
            let body = Bytes::from_static(b"no such path");
            return Ok(WireResponse::new(StatusCode::NOT_FOUND, headers, body));
        }
        if !streams {
            let body = Bytes::from_static(WHOLE.as_bytes());
            return Ok(WireResponse::new(StatusCode::OK, headers, body));
        }
        headers.insert(CONTENT_TYPE, "text/event-stream".parse().unwrap());
        let events = [FIRST, SECOND, "data: [DONE]"];
        let chunks = events.map(|event| Ok(Bytes::from(format!("{event}\n\n"))));
        let body = ByteStream::new(futures_util::stream::iter(chunks));
        Ok(WireResponse::new(StatusCode::OK, headers, body))
    }
}

#[tokio::test]
async fn a_service_in_this_process_answers_in_place_of_the_network() {
    let profile = Profile::new("here")
        .endpoint("main", "https://nowhere.invalid/gateway")
        .deployment("chat", "small")
        .api_key("key", "not-a-real-key");
    let service = Service::default();
    let runner = Runner::from_text(SPECS).profile(profile);
    let report = runner.transport(service.clone()).jobs(1).run().await;
    let result = report.into_result().unwrap();
    let states: Vec<_> = result.cells().map(|cell| cell.state.clone()).collect();
    assert_eq!(states, [State::Passed, State::Passed, State::Passed]);
    let base = "https://nowhere.invalid/gateway/openai/v1";
    let mut asked = service.0.lock().unwrap().clone();
    asked.sort();
    assert_eq!(
        asked,
        [
            format!("GET {base}/nothing"),
            format!("POST {base}/chat/completions"),
            format!("POST {base}/chat/completions"),
        ]
    );
}
