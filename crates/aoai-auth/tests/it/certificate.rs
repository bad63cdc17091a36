use std::fs;
use std::path::Path;
use std::process::Command;

use aoai_auth::testing::Conformance;
use aoai_auth::{Audience, CredentialProvider, Entra, ErrorKind, Secret};
use serde_json::json;
use wiremock::matchers::{body_string_contains, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::loopback::options;
use crate::support::text;

/// A certificate with its key as PKCS#12, made by the `openssl` program.
fn pkcs12(directory: &Path) -> Vec<u8> {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(directory)
            .output()
            .expect("the program `openssl` makes the certificate of this test");
        assert!(output.status.success(), "{output:?}");
    };
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=fake",
    );
    openssl("pkcs12 -export -inkey key.pem -in cert.pem -out bundle.p12 -passout pass:fake-canary");
    fs::read(directory.join("bundle.p12")).unwrap()
}

#[tokio::test]
async fn a_certificate_signs_the_assertion_that_is_exchanged_for_a_token() {
    let server = MockServer::start().await;
    Mock::given(path("/fake-tenant/oauth2/v2.0/token"))
        .and(body_string_contains("client_assertion=eyJ"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "token_type": "Bearer", "expires_in": 3600, "access_token": "fake-token"
        })))
        .mount(&server)
        .await;
    let options = options(&server);
    let directory = tempfile::tempdir().unwrap();
    let bundle = pkcs12(directory.path());
    let with_password = |password: &str| {
        let password = Some(Secret::from(password));
        Entra::client_certificate(
            "fake-tenant",
            "fake-client",
            bundle.clone(),
            password,
            &options,
        )
    };
    let issued = with_password("fake-canary").credential(&Audience::AI).await;
    assert_eq!(text(&issued), "fake-token");

    let error = with_password("fake-other-canary")
        .credential(&Audience::AI)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);

    let checks = Conformance::new(["fake-canary", "fake-other-canary", "fake-token"]);
    checks.yields(with_password("fake-canary")).await;
    checks.fails(with_password("fake-other-canary")).await;
    Mock::given(path("/fake-tenant/oauth2/v2.0/token"))
        .respond_with(|request: &Request| {
            let words = format!("fake-token {}", String::from_utf8_lossy(&request.body));
            ResponseTemplate::new(401).set_body_json(json!({
                "error": "invalid_client", "error_description": words, "error_codes": [700_027]
            }))
        })
        .with_priority(1)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let refused = Conformance::new(["fake-canary", "eyJ"]);
    refused.fails(with_password("fake-canary")).await;

    let file = directory.path().join("bundle.p12");
    let file = file.to_str().unwrap().to_owned();
    let chain = Entra::default_chain(&options).lookup(move |name| match name {
        "AZURE_TENANT_ID" => Some("fake-tenant".to_owned()),
        "AZURE_CLIENT_ID" => Some("fake-client".to_owned()),
        "AZURE_CLIENT_CERTIFICATE_PATH" => Some(file.clone()),
        "AZURE_CLIENT_CERTIFICATE_PASSWORD" => Some("fake-canary".to_owned()),
        _ => None,
    });
    let issued = chain.build().credential(&Audience::AI).await;
    assert_eq!(text(&issued), "fake-token");
}
