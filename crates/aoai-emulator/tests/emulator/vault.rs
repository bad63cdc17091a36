//! Key Vault, Resource Manager, and the rotation of the account's keys.

use std::time::Duration;

use aoai_emulator::{Emulator, Identity, Service, Services};
use serde_json::{Value, json};

use crate::support::{Answer, request, start_with_identity};

/// Sends to the vault as an app of the tenant.
fn vault(emulator: &Emulator, app: &str, line: &str, body: Option<&Value>) -> Answer {
    let token = emulator
        .services()
        .unwrap()
        .token(app, "https://vault.azure.net")
        .unwrap();
    let line = format!("{line}?api-version=7.4");
    let mut call = request(emulator, &line).bearer(&token);
    if let Some(body) = body {
        call = call.json(body);
    }
    call.send()
}

#[tokio::test]
async fn a_secret_is_read_by_name_and_by_version() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let [key, _] = emulator.keys();
    let current = vault(&emulator, "app", "GET /secrets/aoai-key", None).json();
    assert_eq!(current["value"], key);
    let id = current["id"].as_str().unwrap();
    assert!(
        id.starts_with("https://localhost/secrets/aoai-key/"),
        "{id}"
    );
    assert_eq!(current["attributes"]["enabled"], true);

    let first = id.rsplit('/').next().unwrap();
    let second = services.set_secret("aoai-key", "fake-second-value");
    let read = |path: &str| {
        vault(
            &emulator,
            "app",
            &format!("GET /secrets/aoai-key{path}"),
            None,
        )
        .json()["value"]
            .take()
    };
    assert_eq!(read(""), "fake-second-value");
    // Microsoft's client for Rust leaves the slash where a version would follow.
    assert_eq!(read("/"), "fake-second-value");
    assert_eq!(read(&format!("/{first}")), key);
    assert_eq!(read(&format!("/{second}")), "fake-second-value");

    let list = vault(&emulator, "app", "GET /secrets/aoai-key/versions", None).json();
    assert_eq!(list["nextLink"], Value::Null);
    assert_eq!(list["value"].as_array().unwrap().len(), 2);
    assert_eq!(list["value"][0].get("value"), None);
}

#[tokio::test]
async fn the_vault_asks_for_a_token_and_says_where_to_get_it() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let line = "GET /secrets/aoai-key?api-version=7.4";
    let wrong = services.token("app", "https://ai.azure.com").unwrap();
    for call in [
        request(&emulator, line).without_key(),
        request(&emulator, line),
        request(&emulator, line).bearer(&wrong),
    ] {
        let answer = call.send();
        assert_eq!(
            (answer.status, answer.reason.as_str()),
            (401, "Unauthorized")
        );
        let expected = format!(
            r#"Bearer authorization="{}/{}", resource="https://vault.azure.net""#,
            services.authority(),
            services.tenant()
        );
        assert_eq!(answer.headers["www-authenticate"], expected);
        assert_eq!(answer.json()["error"]["code"], "Unauthorized");
    }
}

#[track_caller]
fn assert_error(answer: &Answer, status: u16, code: &str, inner: Option<&str>) {
    let error = answer.json()["error"].take();
    assert_eq!((answer.status, &error["code"]), (status, &json!(code)));
    assert_eq!(error["innererror"]["code"].as_str(), inner);
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_says_why() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let get = |app, name: &str| vault(&emulator, app, &format!("GET /secrets/{name}"), None);
    let missing = get("app", "missing");
    assert_error(&missing, 404, "SecretNotFound", None);
    assert_eq!(
        missing.json()["error"]["message"],
        "A secret with (name/id) missing was not found in this key vault."
    );
    assert_error(&get("app", "aoai-key/0123"), 404, "SecretNotFound", None);
    assert_error(
        &get("roleless", "aoai-key"),
        403,
        "Forbidden",
        Some("ForbiddenByRbac"),
    );
    assert_error(&get("app", "a_b"), 400, "BadParameter", None);
    let token = services.token("app", "https://vault.azure.net").unwrap();
    let unversioned = request(&emulator, "GET /secrets/aoai-key")
        .bearer(&token)
        .send();
    assert_error(&unversioned, 400, "BadParameter", None);

    assert!(services.enable_secret("aoai-key", None, false));
    let disabled = get("app", "aoai-key");
    assert_error(&disabled, 403, "Forbidden", Some("SecretDisabled"));
    assert!(services.enable_secret("aoai-key", None, true));
    // An expired secret is still given out; it is for the reader to notice.
    assert!(services.expire_secret("aoai-key", 5));
    assert_eq!(get("app", "aoai-key").json()["attributes"]["exp"], 5);
    assert!(services.remove_secret("aoai-key"));
    assert_error(&get("app", "aoai-key"), 404, "SecretNotFound", None);
    assert!(!services.remove_secret("aoai-key"));
}

