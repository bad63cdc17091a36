//! From a request to its answer: path, api-version, credential, deployment, body.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use serde_json::{Map, Value};

use aoai_types::{ApiVersion, ENDPOINTS, Endpoint, Matched, Scope, Surface};

use crate::catalog::Model;
use crate::config::Deployment;
use crate::faults::{Cut, Fault};
use crate::form::File;
use crate::handlers::{self, Answer, Content, Handler};
use crate::instructions::Instructions;
use crate::refusal::Refusal;
use crate::sent::Sent;
use crate::service::Service;
use crate::state::State;
use crate::stream::{Body, Broken};
use crate::{access, check, clock, respond};

/// A request that has come as far as a handler.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    /// When it came, in seconds since 1970.
    pub(crate) now: u64,
    pub(crate) matched: Matched,
    /// The dated api-version; `None` on the v1 surface.
    pub(crate) version: Option<ApiVersion>,
    /// The deployment that a request of [`Scope::Deployment`] is for.
    pub(crate) served: Option<Served<'a>>,
    /// How many bytes the body has.
    pub(crate) length: usize,
    /// The arguments of the body, be it JSON or a form.
    pub(crate) body: Map<String, Value>,
    /// The files of a form.
    pub(crate) files: Vec<File>,
    /// The parameters of the query, where the operation has any.
    pub(crate) query: Map<String, Value>,
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

    /// The files of a field.
    pub(crate) fn files_of<'b>(&'b self, field: &'b str) -> impl Iterator<Item = &'b File> {
        self.files.iter().filter(move |file| file.is_of(field))
    }

    /// The value of the path's parameter `index`.
    pub(crate) fn arg(&self, index: usize) -> &str {
        self.matched.args.get(index).map_or("", String::as_str)
    }

    /// What answers of this api-version call the content filter's findings in prompts, where they
    /// tell them.
    pub(crate) fn prompt_filter_name(&self) -> Option<&'static str> {
        match self.version {
            Some(version) if version <= ApiVersion::stable(2023, 5, 15) => None,
            Some(version) if version <= ApiVersion::preview(2023, 7, 1) => {
                Some("prompt_annotations")
            }
            _ => Some("prompt_filter_results"),
        }
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
    let id = request.headers.get(clock::CALL);
    let (instructions, fault) = state.attempt(id.and_then(|id| id.to_str().ok()), service);
    let fault = fault.unwrap_or_default();
    clock::wait(fault.delay).await;
    clock::wait(instructions.latency).await;
    if fault.cut == Some(Cut::Connection) {
        return Err(Broken::Cut);
    }
    let reply = match (fault.status, service) {
        (Some(status), _) => Ok(respond::faulty(state, request, body, &fault, status)),
        (None, Some(Service::OpenAi)) => openai(state, request, body, instructions, &fault),
        (None, other) => body.and_then(|body| beside(state, other, request, &body)),
    };
    let mut response = match reply {
        Ok(response) => response,
        Err(refusal) => respond::refused(refusal, &state.config.region),
    };
    respond::amend(&mut response, &fault);
    if let Some(service) = service {
        state.answered(service, response.status().as_u16());
    }
    Ok(response)
}

/// The operation that a request is for.
pub(crate) fn find(request: &Parts) -> Option<(&'static Endpoint, Matched)> {
    let target = request.uri.path_and_query()?.as_str();
    ENDPOINTS.iter().find_map(|endpoint| {
        let matched = endpoint.matches(&request.method, target)?;
        Some((*endpoint, matched))
    })
}

