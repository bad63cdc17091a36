//! The providers that ask Azure, through success and failure, with secrets that must not show:
//! their own, those that are issued, and both when a service echoes them.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aoai_auth::rotation::{
    AzureAccount, KeyAccount as _, KeyStore as _, KeyVaultStore, Readers, Rotation,
};
use aoai_auth::testing::{Capture, Conformance, ManualClock};
use aoai_auth::{Cached, DefaultLink, Entra, KeyVaultSecret, ManagedIdentity, Secret};
use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::Transport;
use serde_json::{Value, json};
use wiremock::matchers::{any, header_exists, method};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::entra::{MISSING, Tools};
use crate::loopback::{Loopback, options, with_transport};
use crate::support::{Scripted, key, token};

const ACCOUNT: &str = "/subscriptions/s/resourceGroups/g/providers/\
                       Microsoft.CognitiveServices/accounts/a";

/// The provider's own secret.
const OWN: &str = "canary~own+/=%&\"'<>{}";
/// A secret shaped as a token is.
const TOKEN: &str = "eyJjYW5hcnkiOiJ0b2tlbiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZw";
/// A secret that is issued.
const ISSUED: &str = "canary~issued+/=%&\"'<>{}";

fn checks() -> Conformance {
    Conformance::new([OWN, TOKEN, ISSUED])
}

/// Refuses with this status, and says this secret and all that it was told, in every place where a
/// refusal has words.
struct Echo(u16, &'static str);

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body = String::from_utf8_lossy(&request.body);
        let words = format!(
            "AADSTS7000215: {} {body} {TOKEN}\r\n\"{}\"",
            self.1, request.url
        );
        ResponseTemplate::new(self.0).set_body_json(json!({
            "error": {"code": "Forbidden", "message": words, "innererror": {"code": "X"}},
            "error_codes": [7_000_215],
            "error_description": words,
            "message": words,
        }))
    }
}

fn entra_token(token: &Value) -> Value {
    json!({"token_type": "Bearer", "expires_in": 3600, "access_token": token})
}

fn metadata_token(token: &Value) -> Value {
    json!({
        "token_type": "Bearer", "expires_on": "4102444800", "resource": "r", "access_token": token
    })
}

/// What is no answer, with secrets in it.
fn nonsense() -> [ResponseTemplate; 5] {
    let in_json = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    [
        in_json(json!({"access_token": [ISSUED], "token_type": ISSUED})),
        in_json(json!({"access_token": ISSUED, "expires_in": ISSUED, "expires_on": ISSUED})),
        in_json(json!(ISSUED)),
        ResponseTemplate::new(200).set_body_string(ISSUED),
        ResponseTemplate::new(502).set_body_string(format!("<html>{OWN}{ISSUED}{TOKEN}</html>")),
    ]
}

async fn answering(answer: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn applications_show_nothing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), TOKEN).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let providers = |server: &MockServer| {
        let options = options(server);
        let path = path.clone();
        let lookup = move |name: &str| match name {
            "AZURE_FEDERATED_TOKEN_FILE" => Some(path.clone()),
            _ => Some("fake-id".to_owned()),
        };
        let sign = || async { Ok(Secret::from(OWN)) };
        [
            Entra::client_secret("fake-tenant", "fake-client", OWN, &options),
            Entra::client_assertion("fake-tenant", "fake-client", sign, &options),
            Entra::workload_identity_in(&options, lookup),
        ]
    };
    for issued in [ISSUED, TOKEN] {
        let body = entra_token(&json!(issued));
        let server = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        for provider in providers(&server) {
            checks().yields(provider).await;
        }
    }
    for status in [400, 401, 403, 500, 503] {
        let [own, other] = [OWN, TOKEN].map(|secret| answering(Echo(status, secret)));
        let (own, other) = (own.await, other.await);
        let [client_secret, assertion, _] = providers(&own);
        let [.., workload_identity] = providers(&other);
        for provider in [client_secret, assertion, workload_identity] {
            checks().fails(Cached::new(provider.clone())).await;
            checks().fails(provider).await;
        }
    }
    for nonsense in nonsense() {
        let server = answering(nonsense).await;
        for provider in providers(&server) {
            checks().fails(provider).await;
        }
    }
}