#[tokio::test]
async fn secrets_are_set_and_changed_by_those_who_may() {
    let emulator = start_with_identity().await;
    let line = "PUT /secrets/new";
    let body = json!({
        "attributes": {"exp": 9, "nbf": 5},
        "contentType": "text/plain",
        "tags": {"a": "b"},
        "value": "fake-value",
    });
    // Reading is all that a user of secrets may do.
    let refused = vault(&emulator, "managed", line, Some(&body));
    assert_error(&refused, 403, "Forbidden", Some("ForbiddenByRbac"));
    let set = vault(&emulator, "app", line, Some(&body)).json();
    assert_eq!(
        (&set["value"], &set["contentType"]),
        (&json!("fake-value"), &json!("text/plain"))
    );
    assert_eq!(set["tags"], json!({"a": "b"}));
    let attributes = &set["attributes"];
    assert_eq!(
        (&attributes["nbf"], &attributes["exp"]),
        (&json!(5), &json!(9))
    );
    assert_eq!(
        vault(&emulator, "managed", "GET /secrets/new", None).json(),
        set
    );

    let version = set["id"].as_str().unwrap().rsplit('/').next().unwrap();
    let line = format!("PATCH /secrets/new/{version}");
    let off = json!({"attributes": {"enabled": false}});
    let changed = vault(&emulator, "app", &line, Some(&off)).json();
    assert_eq!(
        (changed.get("value"), &changed["attributes"]["enabled"]),
        (None, &json!(false))
    );
    assert_eq!(
        vault(&emulator, "app", "GET /secrets/new", None).status,
        403
    );

    assert_error(
        &vault(&emulator, "app", "PUT /secrets/new", Some(&json!({}))),
        400,
        "BadParameter",
        None,
    );
    assert_error(
        &vault(&emulator, "app", "DELETE /secrets/new", None),
        405,
        "MethodNotAllowed",
        None,
    );
    assert_error(
        &vault(&emulator, "app", "PATCH /secrets/none/1", Some(&off)),
        404,
        "SecretNotFound",
        None,
    );
}

fn arm(emulator: &Emulator, services: &Services, app: &str, action: &str, body: &Value) -> Answer {
    let token = services.token(app, "https://management.azure.com").unwrap();
    let line = format!(
        "POST {}/{action}?api-version=2024-10-01",
        services.account()
    );
    request(emulator, &line).bearer(&token).json(body).send()
}

