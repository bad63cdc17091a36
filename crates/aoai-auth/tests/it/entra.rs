use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aoai_auth::testing::ManualClock;
use aoai_auth::{
    Audience, Clock as _, Cloud, Credential, CredentialProvider, CustomCloud, DefaultLink, Entra,
    EntraOptions, Error, ErrorKind, Issued, ManagedIdentity, Result, Secret, Source,
};
use async_trait::async_trait;
use azure_core::http::{AsyncRawResponse, HttpClient, Request, Transport};
use azure_identity::Executor;
use serde_json::json;
use wiremock::matchers::{
    body_string_contains, header, method, path, query_param, query_param_is_missing,
};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::loopback::{Loopback, options, with_transport};
use crate::support::text;

const TOKEN_PATH: &str = "/fake-tenant/oauth2/v2.0/token";

fn token_answer(token: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "token_type": "Bearer", "expires_in": 3600, "access_token": token
    }))
}

async fn ask(provider: &impl CredentialProvider) -> Result<Issued> {
    provider.credential(&Audience::AI).await
}

async fn refusal(provider: &impl CredentialProvider) -> (ErrorKind, String) {
    let error = ask(provider).await.unwrap_err();
    (error.kind(), error.to_string())
}

fn client_secret(options: &EntraOptions) -> Entra {
    Entra::client_secret("fake-tenant", "fake-client", "fake~canary/secret", options)
}

