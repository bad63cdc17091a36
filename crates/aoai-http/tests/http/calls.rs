//! What a call sends, how often, and what the caller learns.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{ApiKey, Audience, Clock as _, Credential, CredentialProvider, Issued};
use aoai_http::{
    Attempt, ByteStream, CallOptions, Client, ClientBuilder, Error, ErrorKind, Next, Policy,
    Result, RetryOptions, Timeouts, Transport, WireBody, WireRequest, WireResponse,
};
use aoai_types::batches::CreateBatch;
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::completions::CreateCompletion;
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::files::ListFiles;
use aoai_types::images::GenerateImage;
use aoai_types::models::ListModels;
use aoai_types::responses::CreateResponse;
use aoai_types::{Operation, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::server::{Act, Server, connections, in_time};

const KEY: &str = "not-a-real-key";

async fn answering(templates: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let turn = Mutex::new(0);
    Mock::given(wiremock::matchers::any())
        .respond_with(move |_: &Request| {
            let mut turn = turn.lock().unwrap();
            let template = templates[(*turn).min(templates.len() - 1)].clone();
            *turn += 1;
            template
        })
        .mount(&server)
        .await;
    server
}

fn builder(server: &MockServer) -> (ClientBuilder, ManualClock) {
    let clock = ManualClock::automatic();
    let builder = Client::builder(server.uri())
        .credential(ApiKey::new(KEY))
        .clock(Arc::new(clock.clone()));
    (builder, clock)
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(serde_json::json!({"object": "list", "data": []}))
}

fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    let error = serde_json::json!({"error": {"code": code, "message": message}});
    ResponseTemplate::new(status).set_body_json(error)
}

async fn heard(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

#[tokio::test]
async fn a_call_sends_what_it_must_and_nothing_of_the_key_is_shown() {
    let server = answering(vec![ok()]).await;
    let client = builder(&server).0.build().unwrap();
    let answer = client.send(&ListModels::new()).await.unwrap();
    let request = &heard(&server).await[0];
    assert_eq!(request.url.path(), "/openai/v1/models");
    assert_eq!(request.url.query(), None);
    assert_eq!(request.headers["api-key"], KEY);
    assert!(!request.headers.contains_key("authorization"));
    assert_eq!(request.headers["x-ms-client-request-id"].len(), 36);
    let agent = request.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("aoai-http/"), "{agent}");
    assert!(!format!("{client:?} {answer:?}").contains(KEY));
}

#[tokio::test]
async fn an_answer_brings_everything_with_it() {
    let body = r#"{"object": "list",  "data":[]}"#;
    let template = ResponseTemplate::new(203)
        .set_body_string(body)
        .insert_header("apim-request-id", "apim-7")
        .insert_header("x-request-id", "req-7")
        .insert_header("x-ms-region", "East US 2")
        .insert_header("x-ratelimit-remaining-tokens", "-27689")
        .insert_header("x-ratelimit-limit-tokens", "120000")
        .insert_header("x-ratelimit-reset-tokens", "7")
        .insert_header("x-ratelimit-remaining-requests", "-1")
        .insert_header("x-ratelimit-reset-requests", "500")
        .insert_header("x-ratelimit-abusepenalty-active", "False")
        .insert_header("x-ratelimit-renewalperiod-tokens", "60")
        .insert_header("x-ratelimit-type", "Tokens")
        .insert_header("azure-openai-deployment-utilization", "37.2%");
    let server = answering(vec![template]).await;
    let answer = builder(&server)
        .0
        .build()
        .unwrap()
        .send(&ListModels::new())
        .await
        .unwrap();
    assert_eq!(answer.status(), 203);
    assert_eq!(answer.request_id(), Some("req-7"));
    assert_eq!(answer.apim_request_id(), Some("apim-7"));
    assert_eq!(answer.region(), Some("East US 2"));
    let limits = answer.rate_limits();
    assert_eq!(limits.remaining_tokens, Some(-27_689));
    assert_eq!(limits.limit_tokens, Some(120_000));
    assert_eq!(limits.window_tokens, Some(Duration::from_secs(60)));
    assert_eq!(limits.reset_tokens.as_deref(), Some("7"));
    assert_eq!(limits.remaining_requests, Some(-1));
    assert_eq!(limits.reset_requests.as_deref(), Some("500"));
    assert_eq!(limits.limit_requests, None);
    assert_eq!(limits.met.as_deref(), Some("Tokens"));
    assert_eq!(limits.utilization.as_deref(), Some("37.2%"));
    assert_eq!(answer.body(), body);
    let [attempt] = answer.attempts() else {
        panic!("{:?}", answer.attempts())
    };
    assert_eq!(attempt.status.unwrap(), 203);
    let used = attempt.credential.as_ref().unwrap();
    assert_eq!(
        (used.kind, &*used.scope),
        ("key", "https://ai.azure.com/.default")
    );
}

