//! Tokens: how they are got, and what they open.

use std::time::Duration;

use aoai_emulator::{Config, Emulator, Fault, Identity, Service, Services};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Answer, CHAT, request, start, start_with_identity};

const COGNITIVE_SERVICES: &str = "https://cognitiveservices.azure.com";

fn ping() -> Value {
    json!({"messages": [{"role": "user", "content": "ping"}]})
}

/// Asks the token endpoint with a form.
fn ask(emulator: &Emulator, tenant: &str, fields: &[(&str, &str)]) -> Answer {
    let line = format!("POST /{tenant}/oauth2/v2.0/token");
    let form: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            let bytes = value.bytes().map(|byte| format!("%{byte:02X}"));
            format!("{name}={}", bytes.collect::<String>())
        })
        .collect();
    request(emulator, &line)
        .without_key()
        .text(form.join("&"))
        .send()
}

/// The fields of a request for a token that is in order.
fn in_order(services: &Services) -> [(&'static str, &str); 4] {
    let app = services.app("app").unwrap();
    [
        ("grant_type", "client_credentials"),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.as_deref().unwrap()),
        ("scope", "https://ai.azure.com/.default"),
    ]
}

#[tokio::test]
async fn a_client_secret_gets_a_token_that_opens_the_models() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let answer = ask(&emulator, services.tenant(), &in_order(&services));
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 4800);
    let token = body["access_token"].as_str().unwrap();
    let models = request(&emulator, "GET /openai/v1/models")
        .bearer(token)
        .send();
    assert_eq!(models.status, 200);
    assert_eq!(emulator.statuses(Service::Token), [200]);
    assert_eq!(emulator.statuses(Service::OpenAi), [200]);
}

#[tokio::test]
async fn a_client_assertion_gets_a_token_too() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for (assertion, kind, status) in [
        ("fake.client.assertion", kind, 200),
        ("fake.client.assertion", "jwt", 401),
        ("no jwt", kind, 401),
    ] {
        let mut fields = in_order(&services).to_vec();
        fields[2] = ("client_assertion", assertion);
        fields.push(("client_assertion_type", kind));
        assert_eq!(ask(&emulator, services.tenant(), &fields).status, status);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_for_a_token_is_told_by_number() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let tenant = services.tenant();
    for (tenant, changed, status, error, number) in [
        ("other", None, 400, "invalid_request", 90_002),
        (
            tenant,
            Some((0, "password")),
            400,
            "unsupported_grant_type",
            70_003,
        ),
        (
            tenant,
            Some((1, "nobody")),
            400,
            "unauthorized_client",
            700_016,
        ),
        (
            tenant,
            Some((2, "fake-wrong-secret")),
            401,
            "invalid_client",
            7_000_215,
        ),
        (
            tenant,
            Some((3, "https://ai.azure.com")),
            400,
            "invalid_scope",
            1_002_012,
        ),
        (
            tenant,
            Some((3, "https://example.com/.default")),
            400,
            "invalid_resource",
            500_011,
        ),
    ] {
        let mut fields = in_order(&services);
        if let Some((field, value)) = changed {
            fields[field].1 = value;
        }
        let answer = ask(&emulator, tenant, &fields);
        let body = answer.json();
        assert_eq!((answer.status, &body["error"]), (status, &json!(error)));
        assert_eq!(body["error_codes"], json!([number]));
        let description = body["error_description"].as_str().unwrap();
        assert!(
            description.starts_with(&format!("AADSTS{number}: ")),
            "{description}"
        );
        assert!(!description.contains("fake-wrong-secret"));
    }
    for missing in [0, 1, 2, 3] {
        let mut fields = in_order(&services).to_vec();
        let (name, _) = fields.remove(missing);
        let description = ask(&emulator, tenant, &fields).json()["error_description"].take();
        assert!(
            description.as_str().unwrap().contains(name),
            "{description}"
        );
    }
}

const NO_TOKEN: &str = r#"{"statusCode":401,"message":"Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired."}"#;

