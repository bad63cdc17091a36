//! Azure Resource Manager: the account's two keys.

use http::{Method, StatusCode};
use serde_json::json;

use super::{Context, Reply};
use crate::KeySlot;
use crate::config::Role;

/// The resource id of the account that is emulated.
pub(super) const ACCOUNT: &str = "/subscriptions/00000000-0000-4000-8000-000000005ab5/resourceGroups/emulator/providers/Microsoft.CognitiveServices/accounts/emulator";

/// `POST …/listKeys` and `POST …/regenerateKey`.
pub(super) fn answer(cx: &Context<'_>) -> Reply {
    let (resource, action) = cx.path.rsplit_once('/').unwrap_or((cx.path, ""));
    let Some(app) = cx.directory.bearer(&cx.request.headers, cx.now, AUDIENCES) else {
        return unauthorized(cx);
    };
    if cx.query.get("api-version").is_none() {
        let message =
            "The api-version query parameter (?api-version=) is required for all requests.";
        return Reply::error(
            StatusCode::BAD_REQUEST,
            "MissingApiVersionParameter",
            message,
        );
    }
    // Resource Manager tells letters of different case apart nowhere.
    let is = |known: &str| action.eq_ignore_ascii_case(known) && cx.request.method == Method::POST;
    if !resource.eq_ignore_ascii_case(ACCOUNT) || !(is("listKeys") || is("regenerateKey")) {
        let message = format!("The Resource '{}' was not found.", cx.path);
        return Reply::error(StatusCode::NOT_FOUND, "ResourceNotFound", message);
    }
    if !app.may(&[Role::Contributor]) {
        let message = format!(
            "The client '{}' with object id '{}' does not have authorization to perform action \
             'Microsoft.CognitiveServices/accounts/{action}/action' over scope '{ACCOUNT}' or the \
             scope is invalid. If access was recently granted, please refresh your credentials.",
            app.client_id,
            app.object_id()
        );
        return Reply::error(StatusCode::FORBIDDEN, "AuthorizationFailed", message);
    }
    if is("regenerateKey") {
        let slot = match cx.json()["keyName"].as_str() {
            Some("Key1") => KeySlot::Key1,
            Some("Key2") => KeySlot::Key2,
            _ => {
                let message = "The keyName is either Key1 or Key2.";
                return Reply::error(StatusCode::BAD_REQUEST, "InvalidRequestContent", message);
            }
        };
        cx.state.rotate(slot);
    }
    let [key1, key2] = cx.state.keys();
    Reply::ok(json!({"key1": key1, "key2": key2}))
}

fn unauthorized(cx: &Context<'_>) -> Reply {
    let (code, message) = match cx.header("authorization") {
        None => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ),
        Some(_) => (
            "InvalidAuthenticationToken",
            "The access token is invalid, expired, or meant for another audience.",
        ),
    };
    let tenant = format!(
        "{}/{}",
        cx.directory.authority, cx.directory.identity.tenant
    );
    let challenge = format!(r#"Bearer authorization_uri="{tenant}", error="invalid_token""#);
    Reply::error(StatusCode::UNAUTHORIZED, code, message).header("www-authenticate", challenge)
}

const AUDIENCES: &[&str] = &[
    "https://management.azure.com",
    "https://management.core.windows.net",
];
