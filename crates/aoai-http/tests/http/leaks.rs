//! What nobody may read in an error or a `Debug`: keys, wherever somebody put them or echoed them.

use std::fmt::Write as _;
use std::sync::Arc;

use aoai_auth::{AccessToken, ApiKey, CredentialProvider};
use aoai_http::{CallOptions, Client, ErrorKind, Next, Policy, Result, WireRequest, WireResponse};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::models::ListModels;
use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method};

use crate::server::{Act, Server, in_time};

const KEY: &str = "not-a-real-key/+~";

#[test]
fn no_endpoint_that_is_refused_shows_what_may_be_a_key_in_it() {
    for endpoint in [
        "http://contoso.openai.azure.com/?api-key=SECRET",
        "contoso.openai.azure.com/?api-key=SECRET",
        "https://h/?api-key=SECRET#x",
        "https://h/#SECRET",
        "ftp://h/?api-key=SECRET",
        "https://h:port/?api-key=SECRET",
        "me:SECRET@contoso.openai.azure.com",
        "//me:SECRET@contoso.openai.azure.com",
        "https://me:SECRET@:99999/",
        "https://me:SECRET@h h/",
        "https:me:SECRET@h",
        "http:\\\\me:SECRET@h",
    ] {
        let builder = Client::builder(endpoint).no_credential();
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        let mut told = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            write!(told, " {cause} {cause:?}").unwrap();
            source = cause.source();
        }
        assert!(!told.contains("SECRET"), "{endpoint}: {told}");
    }
}

#[tokio::test]
async fn a_credential_that_is_echoed_is_cut_out_of_the_error() {
    let percent = "not-a-real-key%2F%2B~";
    let quoted = format!(r#"{{"error":{{"message":"Received API Key = {KEY}, {percent}"}}}}"#);
    for (status, headers, body) in [
        (401, String::new(), quoted.clone()),
        (500, String::new(), quoted),
        (
            302,
            format!("location: https://h/{percent}\r\n"),
            String::new(),
        ),
        (
            302,
            format!("location: https://h/x#{KEY}\r\n"),
            String::new(),
        ),
        (
            302,
            format!("location: https://h/x?limit={percent}\r\n"),
            String::new(),
        ),
        (
            307,
            format!("location: https://me:{percent}@h/x\r\n"),
            String::new(),
        ),
    ] {
        let server = Server::start(vec![Act::json(status, &headers, &body)]).await;
        let providers: [Arc<dyn CredentialProvider>; 2] =
            [Arc::new(ApiKey::new(KEY)), Arc::new(AccessToken::new(KEY))];
        for provider in providers {
            let builder = Client::builder(&server.endpoint).credential(provider);
            let client = builder.max_retries(0).build().unwrap();
            let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(!told.contains("real"), "{status} {headers}: {told}");
            if status == 500 {
                let words = "Received API Key = [redacted], [redacted]";
                assert!(told.contains(words), "{told}");
                // Whoever wants it as it came has it.
                assert_eq!(error.body().unwrap(), &body);
            }
        }
    }
}

#[tokio::test]
async fn a_key_of_the_callers_own_is_cut_out_as_well() {
    let body = r#"{"error":{"message":"no subscription SUB/KEY, no signature SIG+NATURE, no word OPEN SESAME, no model text"}}"#;
    let server = Server::start(vec![Act::json(400, "", body)]).await;
    let client = server.client().with(
        CallOptions::new()
            .header(
                HeaderName::from_static("ocp-apim-subscription-key"),
                HeaderValue::from_static("SUB/KEY"),
            )
            .header(
                HeaderName::from_static("x-password"),
                HeaderValue::from_static("OPEN SESAME"),
            )
            .query("sig", "SIG+NATURE")
            .query("purpose", "text"),
    );
    let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
    let told = error.to_string();
    let words = "no subscription [redacted], no signature [redacted], no word [redacted], \
                 no model text";
    assert!(told.contains(words), "{told}");
}

#[test]
fn options_show_names_and_no_values() {
    let options = CallOptions::new()
        .deployment("gpt")
        .header(
            HeaderName::from_static("api-key"),
            HeaderValue::from_static(KEY),
        )
        .query("subscription-key", KEY)
        .extra("user", KEY);
    let told = format!("{options:?}");
    assert!(!told.contains("real"), "{told}");
    for name in ["gpt", "api-key", "subscription-key", "user"] {
        assert!(told.contains(name), "{name}: {told}");
    }
}

/// Notes how the answer shows itself.
#[derive(Debug, Default)]
struct Watcher(std::sync::Mutex<String>);

#[async_trait]
impl Policy for Watcher {
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let response = next.run(request).await?;
        *self.0.lock().unwrap() = format!("{response:?}");
        Ok(response)
    }
}