#[tokio::test]
async fn each_surface_takes_its_audiences() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let v1 = "GET /openai/v1/models";
    let dated = "GET /openai/models?api-version=2024-10-21";
    for (audience, v1_status, dated_status) in [
        (COGNITIVE_SERVICES, 200, 200),
        ("https://cognitiveservices.azure.com/", 200, 200),
        ("https://ai.azure.com", 200, 401),
        ("https://management.azure.com", 401, 401),
        ("https://vault.azure.net", 401, 401),
    ] {
        let token = services.token("app", audience).unwrap();
        for (line, status) in [(v1, v1_status), (dated, dated_status)] {
            let answer = request(&emulator, line).bearer(&token).send();
            assert_eq!(answer.status, status, "{audience} {line}");
            if status == 401 {
                assert_eq!(
                    (answer.reason.as_str(), answer.body.as_str()),
                    ("Unauthorized", NO_TOKEN)
                );
            }
        }
    }
}

#[tokio::test]
async fn a_token_opens_nothing_when_it_has_expired_or_is_forged() {
    let emulator = start_with_identity().await;
    let token = emulator
        .services()
        .unwrap()
        .token("app", COGNITIVE_SERVICES)
        .unwrap();
    let other = start_with_identity().await;
    let foreign = other
        .services()
        .unwrap()
        .token("app", COGNITIVE_SERVICES)
        .unwrap();
    let send = |token: &str| request(&emulator, CHAT).bearer(token).json(&ping()).send();
    assert_eq!(send(&token).status, 200);
    for token in [&foreign, &token[..token.len() - 8]] {
        let answer = send(token);
        assert_eq!((answer.status, answer.body.as_str()), (401, NO_TOKEN));
    }
    emulator.advance(Duration::from_secs(4700));
    assert_eq!(send(&token).status, 200);
    emulator.advance(Duration::from_secs(101));
    let answer = send(&token);
    assert_eq!((answer.status, answer.body.as_str()), (401, NO_TOKEN));
}

#[tokio::test]
async fn a_missing_role_is_401_too_and_says_so() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let token = services.token("roleless", COGNITIVE_SERVICES).unwrap();
    let dated = request(&emulator, CHAT).bearer(&token).json(&ping()).send();
    assert_eq!(
        (dated.status, dated.reason.as_str()),
        (401, "PermissionDenied")
    );
    assert_eq!(
        dated.body,
        r#"{"error":{"code":"PermissionDenied","message":"Principal does not have access to API/Operation."}}"#
    );
    let v1 = request(&emulator, "GET /openai/v1/models")
        .bearer(&token)
        .send();
    assert_eq!((v1.status, v1.reason.as_str()), (401, "PermissionDenied"));
    let message = v1.json()["error"]["message"].take();
    let message = message.as_str().unwrap();
    let principal = services.app("roleless").unwrap().object_id();
    assert!(
        message.starts_with(&format!("The principal `{principal}` lacks")),
        "{message}"
    );
    assert!(
        message.contains("to perform `GET /openai/v1/models` operation"),
        "{message}"
    );
}

#[tokio::test]
async fn keys_open_nothing_where_only_tokens_are_taken() {
    let yaml = "{key_auth: false, identity: {}}";
    let emulator = Emulator::start(Config::from_yaml(yaml).unwrap())
        .await
        .unwrap();
    let answer = request(&emulator, "GET /openai/v1/models").send();
    assert_eq!((answer.status, answer.reason.as_str()), (403, "Forbidden"));
    assert_eq!(
        answer.body,
        r#"{"error":{"code":"AuthenticationTypeDisabled","message":"Key based authentication is disabled for this resource."}}"#
    );
    let token = emulator
        .services()
        .unwrap()
        .token("app", COGNITIVE_SERVICES)
        .unwrap();
    assert_eq!(
        request(&emulator, "GET /openai/v1/models")
            .bearer(&token)
            .send()
            .status,
        200
    );
}

#[tokio::test]
async fn app_service_hands_out_the_machines_token() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let get = |query: &str, header: &str| {
        let line = format!("GET /msi/token?api-version=2019-08-01&{query}");
        request(&emulator, &line)
            .without_key()
            .header("x-identity-header", header)
            .send()
    };
    let resource = "resource=https://cognitiveservices.azure.com";
    let header = services.identity_header();
    let body = get(resource, header).json();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "access_token",
            "client_id",
            "expires_on",
            "resource",
            "token_type"
        ]
    );
    let expires = body["expires_on"].as_str().expect("a text of digits");
    assert!(expires.parse::<u64>().is_ok());
    let client = &services.app("managed").unwrap().client_id;
    assert_eq!(body["client_id"], client.as_str());
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(
        request(&emulator, CHAT)
            .bearer(token)
            .json(&ping())
            .send()
            .status,
        200
    );

    assert_eq!(
        get(&format!("{resource}&client_id={client}"), header).status,
        200
    );
    for (query, header, status) in [
        (resource.to_owned(), "fake-wrong-header", 401),
        (format!("{resource}&client_id=nobody"), header, 400),
        // An app that is no managed identity.
        (
            format!(
                "{resource}&client_id={}",
                services.app("app").unwrap().client_id
            ),
            header,
            400,
        ),
        ("resource=https://example.com".to_owned(), header, 400),
    ] {
        assert_eq!(get(&query, header).status, status, "{query}");
    }
    assert_eq!(
        emulator.statuses(Service::ManagedIdentity),
        [200, 200, 401, 400, 400, 400]
    );
}

