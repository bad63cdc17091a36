//! `POST /{tenant}/oauth2/v2.0/token`: tokens for client secrets and client assertions.

use http::{Method, StatusCode};
use serde_json::json;

use aoai_types::Query;

use super::{Context, Reply};
use crate::config::App;
use crate::text;

pub(super) fn answer(cx: &Context<'_>) -> Reply {
    match grant(cx) {
        Ok(reply) => reply,
        Err(failure) => failure.reply(),
    }
}

/// The resource that a scope names, if it is one that there is.
pub(super) fn resource(scope: &str) -> Option<&str> {
    let resource = scope.trim_end_matches('/');
    RESOURCES.contains(&resource).then_some(resource)
}

fn grant(cx: &Context<'_>) -> Result<Reply, Failure> {
    let Ok(form) = std::str::from_utf8(cx.body) else {
        return Err(Failure::missing("grant_type"));
    };
    let form = Query::parse(form);
    let field = |name: &'static str| form.get(name).ok_or_else(|| Failure::missing(name));
    let tenant = cx
        .path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    if cx.request.method != Method::POST {
        return Err(Failure::new(
            400,
            900_561,
            "invalid_request",
            "The endpoint only accepts POST requests.",
        ));
    }
    if tenant != cx.directory.identity.tenant {
        let message = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
        );
        return Err(Failure::new(400, 90_002, "invalid_request", message));
    }
    if field("grant_type")? != "client_credentials" {
        let message = "The app requested an unsupported grant type.";
        return Err(Failure::new(400, 70_003, "unsupported_grant_type", message));
    }
    let client = field("client_id")?;
    let app = cx
        .directory
        .app(|app| app.client_id == client)
        .ok_or_else(|| {
            let message =
                format!("Application with identifier '{client}' was not found in the directory.");
            Failure::new(400, 700_016, "unauthorized_client", message)
        })?;
    authenticate(app, &form)?;
    let scope = field("scope")?;
    let Some(name) = scope.strip_suffix("/.default") else {
        let message = "The provided value for the input parameter 'scope' is not valid: client \
                       credential flows must have a scope value with /.default suffixed to the \
                       resource identifier.";
        return Err(Failure::new(400, 1_002_012, "invalid_scope", message));
    };
    let Some(resource) = resource(name) else {
        let message = format!("The resource principal named {name} was not found in the tenant.");
        return Err(Failure::new(400, 500_011, "invalid_resource", message));
    };
    let lifetime = cx.directory.identity.token_lifetime;
    Ok(Reply::ok(json!({
        "access_token": cx.directory.issue(app, resource, cx.now),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "token_type": "Bearer",
    })))
}

fn authenticate(app: &App, form: &Query) -> Result<(), Failure> {
    if let Some(assertion) = form.get("client_assertion") {
        let kind = form.get("client_assertion_type");
        let is_jwt = assertion.split('.').count() == 3;
        let expected = app
            .assertion
            .as_ref()
            .is_none_or(|expected| expected == assertion);
        if kind == Some(JWT_BEARER) && is_jwt && expected {
            return Ok(());
        }
        let message = "The client assertion is not valid for this application.";
        return Err(Failure::new(401, 700_213, "invalid_client", message));
    }
    match form.get("client_secret") {
        None => {
            let message = "The request body must contain the following parameter: \
                           'client_assertion' or 'client_secret'.";
            Err(Failure::new(401, 7_000_218, "invalid_client", message))
        }
        Some(secret) if app.client_secret.as_deref() == Some(secret) => Ok(()),
        Some(_) => {
            let message = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is \
                 the client secret value, not the client secret ID, for a secret added to app \
                 '{}'.",
                app.client_id
            );
            Err(Failure::new(401, 7_000_215, "invalid_client", message))
        }
    }
}

/// A request for a token that is refused, with the number that Entra gives the reason.
struct Failure {
    status: StatusCode,
    number: u32,
    error: &'static str,
    message: String,
}

impl Failure {
    fn new(status: u16, number: u32, error: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            number,
            error,
            message: message.into(),
        }
    }

    fn missing(name: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(400, 900_144, "invalid_request", message)
    }

    fn reply(self) -> Reply {
        let Self {
            status,
            number,
            error,
            message,
        } = self;
        let (trace, correlation) = (text::guid(), text::guid());
        let description =
            format!("AADSTS{number}: {message} Trace ID: {trace} Correlation ID: {correlation}");
        Reply::new(
            status,
            json!({
                "correlation_id": correlation,
                "error": error,
                "error_codes": [number],
                "error_description": description,
                "trace_id": trace,
            }),
        )
    }
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The resources that a token can be for.
const RESOURCES: &[&str] = &[
    "https://ai.azure.com",
    "https://cognitiveservices.azure.com",
    "https://cognitiveservices.azure.us",
    "https://graph.microsoft.com",
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://storage.azure.com",
    "https://vault.azure.net",
];
