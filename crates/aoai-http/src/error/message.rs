//! What an error says to people.

use http::header::{CONTENT_TYPE, LOCATION};
use url::Url;

use super::{ErrorKind, Refusal};
use crate::redact;
use crate::transport::{WireBody, WireRequest, WireResponse};

/// One sentence about a refusal: who answered what, and where the request went if that matters.
pub(crate) fn of_refusal(
    response: &WireResponse,
    said: &Refusal,
    kind: ErrorKind,
    request: Option<&WireRequest>,
) -> String {
    let status = response.status.as_u16();
    if response.status.is_redirection() {
        let to = location(response);
        let to = to.map_or(String::new(), |to| format!(" to {}", redact::Target(&to)));
        return format!(
            "the endpoint answered {status} and redirects{to}; redirects are not followed, so that \
             no credential leaves its origin: make the client for the endpoint that answers itself"
        );
    }
    let words = match (response.packed(), foreign(response, said)) {
        (Some(coding), _) => &format!("its reason is packed (content-encoding: {coding})"),
        (None, Some(form)) => &format!("its reason is not in the service's form ({form})"),
        (None, None) => words(said.message()),
    };
    let place = match request {
        Some(request) if status == 404 => place(request, kind),
        _ => String::new(),
    };
    format!("the service answered {status} ({kind}): {words}{place}")
}

/// What the body is said to be, where it is none of the service's.
fn foreign(response: &WireResponse, said: &Refusal) -> Option<String> {
    let is_empty = matches!(&response.body, WireBody::Whole(body) if body.is_empty());
    if said.api.is_some() || is_empty {
        return None;
    }
    let form = response.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(format!("content-type: {form}"))
}

/// Where a redirect leads, without a user's name and password.
fn location(response: &WireResponse) -> Option<String> {
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    let Ok(mut url) = Url::parse(location) else {
        return Some(location.to_owned());
    };
    let _ = url.set_password(None);
    let _ = url.set_username("");
    Some(url.into())
}

/// What the service said, as part of a sentence of ours.
pub(crate) fn words(said: &str) -> &str {
    match said.trim().trim_end_matches('.') {
        "" => "no reason given",
        said => said,
    }
}

/// Where a request went that found nothing, part by part.
fn place(request: &WireRequest, kind: ErrorKind) -> String {
    let url = request.url();
    let path = url.split('?').next().unwrap_or(&url);
    let deployment = request.deployment.as_ref();
    let deployment = deployment.map_or(String::new(), |name| format!(" for deployment {name:?}"));
    let sent = format!("; it was sent{deployment} to {path}");
    let Some((endpoint, surface)) = request.operation() else {
        return sent;
    };
    let version = match surface.api_version() {
        Some(version) => format!("with api-version {version}"),
        None => "without api-version".to_owned(),
    };
    let judgement = match (kind, surface.is_known(), endpoint.v1) {
        (ErrorKind::UnsupportedApiVersion, false, _) => {
            ", which the service is not known to have served"
        }
        (ErrorKind::UnsupportedApiVersion, true, Some(_)) => {
            ", which is not known to serve it; `Surface::V1` is"
        }
        (ErrorKind::UnsupportedApiVersion, true, None) => ", which is not known to serve it",
        _ => "",
    };
    format!("{sent} {version}{judgement}")
}