#[tokio::test]
async fn a_virtual_machine_hands_out_its_token() {
    let emulator = start_with_identity().await;
    let line = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net";
    let refused = request(&emulator, line).send();
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (400, &json!("invalid_request"))
    );
    let body = request(&emulator, line)
        .header("metadata", "true")
        .send()
        .json();
    for name in ["expires_in", "expires_on", "ext_expires_in", "not_before"] {
        assert!(
            body[name].as_str().unwrap().parse::<u64>().is_ok(),
            "{name}: {body}"
        );
    }
    assert_eq!(body["resource"], "https://vault.azure.net");
}

#[tokio::test]
async fn the_tenant_describes_itself() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let tenant = services.tenant();
    let line = format!("GET /{tenant}/v2.0/.well-known/openid-configuration");
    let body = request(&emulator, &line).send().json();
    let at = format!("{}/{tenant}", services.authority());
    assert_eq!(body["issuer"], format!("{at}/v2.0"));
    assert_eq!(body["token_endpoint"], format!("{at}/oauth2/v2.0/token"));
    assert_eq!(body["jwks_uri"], format!("{at}/discovery/v2.0/keys"));
    let line = format!("GET /{tenant}/discovery/v2.0/keys");
    let key = request(&emulator, &line).send().json()["keys"][0].take();
    assert_eq!(
        (&key["kty"], &key["alg"], &key["e"]),
        (&json!("RSA"), &json!("RS256"), &json!("AQAB"))
    );
}