#[tokio::test]
async fn a_header_with_nothing_in_it_tells_of_no_limit() {
    let template = ResponseTemplate::new(200).set_body_string(r#"{"data": []}"#);
    let template = [
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-renewalperiod-tokens",
        "x-ratelimit-reset-tokens",
        "x-ratelimit-type",
        "azure-openai-deployment-utilization",
    ]
    .into_iter()
    .fold(template, |template, name| template.insert_header(name, ""));
    let server = answering(vec![template]).await;
    let client = builder(&server).0.build().unwrap();
    let answer = client.send(&ListModels::new()).await.unwrap();
    assert_eq!(answer.headers()["azure-openai-deployment-utilization"], "");
    assert_eq!(answer.rate_limits(), aoai_http::RateLimits::default());
}

#[tokio::test]
async fn waits_are_those_that_were_asked_for() {
    let server = answering(vec![
        refusal(429, "429", "slow").insert_header("retry-after-ms", "300"),
        refusal(429, "429", "Please retry after 26 seconds."),
        refusal(429, "429", "slow")
            .insert_header("retry-after", "1")
            .insert_header("retry-after-ms", "0"),
        ok(),
    ])
    .await;
    let (builder, clock) = builder(&server);
    let answer = builder
        .build()
        .unwrap()
        .send(&ListModels::new())
        .await
        .unwrap();
    let waits = [0, 300, 26_000, 1_000].map(Duration::from_millis);
    let waited: Vec<Duration> = answer
        .attempts()
        .iter()
        .map(|attempt| attempt.waited)
        .collect();
    assert_eq!(waited, waits);
    assert_eq!(clock.slept(), waits[1..]);
    let started: Vec<Duration> = answer
        .attempts()
        .iter()
        .map(|attempt| attempt.started)
        .collect();
    assert_eq!(started, [0, 300, 26_300, 27_300].map(Duration::from_millis));
}

#[tokio::test]
async fn how_often_a_call_is_sent_and_why_not_again() {
    let slow = || refusal(429, "429", "slow");
    for (template, requests, kind, note) in [
        (refusal(400, "", "bad"), 1, ErrorKind::InvalidRequest, None),
        (
            refusal(401, "401", "bad key"),
            1,
            ErrorKind::Authentication,
            None,
        ),
        (refusal(500, "", "oops"), 4, ErrorKind::Server, None),
        (
            refusal(429, "insufficient_quota", "spent"),
            1,
            ErrorKind::Quota,
            None,
        ),
        (
            slow().insert_header("retry-after", "86400"),
            1,
            ErrorKind::RateLimit,
            Some("because the service asked to wait 86400s, longer than the 120s allowed"),
        ),
        (
            slow().insert_header("x-should-retry", "false"),
            1,
            ErrorKind::RateLimit,
            None,
        ),
        (
            refusal(
                400,
                "400",
                "Server responded with status 429. Error message: …",
            ),
            4,
            ErrorKind::RateLimit,
            None,
        ),
        (
            ResponseTemplate::new(429).set_body_json(serde_json::json!({
                "statusCode": 429, "message": "Token limit is exceeded. Try again in 41 seconds."
            })),
            4,
            ErrorKind::RateLimit,
            None,
        ),
        (
            ResponseTemplate::new(502).set_body_string("<html>"),
            4,
            ErrorKind::Gateway,
            None,
        ),
        (ResponseTemplate::new(404), 1, ErrorKind::NotFound, None),
    ] {
        let server = answering(vec![template]).await;
        let client = builder(&server).0.build().unwrap();
        let error = client.send(&ListModels::new()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(heard(&server).await.len(), requests, "{error}");
        assert_eq!(error.attempts().len(), requests, "{error}");
        if let Some(note) = note {
            assert!(error.to_string().contains(note), "{error}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(86_400)));
        }
    }
}

#[tokio::test]
async fn what_must_not_be_done_twice_is_not() {
    let hidden = "Server responded with status 429. Error message: …";
    for (status, code, message, requests) in [
        (408, "", "", 1),
        (409, "", "", 1),
        (500, "", "", 1),
        (502, "", "", 1),
        (504, "", "", 1),
        // The service certainly did nothing.
        (429, "", "", 4),
        (503, "", "", 4),
        (400, "400", hidden, 4),
        (
            400,
            "token_limit_exceeded",
            "The number of enqueued tokens …",
            4,
        ),
        // Nobody repeats what is refused for good.
        (400, "", "", 1),
        (404, "", "", 1),
        (429, "insufficient_quota", "", 1),
    ] {
        let server = answering(vec![refusal(status, code, message)]).await;
        let client = builder(&server).0.build().unwrap();
        let batch = CreateBatch::new("file-1", "/v1/responses");
        let error = client.send(&batch).await.unwrap_err();
        assert_eq!(error.attempts().len(), requests, "{status} {code}");
        assert_eq!(error.is_retryable(), requests == 4, "{status} {code}");

        let mut wanted = RetryOptions::new();
        wanted.repeat_unsafe = true;
        let client = client.with(CallOptions::new().retry(wanted));
        let error = client.send(&batch).await.unwrap_err();
        let passing = !matches!(
            error.kind(),
            ErrorKind::InvalidRequest | ErrorKind::NotFound | ErrorKind::Quota
        );
        let again = if passing { 4 } else { 1 };
        assert_eq!(error.attempts().len(), again, "{status} {code}");

        // A raw request is judged by its method.
        let create = WireRequest::new(Method::POST, "/openai/v1/batches").json("{}");
        let raw = builder(&server)
            .0
            .build()
            .unwrap()
            .execute(create)
            .await
            .unwrap();
        let known = requests.max(1);
        assert_eq!(raw.attempts().len(), known, "{status} {code}");
    }
    // The connection breaks: it may have been done.
    for (failure, attempts) in [
        (Error::new(ErrorKind::Connection, "refused").not_sent(), 2),
        (Error::new(ErrorKind::Connection, "reset"), 1),
        (Error::new(ErrorKind::Timeout, "slow"), 1),
    ] {
        let client = Client::builder("https://contoso.openai.azure.com")
            .no_credential()
            .clock(Arc::new(ManualClock::automatic()))
            .transport(Memory(Mutex::new(vec![failure])))
            .build()
            .unwrap();
        let create = WireRequest::new(Method::POST, "/openai/v1/models").json("{}");
        let tried = match client.execute(create).await {
            Ok(answer) => answer.attempts().len(),
            Err(error) => {
                let note = "not tried again, because the service may have done it";
                assert!(error.to_string().contains(note), "{error}");
                error.attempts().len()
            }
        };
        assert_eq!(tried, attempts);
    }
}

#[tokio::test]
async fn an_outage_is_not_multiplied() {
    let hammering = refusal(429, "429", "slow").insert_header("retry-after-ms", "1");
    let server = answering(vec![hammering]).await;
    let (hammered, clock) = builder(&server);
    let client = hammered.build().unwrap();
    for _ in 0..60 {
        client.send(&ListModels::new()).await.unwrap_err();
    }
    assert_eq!(heard(&server).await.len(), 60 + 100);
    assert_eq!(clock.slept(), vec![Duration::from_millis(100); 100]);

    let server = answering(vec![refusal(500, "", "down")]).await;
    let client = builder(&server).0.build().unwrap();
    for _ in 0..60 {
        client.send(&ListModels::new()).await.unwrap_err();
    }
    assert_eq!(heard(&server).await.len(), 60 + 100);
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("too many of this client's calls fail"),
        "{error}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn answers_pay_retries_back() {
    let down = || refusal(500, "", "down");
    let slow = || refusal(429, "429", "slow").insert_header("retry-after", "1");
    // Each call with the number of its attempts; an outage comes first, and spends everything.
    let calls = [
        (vec![down()], 1),
        // Five answers are worth a retry, and one that helped is given back.
        (vec![ok()], 1),
        (vec![ok()], 1),
        (vec![ok()], 1),
        (vec![ok()], 1),
        (vec![ok()], 1),
        (vec![down(), ok()], 2),
        (vec![down(), down()], 2),
        // What the service asked for was free, and brings no more than any answer.
        (vec![slow(), ok()], 2),
        (vec![down()], 1),
    ];
    let outage = (0..134).map(|_| down());
    let answers = calls.iter().flat_map(|(answers, _)| answers.clone());
    let server = answering(outage.chain(answers).collect()).await;
    let client = builder(&server).0.build().unwrap();
    for _ in 0..34 {
        client.send(&ListModels::new()).await.unwrap_err();
    }
    assert_eq!(heard(&server).await.len(), 134);
    for (at, (_, attempts)) in calls.iter().enumerate() {
        let tried = match client.send(&ListModels::new()).await {
            Ok(answer) => answer.attempts().len(),
            Err(error) => error.attempts().len(),
        };
        assert_eq!(tried, *attempts, "call {at}");
    }
}

#[tokio::test]
async fn the_total_timeout_counts_waits() {
    let server = answering(vec![
        refusal(429, "429", "slow").insert_header("retry-after", "30"),
    ])
    .await;
    let mut timeouts = Timeouts::new();
    timeouts.total = Some(Duration::from_secs(45));
    let (builder, clock) = builder(&server);
    let client = builder.timeouts(timeouts).build().unwrap();
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert_eq!(clock.elapsed(), Duration::from_secs(30));
    assert_eq!(error.attempts().len(), 2);
    assert_eq!(
        error.to_string(),
        "models.list: the service answered 429 (rate_limit): slow; not tried again, because the \
         total timeout would be over by then"
    );
}

/// Yields one key after another, as a vault does when keys are rotated.
#[derive(Debug)]
struct Rotating {
    keys: Mutex<Vec<&'static str>>,
    asked: Mutex<usize>,
}

#[async_trait]
impl CredentialProvider for Rotating {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        *self.asked.lock().unwrap() += 1;
        let key = self.keys.lock().unwrap()[0];
        Ok(Issued::local(Credential::ApiKey(key.into())))
    }

    fn invalidate(&self, refused: &Credential) {
        let mut keys = self.keys.lock().unwrap();
        if keys.len() > 1 && *refused == Credential::ApiKey(keys[0].into()) {
            keys.remove(0);
        }
    }
}

#[tokio::test]
async fn a_refused_key_is_replaced_once_if_there_is_another() {
    let server = MockServer::start().await;
    Mock::given(header("api-key", "fake-new-key"))
        .respond_with(ok())
        .mount(&server)
        .await;
    let refused = refusal(401, "401", "Access denied due to invalid subscription key");
    Mock::given(method("GET"))
        .respond_with(refused)
        .mount(&server)
        .await;
    for (keys, statuses) in [
        (vec!["fake-old-key", "fake-new-key"], vec![401, 200]),
        (
            vec!["fake-old-key", "fake-older-key", "fake-new-key"],
            vec![401, 401],
        ),
        (vec!["fake-old-key"], vec![401]),
    ] {
        let provider = Arc::new(Rotating {
            keys: Mutex::new(keys),
            asked: Mutex::new(0),
        });
        let client = Client::builder(server.uri()).credential(Arc::clone(&provider));
        let answered = client.build().unwrap().send(&ListModels::new()).await;
        let status = |attempt: &Attempt| attempt.status.unwrap().as_u16();
        let seen: Vec<u16> = match &answered {
            Ok(answer) => answer.attempts().iter().map(status).collect(),
            Err(error) => error.attempts().iter().map(status).collect(),
        };
        assert_eq!(seen, statuses);
        assert_eq!(*provider.asked.lock().unwrap(), 2);
    }
}

#[tokio::test]
async fn a_missing_role_is_no_reason_to_forget_the_token() {
    let body = "Principal does not have access to API/Operation.";
    let server = answering(vec![refusal(401, "PermissionDenied", body)]).await;
    let provider = Arc::new(Rotating {
        keys: Mutex::new(vec!["fake-a", "fake-b"]),
        asked: Mutex::new(0),
    });
    let client = Client::builder(server.uri())
        .credential(Arc::clone(&provider))
        .build()
        .unwrap();
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert_eq!(*provider.asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn every_attempt_asks_for_a_credential() {
    let server = answering(vec![refusal(500, "", "oops"), ok()]).await;
    let provider = Arc::new(Rotating {
        keys: Mutex::new(vec!["fake-a"]),
        asked: Mutex::new(0),
    });
    let clock = Arc::new(ManualClock::automatic());
    let client = Client::builder(server.uri())
        .credential(Arc::clone(&provider))
        .clock(clock);
    client
        .build()
        .unwrap()
        .send(&ListModels::new())
        .await
        .unwrap();
    assert_eq!(*provider.asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = answering(vec![ok()]).await;
    let elsewhere = other.uri().replace("http://", "");
    for status in [301, 302, 303, 307, 308] {
        let server = MockServer::start().await;
        let here = server.uri().replace("http://", "");
        for target in [
            "/openai/v1/models".to_owned(),
            format!("http://{here}/openai/v1/models"),
            format!("https://{here}/openai/v1/models"),
            format!("http://{elsewhere}/openai/v1/models"),
            format!("//{elsewhere}/openai/v1/models"),
            format!("http://{here}@{elsewhere}/openai/v1/models"),
            String::new(),
        ] {
            server.reset().await;
            let redirect = ResponseTemplate::new(status).insert_header("location", &*target);
            let any = wiremock::matchers::any();
            Mock::given(any).respond_with(redirect).mount(&server).await;
            let client = builder(&server).0.build().unwrap();
            let error = client.send(&ListModels::new()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Gateway);
            assert!(!error.is_retryable());
            // A name or a password before the host is not repeated.
            let shown = target.replace(&format!("{here}@"), "");
            let told = format!("{status} and redirects to {shown};");
            assert!(error.to_string().contains(&told), "{error}");
            assert_eq!(heard(&server).await.len(), 1, "{status} {target}");
        }
    }
    assert_eq!(heard(&other).await.len(), 0);
}

#[tokio::test]
async fn an_http_client_that_follows_redirects_is_refused() {
    let following = reqwest::Client::builder().build().unwrap();
    let limited = reqwest::redirect::Policy::limited(1);
    let limited = reqwest::Client::builder()
        .redirect(limited)
        .build()
        .unwrap();
    let custom = reqwest::redirect::Policy::custom(|attempt| {
        if attempt.previous().len() < 9 {
            attempt.follow()
        } else {
            attempt.stop()
        }
    });
    let custom = reqwest::Client::builder().redirect(custom).build().unwrap();
    for client in [following, limited, custom] {
        let builder = Client::builder("https://contoso.openai.azure.com").no_credential();
        let error = builder.http_client(client).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains("follows redirects"), "{error}");
    }
    let none = reqwest::redirect::Policy::none();
    let none = reqwest::Client::builder().redirect(none).build().unwrap();
    let builder = Client::builder("https://contoso.openai.azure.com").no_credential();
    builder.http_client(none).build().unwrap();
}

#[tokio::test]
async fn options_of_a_call_stand_over_those_of_the_client() {
    let server = answering(vec![ok()]).await;
    let name = HeaderName::from_static;
    let value = HeaderValue::from_static;
    let client = builder(&server)
        .0
        .header(name("x-a"), value("client"))
        .header(name("x-b"), value("client"))
        .query("team", "a b")
        .deployment("everything")
        .build()
        .unwrap();
    let options = CallOptions::new()
        .header(name("x-b"), value("call"))
        .query("more", "&")
        .surface(Surface::LATEST_DATED)
        .deployment("this one")
        .extra("beta", 1)
        .client_request_id(value("run/spec/step"));
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    // The answer is not a chat's, but it was sent.
    let _ = client.with(options).fetch(&chat).await.unwrap();
    let _ = client.fetch(&chat).await.unwrap();
    let requests = heard(&server).await;
    let body = |at: usize| serde_json::from_slice::<Value>(&requests[at].body).unwrap();

    assert_eq!(
        requests[0].url.path(),
        "/openai/deployments/this%20one/chat/completions"
    );
    assert_eq!(
        requests[0].url.query(),
        Some("api-version=2024-10-21&team=a+b&more=%26")
    );
    assert_eq!(requests[0].headers["x-a"], "client");
    assert_eq!(requests[0].headers["x-b"], "call");
    assert_eq!(
        requests[0].headers["x-ms-client-request-id"],
        "run/spec/step"
    );
    assert_eq!(body(0)["beta"], 1);
    assert_eq!(body(0).get("model"), None);

    assert_eq!(requests[1].url.path(), "/openai/v1/chat/completions");
    assert_eq!(requests[1].headers["x-b"], "client");
    assert_eq!(body(1)["model"], "everything");
}

#[tokio::test]
async fn an_endpoint_with_a_path_keeps_it() {
    let server = answering(vec![ok()]).await;
    let client = Client::builder(format!("{}/team/a/", server.uri())).no_credential();
    client
        .build()
        .unwrap()
        .send(&ListModels::new())
        .await
        .unwrap();
    let request = &heard(&server).await[0];
    assert_eq!(request.url.path(), "/team/a/openai/v1/models");
    assert!(!request.headers.contains_key("api-key"));
}

#[tokio::test]
async fn a_target_cannot_lead_elsewhere() {
    let server = answering(vec![ok()]).await;
    let client = builder(&server).0.build().unwrap();
    for target in [
        "",
        "@h/",
        "h",
        "//h/",
        "/a b",
        "/a#b",
        "/a\\b",
        "/a\r\nb",
        "/a/../b",
        "/openai/%2e%2E/b",
        "/a/.",
        "/..?b",
        "https://h/",
    ] {
        let request = WireRequest::new(Method::GET, target);
        let error = client.execute(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{target:?}");
    }
    assert_eq!(heard(&server).await.len(), 0);
}

#[tokio::test]
async fn a_deployment_that_is_no_name_is_refused_before_anything_is_sent() {
    let server = answering(vec![ok()]).await;
    let client = builder(&server)
        .0
        .surface(Surface::LATEST_DATED)
        .build()
        .unwrap();
    for name in ["", ".", ".."] {
        let chat = CreateChatCompletion::new(name, [Message::user("hi")]);
        let error = client.send(&chat).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.attempts().is_empty());
    }
    assert_eq!(heard(&server).await.len(), 0);
}

/// Writes its name into each request's `x-path`.
#[derive(Debug)]
struct Stamp(&'static str);

#[async_trait]
impl Policy for Stamp {
    async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        assert_eq!(
            request.headers.contains_key("api-key"),
            self.0.starts_with("attempt")
        );
        let so_far = request
            .headers
            .get("x-path")
            .map_or("", |path| path.to_str().unwrap());
        let stamped = format!("{so_far}/{}", self.0);
        request.headers.insert("x-path", stamped.parse().unwrap());
        assert!(!format!("{request:?}").contains(KEY));
        next.run(request).await
    }
}

#[tokio::test]
async fn policies_run_in_order_around_the_call_and_around_each_attempt() {
    let server = answering(vec![refusal(500, "", "oops"), ok()]).await;
    let client = builder(&server)
        .0
        .per_call_policy(Stamp("call1"))
        .per_call_policy(Stamp("call2"))
        .per_attempt_policy(Stamp("attempt1"))
        .per_attempt_policy(Stamp("attempt2"))
        .build()
        .unwrap();
    client.send(&ListModels::new()).await.unwrap();
    let requests = heard(&server).await;
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.headers["x-path"], "/call1/call2/attempt1/attempt2");
    }
}

/// Sees what the call is named, and names it anew where told so.
#[derive(Debug)]
struct Name(Arc<Mutex<Vec<HeaderValue>>>, Option<HeaderValue>);

#[async_trait]
impl Policy for Name {
    async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let headers = &mut request.headers;
        self.0.lock().unwrap().push(headers[CALL].clone());
        if let Some(name) = &self.1 {
            headers.insert(CALL, name.clone());
        }
        next.run(request).await
    }
}

const CALL: &str = "x-ms-client-request-id";

#[tokio::test]
async fn all_policies_see_what_a_call_is_named_and_may_name_it_anew() {
    for new in [None, Some(HeaderValue::from_static("run/7"))] {
        let server = answering(vec![refusal(500, "", "oops"), ok()]).await;
        let seen = Arc::default();
        let client = builder(&server)
            .0
            .per_call_policy(Name(Arc::clone(&seen), new.clone()))
            .per_attempt_policy(Name(Arc::clone(&seen), None))
            .build()
            .unwrap();
        client.send(&ListModels::new()).await.unwrap();
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen[0].len(), 36);
        let name = new.as_ref().unwrap_or(&seen[0]);
        assert_eq!(seen[1..], [name.clone(), name.clone()]);
        for request in heard(&server).await {
            let names: Vec<_> = request.headers.get_all(CALL).iter().collect();
            assert_eq!(names, [name]);
        }
    }
}

