//! Whose credential goes out, for whom it is asked, and on which connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::testing::ManualClock;
use aoai_auth::{ApiKey, Audience, Credential, CredentialProvider, Issued};
use aoai_http::{CallOptions, Client, ClientBuilder, ErrorKind, Timeouts};
use aoai_types::Surface;
use aoai_types::models::ListModels;
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use crate::server::{Act, Server, in_time};

/// Notes for whom it is asked, and has nothing.
#[derive(Debug, Default)]
struct Asked(Mutex<Vec<String>>);

#[async_trait]
impl CredentialProvider for Asked {
    async fn credential(&self, audience: &Audience) -> aoai_auth::Result<Issued> {
        self.0.lock().unwrap().push(audience.scope().to_owned());
        let kind = aoai_auth::ErrorKind::NotConfigured;
        Err(aoai_auth::Error::new(kind, "there is none"))
    }
}

#[tokio::test]
async fn of_a_credential_and_none_the_last_counts() {
    let with_key = |builder: ClientBuilder| builder.credential(ApiKey::new("not-a-real-key"));
    for (anonymous, sent) in [(true, None), (false, Some("api-key: not-a-real-key"))] {
        let server = Server::start(vec![Act::json(200, "", r#"{"data":[]}"#)]).await;
        let builder = Client::builder(&server.endpoint);
        let builder = if anonymous {
            with_key(builder).no_credential()
        } else {
            with_key(builder.no_credential())
        };
        let client = builder.build().unwrap();
        in_time(client.send(&ListModels::new())).await.unwrap();
        let request = server.requests().remove(0);
        let key = request.lines().find(|line| line.starts_with("api-key"));
        assert_eq!(key, sent);
    }
}

#[tokio::test]
async fn tokens_are_asked_for_the_audience_of_the_surface_and_the_cloud() {
    const AI: &str = "https://ai.azure.com/.default";
    const CLASSIC: &str = "https://cognitiveservices.azure.com/.default";
    const GOVERNMENT: &str = "https://cognitiveservices.azure.us/.default";
    let other = "https://other.example.com/.default";
    for (endpoint, set, [v1, dated]) in [
        ("https://contoso.openai.azure.com", None, [AI, CLASSIC]),
        ("https://gateway.example.com/azure.us", None, [AI, CLASSIC]),
        ("http://[::1]:1", None, [AI, CLASSIC]),
        (
            "https://contoso.openai.azure.us:443/path",
            None,
            [GOVERNMENT; 2],
        ),
        ("https://contoso.openai.azure.us", Some(other), [other; 2]),
    ] {
        let asked = Arc::new(Asked::default());
        let mut builder = Client::builder(endpoint).credential(Arc::clone(&asked));
        if let Some(audience) = set {
            builder = builder.audience(Audience::new(audience));
        }
        let client = builder.build().unwrap();
        let on_dated = CallOptions::new().surface(Surface::dated("2024-10-21").unwrap());
        for client in [client.clone(), client.with(on_dated)] {
            let error = client.send(&ListModels::new()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credential);
        }
        assert_eq!(*asked.0.lock().unwrap(), [v1, dated], "{endpoint}");
    }
}

#[tokio::test]
async fn clients_of_different_credentials_can_share_connections() {
    let server = Server::start(vec![Act::json(200, "", r#"{"data": []}"#)]).await;
    let first = server.client();
    let second = Client::builder(&server.endpoint)
        .credential(ApiKey::new("fake-key-2"))
        .connections_of(&first)
        .build()
        .unwrap();
    for client in [&first, &second, &first] {
        client.send(&ListModels::new()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    let keys: Vec<bool> = server
        .requests()
        .iter()
        .map(|request| request.contains("fake-key-2"))
        .collect();
    assert_eq!(keys, [false, true, false]);

    // Either kind of connections serves clients of its own kind only.
    let secure = "https://contoso.openai.azure.com";
    let of = |endpoint: &str, others: &Client| {
        let builder = Client::builder(endpoint).credential(ApiKey::new("fake-key"));
        builder.connections_of(others).build()
    };
    let builder = Client::builder(secure).credential(ApiKey::new("fake-key"));
    let third = builder.build().unwrap();
    assert!(of("https://fabrikam.openai.azure.com", &third).is_ok());
    for refused in [of(secure, &first), of(&server.endpoint, &third)] {
        let told = refused.unwrap_err().to_string();
        assert_eq!(told, "http and https do not share connections");
    }
}

/// A provider whose server is away.
#[derive(Debug)]
struct Away;

#[async_trait]
impl CredentialProvider for Away {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        let kind = aoai_auth::ErrorKind::Unavailable;
        Err(aoai_auth::Error::new(kind, "the vault is away"))
    }
}

#[tokio::test]
async fn a_call_whose_credential_is_away_can_be_made_again() {
    let server = Server::start(vec![Act::json(200, "", "{}")]).await;
    let builder = Client::builder(&server.endpoint).credential(Away);
    let client = builder.build().unwrap();
    let error = client.send(&ListModels::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.is_transient() && error.is_retryable());
    assert_eq!(error.attempts().len(), 0);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_credential_that_a_call_brings_itself_is_sent_in_place_of_the_clients() {
    let server = Server::start(vec![Act::json(200, "", r#"{"data": []}"#)]).await;
    let client = server.client();
    for (name, value) in [
        (HeaderName::from_static("api-key"), "fake-own-key"),
        (AUTHORIZATION, "Bearer fake-own-token"),
    ] {
        let line = format!("{name}: {value}");
        let own = CallOptions::new().header(name, HeaderValue::from_static(value));
        let answer = client.with(own).send(&ListModels::new()).await.unwrap();
        assert_eq!(answer.attempts()[0].credential, None);
        let request = server.requests().pop().unwrap();
        assert!(request.lines().any(|sent| sent == line), "{request}");
        assert!(!request.contains("not-a-real-key"), "{request}");
    }
}

/// What a source has.
type Has = fn() -> aoai_auth::Result<Issued>;

/// A provider that waits for something that never comes.
#[derive(Debug)]
struct Hanging;

#[async_trait]
impl CredentialProvider for Hanging {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_provider_that_hangs_holds_no_call_for_ever() {
    let total = |seconds| {
        let mut timeouts = Timeouts::new();
        timeouts.total = Some(Duration::from_secs(seconds));
        timeouts
    };
    let own = "the provider had none after 180s, the timeout for a credential";
    let nothing = "models.list: there is no credential to send";
    for (timeouts, passes, kind, text, source) in [
        (
            Timeouts::new(),
            180,
            ErrorKind::Credential,
            nothing,
            Some(own),
        ),
        (total(181), 180, ErrorKind::Credential, nothing, Some(own)),
        (
            total(180),
            180,
            ErrorKind::Timeout,
            "models.list: no credential was found within the total timeout of 180s; not tried \
             again, because the total timeout would be over by then",
            None,
        ),
        (
            total(60),
            60,
            ErrorKind::Timeout,
            "models.list: no credential was found within the total timeout of 60s; not tried \
             again, because the total timeout would be over by then",
            None,
        ),
    ] {
        let clock = ManualClock::new();
        let client = Client::builder("http://127.0.0.1:9")
            .credential(Hanging)
            .timeouts(timeouts)
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        let models = ListModels::new();
        let (answered, ()) = in_time(futures_util::future::join(client.send(&models), async {
            clock.sleeping(1).await;
            clock.advance(Duration::from_secs(passes));
        }))
        .await;
        let error = answered.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
        let told = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(told.as_deref(), source);
        assert!(error.is_transient());
        assert_eq!(error.attempts().len(), 0);
    }
}

/// Yields one after another.
#[derive(Debug)]
struct Row(Mutex<Vec<Has>>);

#[async_trait]
impl CredentialProvider for Row {
    async fn credential(&self, _: &Audience) -> aoai_auth::Result<Issued> {
        self.0.lock().unwrap().remove(0)()
    }
}

#[tokio::test]
async fn a_refusal_says_what_came_of_looking_for_another_credential() {
    let local = || Ok(Issued::local(Credential::ApiKey("fake-key".into())));
    let network = || Ok(Issued::network(Credential::ApiKey("fake-key".into())));
    let away = || {
        let kind = aoai_auth::ErrorKind::Unavailable;
        Err(aoai_auth::Error::new(kind, "the vault is away"))
    };
    for (second, note) in [
        (local as Has, ""),
        (
            network,
            "; its source was asked again and still has the one that was refused: if it was \
             replaced, write the new one there",
        ),
        (
            away,
            "; its source was asked for another: the vault is away",
        ),
    ] {
        let refusal = r#"{"error":{"code":"401","message":"no"}}"#;
        let server = Server::start(vec![Act::json(401, "", refusal)]).await;
        let row = Row(Mutex::new(vec![network, second]));
        let builder = Client::builder(&server.endpoint).credential(row);
        let client = builder.build().unwrap();
        let error = client.send(&ListModels::new()).await.unwrap_err();
        let expected = "models.list: the service answered 401 (authentication): no";
        assert_eq!(error.to_string(), format!("{expected}{note}"));
        assert_eq!(server.requests().len(), 1);
    }
}