/// The parts of a token that are JSON.
fn parts(token: &str) -> [Value; 2] {
    let mut parts = token.split('.');
    [(), ()].map(|()| serde_json::from_slice(&decoded(parts.next().unwrap())).unwrap())
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[tokio::test]
async fn a_token_is_signed_by_the_key_that_its_head_names() {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let answer = ask(&emulator, services.tenant(), &in_order(&services)).json();
    let token = answer["access_token"].as_str().unwrap();
    let [head, claims] = parts(token);
    let line = format!("GET /{}/discovery/v2.0/keys", services.tenant());
    let keys = request(&emulator, &line).send().json();
    // Whoever verifies it looks the key up by its name, and takes its word for nothing else.
    let mut keys = keys["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["kid"] == head["kid"]).unwrap();
    assert_eq!(
        head,
        json!({"alg": key["alg"], "kid": key["kid"], "typ": "JWT"})
    );
    assert_eq!((&key["alg"], &key["use"]), (&json!("RS256"), &json!("sig")));
    let [n, e] = ["n", "e"].map(|part| decoded(key[part].as_str().unwrap()));
    let public = RsaPublicKeyComponents { n, e };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = decoded(signature);
    let verify =
        |message: &str| public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature);
    verify(message).unwrap();
    verify(&format!("{message}x")).unwrap_err();
    for (name, value) in [
        ("aud", "https://ai.azure.com"),
        ("tid", services.tenant()),
        ("appid", &services.app("app").unwrap().client_id),
    ] {
        assert_eq!(claims[name], value, "{claims}");
    }
    let [from, until] = ["nbf", "exp"].map(|name| claims[name].as_u64().unwrap());
    assert_eq!(until - from, answer["expires_in"].as_u64().unwrap());
}

#[tokio::test]
async fn the_same_is_served_over_tls() {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(services.certificate().as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let port = services.authority().rsplit(':').next().unwrap();
    for name in [
        "localhost",
        "contoso.vault.azure.net",
        "login.microsoftonline.com",
    ] {
        let socket = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
            .await
            .unwrap();
        let name = ServerName::try_from(name).unwrap();
        let mut tls = connector.connect(name, socket).await.unwrap();
        tls.write_all(b"GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut bytes = Vec::new();
        // The end without a farewell of TLS is no concern here.
        let _ = tls.read_to_end(&mut bytes).await;
        assert_eq!(Answer::parse(&bytes).status, 404);
    }
}

#[tokio::test]
async fn without_a_tenant_there_are_no_such_services() {
    let emulator = start().await;
    assert!(emulator.services().is_none());
    for line in [
        "POST /t/oauth2/v2.0/token",
        "GET /t/v2.0/.well-known/openid-configuration",
        "GET /msi/token",
        "GET /secrets/a",
        "POST /subscriptions/s",
    ] {
        let answer = request(&emulator, line).send();
        assert_eq!(
            answer.body,
            r#"{"error":{"code":"404","message": "Resource not found"}}"#
        );
    }
}

#[tokio::test]
async fn the_next_requests_to_a_service_meet_its_faults() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let own = Fault::status(503).body(json!({"error": "temporarily_unavailable"}));
    emulator.add_faults(
        Service::Token,
        [own, Fault::status(429).header("retry-after", "1")],
    );
    let first = ask(&emulator, services.tenant(), &in_order(&services));
    assert_eq!(
        (first.status, first.body.as_str()),
        (503, r#"{"error":"temporarily_unavailable"}"#)
    );
    let second = ask(&emulator, services.tenant(), &in_order(&services));
    assert_eq!(
        (second.status, second.headers["retry-after"].as_str()),
        (429, "1")
    );
    assert_eq!(request(&emulator, CHAT).json(&ping()).send().status, 200);
    assert_eq!(
        ask(&emulator, services.tenant(), &in_order(&services)).status,
        200
    );
    assert_eq!(emulator.statuses(Service::Token), [503, 429, 200]);

    emulator.add_faults(Service::OpenAi, [Fault::status(500)]);
    assert_eq!(request(&emulator, CHAT).json(&ping()).send().status, 500);
    assert_eq!(request(&emulator, CHAT).json(&ping()).send().status, 200);
}

#[tokio::test]
async fn nothing_of_the_tenant_prints_its_secrets() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let app = services.app("app").unwrap();
    let secret = app.client_secret.as_deref().unwrap();
    for text in [
        format!("{services:?}"),
        format!("{app:?}"),
        format!("{emulator:?}"),
    ] {
        assert!(
            !text.contains(secret) && !text.contains(services.identity_header()),
            "{text}"
        );
    }
    let mut config = Config::default();
    let mut identity = Identity::default();
    identity.apps.get_mut("app").unwrap().client_secret = Some("fake-client-secret".into());
    config.identity = Some(identity);
    assert!(!format!("{config:?}").contains("fake-client-secret"));
}

#[tokio::test]
async fn a_job_of_a_pipeline_exchanges_its_token_for_an_assertion() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let line = "POST /contoso/project/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken\
                ?api-version=7.1&serviceConnectionId=fake-connection";
    assert_eq!(request(&emulator, line).without_key().send().status, 401);
    let answer = request(&emulator, line).bearer("not-a-real-token").send();
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    let assertion = body["oidcToken"].as_str().unwrap();
    let mut fields = in_order(&services).to_vec();
    fields[2] = ("client_assertion", assertion);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    fields.push(("client_assertion_type", kind));
    assert_eq!(ask(&emulator, services.tenant(), &fields).status, 200);
    // It is no token of this tenant's.
    let models = request(&emulator, "GET /openai/v1/models")
        .bearer(assertion)
        .send();
    assert_eq!(models.status, 401);
    assert_eq!(emulator.statuses(Service::Token), [200]);
}

#[tokio::test]
async fn a_token_that_has_just_expired_opens_nothing() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let token = services.expired_token("app", COGNITIVE_SERVICES).unwrap();
    let answer = request(&emulator, CHAT).bearer(&token).json(&ping()).send();
    assert_eq!((answer.status, answer.body.as_str()), (401, NO_TOKEN));
    assert_eq!(services.expired_token("nobody", COGNITIVE_SERVICES), None);
}

#[tokio::test]
async fn the_vault_has_a_name_that_the_certificate_covers() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    assert_eq!(services.vault(), "https://emulator.vault.azure.net");
    let authority = format!("https://localhost:{}", services.address().port());
    assert_eq!(services.authority(), authority);
    assert!(services.address().ip().is_loopback());
}