fn openai(
    state: &State,
    request: &Parts,
    body: Result<Bytes, Refusal>,
    instructions: Instructions,
    fault: &Fault,
) -> Result<Response<Body>, Refusal> {
    let (endpoint, matched) = find(request).ok_or_else(Refusal::not_found)?;
    let version = dated_version(endpoint, &matched)?;
    let handler = handlers::of(endpoint.id).ok_or_else(Refusal::not_found)?;
    let operation = format!("{} {}", endpoint.method, request.uri.path());
    access::check(state, &request.headers, matched.v1, &operation)?;
    if let Some((name, value)) = handler.header
        && request.headers.get(name).is_none_or(|found| found != value)
    {
        return Err(Refusal::not_found());
    }
    if matched.v1 {
        let surface = matched
            .surface()
            .ok_or_else(Refusal::version_not_supported)?;
        if !endpoint.is_served_by(surface) {
            return Err(Refusal::not_found());
        }
    }
    // A deployment that does not exist is told before anything that is wrong with the body.
    if let Some(name) = &matched.deployment {
        deployment(state, name)?;
    }
    let length = body.as_ref().map_or(0, Bytes::len);
    let sent = Sent::read(&handler.takes, &request.headers, body)?;
    let request = Request {
        endpoint,
        matched,
        version,
        length,
        sent,
        now: state.clock.unix_for(&request.headers),
        instructions,
    };
    let (answer, call) = handle(state, handler, request)?;
    Ok(respond::answered(answer, &call, fault))
}

/// Answers a request that another one consists of: a line of a batch, an item of an eval. It goes
/// to the v1 surface, as JSON, and its answer is a status and JSON.
pub(crate) fn inner(outer: &Call<'_>, path: &str, body: Map<String, Value>) -> (u16, Value) {
    let found = ENDPOINTS.iter().find_map(|endpoint| {
        let matched = endpoint.matches(&Method::POST, &format!("/openai/v1{path}"))?;
        Some((*endpoint, matched, handlers::of(endpoint.id)?))
    });
    let answered = match found {
        None => Err(Refusal::not_found()),
        Some((endpoint, matched, handler)) => {
            let request = Request {
                endpoint,
                matched,
                version: None,
                length: 0,
                sent: Sent::Json(body),
                now: outer.now,
                instructions: Instructions::default(),
            };
            handle(outer.state, handler, request).map(|(answer, _)| answer)
        }
    };
    let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or_default();
    match answered {
        Ok(Answer {
            status,
            content: Content::Whole(body),
            ..
        }) => (status.as_u16(), json(&body)),
        Ok(_) => {
            let refusal =
                Refusal::invalid("Streaming is not supported here.", Some("stream"), None);
            (refusal.status.as_u16(), json(&refusal.body))
        }
        Err(refusal) => (refusal.status.as_u16(), json(&refusal.body)),
    }
}

/// A request that may be made: its path is known and its credential is good.
struct Request {
    endpoint: &'static Endpoint,
    matched: Matched,
    version: Option<ApiVersion>,
    length: usize,
    sent: Sent,
    now: u64,
    instructions: Instructions,
}

fn handle<'a>(
    state: &'a State,
    handler: &Handler,
    request: Request,
) -> Result<(Answer, Call<'a>), Refusal> {
    let Request {
        endpoint,
        matched,
        version,
        length,
        sent,
        now,
        instructions,
    } = request;
    let mut served = None;
    if let Some(name) = &matched.deployment {
        served = Some(deployment(state, name)?);
    }
    match endpoint.scope {
        Scope::Deployment if matched.v1 => served = Some(deployment(state, sent.model()?)?),
        // One of these that exists nowhere is its handler's to refuse.
        Scope::Resource if handler.made_for.is_some() => {
            served = sent.model().and_then(|name| deployment(state, name)).ok();
        }
        _ => {}
    }
    if let (Some(served), Some(made_for)) = (&served, &handler.made_for)
        && !(made_for.fits)(served.model)
    {
        return Err(Refusal::operation_not_supported(
            made_for.operation,
            &served.name,
        ));
    }
    let (body, files) = sent.checked(handler, version)?;
    let query = match handler.query {
        Some(fields) => check::query(fields, &matched.query, handler.front_end, version)?,
        None => Map::new(),
    };
    let call = Call {
        state,
        now,
        matched,
        version,
        served,
        length,
        body,
        files,
        query,
        instructions,
    };
    let answer = (handler.answer)(&call)?;
    Ok((answer, call))
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

/// The deployment of this name.
pub(crate) fn deployment<'a>(state: &'a State, name: &str) -> Result<Served<'a>, Refusal> {
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
