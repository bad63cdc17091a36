//! The endpoint where a job of Azure Pipelines exchanges its access token for an assertion.

use http::{Method, StatusCode};
use serde_json::json;

use super::{Context, Reply};

/// `POST …/jobs/{job}/oidctoken`.
pub(super) fn answer(cx: &Context<'_>) -> Reply {
    let token = cx
        .header("authorization")
        .and_then(|it| it.strip_prefix("Bearer "));
    if cx.request.method != Method::POST || token.is_none_or(str::is_empty) {
        let message = "TF400813: The user is not authorized to access this resource.";
        return Reply::new(StatusCode::UNAUTHORIZED, json!({"message": message}));
    }
    // Any JWT will do: the token endpoint does not know who else is trusted.
    let assertion = cx
        .directory
        .vouch(cx.query.get("serviceConnectionId"), cx.now);
    Reply::ok(json!({"oidcToken": assertion}))
}
