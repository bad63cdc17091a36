//! What the environment of a process decides: each case runs in a child process of its own, which
//! is this very binary, told to run the test [`child`] only.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;

use aoai_auth::testing::{Capture, Conformance};
use aoai_auth::{
    ApiKey, Audience, Chain, CredentialProvider, Entra, EntraOptions, ManagedIdentity, from_env,
};
use azure_core::http::Transport;
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::loopback::{Loopback, with_transport};
use crate::support::text;

/// What a child's provider yields, in its environment and with all of Azure at this server.
async fn in_child(case: &str, server: &MockServer, environment: &[(&str, &str)]) -> String {
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "processes::child"])
        .env_clear()
        .env(CASE, case)
        .env(SERVER, server.uri())
        .env(REPORT, report.path())
        .envs(environment.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await;
    let output = output.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}");
    fs::read_to_string(report.path()).unwrap()
}

/// Reports what one provider yields, if this is a child.
#[tokio::test]
async fn child() {
    let Some(case) = variable(CASE) else {
        return;
    };
    let server = variable(SERVER).unwrap();
    let options = || with_transport(Transport::new(Arc::new(Loopback::new(&server))));
    let provider: Box<dyn CredentialProvider> = match case.as_str() {
        "certificates" => match EntraOptions::new() {
            Ok(options) => Box::new(Entra::azure_cli(&options)),
            Err(error) => Box::new(Chain::new().or_result(Err::<ApiKey, _>(error))),
        },
        "environment" => Box::new(from_env().unwrap()),
        "app service" => {
            let plain = reqwest::Client::builder().no_proxy().build().unwrap();
            Box::new(Entra::managed_identity(
                ManagedIdentity::System,
                &EntraOptions::with_client(plain),
            ))
        }
        "proxy" => Box::new(Entra::managed_identity(
            ManagedIdentity::System,
            &EntraOptions::new().unwrap(),
        )),
        "pipelines" => Box::new(Entra::azure_pipelines(
            "fake-tenant",
            "fake-client",
            "fake-connection",
            "fake-canary",
            &options(),
        )),
        "az" => Box::new(Entra::azure_cli(&options())),
        "principal" => Box::new(Entra::default_chain(&options()).build()),
        other => panic!("no case {other}"),
    };
    let checks = Conformance::new(["fake-canary", "fake-token", "fake-oidc"]);
    let capture = Capture::start();
    let outcome = provider.credential(&Audience::AI).await;
    checks.inspect("what is seen", &format!("{provider:?} {outcome:?}"));
    checks.inspect("the log", &capture.text());
    let told = match &outcome {
        Ok(_) => text(&outcome).to_owned(),
        Err(error) => format!("{:?}: {error}", error.kind()),
    };
    fs::write(variable(REPORT).unwrap(), told).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "how a parent talks to its child")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test]
async fn the_environment_of_the_process_is_where_from_env_looks() {
    let server = MockServer::start().await;
    let environment = [
        ("AZURE_OPENAI_AD_TOKEN", ""),
        ("AZURE_OPENAI_API_KEY", "fake-key"),
        ("OPENAI_API_KEY", "fake-other-key"),
    ];
    assert_eq!(
        in_child("environment", &server, &environment).await,
        "fake-key"
    );
}

#[cfg(all(feature = "rustls", not(feature = "native-tls"), target_os = "linux"))]
#[tokio::test]
async fn a_machine_without_certificates_gets_an_error_and_no_panic() {
    let server = MockServer::start().await;
    let nowhere = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    assert_eq!(
        in_child("certificates", &server, &nowhere).await,
        "Misconfigured: cannot build an HTTP client for Entra ID; install the system's bundle of \
         certificate authorities, or pass a client"
    );
}

/// An App Service whose environment names this server, and what it has to say.
async fn app_service(server: &MockServer) -> [(&'static str, String); 2] {
    Mock::given(method("GET"))
        .and(path("/msi/token"))
        .and(query_param("resource", "https://ai.azure.com"))
        .and(header("x-identity-header", "fake-canary"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "access_token": "fake-token", "expires_on": "4102444800",
            "token_type": "Bearer", "resource": "https://ai.azure.com"
        })))
        .mount(server)
        .await;
    [
        ("IDENTITY_ENDPOINT", format!("{}/msi/token", server.uri())),
        ("IDENTITY_HEADER", "fake-canary".to_owned()),
    ]
}

