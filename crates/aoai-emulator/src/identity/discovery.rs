//! What Entra tells of itself: its addresses and its keys.

use http::{Method, StatusCode};
use serde_json::json;

use super::{Context, Reply};

/// `GET /{tenant}/v2.0/.well-known/openid-configuration` and `GET /{tenant}/discovery/v2.0/keys`.
pub(super) fn answer(cx: &Context<'_>) -> Reply {
    if cx.request.method != Method::GET {
        return Reply::error(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "GET it");
    }
    if cx.path.ends_with("/discovery/v2.0/keys") {
        return Reply::ok(cx.directory.signer.key_set());
    }
    let tenant = format!(
        "{}/{}",
        cx.directory.authority, cx.directory.identity.tenant
    );
    Reply::ok(json!({
        "authorization_endpoint": format!("{tenant}/oauth2/v2.0/authorize"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nbf", "oid", "tid", "ver"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": cx.directory.issuer(),
        "jwks_uri": format!("{tenant}/discovery/v2.0/keys"),
        "response_types_supported": ["code", "token"],
        "subject_types_supported": ["pairwise"],
        "token_endpoint": format!("{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
    }))
}