/// Answers from memory, after some failures.
#[derive(Debug)]
struct Memory(Mutex<Vec<Error>>);

#[async_trait]
impl Transport for Memory {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        assert_eq!(
            request.url(),
            "https://contoso.openai.azure.com/openai/v1/models"
        );
        if let Some(error) = self.0.lock().unwrap().pop() {
            return Err(error);
        }
        let body = ByteStream::from(Bytes::from_static(br#"{"data":[]}"#));
        Ok(WireResponse::new(StatusCode::OK, HeaderMap::new(), body))
    }
}

#[tokio::test]
async fn any_transport_will_do() {
    let failures = vec![
        Error::new(ErrorKind::Connection, "refused").not_sent(),
        Error::new(ErrorKind::Timeout, "slow"),
    ];
    let client = Client::builder("https://contoso.openai.azure.com")
        .credential(ApiKey::new(KEY))
        .clock(Arc::new(ManualClock::automatic()))
        .transport(Memory(Mutex::new(failures)))
        .build()
        .unwrap();
    let answer = client.send(&ListModels::new()).await.unwrap();
    let errors: Vec<_> = answer
        .attempts()
        .iter()
        .map(|attempt| attempt.error)
        .collect();
    assert_eq!(
        errors,
        [Some(ErrorKind::Timeout), Some(ErrorKind::Connection), None]
    );

    let client = Client::builder("https://contoso.openai.azure.com")
        .no_credential()
        .transport(Memory(Mutex::new(vec![Error::new(
            ErrorKind::Request,
            "no",
        )])))
        .build()
        .unwrap();
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert_eq!(error.attempts().len(), 1);
    assert_eq!(error.to_string(), "models.list: no");
}

#[tokio::test]
async fn a_silent_server_is_a_timeout() {
    let silent = ok().set_delay(Duration::from_secs(3_600));
    let server = answering(vec![silent]).await;
    let clock = ManualClock::new();
    let mut timeouts = Timeouts::new();
    timeouts.first_byte = Some(Duration::from_secs(9));
    let client = Client::builder(server.uri())
        .credential(ApiKey::new(KEY))
        .clock(Arc::new(clock.clone()))
        .timeouts(timeouts)
        .max_retries(0)
        .build()
        .unwrap();
    let models = ListModels::new();
    let (answered, ()) = in_time(futures_util::future::join(client.send(&models), async {
        clock.sleeping(1).await;
        clock.advance(Duration::from_secs(9));
    }))
    .await;
    let error = answered.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "models.list: nobody answered within the timeout to the first byte of 9s"
    );
}

