use std::collections::HashMap;

use aoai_auth::{Audience, Chain, CredentialProvider, DefaultChain, DefaultLink, Entra, ErrorKind};
use serde_json::json;
use wiremock::matchers::{body_string_contains, header_exists, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::loopback::options;
use crate::support::text;

const TENANT: (&str, &str) = ("AZURE_TENANT_ID", "fake-tenant");
const CLIENT: (&str, &str) = ("AZURE_CLIENT_ID", "fake-client");
const SECRET: (&str, &str) = ("AZURE_CLIENT_SECRET", "fake-secret");

/// An Azure host where all is set up: Entra, and a metadata service.
async fn azure() -> MockServer {
    let server = MockServer::start().await;
    for (proof, token) in [
        ("client_secret=fake-secret", "fake-principal"),
        ("client_assertion=fake-pod-token", "fake-workload"),
    ] {
        Mock::given(path("/fake-tenant/oauth2/v2.0/token"))
            .and(body_string_contains(proof))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({
                "token_type": "Bearer", "expires_in": 3600, "access_token": token
            })))
            .mount(&server)
            .await;
    }
    Mock::given(path("/metadata/identity/oauth2/token"))
        .and(header_exists("metadata"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "access_token": "fake-managed", "expires_on": "4102444800", "token_type": "Bearer", "resource": "r"
        })))
        .mount(&server)
        .await;
    Mock::given(path("/metadata/identity/oauth2/token"))
        .respond_with(ResponseTemplate::new(400))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

/// The default chain in an environment, where neither `az` nor `azd` is installed.
fn chain(
    server: &MockServer,
    environment: &[(&str, &str)],
    choose: impl Fn(DefaultChain) -> DefaultChain,
) -> Chain {
    let environment: HashMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let chain = Entra::default_chain(&options(server))
        .lookup(move |name| environment.get(name).cloned())
        .executor(std::sync::Arc::new(crate::entra::Tools::NONE));
    choose(chain).build()
}

#[tokio::test]
async fn the_links_are_asked_in_the_documented_order() {
    let server = azure().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "fake-pod-token").unwrap();
    let pod = ("AZURE_FEDERATED_TOKEN_FILE", file.path().to_str().unwrap());
    let all = [TENANT, CLIENT, SECRET, pod];
    for (environment, expected) in [
        (&all[..], "fake-principal"),
        (&[TENANT, CLIENT, pod], "fake-workload"),
        (&[TENANT, CLIENT], "fake-managed"),
        (&[], "fake-managed"),
    ] {
        let chain = chain(&server, environment, |chain| chain);
        assert_eq!(text(&chain.credential(&Audience::AI).await), expected);
    }
    for (choose, expected) in [
        (
            (|chain| chain.without(DefaultLink::Environment)) as fn(DefaultChain) -> DefaultChain,
            "fake-workload",
        ),
        (
            |chain| {
                chain
                    .without(DefaultLink::Environment)
                    .without(DefaultLink::WorkloadIdentity)
            },
            "fake-managed",
        ),
    ] {
        let chain = chain(&server, &all, choose);
        assert_eq!(text(&chain.credential(&Audience::AI).await), expected);
    }
}

#[tokio::test]
async fn the_managed_identity_is_the_one_that_the_environment_or_the_program_names() {
    for (choose, client_id) in [
        (
            (|chain| chain) as fn(DefaultChain) -> DefaultChain,
            "fake-client",
        ),
        (
            |chain| chain.managed_identity(aoai_auth::ManagedIdentity::ClientId("fake-own".into())),
            "fake-own",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(query_param("client_id", client_id))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({
                "access_token": "fake-managed", "expires_on": "4102444800", "token_type": "Bearer", "resource": "r"
            })))
            .expect(1)
            .mount(&server)
            .await;
        let chain = chain(&server, &[CLIENT], choose);
        assert_eq!(text(&chain.credential(&Audience::AI).await), "fake-managed");
    }
}

#[tokio::test]
async fn a_chain_off_azure_that_finds_nothing_says_where_it_looked() {
    // Wiremock answers 404 to what is not mounted: no metadata service does that with a probe, but
    // a proxy's 502 is what a machine off Azure may get.
    let server = MockServer::start().await;
    Mock::given(path("/metadata/identity/oauth2/token"))
        .respond_with(ResponseTemplate::new(502))
        .expect(1)
        .mount(&server)
        .await;
    let error = chain(&server, &[TENANT], |chain| chain)
        .credential(&Audience::AI)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        "no credential is configured; looked in turn: \
         (1) AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH are not set \
         (2) the workload identity: AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not set \
         (3) managed identity: IDENTITY_ENDPOINT is not set, and there is no instance metadata \
         service at 169.254.169.254 \
         (4) the Azure CLI: `az` is not on the PATH \
         (5) the Azure Developer CLI: `azd` is not on the PATH"
    );
}

