//! From a request to its answer: path, api-version, fault, credential, deployment, body.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use serde_json::{Map, Value};

use aoai_types::{ApiVersion, ENDPOINTS, Endpoint, Matched, Scope, Surface};

use crate::catalog::Model;
use crate::config::Deployment;
use crate::faults::{Cut, Fault};
use crate::handlers::{self, Answer, Handler};
use crate::instructions::Instructions;
use crate::refusal::{Circumstances, Origin, Refusal};
use crate::service::Service;
use crate::state::State;
use crate::stream::{self, Body, Broken};
use crate::{access, check, clock, headers};

/// A request that has come as far as a handler.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    pub(crate) matched: Matched,
    /// The dated api-version; `None` on the v1 surface.
    pub(crate) version: Option<ApiVersion>,
    /// The deployment that a request of [`Scope::Deployment`] is for.
    pub(crate) served: Option<Served<'a>>,
    pub(crate) body: Map<String, Value>,
    pub(crate) instructions: Instructions,
}

/// A deployment that a request named.
#[derive(Clone)]
pub(crate) struct Served<'a> {
    pub(crate) name: String,
    pub(crate) deployment: &'a Deployment,
    pub(crate) model: &'static Model,
}

impl<'a> Call<'a> {
    /// The deployment that the request is for.
    pub(crate) fn served(&self) -> Result<&Served<'a>, Refusal> {
        self.served
            .as_ref()
            .ok_or_else(Refusal::deployment_not_found)
    }

    /// Whether answers of this api-version tell what the content filter found.
    pub(crate) fn tells_filter(&self) -> bool {
        self.version
            .is_none_or(|version| version > ApiVersion::stable(2023, 5, 15))
    }
}

impl Served<'_> {
    /// How many tokens question and answer may have together.
    pub(crate) fn context(&self) -> u64 {
        self.deployment.context.unwrap_or(self.model.context)
    }
}

/// Answers a request, or breaks its connection off.
pub(crate) async fn answer(
    state: &State,
    request: &Parts,
    body: Result<Bytes, Refusal>,
) -> Result<Response<Body>, Broken> {
    let service = Service::of(request.uri.path());
    let id = request.headers.get("x-ms-client-request-id");
    let id = id.and_then(|id| id.to_str().ok());
    let (instructions, fault) = state.attempt(id, service);
    clock::wait(fault.as_ref().and_then(|fault| fault.delay)).await;
    clock::wait(instructions.latency).await;
    if fault
        .as_ref()
        .is_some_and(|fault| fault.cut == Some(Cut::Connection))
    {
        return Err(Broken);
    }
    let reply = match service {
        Some(Service::OpenAi) => openai(state, request, body, instructions, fault.as_ref()),
        other => match fault
            .as_ref()
            .and_then(|fault| Some((fault, fault.status?)))
        {
            Some((fault, status)) => Ok(faulty(state, fault, status, &Circumstances::default())),
            None => body.and_then(|body| beside(state, other, request, &body)),
        },
    };
    let mut response = match reply {
        Ok(response) => response,
        Err(refusal) => refused(refusal, &state.config.region),
    };
    if let Some(fault) = &fault {
        amend(&mut response, fault);
    }
    if let Some(service) = service {
        state.answered(service, response.status().as_u16());
    }
    Ok(response)
}

/// A request to one of the services beside Azure OpenAI, where they are served at all.
#[cfg(feature = "identity")]
fn beside(
    state: &State,
    service: Option<Service>,
    request: &Parts,
    body: &Bytes,
) -> Result<Response<Body>, Refusal> {
    let directory = state.directory.as_ref().ok_or_else(Refusal::not_found)?;
    Ok(crate::identity::answer(state, directory, service, request, body).into_response())
}

#[cfg(not(feature = "identity"))]
fn beside(_: &State, _: Option<Service>, _: &Parts, _: &Bytes) -> Result<Response<Body>, Refusal> {
    Err(Refusal::not_found())
}