#[tokio::test]
async fn app_service_gives_its_managed_identity_at_the_endpoint_it_names() {
    let server = MockServer::start().await;
    let named = app_service(&server).await;
    let environment = named.each_ref().map(|(name, value)| (*name, &**value));
    assert_eq!(
        in_child("app service", &server, &environment).await,
        "fake-token"
    );
}

/// A proxy would get the token to see, and the machine's own service cannot be reached through one.
#[tokio::test]
async fn a_managed_identity_is_asked_for_past_the_proxy() {
    let (server, proxy) = (MockServer::start().await, MockServer::start().await);
    let [endpoint, secret] = app_service(&server).await;
    let environment = [
        (endpoint.0, &*endpoint.1),
        (secret.0, &*secret.1),
        ("HTTP_PROXY", &proxy.uri()),
        ("http_proxy", &proxy.uri()),
    ];
    assert_eq!(in_child("proxy", &server, &environment).await, "fake-token");
    assert_eq!(proxy.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_pipeline_exchanges_its_access_token_for_an_assertion_and_that_for_a_token() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/oidc"))
        .and(query_param("serviceConnectionId", "fake-connection"))
        .and(header("authorization", "Bearer fake-canary"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"oidcToken": "fake-oidc"})))
        .mount(&server)
        .await;
    Mock::given(path("/fake-tenant/oauth2/v2.0/token"))
        .and(body_string_contains("client_assertion=fake-oidc"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "token_type": "Bearer", "expires_in": 3600, "access_token": "fake-token"
        })))
        .mount(&server)
        .await;
    let request = [("SYSTEM_OIDCREQUESTURI", "https://dev.azure.com/oidc")];
    assert_eq!(in_child("pipelines", &server, &request).await, "fake-token");

    assert_eq!(
        in_child("pipelines", &server, &[]).await,
        "Misconfigured: the pipeline's service connection fake-connection cannot be used: \
         environment variable SYSTEM_OIDCREQUESTURI not set"
    );
}

#[tokio::test]
async fn a_pipeline_that_is_refused_shows_nothing() {
    let request = [("SYSTEM_OIDCREQUESTURI", "https://dev.azure.com/oidc")];
    for (status, told) in [
        (
            200,
            "Unavailable: the pipeline's service connection fake-connection",
        ),
        (
            401,
            "Refused: Entra ID refused the pipeline's service connection fake-connection with 401",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(json!({
                "message": "fake-canary is no good", "oidc": "fake-canary"
            })))
            .mount(&server)
            .await;
        let seen = in_child("pipelines", &server, &request).await;
        assert!(seen.starts_with(told), "{seen}");
        assert!(!seen.contains("canary"), "{seen}");
    }
}

#[tokio::test]
async fn the_azure_cli_is_found_on_the_path() {
    let server = MockServer::start().await;
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("az");
    fs::write(
        &script,
        "#!/bin/sh\necho '{\"accessToken\": \"fake-token\", \"expires_on\": 4102444800, \
         \"tokenType\": \"Bearer\"}'\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let path = directory.path().to_str().unwrap();
    assert_eq!(
        in_child("az", &server, &[("PATH", path)]).await,
        "fake-token"
    );
    fs::remove_file(script).unwrap();
    assert_eq!(
        in_child("az", &server, &[("PATH", path)]).await,
        "NotConfigured: the Azure CLI: `az` is not on the PATH"
    );
}

#[tokio::test]
async fn a_principal_in_the_environment_and_its_authority_need_no_code() {
    let server = MockServer::start().await;
    Mock::given(path("/fake-tenant/oauth2/v2.0/token"))
        .and(header("x-meant-for", "https://login.example.com"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "token_type": "Bearer", "expires_in": 3600, "access_token": "fake-token"
        })))
        .mount(&server)
        .await;
    let environment = [
        ("AZURE_AUTHORITY_HOST", "https://login.example.com"),
        ("AZURE_TENANT_ID", "fake-tenant"),
        ("AZURE_CLIENT_ID", "fake-client"),
        ("AZURE_CLIENT_SECRET", "fake-secret"),
    ];
    assert_eq!(
        in_child("principal", &server, &environment).await,
        "fake-token"
    );
}

const CASE: &str = "AOAI_AUTH_TEST_CASE";
const SERVER: &str = "AOAI_AUTH_TEST_SERVER";
const REPORT: &str = "AOAI_AUTH_TEST_REPORT";