#[tokio::test]
async fn the_token_endpoint_wants_a_post_and_each_part_of_an_assertion() {
    const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    let mut config = Config::default();
    let mut identity = Identity::default();
    let own = identity.apps.get_mut("app").unwrap();
    own.assertion = Some("eyJfake.eyJfake.own".to_owned());
    config.identity = Some(identity);
    let emulator = Emulator::start(config).await.unwrap();
    let services = emulator.services().unwrap();
    let line = format!("GET /{}/oauth2/v2.0/token", services.tenant());
    let got = request(&emulator, &line).without_key().send();
    let body = got.json();
    assert_eq!(
        (got.status, &body["error"], &body["error_codes"]),
        (400, &json!("invalid_request"), &json!([900_561]))
    );
    let [grant, client, _, scope] = in_order(&services);
    for (kind, assertion, status) in [
        (JWT_BEARER, "eyJfake.eyJfake.own", 200),
        (JWT_BEARER, "eyJfake.eyJfake.other", 401),
        (JWT_BEARER, "eyJfake", 401),
        ("urn:other", "eyJfake.eyJfake.own", 401),
    ] {
        let fields = [
            grant,
            client,
            ("client_assertion_type", kind),
            ("client_assertion", assertion),
            scope,
        ];
        let answer = ask(&emulator, services.tenant(), &fields);
        assert_eq!(answer.status, status, "{kind} {assertion}: {answer:?}");
        if status == 401 {
            assert_eq!(answer.json()["error_codes"], json!([700_213]));
        }
    }
    let neither = ask(&emulator, services.tenant(), &[grant, client, scope]);
    assert_eq!(
        (neither.status, &neither.json()["error_codes"]),
        (401, &json!([7_000_218]))
    );
    let missing = ask(&emulator, services.tenant(), &[client, scope]);
    assert_eq!(
        (missing.status, &missing.json()["error_codes"]),
        (400, &json!([900_144]))
    );
}

#[tokio::test]
async fn a_managed_identity_is_named_by_its_principal_too() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let own = services.app("managed").unwrap();
    let other = services.app("app").unwrap();
    let resource = "resource=https://cognitiveservices.azure.com";
    for (query, found) in [
        (format!("object_id={}", own.object_id()), true),
        (format!("principal_id={}", own.object_id()), true),
        (format!("object_id={}", other.object_id()), false),
        ("principal_id=nobody".to_owned(), false),
        ("mi_res_id=/subscriptions/x".to_owned(), false),
        ("msi_res_id=/subscriptions/x".to_owned(), false),
    ] {
        let line = format!("GET /msi/token?api-version=2019-08-01&{resource}&{query}");
        let on_app_service = request(&emulator, &line)
            .header("x-identity-header", services.identity_header())
            .send();
        let line = format!(
            "GET /metadata/identity/oauth2/token?api-version=2018-02-01&{resource}&{query}"
        );
        let on_machine = request(&emulator, &line).header("metadata", "true").send();
        if found {
            for answer in [on_app_service, on_machine] {
                assert_eq!(answer.status, 200, "{query}: {answer:?}");
                assert_eq!(answer.json()["client_id"], own.client_id.as_str());
            }
            continue;
        }
        assert_eq!(
            (on_app_service.status, on_app_service.json()),
            (
                400,
                json!({
                    "message": "No User Assigned or Delegated Managed Identity found for \
                                specified ClientId/ResourceId/PrincipalId.",
                    "statusCode": 400,
                })
            ),
            "{query}"
        );
        assert_eq!(
            (on_machine.status, on_machine.json()),
            (
                400,
                json!({
                    "error": "invalid_request", "error_description": "Identity not found",
                })
            ),
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_the_tenant_tells_of_itself_is_only_read() {
    let emulator = start_with_identity().await;
    let tenant = emulator.services().unwrap().tenant().to_owned();
    for path in [
        "v2.0/.well-known/openid-configuration",
        "discovery/v2.0/keys",
    ] {
        let answer = request(&emulator, &format!("POST /{tenant}/{path}")).send();
        assert_eq!(answer.status, 405, "{path}: {answer:?}");
        assert_eq!(
            answer.headers["content-type"],
            "application/json; charset=utf-8"
        );
        assert!(answer.headers.contains_key("x-ms-request-id"), "{answer:?}");
    }
}
