//! The endpoints of managed identities: `/msi/token` on App Service, `/metadata/identity/…` on
//! virtual machines.

use http::StatusCode;
use serde_json::json;

use super::{Context, Reply, token};
use crate::config::{App, Managed};

pub(super) fn answer(cx: &Context<'_>) -> Reply {
    let on_app_service = cx.path == "/msi/token";
    if on_app_service && cx.header("x-identity-header") != Some(&cx.directory.identity_header) {
        return plain(
            StatusCode::UNAUTHORIZED,
            "The identity header is missing or wrong.",
        );
    }
    if !on_app_service && cx.header("metadata") != Some("true") {
        let message = "Required metadata header not specified";
        return oauth(StatusCode::BAD_REQUEST, "invalid_request", message);
    }
    let asked = cx.query.get("resource").unwrap_or_default();
    let Some(resource) = token::resource(asked) else {
        let message = format!("The resource principal named {asked} was not found in the tenant.");
        return oauth(StatusCode::BAD_REQUEST, "invalid_resource", &message);
    };
    let Some(app) = find(cx) else {
        return if on_app_service {
            plain(
                StatusCode::BAD_REQUEST,
                "No User Assigned or Delegated Managed Identity found for specified \
                 ClientId/ResourceId/PrincipalId.",
            )
        } else {
            oauth(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "Identity not found",
            )
        };
    };
    // Every number is written as text here, and clients insist on it.
    let lifetime = cx.directory.identity.token_lifetime;
    let mut body = json!({
        "access_token": cx.directory.issue(app, resource, cx.now),
        "client_id": app.client_id,
        "expires_on": (cx.now + lifetime).to_string(),
        "resource": resource,
        "token_type": "Bearer",
    });
    if !on_app_service {
        body["expires_in"] = json!(lifetime.to_string());
        body["ext_expires_in"] = json!(lifetime.to_string());
        body["not_before"] = json!(cx.now.to_string());
    }
    Reply::ok(body)
}

fn find<'a>(cx: &Context<'a>) -> Option<&'a App> {
    let managed = |app: &App| app.managed.is_some();
    if let Some(client) = cx.query.get("client_id") {
        return cx
            .directory
            .app(|app| managed(app) && app.client_id == client);
    }
    let object = cx
        .query
        .get("object_id")
        .or_else(|| cx.query.get("principal_id"));
    if let Some(object) = object {
        return cx
            .directory
            .app(|app| managed(app) && app.object_id() == object);
    }
    if cx
        .query
        .get("mi_res_id")
        .or_else(|| cx.query.get("msi_res_id"))
        .is_some()
    {
        return None;
    }
    cx.directory.app(|app| app.managed == Some(Managed::System))
}

fn plain(status: StatusCode, message: &str) -> Reply {
    Reply::new(
        status,
        json!({"message": message, "statusCode": status.as_u16()}),
    )
}

fn oauth(status: StatusCode, error: &str, description: &str) -> Reply {
    Reply::new(
        status,
        json!({"error": error, "error_description": description}),
    )
}