fn openai(
    state: &State,
    request: &Parts,
    body: Result<Bytes, Refusal>,
    instructions: Instructions,
    fault: Option<&Fault>,
) -> Result<Response<Body>, Refusal> {
    let target = request
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let (endpoint, matched) = find(request, target).ok_or_else(Refusal::not_found)?;
    let version = dated_version(endpoint, &matched)?;
    let handler = handlers::of(endpoint.id).ok_or_else(Refusal::not_found)?;
    if let Some((fault, status)) = fault.and_then(|fault| Some((fault, fault.status?))) {
        return Ok(scripted(state, handler, &matched, version, fault, status));
    }
    let operation = format!("{} {}", endpoint.method, request.uri.path());
    access::check(state, &request.headers, matched.v1, &operation)?;
    if matched.v1
        && matched
            .surface()
            .is_none_or(|surface| !endpoint.is_served_by(surface))
    {
        return Err(Refusal::version_not_supported());
    }
    let mut served = None;
    if let Some(name) = &matched.deployment {
        served = Some(deployment(state, name)?);
    }
    let body = if endpoint.has_body {
        object(&body?)?
    } else {
        Map::new()
    };
    if matched.v1 && endpoint.scope == Scope::Deployment {
        served = Some(deployment(state, model_named(&body)?)?);
    }
    if let (Some(served), Some(made_for)) = (&served, &handler.made_for)
        && !(made_for.fits)(served.model)
    {
        return Err(Refusal::operation_not_supported(
            made_for.operation,
            &served.name,
        ));
    }
    if let Some(fields) = handler.fields {
        check::body(fields, &body, version)?;
    }
    let call = Call {
        state,
        matched,
        version,
        served,
        body,
        instructions,
    };
    let answer = (handler.answer)(&call)?;
    Ok(answered(answer, &call, fault))
}

fn find(request: &Parts, target: &str) -> Option<(&'static Endpoint, Matched)> {
    ENDPOINTS.iter().find_map(|endpoint| {
        let matched = endpoint.matches(&request.method, target)?;
        Some((*endpoint, matched))
    })
}

/// The api-version of a dated request; the gateway knows no path without one that it knows.
fn dated_version(endpoint: &Endpoint, matched: &Matched) -> Result<Option<ApiVersion>, Refusal> {
    if matched.v1 {
        return Ok(None);
    }
    match matched.surface() {
        Some(surface @ Surface::Dated(version))
            if VERSIONS.contains(&version) && endpoint.is_served_by(surface) =>
        {
            Ok(Some(version))
        }
        _ => Err(Refusal::not_found()),
    }
}

fn deployment<'a>(state: &'a State, name: &str) -> Result<Served<'a>, Refusal> {
    let deployment = state.config.deployments.get(name);
    let found = deployment.and_then(|deployment| {
        Some(Served {
            name: name.to_owned(),
            deployment,
            model: Model::find(&deployment.model)?,
        })
    });
    found.ok_or_else(Refusal::deployment_not_found)
}

fn object(body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::malformed())
}

fn model_named(body: &Map<String, Value>) -> Result<&str, Refusal> {
    let named = body.get("model").and_then(Value::as_str);
    named.ok_or_else(|| Refusal::invalid("you must provide a model parameter", None, None))
}

fn refused(refusal: Refusal, region: &str) -> Response<Body> {
    let mut headers = headers::refused(refusal.origin, region);
    for (name, value) in &refusal.headers {
        headers::put_text(&mut headers, name, value);
    }
    let body = match refusal.origin {
        Origin::Resource => stream::chunked(refusal.body),
        Origin::Gateway | Origin::Model => stream::whole(refusal.body),
    };
    let mut response = response(refusal.status, headers, body);
    if let Some(reason) = refusal.reason {
        response
            .extensions_mut()
            .insert(ReasonPhrase::from_static(reason.as_bytes()));
    }
    response
}

