//! The headers beside an answer.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::refusal::Origin;
use crate::route::Served;
use crate::text;

/// The support id that every answer carries.
const APIM_REQUEST_ID: HeaderName = HeaderName::from_static("apim-request-id");

/// The headers of a refusal.
pub(crate) fn refused(origin: Origin, region: &str) -> HeaderMap {
    let mut headers = gateway();
    match origin {
        Origin::Gateway => {
            put(&mut headers, CONTENT_TYPE, "application/json");
        }
        Origin::Resource => {
            secure(&mut headers);
            put_text(&mut headers, "x-ms-region", region);
        }
        Origin::Model => {
            secure(&mut headers);
            put(&mut headers, CONTENT_TYPE, "application/json");
            put_text(&mut headers, "x-ms-region", region);
            put_text(&mut headers, "x-request-id", &text::guid());
        }
    }
    headers
}

/// The headers of an answer that no model had a part in.
pub(crate) fn answered(region: &str) -> HeaderMap {
    let mut headers = gateway();
    secure(&mut headers);
    put_text(&mut headers, "x-ms-region", region);
    put_text(&mut headers, "x-request-id", &text::guid());
    headers
}

/// The headers of a model's answer to a request of so many tokens.
pub(crate) fn modelled(region: &str, served: &Served<'_>, tokens: u64) -> HeaderMap {
    let mut headers = answered(region);
    let requests = served.deployment.capacity;
    let limit = served.deployment.capacity.saturating_mul(1000);
    let remaining = limit.saturating_sub(tokens);
    for (name, value) in [
        ("azureml-model-session", "d20260330170902-0e618f323d34"),
        ("skip-error-remapping", "true"),
        ("x-accel-buffering", "no"),
        ("x-ms-deployment-name", &served.name),
        ("x-ms-is-spilled-over", "false"),
        ("x-ms-rai-invoked", "true"),
        ("x-ratelimit-abusepenalty-active", "False"),
        ("x-ratelimit-limit-requests", &requests.to_string()),
        ("x-ratelimit-limit-tokens", &limit.to_string()),
        (
            "x-ratelimit-remaining-requests",
            &requests.saturating_sub(1).to_string(),
        ),
        ("x-ratelimit-remaining-tokens", &remaining.to_string()),
        ("x-ratelimit-renewalperiod-requests", "60"),
        ("x-ratelimit-renewalperiod-tokens", "60"),
        ("x-ratelimit-reset-requests", "500"),
        ("x-ratelimit-reset-tokens", "7"),
    ] {
        put_text(&mut headers, name, value);
    }
    headers
}

/// Sets a header from text; what cannot stand in a header was refused when it was configured.
pub(crate) fn put_text(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::try_from(name);
    if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

fn gateway() -> HeaderMap {
    let mut headers = HeaderMap::new();
    put_text(&mut headers, APIM_REQUEST_ID.as_str(), &text::guid());
    headers
}

fn secure(headers: &mut HeaderMap) {
    put_text(
        headers,
        "strict-transport-security",
        "max-age=31536000; includeSubDomains; preload",
    );
    put_text(headers, "x-content-type-options", "nosniff");
}