#[tokio::test]
async fn a_client_secret_is_exchanged_for_a_token_of_the_audience() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .and(header("x-meant-for", "https://login.microsoftonline.com"))
        .and(body_string_contains("client_id=fake-client"))
        .and(body_string_contains("client_secret=fake%7Ecanary%2Fsecret"))
        .and(body_string_contains(
            "scope=https%3A%2F%2Fai.azure.com%2F.default",
        ))
        .respond_with(token_answer("fake-token"))
        .expect(2)
        .mount(&server)
        .await;
    let provider = client_secret(&options(&server));
    for _ in 0..2 {
        let issued = ask(&provider).await;
        assert_eq!(text(&issued), "fake-token");
        let issued = issued.unwrap();
        assert_eq!(issued.source, Source::Network);
        let Credential::Bearer(token) = issued.credential else {
            panic!("not a token");
        };
        let left = token
            .expires_on
            .unwrap()
            .duration_since(SystemTime::UNIX_EPOCH);
        assert!(left.unwrap() > Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn every_cloud_has_its_own_authority() {
    let custom = Cloud::Custom(CustomCloud::new(
        "https://login.example.com",
        Audience::new("https://ai.example.com/.default"),
        "https://management.example.com",
    ));
    for (cloud, authority) in [
        (Cloud::Public, "https://login.microsoftonline.com"),
        (Cloud::UsGovernment, "https://login.microsoftonline.us"),
        (Cloud::China, "https://login.chinacloudapi.cn"),
        (custom, "https://login.example.com"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(TOKEN_PATH))
            .and(header("x-meant-for", authority))
            .respond_with(token_answer("fake-token"))
            .mount(&server)
            .await;
        let provider = client_secret(&options(&server).cloud(cloud));
        assert_eq!(text(&ask(&provider).await), "fake-token");
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_the_way_out_and_without_what_it_echoes() {
    let entra = |code: u32, text: &str| {
        json!({
            "error": "invalid_client",
            "error_codes": [code],
            "error_description": format!("AADSTS{code}: {text} Trace ID: 1\r\nTimestamp: 2."),
        })
    };
    let refused = "Entra ID refused the client secret of application fake-client in tenant \
                   fake-tenant with ";
    let other = "the client secret of application fake-client in tenant fake-tenant: ";
    for (status, body, kind, told) in [
        (
            401,
            entra(
                7_000_215,
                "Invalid secret 'fake~canary/secret' (fake%7Ecanary%2Fsecret).",
            ),
            ErrorKind::Refused,
            format!(
                "{refused}401: AADSTS7000215: Invalid secret '[redacted]' ([redacted]). Trace ID: 1 \
                 Timestamp: 2; take the secret's value, not its id, from Certificates & secrets \
                 of the app registration"
            ),
        ),
        (
            400,
            entra(700_016, "Application not found."),
            ErrorKind::Misconfigured,
            format!(
                "{refused}400: AADSTS700016: Application not found. Trace ID: 1 Timestamp: 2; compare the \
                 tenant id and the client id with the overview of the app registration"
            ),
        ),
        (
            400,
            entra(
                53_003,
                "Blocked by policy, token eyJcanary.eyJcanary.canary.",
            ),
            ErrorKind::Refused,
            format!(
                "{refused}400: AADSTS53003: Blocked by policy, token [redacted] Trace ID: 1 Timestamp: 2"
            ),
        ),
        (
            503,
            entra(90_033, "A transient error."),
            ErrorKind::Unavailable,
            format!(
                "{other}its identity service answered 503: AADSTS90033: A transient error. Trace \
                 ID: 1 Timestamp: 2"
            ),
        ),
        (
            503,
            json!("not an object"),
            ErrorKind::Unavailable,
            format!("{other}its identity service answered 503"),
        ),
        (
            403,
            json!("not an object"),
            ErrorKind::Refused,
            format!("{refused}403"),
        ),
        (
            200,
            json!({"access_token": ["fake-canary"]}),
            ErrorKind::Unavailable,
            format!("{other}the answer of its identity service cannot be read"),
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(TOKEN_PATH))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let error = ask(&client_secret(&options(&server))).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, told));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_credential_is_misconfigured() {
    let server = MockServer::start().await;
    let options = options(&server);
    for (provider, told) in [
        (
            Entra::client_secret("fake tenant", "fake-client", "fake-secret", &options),
            "the client secret of application fake-client in tenant fake tenant cannot be used: \
             invalid tenant ID fake tenant. ",
        ),
        (
            Entra::client_secret("fake-tenant", "fake-client", "", &options),
            "the client secret of application fake-client in tenant fake-tenant cannot be used: \
             no secret specified",
        ),
    ] {
        let (kind, message) = refusal(&provider).await;
        assert_eq!(kind, ErrorKind::Misconfigured);
        assert!(message.starts_with(told), "{message}");
    }
}

#[tokio::test]
async fn an_identity_service_out_of_reach_is_unavailable() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let options = with_transport(Transport::new(Arc::new(Loopback::new(&format!(
        "http://{nobody}"
    )))));
    let error = ask(&client_secret(&options)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "the client secret of application fake-client in tenant fake-tenant: its identity \
         service cannot be reached"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("tcp connect error"), "{cause}");
}

/// Never answers.
#[derive(Debug)]
pub(crate) struct Silent;

#[async_trait]
impl HttpClient for Silent {
    async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn patience_with_an_identity_service_ends() {
    let options = with_transport(Transport::new(Arc::new(Silent)));
    let (kind, message) = refusal(&client_secret(&options)).await;
    assert_eq!(kind, ErrorKind::Unavailable);
    assert!(message.ends_with(" gave no token within 60s"), "{message}");
    let (_, message) = refusal(&client_secret(&options.patience(Duration::from_secs(5)))).await;
    assert!(message.ends_with(" gave no token within 5s"), "{message}");
}

#[tokio::test]
async fn an_assertion_is_made_for_each_fetch_and_never_shown() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN_PATH))
        .and(body_string_contains("client_assertion=fake-canary-1"))
        .respond_with(token_answer("fake-token"))
        .mount(&server)
        .await;
    Mock::given(path(TOKEN_PATH))
        .and(body_string_contains("client_assertion=fake-canary-2"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({
            "error_codes": [50027],
            "error_description": "AADSTS50027: JWT token fake-canary-2 is invalid."
        })))
        .mount(&server)
        .await;
    let made = AtomicUsize::new(0);
    let sign = move || {
        let number = made.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            if number > 2 {
                return Err(Error::new(ErrorKind::Unavailable, "the signer is asleep"));
            }
            Ok(Secret::from(format!("fake-canary-{number}")))
        }
    };
    let options = options(&server);
    let provider = Entra::client_assertion("fake-tenant", "fake-client", sign, &options);
    assert_eq!(text(&ask(&provider).await), "fake-token");
    assert_eq!(
        refusal(&provider).await,
        (
            ErrorKind::Refused,
            "Entra ID refused the assertion of application fake-client in tenant fake-tenant with \
             401: AADSTS50027: JWT token [redacted] is invalid"
                .to_owned()
        )
    );
    assert_eq!(
        refusal(&provider).await,
        (
            ErrorKind::Unavailable,
            "the assertion of application fake-client in tenant fake-tenant: the signer is asleep"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn a_workload_identity_sends_the_token_of_its_file_read_afresh() {
    let server = MockServer::start().await;
    for number in 1..=2 {
        Mock::given(path(TOKEN_PATH))
            .and(body_string_contains(format!(
                "client_assertion=fake-file-{number}"
            )))
            .respond_with(token_answer(&format!("fake-token-{number}")))
            .mount(&server)
            .await;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let token_file = file.path().to_str().unwrap().to_owned();
    let lookup = move |name: &str| match name {
        "AZURE_CLIENT_ID" => Some("fake-client".to_owned()),
        "AZURE_TENANT_ID" => Some("fake-tenant".to_owned()),
        "AZURE_FEDERATED_TOKEN_FILE" => Some(token_file.clone()),
        other => panic!("nobody should read {other}"),
    };
    let provider = Entra::workload_identity_in(&options(&server), lookup);
    for number in 1..=2 {
        fs::write(file.path(), format!("fake-file-{number}")).unwrap();
        assert_eq!(text(&ask(&provider).await), format!("fake-token-{number}"));
    }
    let path = file.path().to_owned();
    file.close().unwrap();
    let (kind, message) = refusal(&provider).await;
    assert_eq!(kind, ErrorKind::Misconfigured);
    assert!(
        message.contains(&format!(
            "failed to read federated token from file {}",
            path.display()
        )),
        "{message}"
    );
}

#[tokio::test]
async fn a_workload_identity_without_its_variables_is_not_configured() {
    let server = MockServer::start().await;
    for (set, told) in [
        (
            &[][..],
            "the workload identity: AZURE_CLIENT_ID, AZURE_TENANT_ID and \
             AZURE_FEDERATED_TOKEN_FILE are not set",
        ),
        (
            &["AZURE_CLIENT_ID", "AZURE_TENANT_ID"],
            "the workload identity: AZURE_FEDERATED_TOKEN_FILE is not set",
        ),
    ] {
        let lookup = |name: &str| set.contains(&name).then(|| "fake".to_owned());
        let provider = Entra::workload_identity_in(&options(&server), lookup);
        let expected = (ErrorKind::NotConfigured, told.to_owned());
        assert_eq!(refusal(&provider).await, expected);
    }
}

fn metadata_answer(token: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "access_token": token, "expires_on": "4102444800", "resource": "https://ai.azure.com", "token_type": "Bearer"
    }))
}

#[tokio::test]
async fn a_managed_identity_is_asked_for_at_the_metadata_service() {
    for (identity, parameter) in [
        (ManagedIdentity::System, None),
        (
            ManagedIdentity::ClientId("fake-id".into()),
            Some("client_id"),
        ),
        (
            ManagedIdentity::ObjectId("fake-id".into()),
            Some("object_id"),
        ),
        (
            ManagedIdentity::ResourceId("fake-id".into()),
            Some("msi_res_id"),
        ),
    ] {
        let server = MockServer::start().await;
        let asked = Mock::given(method("GET"))
            .and(path("/metadata/identity/oauth2/token"))
            .and(header("x-meant-for", "http://169.254.169.254"))
            .and(header("metadata", "true"))
            .and(query_param("resource", "https://ai.azure.com"));
        let asked = match parameter {
            Some(name) => asked.and(query_param(name, "fake-id")),
            None => asked.and(query_param_is_missing("client_id")),
        };
        asked
            .respond_with(metadata_answer("fake-token"))
            .mount(&server)
            .await;
        let provider = Entra::managed_identity(identity, &options(&server));
        assert_eq!(text(&ask(&provider).await), "fake-token");
    }
}

#[tokio::test]
async fn a_host_without_the_identity_says_where_to_assign_it() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(400))
        .mount(&server)
        .await;
    let identity = ManagedIdentity::ClientId("fake-id".into());
    assert_eq!(
        refusal(&Entra::managed_identity(identity, &options(&server))).await,
        (
            ErrorKind::NotConfigured,
            "the managed identity with client id fake-id is not assigned to this host; assign it \
             in the Azure portal under Identity of the host's resource"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn an_audience_that_the_tenant_does_not_know_is_no_lack_of_an_identity() {
    for code in ["AADSTS500011", "AADSTS50001"] {
        let said = format!("{code}: The resource named https://ai.azure.com was not found.");
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(400).set_body_json(json!({
                "error": "invalid_resource", "error_description": said
            })))
            .mount(&server)
            .await;
        let provider = Entra::managed_identity(ManagedIdentity::System, &options(&server));
        assert_eq!(
            refusal(&provider).await,
            (
                ErrorKind::Misconfigured,
                format!(
                    "Entra ID refused the system-assigned managed identity with 400: {code}: The \
                     resource named https://ai.azure.com was not found; check the audience and the \
                     cloud"
                )
            )
        );
    }
}

/// Answers for `az` and `azd`.
#[derive(Debug)]
pub(crate) struct Tools {
    pub(crate) az: (i32, &'static str),
    pub(crate) azd: (i32, &'static str),
}

impl Tools {
    pub(crate) const NONE: Self = Self {
        az: MISSING,
        azd: MISSING,
    };
}

#[async_trait]
impl Executor for Tools {
    async fn run(&self, _program: &OsStr, args: &[&OsStr]) -> std::io::Result<Output> {
        let command = args.last().unwrap().to_str().unwrap();
        assert!(
            command.contains("https://ai.azure.com/.default"),
            "{command}"
        );
        let (code, text) = if command.contains("&& az ") {
            self.az
        } else {
            self.azd
        };
        let (stdout, stderr) = if code == 0 { (text, "") } else { ("", text) };
        Ok(Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.into(),
            stderr: stderr.into(),
        })
    }
}

const AZ_TOKEN: &str =
    r#"{"accessToken": "fake-az-token", "expires_on": 4102444800, "tokenType": "Bearer"}"#;
const AZD_TOKEN: &str = r#"{"token": "fake-azd-token", "expiresOn": "2100-01-01T00:00:00Z"}"#;
pub(crate) const MISSING: (i32, &str) = (127, "sh: not found");
const AZ_LOGGED_OUT: (i32, &str) = (1, "ERROR: Please run 'az login' to setup account.");
const AZD_LOGGED_OUT: (i32, &str) = (1, "ERROR: not logged in, run `azd auth login` to login");
const AZ_BLOCKED: (i32, &str) = (
    1,
    "ERROR: AADSTS50076: you must use multi-factor authentication, not eyJcanary.eyJ9.canary",
);

fn developer_tools(az: (i32, &'static str), azd: (i32, &'static str)) -> impl CredentialProvider {
    let options = with_transport(Transport::new(Arc::new(Silent)));
    Entra::default_chain(&options)
        .without(DefaultLink::Environment)
        .without(DefaultLink::WorkloadIdentity)
        .without(DefaultLink::ManagedIdentity)
        .executor(Arc::new(Tools { az, azd }))
        .build()
}

#[tokio::test]
async fn developer_tools_are_asked_in_turn_until_one_is_set_up() {
    for (az, azd, expected) in [
        ((0, AZ_TOKEN), MISSING, "fake-az-token"),
        (MISSING, (0, AZD_TOKEN), "fake-azd-token"),
        (AZ_LOGGED_OUT, (0, AZD_TOKEN), "fake-azd-token"),
    ] {
        assert_eq!(text(&ask(&developer_tools(az, azd)).await), expected);
    }
    for (az, azd, kind, told) in [
        (
            MISSING,
            MISSING,
            ErrorKind::NotConfigured,
            "no credential is configured; looked in turn: (1) the Azure CLI: `az` is not on the \
             PATH (2) the Azure Developer CLI: `azd` is not on the PATH",
        ),
        (
            AZ_LOGGED_OUT,
            AZD_LOGGED_OUT,
            ErrorKind::NotConfigured,
            "no credential is configured; looked in turn: (1) the Azure CLI: nobody is logged in; \
             run `az login` (2) the Azure Developer CLI: nobody is logged in; run `azd auth login`",
        ),
        (
            AZ_BLOCKED,
            (0, AZD_TOKEN),
            ErrorKind::Refused,
            "the Azure CLI gave no token: ERROR: AADSTS50076: you must use multi-factor \
             authentication, not [redacted]",
        ),
    ] {
        let (found, message) = refusal(&developer_tools(az, azd)).await;
        assert!(message.contains(told), "{message}");
        assert_eq!(found, kind);
    }
}

#[tokio::test]
async fn a_credential_of_the_azure_sdk_can_be_brought() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN_PATH))
        .respond_with(token_answer("fake-token"))
        .expect(3)
        .mount(&server)
        .await;
    let options = options(&server);
    let client_options = azure_core::http::ClientOptions {
        transport: Some(Transport::new(Arc::new(Loopback::new(&server.uri())))),
        ..Default::default()
    };
    let make = move || {
        let credential = azure_identity::ClientSecretCredential::new(
            "fake-tenant",
            "fake-client".to_owned(),
            "fake-secret".into(),
            Some(azure_identity::ClientSecretCredentialOptions {
                client_options: client_options.clone(),
            }),
        )?;
        Ok(credential as Arc<dyn azure_core::credentials::TokenCredential>)
    };
    let kept = Entra::from_credential("my credential", make().unwrap(), &options);
    let anew = Entra::from_factory("my credential", make, &options);
    for _ in 0..2 {
        assert_eq!(text(&ask(&kept).await), "fake-token", "keeps its token");
        assert_eq!(text(&ask(&anew).await), "fake-token", "asks each time");
    }
    assert_eq!(
        format!("{anew:?}"),
        "Entra { source: \"my credential\", .. }"
    );
}

#[tokio::test]
async fn a_tokens_end_is_told_by_the_clock_of_the_options() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN_PATH))
        .respond_with(token_answer("fake-token"))
        .mount(&server)
        .await;
    let clock = ManualClock::new();
    let options = options(&server).with_clock(Arc::new(clock.clone()));
    let issued = ask(&client_secret(&options)).await.unwrap();
    let Credential::Bearer(token) = issued.credential else {
        panic!("{issued:?}");
    };
    let left = token
        .expires_on
        .unwrap()
        .duration_since(clock.now())
        .unwrap();
    // What the exchange took is off.
    let [least, most] = [3540, 3600].map(Duration::from_secs);
    assert!(least < left && left <= most, "{left:?}");
}

#[test]
fn what_is_no_stand_in_is_refused() {
    for (authority, certificate, told) in [
        ("localhost", "", "the stand-in has no address with a port"),
        (
            "https://localhost",
            "",
            "the stand-in has no address with a port",
        ),
        (
            "https://localhost:8443",
            "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n",
            "the stand-in has no certificate that can be trusted",
        ),
    ] {
        let error = aoai_auth::testing::stand_in(authority, certificate, []).unwrap_err();
        assert_eq!(error.to_string(), told);
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
    }
}