/// A status that a fault asked for, in what Azure OpenAI would say of this call.
fn scripted(
    state: &State,
    handler: &Handler,
    matched: &Matched,
    version: Option<ApiVersion>,
    fault: &Fault,
    status: u16,
) -> Response<Body> {
    let name = matched.deployment.as_deref().unwrap_or("the deployment");
    let model = state
        .config
        .deployments
        .get(name)
        .map_or("the model", |it| it.model.as_str());
    let api = match version {
        Some(version) => format!("Azure OpenAI API version {version}"),
        None => "OpenAI Language Model Instance API".to_owned(),
    };
    let circumstances = Circumstances {
        deployment: name,
        model,
        region: &state.config.region,
        operation: handler.operation,
        api: &api,
    };
    faulty(state, fault, status, &circumstances)
}

/// A status that a fault asked for, with its body or the service's words.
fn faulty(state: &State, fault: &Fault, status: u16, cx: &Circumstances<'_>) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = fault.headers.get("retry-after").map(String::as_str);
    let mut refusal = Refusal::of_status(status, cx, retry_after);
    let mut content_type = None;
    match &fault.body {
        None => {}
        Some(Value::String(text)) => {
            refusal.body = Bytes::copy_from_slice(text.as_bytes());
            content_type = Some(HeaderValue::from_static("text/html"));
        }
        Some(json) => refusal.body = Bytes::from(json.to_string()),
    }
    if let Some(Cut::Bytes(kept)) = fault.cut {
        return cut_off(
            &refusal.body.clone(),
            kept,
            refused(refusal, &state.config.region),
        );
    }
    let mut response = refused(refusal, &state.config.region);
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

fn answered(answer: Answer, call: &Call<'_>, fault: Option<&Fault>) -> Response<Body> {
    let region = &call.state.config.region;
    let mut headers = match &call.served {
        Some(served) => headers::modelled(region, served, answer.tokens),
        None => headers::answered(region),
    };
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(answer.content_type()),
    );
    match answer.content {
        handlers::Content::Events(events) => {
            response(StatusCode::OK, headers, events.into_body(fault))
        }
        handlers::Content::Whole(bytes) => {
            let body = stream::whole(bytes.clone());
            let response = response(StatusCode::OK, headers, body);
            match fault.and_then(|fault| fault.cut) {
                Some(Cut::Bytes(kept)) => cut_off(&bytes, kept, response),
                Some(_) => cut_off(&bytes, 0, response),
                None => response,
            }
        }
    }
}

/// Promises the whole body and breaks off after `kept` bytes of it.
fn cut_off(bytes: &Bytes, kept: usize, mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    response.map(|_| stream::broken(bytes, kept))
}

/// Gives an answer the headers and the reason phrase of a fault.
fn amend(response: &mut Response<Body>, fault: &Fault) {
    for (name, value) in &fault.headers {
        headers::put_text(response.headers_mut(), name, value);
    }
    if let Some(Ok(reason)) = fault.reason.clone().map(ReasonPhrase::try_from) {
        response.extensions_mut().insert(reason);
    }
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Every dated api-version that the service knows.
const VERSIONS: &[ApiVersion] = &[
    ApiVersion::stable(2022, 12, 1),
    ApiVersion::preview(2023, 3, 15),
    ApiVersion::stable(2023, 5, 15),
    ApiVersion::preview(2023, 6, 1),
    ApiVersion::preview(2023, 7, 1),
    ApiVersion::preview(2023, 8, 1),
    ApiVersion::preview(2023, 9, 1),
    ApiVersion::preview(2023, 10, 1),
    ApiVersion::preview(2023, 12, 1),
    ApiVersion::stable(2024, 2, 1),
    ApiVersion::preview(2024, 2, 15),
    ApiVersion::preview(2024, 3, 1),
    ApiVersion::preview(2024, 4, 1),
    ApiVersion::preview(2024, 5, 1),
    ApiVersion::stable(2024, 6, 1),
    ApiVersion::preview(2024, 7, 1),
    ApiVersion::preview(2024, 8, 1),
    ApiVersion::preview(2024, 9, 1),
    ApiVersion::preview(2024, 10, 1),
    ApiVersion::stable(2024, 10, 21),
    ApiVersion::preview(2024, 12, 1),
    ApiVersion::preview(2025, 1, 1),
    ApiVersion::preview(2025, 2, 1),
    ApiVersion::preview(2025, 3, 1),
    ApiVersion::preview(2025, 4, 1),
];