#[tokio::test]
async fn resource_manager_lists_and_regenerates_the_keys() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let listed = arm(&emulator, &services, "app", "listKeys", &json!({}));
    let [key1, key2] = emulator.keys();
    assert_eq!(listed.json(), json!({"key1": key1, "key2": key2}));
    let body = json!({"keyName": "Key1"});
    let renewed = arm(&emulator, &services, "app", "regenerateKey", &body).json();
    assert_ne!(renewed["key1"], key1);
    assert_eq!(renewed["key2"], key2);
    let key1 = emulator.keys()[0].clone();
    assert_eq!(renewed["key1"], key1);
    let body = json!({"keyName": "Key2"});
    let renewed = arm(&emulator, &services, "app", "regenerateKey", &body).json();
    assert_eq!(renewed["key1"], key1);
    assert_ne!(renewed["key2"], key2);
    assert_eq!(renewed["key2"], emulator.keys()[1]);
    let models = |key: &str| {
        let call = request(&emulator, "GET /openai/v1/models").without_key();
        call.header("api-key", key).send().status
    };
    assert_eq!((models(&key2), models(&emulator.keys()[1])), (401, 200));

    let bad = arm(
        &emulator,
        &services,
        "app",
        "regenerateKey",
        &json!({"keyName": "key1"}),
    );
    assert_error(&bad, 400, "InvalidRequestContent", None);
    let refused = arm(&emulator, &services, "roleless", "listKeys", &json!({}));
    assert_error(&refused, 403, "AuthorizationFailed", None);
    let lost = arm(&emulator, &services, "app", "deleteKeys", &json!({}));
    assert_error(&lost, 404, "ResourceNotFound", None);
    assert_eq!(
        emulator.statuses(Service::Arm),
        [200, 200, 200, 400, 403, 404]
    );
}

#[tokio::test]
async fn resource_manager_wants_a_token_and_a_version() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let line = format!(
        "POST {}/listKeys?api-version=2024-10-01",
        services.account()
    );
    let answer = request(&emulator, &line).send();
    assert_error(&answer, 401, "AuthenticationFailed", None);
    assert!(answer.headers["www-authenticate"].contains(services.tenant()));
    let token = services.token("app", "https://vault.azure.net").unwrap();
    let answer = request(&emulator, &line).bearer(&token).send();
    assert_error(&answer, 401, "InvalidAuthenticationToken", None);
    let token = services
        .token("app", "https://management.core.windows.net")
        .unwrap();
    // Letters of either case are the same to it.
    let upper = line
        .replace("resourceGroups", "RESOURCEGROUPS")
        .replace("listKeys", "listkeys");
    assert_eq!(request(&emulator, &upper).bearer(&token).send().status, 200);
    let unversioned = format!("POST {}/listKeys", services.account());
    let answer = request(&emulator, &unversioned).bearer(&token).send();
    assert_error(&answer, 400, "MissingApiVersionParameter", None);
}

#[tokio::test]
async fn a_rotation_renews_the_key_that_the_vault_holds() {
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let [first, second] = emulator.keys();
    let renewed = services.rotate_vault_key().unwrap();
    assert_eq!(emulator.keys(), [renewed.clone(), second.clone()]);
    assert_eq!(services.secret(Identity::KEY_SECRET), Some(renewed));

    services.set_secret(Identity::KEY_SECRET, &second);
    let renewed = services.rotate_vault_key().unwrap();
    assert_eq!(emulator.keys()[1], renewed);

    services.set_secret(Identity::KEY_SECRET, &first);
    assert_eq!(
        services.rotate_vault_key(),
        None,
        "the vault holds a key that is no more"
    );
}

#[tokio::test]
async fn what_a_change_does_not_name_stays() {
    let emulator = start_with_identity().await;
    let body = json!({"attributes": {"exp": 9, "nbf": 5}, "value": "fake-value"});
    let set = vault(&emulator, "app", "PUT /secrets/new", Some(&body)).json();
    let version = set["id"].as_str().unwrap().rsplit('/').next().unwrap();
    emulator.advance(Duration::from_secs(100));
    let line = format!("PATCH /secrets/new/{version}");
    let body = json!({"tags": {"a": "b"}});
    let changed = vault(&emulator, "app", &line, Some(&body)).json();
    let attributes = &changed["attributes"];
    assert_eq!(
        (&attributes["nbf"], &attributes["exp"], &changed["tags"]),
        (&json!(5), &json!(9), &json!({"a": "b"}))
    );
    assert_eq!(attributes["created"], set["attributes"]["created"]);
    let moved = attributes["updated"].as_u64().unwrap() - attributes["created"].as_u64().unwrap();
    assert!((100..160).contains(&moved), "{changed}");
}