#[tokio::test]
async fn managed_identities_show_nothing() {
    let provider =
        |server: &MockServer| Entra::managed_identity(ManagedIdentity::System, &options(server));
    let body = metadata_token(&json!(ISSUED));
    let server = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    checks().yields(provider(&server)).await;
    // The status codes that azure_identity does not try again after a pause of its own.
    for status in [400, 401, 403] {
        checks()
            .fails(provider(&answering(Echo(status, TOKEN)).await))
            .await;
    }
    for nonsense in nonsense().into_iter().take(4) {
        checks().fails(provider(&answering(nonsense).await)).await;
    }
}

#[tokio::test]
async fn developer_tools_show_nothing() {
    let server = MockServer::start().await;
    let chain = |code: i32, printed: String| {
        let az = (code, &*printed.leak());
        Entra::default_chain(&options(&server))
            .without(DefaultLink::Environment)
            .without(DefaultLink::WorkloadIdentity)
            .without(DefaultLink::ManagedIdentity)
            .executor(Arc::new(Tools { az, azd: MISSING }))
            .build()
    };
    let printed = json!({"accessToken": TOKEN, "expires_on": 4_102_444_800_u64, "tokenType": "B"});
    checks().yields(chain(0, printed.to_string())).await;
    for printed in [
        json!({"accessToken": TOKEN}).to_string(),
        json!({"accessToken": [TOKEN], "expires_on": TOKEN}).to_string(),
        json!(TOKEN).to_string(),
        TOKEN.to_owned(),
    ] {
        checks().fails(chain(0, printed)).await;
    }
    checks()
        .fails(chain(1, format!("ERROR: refused: {TOKEN}")))
        .await;
}

/// A credential of the Azure SDK that yields this, or fails in these words.
#[derive(Debug)]
struct Brought(Result<&'static str, &'static str>);

#[async_trait]
impl TokenCredential for Brought {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
        match self.0 {
            Ok(token) => Ok(AccessToken::new(token, end.into())),
            Err(words) => Err(azure_core::Error::with_message(
                azure_core::error::ErrorKind::Credential,
                words,
            )),
        }
    }
}

#[tokio::test]
async fn credentials_of_the_azure_sdk_show_nothing() {
    let server = MockServer::start().await;
    let options = options(&server);
    for token in [ISSUED, TOKEN] {
        let make = move || Ok(Arc::new(Brought(Ok(token))) as Arc<dyn TokenCredential>);
        checks()
            .yields(Entra::from_factory("mine", make, &options))
            .await;
        let brought = Arc::new(Brought(Ok(token)));
        checks()
            .yields(Entra::from_credential("mine", brought, &options))
            .await;
    }
    let brought = Arc::new(Brought(Err(TOKEN)));
    checks()
        .fails(Entra::from_credential("mine", brought, &options))
        .await;
    let make = || -> azure_core::Result<Arc<dyn TokenCredential>> {
        let kind = azure_core::error::ErrorKind::Credential;
        Err(azure_core::Error::with_message(kind, TOKEN))
    };
    checks()
        .fails(Entra::from_factory("mine", make, &options))
        .await;
}

#[tokio::test]
async fn a_service_out_of_reach_is_told_no_secret_of() {
    // Nobody listens at the first port of all.
    let nowhere = || {
        with_transport(Transport::new(Arc::new(Loopback::new(
            "http://127.0.0.1:1",
        ))))
    };
    let options = nowhere();
    let sign = || async { Ok(Secret::from(OWN)) };
    checks()
        .fails(Entra::client_secret(
            "fake-tenant",
            "fake-client",
            OWN,
            &options,
        ))
        .await;
    checks()
        .fails(Entra::client_assertion(
            "fake-tenant",
            "fake-client",
            sign,
            &options,
        ))
        .await;
    let vault = "https://fake-vault.vault.azure.net";
    checks()
        .fails(KeyVaultSecret::new(vault, "fake-name", vault_credential(), &options).unwrap())
        .await;
    // One that does not answer.
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(any()).respond_with(slow).mount(&server).await;
    let impatient = self::options(&server).patience(Duration::from_millis(1));
    checks()
        .fails(Entra::client_secret(
            "fake-tenant",
            "fake-client",
            OWN,
            &impatient,
        ))
        .await;
}

