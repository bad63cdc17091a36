use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aoai_auth::testing::ManualClock;
use aoai_auth::{
    ApiKey, Audience, Cached, Chain, Clock, CredentialProvider, EntraOptions, ErrorKind, Issued,
    KeyVaultSecret, Result, Source,
};
use async_trait::async_trait;
use azure_core::http::Transport;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::entra::Silent;
use crate::loopback::{options, with_transport};
use crate::support::{Scripted, api_key, settle, text, token};

const VAULT: &str = "https://fake-vault.vault.azure.net";

/// A vault on loopback that lets no one in: a challenge, as a real one answers.
async fn vault() -> MockServer {
    let server = MockServer::start().await;
    challenge("https://vault.azure.net").mount(&server).await;
    server
}

fn challenge(resource: &str) -> Mock {
    let challenge = format!(
        r#"Bearer authorization="https://login.windows.net/fake-tenant", resource="{resource}""#
    );
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(401).insert_header("www-authenticate", challenge))
        .with_priority(9)
}

/// Lets those with the token in, to this answer.
async fn answer(server: &MockServer, token: &str, answer: ResponseTemplate) {
    Mock::given(header("authorization", format!("Bearer {token}")))
        .and(header("x-meant-for", VAULT))
        .respond_with(answer)
        .up_to_n_times(1)
        .with_priority(1)
        .mount(server)
        .await;
}

fn secret(value: &str, version: &str, attributes: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "value": value,
        "id": format!("{VAULT}/secrets/fake-name/{version}"),
        "attributes": attributes,
    }))
}

/// A token that lives long.
fn vault_token(text: &str) -> Result<Issued> {
    token(
        text,
        SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800),
    )
}

fn key_in(server: &MockServer, credential: impl CredentialProvider) -> KeyVaultSecret {
    key_with(&options(server), credential)
}

fn key_with(options: &EntraOptions, credential: impl CredentialProvider) -> KeyVaultSecret {
    KeyVaultSecret::new(VAULT, "fake-name", credential, options).unwrap()
}

async fn ask(provider: &impl CredentialProvider) -> Result<Issued> {
    provider.credential(&Audience::AI).await
}

/// Notes for whom it is asked.
#[derive(Debug)]
struct ForVault(Scripted);

#[async_trait]
impl CredentialProvider for ForVault {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        assert_eq!(audience.scope(), "https://vault.azure.net/.default");
        self.0.credential(audience).await
    }
}

#[tokio::test]
async fn the_current_version_is_read_with_one_token() {
    let server = vault().await;
    answer(
        &server,
        "fake-token",
        secret("fake-key-1\n", "v1", &json!({})),
    )
    .await;
    answer(
        &server,
        "fake-token",
        secret("fake-key-2", "v2", &json!({"enabled": true})),
    )
    .await;
    let tokens = Scripted::new([vault_token("fake-token")]);
    let provider = key_in(&server, ForVault(tokens.clone()));
    for (value, version) in [("fake-key-1", "v1"), ("fake-key-2", "v2")] {
        let issued = ask(&provider).await.unwrap();
        assert_eq!(issued.credential, api_key(value));
        assert_eq!(issued.source, Source::Network);
        assert_eq!(issued.version.as_deref(), Some(version));
    }
    assert_eq!(tokens.asked(), 1);
    let paths: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect();
    assert_eq!(
        paths, ["/secrets/fake-name/"; 3],
        "one challenge, two answers"
    );
}

#[tokio::test]
async fn a_pinned_version_is_read_as_such() {
    let server = vault().await;
    Mock::given(path("/secrets/fake-name/v7"))
        .and(header("authorization", "Bearer fake-token"))
        .and(query_param("api-version", "2025-07-01"))
        .respond_with(secret("fake-key", "v7", &json!({})))
        .mount(&server)
        .await;
    let provider = key_in(&server, Scripted::new([vault_token("fake-token")])).version("v7");
    assert_eq!(text(&ask(&provider).await), "fake-key");
}

