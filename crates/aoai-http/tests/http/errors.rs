//! What a refused call tells: every family of bodies, all that came with it, and where it went.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_http::{CallOptions, ErrorKind, Limits};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::fine_tuning::jobs::DeleteFineTuningJob;
use aoai_types::models::ListModels;
use aoai_types::responses::CreateResponse;
use http::StatusCode;

use crate::server::{Act, Server, Then, chunk, in_time};

fn chat() -> CreateChatCompletion {
    CreateChatCompletion::new("gpt", [Message::user("hi")])
}

#[tokio::test]
async fn every_family_of_bodies_is_read() {
    use ErrorKind::{Authentication, ContentFilter, Gateway, InvalidRequest, NotFound, RateLimit};
    let html = "<html><body>404 Not Found</body></html>";
    for (status, body, kind, code, message) in [
        (
            400,
            r#"{"error":{"message":"no X","type":"invalid_request_error","param":null,"code":""}}"#,
            InvalidRequest,
            Some(""),
            "no X",
        ),
        (
            400,
            r#"{"error":{"message":"no X","type":"invalid_request_error","param":null,"code":null}}"#,
            InvalidRequest,
            None,
            "no X",
        ),
        (
            401,
            r#"{"statusCode":401,"message":"Unauthorized. Access token is missing."}"#,
            Authentication,
            None,
            "Unauthorized. Access token is missing.",
        ),
        (
            429,
            r#"{ "statusCode": 429, "message": "Token limit is exceeded. Try again in 41 seconds." }"#,
            RateLimit,
            None,
            "Token limit is exceeded. Try again in 41 seconds.",
        ),
        (
            400,
            r#"{"error":{"requestid":"r","code":400,"message":"Validation error at #/x"}}"#,
            InvalidRequest,
            Some("400"),
            "Validation error at #/x",
        ),
        (
            400,
            r#"{"error":{"code":"contentFilter","inner_error":{"content_filter_results":{}}}}"#,
            ContentFilter,
            Some("contentFilter"),
            "",
        ),
    ] {
        let server = Server::start(vec![Act::json(status, "", body)]).await;
        let client = server.builder().0.max_retries(0).build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{body}");
        let api = error.api().unwrap();
        assert_eq!(api.message, message, "{body}");
        let is_filtered = kind == ContentFilter;
        assert_eq!(error.content_filter().is_some(), is_filtered, "{body}");
        let told = api.code.as_ref().map(ToString::to_string);
        assert_eq!(told.as_deref(), code, "{body}");
        assert_eq!(error.body().unwrap(), body);
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
    // Over several lines, in chunks, and without a word on what it is.
    let body = "{\n  \"error\": {\n    \"code\": \"DeploymentNotFound\",\n    \"message\": \
                \"It does not exist.\"\n  }\n}";
    let (start, rest) = body.split_at(20);
    let bytes = format!(
        "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
        chunk(start),
        chunk(rest)
    );
    let server = Server::start(vec![Act::new(bytes, Then::Keep)]).await;
    let error = in_time(server.client().send(&chat())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeploymentNotFound);
    assert_eq!(error.api().unwrap().message, "It does not exist.");
    // What is of no family is kept as it came.
    for (status, body, kind) in [
        (404, html, NotFound),
        (404, "", NotFound),
        (401, "", Authentication),
        (502, html, Gateway),
        (500, "", Gateway),
        (400, "[]", InvalidRequest),
        (400, "\"oops\"", InvalidRequest),
        (400, "{\"error\":7}", InvalidRequest),
        (429, "slow down", RateLimit),
    ] {
        let bytes = format!(
            "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let server = Server::start(vec![Act::new(bytes, Then::Keep)]).await;
        let client = server.builder().0.max_retries(0).build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert_eq!(error.body().unwrap(), body);
    }
}

#[tokio::test]
async fn an_error_keeps_everything_that_came_with_it() {
    let body = r#"{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"jailbreak":{"filtered":true,"detected":true}}}}}"#;
    let headers = "apim-request-id: apim-7\r\nx-request-id: req-7\r\nx-ms-region: East US 2\r\n\
         retry-after: 9\r\nx-ratelimit-remaining-tokens: -1\r\nx-ratelimit-type: Tokens\r\n\
         x-odd: kept\r\n";
    let server = Server::start(vec![
        Act::json(503, "retry-after-ms: 140\r\n", "{}"),
        Act::json(400, headers, body),
    ])
    .await;
    let error = in_time(server.client().send(&chat())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContentFilter);
    assert_eq!(error.operation(), Some("chat"));
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(error.request_id(), Some("req-7"));
    assert_eq!(error.apim_request_id(), Some("apim-7"));
    assert_eq!(error.region(), Some("East US 2"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    assert_eq!(error.rate_limits().remaining_tokens, Some(-1));
    assert_eq!(error.rate_limits().met.as_deref(), Some("Tokens"));
    assert_eq!(error.headers().unwrap()["x-odd"], "kept");
    assert_eq!(error.body().unwrap(), body);
    let api = error.api().unwrap();
    assert_eq!(api.param.as_deref(), Some("prompt"));
    let inner = api.inner().unwrap();
    assert_eq!(inner.code.as_deref(), Some("ResponsibleAIPolicyViolation"));
    assert!(error.content_filter().is_some());
    let attempts: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| (attempt.status.unwrap().as_u16(), attempt.waited))
        .collect();
    assert_eq!(
        attempts,
        [(503, Duration::ZERO), (400, Duration::from_millis(140))]
    );
    assert!(!error.is_retryable() && !error.is_transient());
    let shown = format!("{error:?}");
    let begin = "Error { kind: ContentFilter, message: chat: the service answered 400 \
                 (content_filter): The response was filtered, status: Some(400), request_id: \
                 Some(\"req-7\"), apim_request_id: Some(\"apim-7\"), region: Some(\"East US 2\"), \
                 retry_after: Some(9s), attempts: [Attempt { status: Some(503), ";
    assert!(shown.starts_with(begin), "{shown}");
}

#[tokio::test]
async fn a_refusals_body_is_kept_up_to_a_limit() {
    let body = "x".repeat(5_000);
    let server = Server::start(vec![Act::json(400, "", &body)]).await;
    let mut limits = Limits::new();
    limits.error_body = 1_000;
    let client = server.builder().0.limits(limits).build().unwrap();
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.body().unwrap().len(), 1_000);
}

#[tokio::test]
async fn a_404_says_what_was_looked_for_and_where() {
    let nothing = r#"{"error":{"code":"404","message": "Resource not found"}}"#;
    let lacking = r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#;
    for (surface, body, kind, place) in [
        (
            "v1",
            nothing,
            ErrorKind::NotFound,
            "for deployment \"gpt\" to {}/openai/v1/responses without api-version",
        ),
        (
            "v1-preview",
            nothing,
            ErrorKind::NotFound,
            "for deployment \"gpt\" to {}/openai/v1/responses with api-version preview",
        ),
        (
            "2024-10-21",
            nothing,
            ErrorKind::UnsupportedApiVersion,
            "for deployment \"gpt\" to {}/openai/responses with api-version 2024-10-21, which is \
             not known to serve it; `Surface::V1` is",
        ),
        (
            "2024-05-13",
            nothing,
            ErrorKind::UnsupportedApiVersion,
            "for deployment \"gpt\" to {}/openai/responses with api-version 2024-05-13, which the \
             service is not known to have served",
        ),
        (
            "2025-04-01-preview",
            lacking,
            ErrorKind::DeploymentNotFound,
            "for deployment \"gpt\" to {}/openai/responses with api-version 2025-04-01-preview",
        ),
    ] {
        let server = Server::start(vec![Act::json(404, "", body)]).await;
        let options = CallOptions::new()
            .surface(surface.parse().unwrap())
            .query("sig", "fake-signature");
        let client = server.client().with(options);
        let respond = CreateResponse::new("gpt", "hi");
        let error = in_time(client.send(&respond)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{surface}");
        let place = place.replace("{}", &server.endpoint);
        let text = error.to_string();
        assert!(text.ends_with(&format!("; it was sent {place}")), "{text}");
        assert!(!text.contains("fake-signature"), "{text}");
    }
    // Where v1 does not serve it either, nobody is sent there.
    let server = Server::start(vec![Act::json(404, "", nothing)]).await;
    let surface = "2023-05-15".parse().unwrap();
    let client = server.client().with(CallOptions::new().surface(surface));
    let delete = DeleteFineTuningJob::new("ftjob-1");
    let error = in_time(client.send(&delete)).await.unwrap_err();
    let place = format!(
        "; it was sent to {}/openai/fine_tuning/jobs/ftjob-1 with api-version 2023-05-15, which is \
         not known to serve it",
        server.endpoint
    );
    assert!(error.to_string().ends_with(&place), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_too_long_keeps_what_its_head_said() {
    let head = "HTTP/1.1 200 OK\r\napim-request-id: apim-1\r\nx-request-id: req-1\r\n\
                content-length: 100\r\n\r\n";
    let whole = format!("{head}{:100}", r#"{"data": []}"#);
    let small = {
        let mut limits = Limits::new();
        limits.body = 50;
        limits
    };
    for (said, then, limits, kind) in [
        (
            head.to_owned() + "{",
            Then::Close,
            Limits::new(),
            ErrorKind::Truncated,
        ),
        (whole, Then::Keep, small, ErrorKind::TooLarge),
    ] {
        let server = Server::start(vec![Act::new(said, then)]).await;
        let builder = server.builder().0.max_retries(0).limits(limits);
        let client = builder.build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status().unwrap().as_u16(), 200);
        assert_eq!(error.apim_request_id(), Some("apim-1"));
        assert_eq!(error.request_id(), Some("req-1"));
        assert_eq!(error.attempts()[0].status.unwrap().as_u16(), 200);
    }
}

#[tokio::test]
async fn a_refusal_whose_end_does_not_come_is_taken_for_what_it_is() {
    let said = "HTTP/1.1 429 Busy\r\nretry-after: 1\r\ncontent-length: 100\r\n\r\n{";
    let server = Server::start(vec![
        Act::new(said, Then::Hang),
        Act::json(200, "", r#"{"data": []}"#),
    ])
    .await;
    let clock = ManualClock::new();
    let builder = server.builder().0.clock(Arc::new(clock.clone()));
    let client = builder.build().unwrap();
    let time = async {
        server.heard(1).await;
        // First of the head, then of the body.
        while server.requests().len() < 2 {
            clock.sleeping(1).await;
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let models = ListModels::new();
    let (answer, ()) = in_time(async { tokio::join!(client.send(&models), time) }).await;
    let answer = answer.unwrap();
    assert_eq!(answer.attempts().len(), 2);
    let refused = &answer.attempts()[0];
    assert_eq!(refused.error, Some(ErrorKind::RateLimit));
    assert!(refused.elapsed <= Duration::from_secs(30), "{refused:?}");
}

#[tokio::test]
async fn a_redirect_does_not_pass_by_waiting() {
    let server = Server::start(vec![Act::json(302, "location: https://h/x\r\n", "")]).await;
    let error = in_time(server.client().send(&ListModels::new())).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Gateway);
    assert!(!error.is_transient() && !error.is_retryable());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_is_not_packed_where_its_coding_is_none() {
    for coding in ["none", "identity", "", "None"] {
        let headers = format!("content-encoding: {coding}\r\n");
        let server = Server::start(vec![Act::json(200, &headers, r#"{"data": []}"#)]).await;
        in_time(server.client().send(&ListModels::new()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_refusal_in_nobodys_form_is_told_as_a_gateways() {
    for (status, kind) in [
        (403, ErrorKind::Gateway),
        (407, ErrorKind::Gateway),
        (401, ErrorKind::Authentication),
        (502, ErrorKind::Gateway),
    ] {
        let said = format!(
            "HTTP/1.1 {status} No\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"
        );
        let server = Server::start(vec![Act::new(said, Then::Keep)]).await;
        let client = server.builder().0.max_retries(0).build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.is_transient(), status == 502, "{status}");
        let form = "its reason is not in the service's form (content-type: text/html)";
        assert!(error.to_string().contains(form), "{error}");
        assert_eq!(error.body().unwrap(), "<html>");
    }
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_a_gateways() {
    let page = "\n<!DOCTYPE html><html>Sign in</html>";
    for (form, body, kind) in [
        (
            "content-type: text/html; charset=utf-8\r\n",
            page,
            ErrorKind::Gateway,
        ),
        (
            "content-type: application/json\r\n",
            page,
            ErrorKind::Gateway,
        ),
        ("", page, ErrorKind::Gateway),
        ("", "\u{feff}<html>", ErrorKind::Gateway),
        (
            "content-type: text/plain\r\n",
            "It works!",
            ErrorKind::Gateway,
        ),
        // It may be the service's, and broken.
        ("", "It works!", ErrorKind::Decode),
        (
            "content-type: Application/JSON\r\n",
            "It works!",
            ErrorKind::Decode,
        ),
        (
            "content-type: text/html\r\n",
            "{\"data\": 5}",
            ErrorKind::Decode,
        ),
        ("content-type: text/html\r\n", "[", ErrorKind::Decode),
        ("content-type: text/html\r\n", " ", ErrorKind::Decode),
    ] {
        let length = body.len();
        let said = format!("HTTP/1.1 200 OK\r\n{form}content-length: {length}\r\n\r\n{body}");
        let server = Server::start(vec![Act::new(said, Then::Keep)]).await;
        let sent = in_time(server.client().send(&ListModels::new())).await;
        let error = sent.unwrap_err();
        assert_eq!(error.kind(), kind, "{form}{body}");
        assert_eq!(error.status(), Some(StatusCode::OK), "{form}{body}");
        assert_eq!(error.body().unwrap(), body);
        assert!(!error.is_retryable(), "{form}{body}");
        assert_eq!(server.requests().len(), 1, "{form}{body}");
        let way = "models.list: an answer in JSON was asked for, and a page or a text came that is \
                   none of the service's: check the endpoint, the proxy or the gateway";
        assert_eq!(
            error.to_string() == way,
            kind == ErrorKind::Gateway,
            "{error}"
        );
    }
}
