//! From an answer, a refusal or a fault to the bytes that go out.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use serde_json::Value;

use crate::faults::{Cut, Fault};
use crate::handlers::{self, Answer, Content};
use crate::headers;
use crate::refusal::{Circumstances, Origin, Refusal};
use crate::route::{self, Call};
use crate::sent::Sent;
use crate::state::State;
use crate::stream::{self, Body};

/// An answer, as far as `fault` lets it out.
pub(crate) fn answered(answer: Answer, call: &Call<'_>, fault: &Fault) -> Response<Body> {
    let region = &call.state.config.region;
    let mut headers = match &call.served {
        Some(served) => headers::modelled(region, served, answer.tokens),
        None => headers::answered(region),
    };
    if let Some(content_type) = answer.content_type() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    let status = answer.status;
    match answer.content {
        Content::Events(events) => response(status, headers, events.into_body(fault)),
        Content::Whole(bytes) | Content::Bytes(_, bytes) => {
            whole(status, headers, bytes, fault.cut)
        }
        Content::Nothing => response(status, headers, stream::whole(Bytes::new())),
    }
}

/// A refusal.
pub(crate) fn refused(refusal: Refusal, region: &str) -> Response<Body> {
    refused_and_cut(refusal, region, None)
}

/// A status that a fault asks for, with the fault's body or the service's words.
pub(crate) fn faulty(
    state: &State,
    request: &Parts,
    body: Result<Bytes, Refusal>,
    fault: &Fault,
    status: u16,
) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = fault.headers.get("retry-after").map(String::as_str);
    let circumstances = circumstances(state, request, body);
    let mut refusal = Refusal::of_status(status, &circumstances, retry_after);
    match &fault.body {
        None => {}
        // What is no JSON comes from something in front of the service: a page.
        Some(Value::String(text)) => {
            refusal.body = Bytes::copy_from_slice(text.as_bytes());
            refusal
                .headers
                .push((CONTENT_TYPE.as_str(), "text/html".to_owned()));
        }
        Some(json) => refusal.body = Bytes::from(json.to_string()),
    }
    refused_and_cut(refusal, &state.config.region, fault.cut)
}

/// Gives an answer the headers and the reason phrase of a fault.
pub(crate) fn amend(response: &mut Response<Body>, fault: &Fault) {
    for (name, value) in &fault.headers {
        headers::put_text(response.headers_mut(), name, value);
    }
    if let Some(Ok(reason)) = fault.reason.clone().map(ReasonPhrase::try_from) {
        response.extensions_mut().insert(reason);
    }
}

fn refused_and_cut(refusal: Refusal, region: &str, cut: Option<Cut>) -> Response<Body> {
    let Refusal {
        status,
        reason,
        origin,
        headers: own,
        body,
    } = refusal;
    let mut headers = headers::refused(origin, region);
    for (name, value) in &own {
        headers::put_text(&mut headers, name, value);
    }
    let mut response = match origin {
        Origin::Resource => response(status, headers, stream::chunked(body)),
        Origin::Gateway | Origin::Model => whole(status, headers, body, cut),
    };
    if let Some(reason) = reason {
        let reason = ReasonPhrase::from_static(reason.as_bytes());
        response.extensions_mut().insert(reason);
    }
    response
}

/// A body of known length; where it is cut off, the length is promised and not kept.
fn whole(
    status: StatusCode,
    mut headers: HeaderMap,
    bytes: Bytes,
    cut: Option<Cut>,
) -> Response<Body> {
    let kept = match cut {
        None => return response(status, headers, stream::whole(bytes)),
        Some(Cut::Bytes(kept)) => kept,
        Some(Cut::Connection | Cut::Events(_)) => 0,
    };
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    response(status, headers, stream::broken(&bytes, kept))
}

/// What the service's words tell of the call, as far as its path and its body show it.
fn circumstances<'a>(
    state: &'a State,
    request: &Parts,
    body: Result<Bytes, Refusal>,
) -> Circumstances<'a> {
    let found = route::find(request);
    let handler = found
        .as_ref()
        .and_then(|(endpoint, _)| handlers::of(endpoint.id));
    let sent = handler.and_then(|it| Sent::read(&it.takes, &request.headers, body).ok());
    let matched = found.as_ref().map(|(_, matched)| matched);
    let name = matched.and_then(|matched| matched.deployment.as_deref());
    let name = name.or_else(|| sent.as_ref()?.model().ok());
    let deployment = name.and_then(|name| state.config.deployments.get_key_value(name));
    let dated = matched.filter(|matched| !matched.v1);
    let version = dated.and_then(|matched| matched.api_version.as_deref());
    Circumstances {
        deployment: deployment.map_or("the deployment", |(name, _)| name),
        model: deployment.map_or("the model", |(_, deployment)| &deployment.model),
        region: &state.config.region,
        operation: handler.map_or("the operation", |handler| handler.operation),
        api: match version {
            Some(version) => format!("Azure OpenAI API version {version}"),
            None => "OpenAI Language Model Instance API".to_owned(),
        },
    }
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