#[tokio::test]
async fn a_store_and_its_rotation_show_nothing() {
    let in_json = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let kept =
        json!({"value": OWN, "id": "https://fake-vault.vault.azure.net/secrets/fake-name/v1"});
    let keys = json!({"key1": OWN, "key2": ISSUED});
    for (vault, account) in [
        (
            answering(in_json(kept)).await,
            answering(in_json(keys)).await,
        ),
        (
            answering(Echo(403, OWN)).await,
            answering(Echo(500, ISSUED)).await,
        ),
        (
            answering(Echo(500, ISSUED)).await,
            answering(Echo(401, OWN)).await,
        ),
    ] {
        let capture = Capture::start();
        let address = "https://fake-vault.vault.azure.net";
        let store = KeyVaultStore::new(address, "fake-name", vault_credential(), &options(&vault));
        let store = store.unwrap();
        let seen = format!(
            "{store:?} {:?} {:?} {:?}",
            store.read().await,
            store.write(&Secret::from(OWN), Some("note")).await,
            store.note(None).await
        );
        checks().inspect("the store", &seen);
        let account = AzureAccount::new(ACCOUNT, vault_credential(), &options(&account)).unwrap();
        let rotation = Rotation::new(account, store, Readers::within(Duration::ZERO))
            .with_clock(Arc::new(ManualClock::automatic()));
        let steps = Mutex::new(String::new());
        let outcome = rotation
            .run(|step| steps.lock().unwrap().push_str(&step.to_string()))
            .await;
        let plan = rotation.plan().await;
        let seen = format!(
            "{rotation:?} {plan:?} {outcome:?} {}",
            steps.into_inner().unwrap()
        );
        checks().inspect("the rotation", &seen);
        checks().inspect("the log", &capture.text());
    }
}

fn vault_credential() -> Scripted {
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    Scripted::new([token(OWN, end)])
}

/// A vault that answers so those who have a token.
async fn vault(answer: impl Respond + 'static) -> KeyVaultSecret {
    let server = MockServer::start().await;
    let challenge = r#"Bearer authorization="https://l/t", resource="https://vault.azure.net""#;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(401).insert_header("www-authenticate", challenge))
        .with_priority(9)
        .mount(&server)
        .await;
    Mock::given(header_exists("authorization"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let vault = "https://fake-vault.vault.azure.net";
    let options = options(&server);
    // The server lives as long as the test's process: it would stop with this function.
    std::mem::forget(server);
    KeyVaultSecret::new(vault, "fake-name", vault_credential(), &options).unwrap()
}

#[tokio::test]
async fn a_vault_shows_nothing() {
    let good = json!({
        "value": ISSUED, "id": "https://fake-vault.vault.azure.net/secrets/fake-name/v1"
    });
    checks()
        .yields(vault(ResponseTemplate::new(200).set_body_json(good)).await)
        .await;
    for status in [400, 401, 403, 404, 429, 500] {
        checks().fails(vault(Echo(status, OWN)).await).await;
    }
    for nonsense in nonsense() {
        checks().fails(vault(nonsense).await).await;
    }
    for unfit in [
        json!({"value": format!("{ISSUED} {ISSUED}")}),
        json!({"value": ISSUED, "attributes": {"enabled": false}}),
        json!({"value": ISSUED, "attributes": {"exp": 0}}),
        json!({"value": [ISSUED]}),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(unfit);
        checks().fails(vault(answer).await).await;
    }
    let server = answering(Echo(401, OWN)).await;
    let wrong = KeyVaultSecret::new(
        "https://fake-vault.vault.azure.net",
        "fake-name",
        Scripted::new([key(OWN)]),
        &options(&server),
    );
    checks().fails(wrong.unwrap()).await;
}

#[tokio::test]
async fn an_account_shows_nothing() {
    let keys = json!({"key1": OWN, "key2": ISSUED});
    let half = json!({"key1": OWN, "key2": [ISSUED]});
    let in_json = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    for (server, works) in [
        (answering(in_json(keys)).await, true),
        (answering(in_json(half)).await, false),
        (answering(Echo(403, OWN)).await, false),
        (answering(Echo(500, OWN)).await, false),
    ] {
        let capture = Capture::start();
        let account = AzureAccount::new(ACCOUNT, vault_credential(), &options(&server)).unwrap();
        let outcome = account.keys().await;
        assert_eq!(outcome.is_ok(), works);
        checks().inspect("the outcome", &format!("{account:?} {outcome:?}"));
        checks().inspect("the log", &capture.text());
    }
}