#[tokio::test]
async fn a_key_is_refreshed_in_the_background_once_it_is_old() {
    let server = vault().await;
    for number in 1..=3 {
        let key = format!("fake-key-{number}");
        answer(&server, "fake-token", secret(&key, "v", &json!({}))).await;
    }
    let clock = ManualClock::new();
    let provider = key_in(&server, Scripted::new([vault_token("fake-token")]))
        .refresh_after(Duration::from_secs(100));
    let cached = Cached::new(provider).with_clock(Arc::new(clock.clone()));
    assert_eq!(text(&ask(&cached).await), "fake-key-1");
    clock.advance(Duration::from_secs(100));
    assert_eq!(text(&ask(&cached).await), "fake-key-1", "nobody waits");
    // The refresh goes over a socket, so turns of this thread alone do not finish it.
    while text(&ask(&cached).await) != "fake-key-2" {
        settle().await;
    }
    cached.invalidate(&api_key("fake-key-2"));
    assert_eq!(
        text(&ask(&cached).await),
        "fake-key-3",
        "and after a refusal"
    );
}

#[tokio::test]
async fn what_a_secret_says_of_itself_is_respected() {
    let clock = ManualClock::new();
    let seconds = |offset: i64| {
        let now = clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(now.as_secs()).unwrap() + offset
    };
    let what = "secret fake-name of vault fake-vault.vault.azure.net ";
    for (attributes, content, expected) in [
        (json!({"nbf": seconds(0), "exp": seconds(1)}), None, Ok(())),
        (json!({"exp": seconds(1)}), Some("text/plain"), Ok(())),
        (
            json!({"enabled": false}),
            None,
            Err(
                "is disabled; enable it under Secrets of the vault in the Azure portal, or add a \
                 version",
            ),
        ),
        (
            json!({"nbf": seconds(1)}),
            None,
            Err(
                "must not be used before 2026-01-01T12:00:01Z; change its activation date, or add \
                 a version",
            ),
        ),
        (
            json!({"exp": seconds(0)}),
            None,
            Err(
                "expired at 2026-01-01T12:00:00Z; add a version with a current key, or change its \
                 expiration date",
            ),
        ),
        (
            json!({}),
            Some("application/x-pkcs12"),
            Err("is a certificate (application/x-pkcs12), not a key"),
        ),
    ] {
        let server = vault().await;
        let body = json!({"value": "fake-key", "attributes": attributes, "contentType": content});
        answer(
            &server,
            "fake-token",
            ResponseTemplate::new(200).set_body_json(body),
        )
        .await;
        let options = options(&server).with_clock(Arc::new(clock.clone()));
        let provider = key_with(&options, Scripted::new([vault_token("fake-token")]));
        match (ask(&provider).await, expected) {
            (Ok(issued), Ok(())) => {
                assert_eq!(
                    issued.expires_on,
                    Some(clock.now() + Duration::from_secs(1))
                );
            }
            (Err(error), Err(told)) => {
                assert_eq!(error.kind(), ErrorKind::Refused);
                assert_eq!(error.to_string(), format!("{what}{told}"));
            }
            (found, _) => panic!("{found:?}"),
        }
    }
}