#[tokio::test]
async fn a_post_of_nothing_has_a_length() {
    let server = Server::start(vec![Act::json(200, "", "{}")]).await;
    for (method, has_length) in [(Method::POST, true), (Method::GET, false)] {
        let request = WireRequest::new(method, "/openai/v1/odd");
        in_time(server.client().execute(request)).await.unwrap();
        let sent = server.requests().pop().unwrap().to_ascii_lowercase();
        assert_eq!(
            sent.contains("\r\ncontent-length: 0\r\n"),
            has_length,
            "{sent}"
        );
    }
}

#[tokio::test]
async fn a_raw_call_goes_by_the_same_policies_and_any_status_is_a_value() {
    let server = MockServer::start().await;
    Mock::given(path("/openai/v1/odd"))
        .respond_with(refusal(418, "teapot", "short and stout"))
        .mount(&server)
        .await;
    let client = builder(&server).0.build().unwrap();
    let request = WireRequest::new(Method::POST, "/openai/v1/odd").json(r#"{"a":1}"#);
    let mut answer = client.execute(request).await.unwrap();
    assert_eq!(answer.status, 418);
    assert_eq!(answer.attempts().len(), 1);
    assert!(
        answer
            .bytes(1_000)
            .await
            .unwrap()
            .starts_with(b"{\"error\"")
    );
    let sent = &heard(&server).await[0];
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.headers["api-key"], KEY);
    assert_eq!(sent.body, br#"{"a":1}"#);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused() {
    let streamed = |pieces: &'static [&'static str]| {
        let pieces = pieces.iter().map(|piece| Ok(Bytes::from(*piece)));
        WireBody::Stream(ByteStream::new(futures_util::stream::iter(pieces)))
    };
    for pieces in [&["12345"][..], &["123", "45"], &[]] {
        for announced in [false, true] {
            let body = || match pieces {
                [] => WireBody::Whole(Bytes::from("12345")),
                pieces => streamed(pieces),
            };
            let answer = || {
                let mut headers = HeaderMap::new();
                if announced {
                    headers.insert("content-length", HeaderValue::from_static("5"));
                }
                WireResponse::new(StatusCode::OK, headers, body())
            };
            assert_eq!(answer().bytes(5).await.unwrap(), "12345");
            let error = answer().bytes(4).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
    }
    let server = answering(vec![ok()]).await;
    let mut limits = aoai_http::Limits::new();
    limits.body = 10;
    let client = builder(&server).0.limits(limits).build().unwrap();
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "models.list: the answer is longer than the limit of 10 bytes"
    );
}