#[tokio::test]
async fn answers_do_not_show_headers_that_came_back() {
    let headers = format!("api-key: {KEY}\r\napim-request-id: shown\r\n");
    let body = format!(r#"{{"data": [], "key": "{KEY}"}}"#);
    let server = Server::start(vec![Act::json(200, &headers, &body)]).await;
    let watcher = Arc::new(Watcher::default());
    let builder = server.builder().0.per_call_policy(Arc::clone(&watcher));
    let client = builder.build().unwrap();
    let answer = in_time(client.send(&ListModels::new())).await.unwrap();
    let raw = WireRequest::new(Method::GET, "/openai/v1/models");
    let raw = in_time(client.execute(raw)).await.unwrap();
    let response = watcher.0.lock().unwrap().clone();
    for told in [format!("{answer:?}"), format!("{raw:?}"), response] {
        assert!(!told.contains("real"), "{told}");
        assert!(told.contains("shown"), "{told}");
    }
}

/// Brings a key that the gateway asks for.
#[derive(Debug)]
struct Subscription;

#[async_trait]
impl Policy for Subscription {
    async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        let key = HeaderValue::from_static("SUB/KEY");
        request.headers.insert("ocp-apim-subscription-key", key);
        next.run(request).await
    }
}

#[tokio::test]
async fn what_policies_put_on_a_request_is_cut_out_of_errors() {
    let body = format!(r#"{{"error":{{"message":"no SUB/KEY, no {KEY}, no SIG+NATURE"}}}}"#);
    let server = Server::start(vec![Act::json(400, "", &body)]).await;
    let around = |attempt: bool| {
        let builder = server.builder().0.credential(ApiKey::new(KEY));
        if attempt {
            builder.per_attempt_policy(Subscription)
        } else {
            builder.per_call_policy(Subscription)
        }
    };
    for attempt in [true, false] {
        let client = around(attempt).query("sig", "SIG+NATURE").build().unwrap();
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        let words = "no [redacted], no [redacted], no [redacted]";
        assert!(error.to_string().contains(words), "{error}");
        let raw = WireRequest::new(Method::GET, "/openai/v1/models");
        let raw = in_time(client.execute(raw)).await.unwrap();
        let error = raw.accepted().unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn what_is_echoed_under_a_status_of_success_is_cut_out_as_well() {
    let event = format!(
        r#"{{"error":{{"message":"no SUB/KEY, no {KEY}, no SIG+NATURE, no OWN-KEY, no text"}}}}"#
    );
    let error = format!("data: {event}\n\n");
    let hel = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    let server = Server::start(vec![
        Act::json(200, "", &event),
        Act::events(&[&error]),
        Act::events(&[hel, &error]),
        Act::json(200, "", &event),
    ])
    .await;
    let builder = server.builder().0.credential(ApiKey::new(KEY));
    let builder = builder.per_attempt_policy(Subscription).max_retries(0);
    let client = builder.build().unwrap().with(
        CallOptions::new()
            .header(
                HeaderName::from_static("x-own-key"),
                HeaderValue::from_static("OWN-KEY"),
            )
            .query("sig", "SIG+NATURE")
            .query("purpose", "text"),
    );
    let chat = CreateChatCompletion::new("gpt", [Message::user("hi")]);
    let answered = in_time(client.send(&chat)).await.unwrap_err();
    let mut errors = vec![answered];
    // Before the answer begins, in the middle of it, and in place of it.
    for _ in 0..3 {
        let mut stream = in_time(client.stream(&chat)).await.unwrap();
        errors.extend(loop {
            match in_time(stream.next()).await {
                Some(Ok(_)) => {}
                other => break other.map(|event| event.unwrap_err()),
            }
        });
    }
    assert_eq!(errors.len(), 4);
    for error in errors {
        let told = format!("{error} {error:?}");
        let words = "no [redacted], no [redacted], no [redacted], no [redacted], no text";
        assert!(told.contains(words), "{told}");
        assert_eq!(error.body().unwrap(), &event);
    }
}

#[tokio::test]
async fn a_token_of_the_callers_own_is_known_without_its_scheme() {
    let body = r#"{"error":{"message":"the token OWN-TOKEN is none of ours"}}"#;
    let server = Server::start(vec![Act::json(400, "", body)]).await;
    for scheme in ["Bearer", "bearer", "Basic"] {
        let header = format!("{scheme} OWN-TOKEN").parse().unwrap();
        let options = CallOptions::new().header(http::header::AUTHORIZATION, header);
        let client = server.client().with(options);
        let error = in_time(client.send(&ListModels::new())).await.unwrap_err();
        assert!(
            error.to_string().contains("the token [redacted] is none"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn whatever_adds_a_secret_to_requests_is_enough_for_it_to_be_cut_out() {
    let body = r#"{"error":{"code":"content_filter","message":"no SUB/KEY"}}"#;
    let server = Server::start(vec![Act::json(200, "", body)]).await;
    let name = || HeaderName::from_static("x-own-key");
    let value = || HeaderValue::from_static("SUB/KEY");
    let builder = || server.builder().0;
    let plain = || builder().build().unwrap();
    for (client, added) in [
        (builder().per_call_policy(Subscription).build(), "per call"),
        (
            builder().per_attempt_policy(Subscription).build(),
            "per attempt",
        ),
        (builder().header(name(), value()).build(), "header"),
        (builder().query("sig", "SUB/KEY").build(), "query"),
        (
            Ok(plain().with(CallOptions::new().header(name(), value()))),
            "call's header",
        ),
        (
            Ok(plain().with(CallOptions::new().query("sig", "SUB/KEY"))),
            "call's query",
        ),
    ] {
        let error = in_time(client.unwrap().send(&ListModels::new())).await;
        let told = error.unwrap_err().to_string();
        assert!(told.ends_with(": no [redacted]"), "{added}: {told}");
    }
}