#[tokio::test]
async fn a_variable_that_is_set_to_nothing_is_not_set() {
    let unset = [
        "AZURE_CLIENT_SECRET",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "AZURE_CLIENT_ID",
    ];
    let unset = unset.map(|name| (name, ""));
    let server = azure().await;
    let chain = chain(&server, &[&[TENANT], &unset[..]].concat(), |chain| chain);
    assert_eq!(text(&chain.credential(&Audience::AI).await), "fake-managed");
    // The identity that it asks for is the host's own.
    let asked = server.received_requests().await.unwrap();
    let asked = asked
        .iter()
        .filter(|it| it.headers.contains_key("metadata"));
    let queries: Vec<_> = asked.map(|it| it.url.query().unwrap_or_default()).collect();
    assert_eq!(queries.len(), 1);
    assert!(!queries[0].contains("client_id"), "{queries:?}");
    // Nor does an empty one stand for a part that is missing.
    for (name, missing) in [TENANT, CLIENT]
        .into_iter()
        .zip(["AZURE_CLIENT_ID", "AZURE_TENANT_ID"])
    {
        let environment = [SECRET, name, (missing, "")];
        let chain = self::chain(&server, &environment, |chain| chain);
        let error = chain.credential(&Audience::AI).await.unwrap_err();
        let told = format!("AZURE_CLIENT_SECRET is set, but {missing} is not");
        assert_eq!(error.to_string(), told);
    }
}

#[cfg(not(feature = "client-certificate"))]
#[tokio::test]
async fn a_certificate_that_this_build_cannot_read_ends_the_search() {
    let server = azure().await;
    let certificate = ("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere.pem");
    let chain = chain(&server, &[TENANT, CLIENT, certificate], |chain| chain);
    let error = chain.credential(&Audience::AI).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert_eq!(
        error.to_string(),
        "AZURE_CLIENT_CERTIFICATE_PATH is set; reading it needs aoai-auth built with the feature \
         client-certificate"
    );
}

#[tokio::test]
async fn a_proxy_in_the_place_of_the_metadata_service_is_no_host_with_an_identity() {
    for (status, is_host) in [
        (200, true),
        (400, true),
        (402, true),
        (403, false),
        (404, true),
        (406, true),
        (407, false),
        (408, true),
        (499, true),
        (500, false),
        (502, false),
    ] {
        let server = MockServer::start().await;
        let metadata = || Mock::given(path("/metadata/identity/oauth2/token"));
        let token = json!({
            "access_token": "fake-managed", "expires_on": "4102444800", "token_type": "Bearer",
            "resource": "r",
        });
        metadata()
            .and(header_exists("metadata"))
            .respond_with(ResponseTemplate::new(200).set_body_json(token))
            .mount(&server)
            .await;
        metadata()
            .respond_with(ResponseTemplate::new(status))
            .with_priority(9)
            .mount(&server)
            .await;
        let issued = chain(&server, &[], |chain| chain)
            .credential(&Audience::AI)
            .await;
        match issued {
            Ok(_) => assert!(is_host && text(&issued) == "fake-managed", "{status}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotConfigured, "{status}");
                assert!(!is_host, "{status}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_link_that_is_half_configured_ends_the_search() {
    let server = azure().await;
    for (environment, told) in [
        (
            &[SECRET][..],
            "AZURE_CLIENT_SECRET is set, but AZURE_TENANT_ID and AZURE_CLIENT_ID are not",
        ),
        (
            &[SECRET, TENANT],
            "AZURE_CLIENT_SECRET is set, but AZURE_CLIENT_ID is not",
        ),
        (
            &[TENANT, CLIENT, ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere")],
            "the workload identity cannot be used: failed to read federated token from file \
             /nowhere",
        ),
    ] {
        let error = chain(&server, environment, |chain| chain)
            .credential(&Audience::AI)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::Misconfigured, told.to_owned())
        );
    }
}

#[tokio::test]
async fn a_chain_without_links_says_so() {
    let server = azure().await;
    let chain = chain(&server, &[TENANT, CLIENT, SECRET], |chain| {
        chain
            .without(DefaultLink::Environment)
            .without(DefaultLink::WorkloadIdentity)
            .without(DefaultLink::ManagedIdentity)
            .without(DefaultLink::DeveloperTools)
    });
    let error = chain.credential(&Audience::AI).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no credential is configured: the chain has no provider"
    );
}