#[test]
fn a_client_is_made_from_variables() {
    let make = |set: &[(&str, &str)]| {
        let find = |name: &str| set.iter().find(|(key, _)| *key == name);
        Client::from_lookup(|name| find(name).map(|(_, value)| (*value).to_owned()))
    };
    let endpoint = ("AZURE_OPENAI_ENDPOINT", "https://contoso.openai.azure.com/");
    let key = ("AZURE_OPENAI_API_KEY", KEY);
    let client = make(&[endpoint, key]).unwrap();
    assert_eq!(client.endpoint(), "https://contoso.openai.azure.com");
    assert_eq!(client.surface(), Surface::V1);
    let client = make(&[endpoint, key, ("OPENAI_API_VERSION", "2024-10-21")]).unwrap();
    assert_eq!(client.surface(), Surface::LATEST_DATED);

    for (set, told) in [
        (&[key][..], "AZURE_OPENAI_ENDPOINT is not set; "),
        (
            &[key, (endpoint.0, " \n")],
            "AZURE_OPENAI_ENDPOINT is set but empty; ",
        ),
    ] {
        let error = make(set).unwrap_err();
        assert!(error.to_string().starts_with(told), "{error}");
    }
    let error = make(&[endpoint]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    let error = make(&[endpoint, ("OPENAI_API_KEY", KEY)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    let error = make(&[endpoint, key, ("OPENAI_API_VERSION", "0613")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}

/// Makes a client from the environment, if this is a child of the test below.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the child is told by its environment, and reports by its output"
)]
#[test]
fn child() {
    if std::env::var_os(CHILD).is_some() {
        match Client::from_env() {
            Ok(client) => println!("made: {client:?}"),
            Err(error) => {
                let cause = std::error::Error::source(&error);
                println!("refused: {error}: {}", cause.map_or(&error as _, |c| c));
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_refused_and_not_passed_over() {
    use std::os::unix::ffi::OsStrExt as _;

    let endpoint = ("AZURE_OPENAI_ENDPOINT", "https://contoso.openai.azure.com");
    for (name, value, told) in [
        (
            endpoint.0,
            &b"https://contoso\xff"[..],
            "cannot be the endpoint",
        ),
        (
            "AZURE_OPENAI_API_KEY",
            b"fake\xffkey",
            "its character 5 is outside ASCII",
        ),
        (
            "OPENAI_API_VERSION",
            b"2024-10-21\xff",
            "OPENAI_API_VERSION cannot be used",
        ),
    ] {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "calls::child", "--nocapture"])
            .env_clear()
            .env(CHILD, "1")
            .envs([endpoint, ("AZURE_OPENAI_API_KEY", KEY)])
            .env(name, std::ffi::OsStr::from_bytes(value));
        let shown = String::from_utf8(child.output().unwrap().stdout).unwrap();
        assert!(
            shown.contains("refused: ") && shown.contains(told),
            "{shown}"
        );
    }
}

const CHILD: &str = "AOAI_HTTP_TESTS_CHILD";

#[test]
fn kinds_have_words() {
    for kind in ErrorKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    assert_eq!(ErrorKind::ALL.len(), 24);
    let error = "rate-limit".parse::<ErrorKind>().unwrap_err().to_string();
    assert!(
        error.starts_with("\"rate-limit\" is no kind of error; the kinds are auth"),
        "{error}"
    );
}

#[tokio::test]
async fn a_calls_number_of_retries_leaves_the_clients_other_rules_alone() {
    let slow = refusal(429, "429", "slow").insert_header("retry-after", "5");
    let server = answering(vec![slow]).await;
    let mut strict = RetryOptions::new();
    strict.max_wait = Duration::from_secs(4);
    let client = builder(&server).0.retry(strict).build().unwrap();
    for (options, requests) in [
        (CallOptions::new(), 1),
        (CallOptions::new().max_retries(2), 1),
        (
            CallOptions::new().retry(RetryOptions::new()).max_retries(2),
            3,
        ),
        (
            CallOptions::new().max_retries(2).retry(RetryOptions::new()),
            4,
        ),
    ] {
        let error = client
            .with(options.clone())
            .send(&ListModels::new())
            .await
            .unwrap_err();
        assert_eq!(error.attempts().len(), requests, "{options:?}");
    }
}

#[tokio::test]
async fn timeouts_of_a_call_stand_over_those_of_the_client() {
    let silent = ok().set_delay(Duration::from_secs(3_600));
    let server = answering(vec![silent]).await;
    let clock = ManualClock::new();
    let mut patient = Timeouts::new();
    patient.first_byte = None;
    let mut hasty = Timeouts::new();
    hasty.total = Some(Duration::from_secs(2));
    let client = Client::builder(server.uri())
        .credential(ApiKey::new(KEY))
        .clock(Arc::new(clock.clone()))
        .timeouts(patient)
        .build()
        .unwrap()
        .with(CallOptions::new().timeouts(hasty));
    let models = ListModels::new();
    let (answered, ()) = in_time(futures_util::future::join(client.send(&models), async {
        clock.sleeping(1).await;
        clock.advance(Duration::from_secs(2));
    }))
    .await;
    let error = answered.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "models.list: nobody answered within the total timeout of 2s; not tried again, because the \
         total timeout would be over by then"
    );
    assert_eq!(error.attempts().len(), 1);
}

#[test]
fn a_callers_future_has_no_room_for_the_request() {
    let client = Client::builder("http://localhost")
        .credential(ApiKey::new(KEY))
        .build()
        .unwrap();
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    assert!(size_of_val(&client.send(&chat)) <= 1024);
    assert!(size_of_val(&client.stream(&chat)) <= 2048);
}

#[tokio::test]
async fn an_error_under_a_status_of_success_is_one() {
    async fn check<O: Operation>(operation: O) {
        let id = O::ENDPOINT.id;
        let slow = "Rate limit is exceeded. Try again in 2 seconds.";
        let flat = format!("{{\"statusCode\":429,\"message\":\"{slow}\"}}");
        let coded = format!("{{\"error\":{{\"code\":\"429\",\"message\":\"{slow}\"}}}}");
        let server = Server::start(vec![
            Act::json(200, "apim-request-id: apim-1\r\n", &coded),
            Act::json(200, "apim-request-id: apim-1\r\n", &flat),
            Act::json(200, "", "{\"hello\":1}"),
        ])
        .await;
        let client = server.client_on(&connections());
        for body in [coded, flat] {
            let error = client.send(&operation).await.err().expect(id);
            assert_eq!(error.kind(), ErrorKind::RateLimit, "{id}");
            assert_eq!(
                error.to_string(),
                format!(
                    "{id}: the service told an error in place of an answer: Rate limit is \
                     exceeded. Try again in 2 seconds"
                )
            );
            assert_eq!(error.api().unwrap().message, slow);
            assert_eq!(error.status(), Some(StatusCode::OK));
            assert_eq!(error.apim_request_id(), Some("apim-1"));
            assert_eq!(error.body().unwrap(), &body);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
            assert_eq!(error.attempts()[0].error, Some(ErrorKind::RateLimit));
            assert!(error.is_retryable());
        }
        let error = client.send(&operation).await.err().expect(id);
        assert_eq!(error.kind(), ErrorKind::Decode, "{id}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.starts_with("missing field"), "{id}: {source}");
        assert_eq!(error.body().unwrap(), "{\"hello\":1}");
        // What was done once is not done again unasked.
        assert_eq!(server.requests().len(), 3);
    }

    check(CreateChatCompletion::new("gpt", [Message::user("hi")])).await;
    check(CreateCompletion::new("gpt", "hi")).await;
    check(CreateEmbedding::new("vectors", "hi")).await;
    check(CreateResponse::new("gpt", "hi")).await;
    check(GenerateImage::new("image", "a boat")).await;
    check(ListModels::new()).await;
    check(ListFiles::new()).await;
}

#[tokio::test]
async fn an_error_under_a_status_of_success_is_tried_again_like_any_other() {
    let slow = r#"{"error":{"code":"429","message":"Try again in 2 seconds."}}"#;
    let ours = r#"{"error":{"code":"server_error","message":"oops"}}"#;
    let server = Server::start(vec![
        Act::json(200, "", slow),
        Act::json(500, "retry-after-ms: 600\r\n", ours),
        Act::json(200, "retry-after-ms: 700\r\n", ours),
        Act::json(200, "", r#"{"object":"list","data":[]}"#),
    ])
    .await;
    let (builder, clock) = server.builder();
    let client = builder.build().unwrap();
    let answer = in_time(client.send(&ListModels::new())).await.unwrap();
    let (limit, failure) = (Some(ErrorKind::RateLimit), Some(ErrorKind::Server));
    let errors: Vec<_> = answer.attempts().iter().map(|a| a.error).collect();
    assert_eq!(errors, [limit, failure, failure, None]);
    assert_eq!(clock.slept(), [2_000, 600, 700].map(Duration::from_millis));
    // One call has one name, and one beginning.
    let requests = server.requests();
    let name = |request: &String| {
        let mut lines = request.lines();
        let line = lines.find(|line| line.starts_with("x-ms-client-request-id"));
        line.unwrap().to_owned()
    };
    let names: Vec<_> = requests.iter().map(name).collect();
    assert!(names.iter().all(|other| *other == names[0]), "{names:?}");
    let started: Vec<_> = answer.attempts().iter().map(|a| a.started).collect();
    assert_eq!(started, [0, 2_000, 2_600, 3_300].map(Duration::from_millis));

    // As often as any other failure, and not beyond the call's time.
    let server = Server::start(vec![Act::json(200, "", ours)]).await;
    let error = in_time(server.client().send(&ListModels::new())).await;
    assert_eq!(error.unwrap_err().attempts().len(), 4);
    let server = Server::start(vec![Act::json(200, "", slow)]).await;
    let mut timeouts = Timeouts::new();
    timeouts.total = Some(Duration::from_secs(3));
    let client = server.builder().0.timeouts(timeouts).build().unwrap();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.attempts().len(), 2);
    assert!(error.to_string().ends_with(
        "Try again in 2 seconds; not tried again, because the total timeout would be over by then"
    ));

    // What may have been done is done once, and what does not pass is told at once.
    let server = Server::start(vec![Act::json(200, "", ours)]).await;
    let batch = CreateBatch::new("file-1", "/v1/chat/completions");
    let error = in_time(server.client().send(&batch)).await.unwrap_err();
    assert_eq!((error.attempts().len(), error.is_retryable()), (1, false));
    assert!(
        error
            .to_string()
            .contains("oops; not tried again, because the service may have done it")
    );
    let filtered = r#"{"error":{"code":"content_filter","message":"no"}}"#;
    let server = Server::start(vec![Act::json(200, "", filtered)]).await;
    let error = in_time(server.client().send(&ListModels::new()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContentFilter);
    assert_eq!(error.attempts().len(), 1);
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_an_answer() {
    let marked = "\u{feff}{\"object\":\"list\",\"data\":[]}";
    let server = Server::start(vec![
        Act::json(200, "", marked),
        Act::json(200, "", "\u{feff}{\"hello\":1}"),
    ])
    .await;
    let client = server.client_on(&connections());
    let answer = in_time(client.send(&ListModels::new())).await.unwrap();
    assert!(answer.data.is_empty());
    assert_eq!(answer.body(), marked);
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("missing field"), "{source}");
}

#[tokio::test]
async fn a_list_whose_next_page_is_the_same_comes_to_an_end() {
    let page = r#"{"object":"list","has_more":true,"data":[{"id":"file-1","object":"file"}]}"#;
    let server = Server::start(vec![Act::json(200, "", page)]).await;
    let client = server.client();
    let mut files = std::pin::pin!(client.pages(ListFiles::new()));
    for _ in 0..3 {
        assert_eq!(in_time(files.next()).await.unwrap().unwrap().id, "file-1");
    }
    let error = in_time(files.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "files.list: a page of the list is followed by itself, again and again; check that the \
         gateway passes the query on"
    );
    assert!(in_time(files.next()).await.is_none());
    assert_eq!(server.requests().len(), 3);
}
