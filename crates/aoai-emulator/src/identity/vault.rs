//! Key Vault: secrets with their versions.

use std::collections::BTreeMap;
use std::sync::Mutex;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Context, Reply};
use crate::config::Role;
use crate::state::locked;
use crate::text;

/// The secrets by name, each with its versions from the first to the current one.
#[derive(Default)]
pub(crate) struct Vault {
    secrets: Mutex<BTreeMap<String, Vec<Version>>>,
}

/// A version of a secret.
#[derive(Clone)]
struct Version {
    id: String,
    value: String,
    enabled: bool,
    not_before: Option<u64>,
    expires: Option<u64>,
    created: u64,
    updated: u64,
    content_type: Option<String>,
    tags: Map<String, Value>,
}

impl Vault {
    /// Adds a version and makes it the current one.
    pub(super) fn set(&self, name: &str, value: &str, now: u64) -> String {
        self.add(name, Version::new(value, now)).id
    }

    /// The current value.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let secrets = locked(&self.secrets);
        Some(secrets.get(name)?.last()?.value.clone())
    }

    /// Changes a version, the current one where none is named; whether there is one.
    pub(super) fn change(&self, name: &str, version: Option<&str>, attributes: &Value) -> bool {
        self.update(name, version.unwrap_or_default(), |found| {
            found.take(attributes);
        })
        .is_some()
    }

    /// Removes a secret with all its versions.
    pub(super) fn remove(&self, name: &str) -> bool {
        locked(&self.secrets).remove(name).is_some()
    }

    fn add(&self, name: &str, version: Version) -> Version {
        let mut secrets = locked(&self.secrets);
        secrets
            .entry(name.to_owned())
            .or_default()
            .push(version.clone());
        version
    }

    fn find(&self, name: &str, version: &str) -> Option<Version> {
        self.update(name, version, |_| ())
    }

    fn update(
        &self,
        name: &str,
        version: &str,
        change: impl FnOnce(&mut Version),
    ) -> Option<Version> {
        let mut secrets = locked(&self.secrets);
        let versions = secrets.get_mut(name)?;
        let found = match version {
            "" => versions.last_mut(),
            version => versions.iter_mut().find(|found| found.id == version),
        }?;
        change(found);
        Some(found.clone())
    }

    fn versions(&self, name: &str) -> Vec<Version> {
        locked(&self.secrets).get(name).cloned().unwrap_or_default()
    }
}

impl Version {
    fn new(value: &str, now: u64) -> Self {
        Self {
            id: text::guid().replace('-', ""),
            value: value.to_owned(),
            enabled: true,
            not_before: None,
            expires: None,
            created: now,
            updated: now,
            content_type: None,
            tags: Map::new(),
        }
    }

    /// Takes over the `attributes` of a request.
    fn take(&mut self, attributes: &Value) {
        if let Some(enabled) = attributes["enabled"].as_bool() {
            self.enabled = enabled;
        }
        self.not_before = attributes["nbf"].as_u64().or(self.not_before);
        self.expires = attributes["exp"].as_u64().or(self.expires);
    }

    /// Takes over the rest of a request, too.
    fn take_all(&mut self, body: &Value) {
        self.take(&body["attributes"]);
        if let Some(content_type) = body["contentType"].as_str() {
            self.content_type = Some(content_type.to_owned());
        }
        if let Some(tags) = body["tags"].as_object() {
            self.tags.clone_from(tags);
        }
    }

    /// All but the value.
    fn json(&self, base: &str, name: &str) -> Value {
        let mut attributes = json!({
            "created": self.created,
            "enabled": self.enabled,
            "recoverableDays": 90,
            "recoveryLevel": "Recoverable+Purgeable",
            "updated": self.updated,
        });
        for (key, value) in [("exp", self.expires), ("nbf", self.not_before)] {
            if let Some(value) = value {
                attributes[key] = json!(value);
            }
        }
        let mut body = json!({
            "attributes": attributes,
            "id": format!("{base}/secrets/{name}/{}", self.id),
            "tags": self.tags,
        });
        if let Some(content_type) = &self.content_type {
            body["contentType"] = json!(content_type);
        }
        body
    }

    fn whole(&self, base: &str, name: &str) -> Value {
        let mut body = self.json(base, name);
        body["value"] = json!(self.value);
        body
    }
}