#[tokio::test]
async fn each_refusal_of_a_vault_has_its_own_way_out() {
    let forbidden = |code: &str, message: &str| {
        json!({"error": {
            "code": "Forbidden", "message": message, "innererror": {"code": code}
        }})
    };
    for (status, body, kind, told) in [
        (
            404,
            json!({"error": {"code": "SecretNotFound", "message": "A secret was not found."}}),
            ErrorKind::Refused,
            "does not exist; compare the name with Secrets in the Azure portal",
        ),
        (
            403,
            forbidden("SecretDisabled", "Operation get is not allowed."),
            ErrorKind::Refused,
            "is disabled; enable it under Secrets of the vault in the Azure portal, or add a \
             version",
        ),
        (
            403,
            forbidden("", "Operation get is not allowed on a disabled secret."),
            ErrorKind::Refused,
            "is disabled; enable it under Secrets of the vault in the Azure portal, or add a \
             version",
        ),
        (
            403,
            forbidden("", "Operation get is not allowed on an expired secret."),
            ErrorKind::Refused,
            "has expired; add a version with a current key, or change its expiration date",
        ),
        (
            403,
            forbidden(
                "ForbiddenByRbac",
                "Caller is not authorized to perform action.",
            ),
            ErrorKind::Refused,
            "is forbidden to this identity; in the Azure portal, give it the role Key Vault \
             Secrets User (4633458b-17de-408a-b874-0445c86b69e6) under Access control (IAM) of \
             the vault, or, if the vault works by access policies, the secret permission Get",
        ),
        (
            403,
            forbidden("ForbiddenByFirewall", "Client address is not authorized."),
            ErrorKind::Refused,
            "is behind a firewall that keeps this host out; allow it under Networking of the \
             vault in the Azure portal",
        ),
        (
            429,
            json!({"error": {"code": "Throttled", "message": "Too many requests."}}),
            ErrorKind::Unavailable,
            "cannot be reached: the vault answered 429",
        ),
        (
            400,
            json!({"error": {"code": "BadParameter", "message": "Bad name."}}),
            ErrorKind::Misconfigured,
            "is not what the vault understands: it answered 400 BadParameter",
        ),
        (
            200,
            json!({"value": ["fake-canary"]}),
            ErrorKind::Unavailable,
            "cannot be read",
        ),
    ] {
        let server = vault().await;
        let response = ResponseTemplate::new(status).set_body_json(body);
        answer(&server, "fake-token", response).await;
        let provider = key_in(&server, Scripted::new([vault_token("fake-token")]));
        let error = ask(&provider).await.unwrap_err();
        let what = "secret fake-name of vault fake-vault.vault.azure.net";
        assert_eq!(
            (error.kind(), error.to_string()),
            (kind, format!("{what} {told}"))
        );
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_host_that_asks_for_anothers_tokens_gets_none() {
    let server = MockServer::start().await;
    challenge("https://vault.example.com").mount(&server).await;
    let tokens = Scripted::new([vault_token("fake-token")]);
    let error = ask(&key_in(&server, tokens.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(
        error.to_string(),
        "secret fake-name of vault fake-vault.vault.azure.net is not asked for: the host asks for \
         tokens that are for another one, as a vault does not"
    );
    assert_eq!(tokens.asked(), 0);
}

#[tokio::test]
async fn a_token_that_the_vault_refuses_is_forgotten() {
    let server = vault().await;
    answer(&server, "fake-new", secret("fake-key", "v1", &json!({}))).await;
    let tokens = Scripted::new([vault_token("fake-old"), vault_token("fake-new")]);
    assert_eq!(
        text(&ask(&key_in(&server, tokens.clone())).await),
        "fake-key"
    );
    assert_eq!(tokens.asked(), 2);

    let tokens = Scripted::new([vault_token("fake-stranger")]);
    let error = ask(&key_in(&server, tokens.clone())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "secret fake-name of vault fake-vault.vault.azure.net is refused to this token; the \
         identity must be of the vault's own tenant"
    );
    assert_eq!(tokens.asked(), 2, "once more, and no oftener");
}

#[tokio::test(start_paused = true)]
async fn patience_with_a_vault_ends() {
    let options = with_transport(Transport::new(Arc::new(Silent)));
    let provider = key_with(&options, Scripted::new([vault_token("fake-token")]));
    let asked = tokio::time::timeout(Duration::from_secs(3600), ask(&provider));
    let error = asked.await.expect("it hangs").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "secret fake-name of vault fake-vault.vault.azure.net cannot be read"
    );
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "no answer came within 120s");
}

#[tokio::test]
async fn a_vault_needs_a_token() {
    let server = vault().await;
    for (credential, kind, told) in [
        (
            Chain::new().or(ApiKey::new("fake-key")),
            ErrorKind::Misconfigured,
            "it takes a token of Entra ID, and its provider yields an api key",
        ),
        (
            Chain::new(),
            ErrorKind::NotConfigured,
            "no credential is configured: the chain has no provider",
        ),
    ] {
        let error = ask(&key_in(&server, credential)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(
            error.to_string(),
            format!(
                "secret fake-name of vault fake-vault.vault.azure.net cannot be read, for want of \
                 a token: {told}"
            )
        );
    }
}

#[tokio::test]
async fn an_address_that_is_no_vaults_is_refused() {
    let server = MockServer::start().await;
    for address in [
        "fake-vault",
        "http://fake-vault.vault.azure.net",
        "https:///",
    ] {
        let token = Scripted::new([vault_token("fake-token")]);
        let error = KeyVaultSecret::new(address, "n", token, &options(&server)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert_eq!(
            error.to_string(),
            format!(
                "{address} is not the address of a vault; its overview in the Azure portal shows \
                 the Vault URI"
            )
        );
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_sent_is_named() {
    let server = vault().await;
    answer(
        &server,
        "fake-token",
        secret("fake canary", "v1", &json!({})),
    )
    .await;
    let error = ask(&key_in(&server, Scripted::new([vault_token("fake-token")]))).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "secret fake-name of vault fake-vault.vault.azure.net cannot be sent in a header: its \
         character 5 is a space; copy it again"
    );
}