/// `/secrets/{name}`, `/secrets/{name}/{version}`, `/secrets/{name}/versions`.
pub(super) fn answer(cx: &Context<'_>) -> Reply {
    let Some(app) = cx.directory.bearer(&cx.request.headers, cx.now, AUDIENCES) else {
        return challenge(cx);
    };
    if cx.query.get("api-version").is_none() {
        return bad_parameter("The request has no api-version.");
    }
    let mut segments = cx.path.split('/').skip(2);
    let name = segments.next().unwrap_or_default();
    let rest = segments.next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.is_empty() || !name.chars().all(is_name) || segments.next().is_some() {
        return bad_parameter("A secret's name consists of letters, digits and dashes.");
    }
    let writes = cx.request.method != Method::GET;
    let allowed: &[Role] = if writes {
        &[Role::SecretsOfficer]
    } else {
        &[Role::SecretsOfficer, Role::SecretsUser]
    };
    if !app.may(allowed) {
        return forbidden_by_role(&app.client_id, &app.object_id());
    }
    let base = format!("https://{}", cx.header("host").unwrap_or("localhost"));
    match (cx.request.method.as_str(), rest) {
        ("GET", "versions") => list(cx, &base, name),
        ("GET", version) => get(cx, &base, name, version),
        ("PUT", "") => set(cx, &base, name),
        ("PATCH", version) => update(cx, &base, name, version),
        _ => Reply::error(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "The emulator's vault knows GET, PUT and PATCH.",
        ),
    }
}

fn get(cx: &Context<'_>, base: &str, name: &str, version: &str) -> Reply {
    match cx.directory.vault.find(name, version) {
        None => not_found(name, version),
        Some(found) if !found.enabled => Reply::new(
            StatusCode::FORBIDDEN,
            json!({"error": {
                "code": "Forbidden",
                "innererror": {"code": "SecretDisabled"},
                "message": "Operation get is not allowed on a disabled secret.",
            }}),
        ),
        Some(found) => Reply::ok(found.whole(base, name)),
    }
}

fn list(cx: &Context<'_>, base: &str, name: &str) -> Reply {
    let versions = cx.directory.vault.versions(name);
    if versions.is_empty() {
        return not_found(name, "");
    }
    let versions: Vec<Value> = versions
        .iter()
        .map(|found| found.json(base, name))
        .collect();
    Reply::ok(json!({"nextLink": null, "value": versions}))
}

fn set(cx: &Context<'_>, base: &str, name: &str) -> Reply {
    let body = cx.json();
    let Some(value) = body["value"].as_str() else {
        return bad_parameter("The body has no value.");
    };
    let mut version = Version::new(value, cx.now);
    version.take_all(&body);
    Reply::ok(cx.directory.vault.add(name, version).whole(base, name))
}

fn update(cx: &Context<'_>, base: &str, name: &str, version: &str) -> Reply {
    let body = cx.json();
    let changed = cx.directory.vault.update(name, version, |found| {
        found.take_all(&body);
        found.updated = cx.now;
    });
    match changed {
        None => not_found(name, version),
        Some(changed) => Reply::ok(changed.json(base, name)),
    }
}

/// Where a token for the vault can be got.
fn challenge(cx: &Context<'_>) -> Reply {
    let tenant = format!(
        "{}/{}",
        cx.directory.authority, cx.directory.identity.tenant
    );
    let (code, message) = match cx.header("authorization") {
        None => ("AKV10000", "Request is missing a Bearer or PoP token."),
        Some(_) => (
            "AKV10022",
            "Invalid audience, issuer, signature or lifetime of the token.",
        ),
    };
    let message = format!("{code}: {message}");
    let reply = Reply::error(StatusCode::UNAUTHORIZED, "Unauthorized", message);
    let challenge =
        format!(r#"Bearer authorization="{tenant}", resource="https://vault.azure.net""#);
    reply.header("www-authenticate", challenge)
}

fn forbidden_by_role(client: &str, object: &str) -> Reply {
    let message = format!(
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny \
         assignments or role definitions were changed recently, please observe propagation \
         time.\r\nCaller: appid={client};oid={object}"
    );
    Reply::new(
        StatusCode::FORBIDDEN,
        json!({"error": {
            "code": "Forbidden",
            "innererror": {"code": "ForbiddenByRbac"},
            "message": message,
        }}),
    )
}

fn not_found(name: &str, version: &str) -> Reply {
    let separator = if version.is_empty() { "" } else { "/" };
    let message = format!(
        "A secret with (name/id) {name}{separator}{version} was not found in this key vault."
    );
    Reply::error(StatusCode::NOT_FOUND, "SecretNotFound", message)
}

fn bad_parameter(message: &str) -> Reply {
    Reply::error(StatusCode::BAD_REQUEST, "BadParameter", message)
}

const AUDIENCES: &[&str] = &["https://vault.azure.net"];
