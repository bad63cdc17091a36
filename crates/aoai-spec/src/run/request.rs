//! From a step to the request that it makes.

use std::sync::Arc;

use aoai_http::{CallOptions, Client, Timeouts, WireRequest};
use aoai_types::operation::{Body, Part};
use aoai_types::{Endpoint, Query};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::context::Cell;
use super::plan::MISSING;
use crate::budget::{Estimate, Price};
use crate::model::{Settings, Step, Verb, Via};
use crate::parse::body::written;
use crate::parse::form::{Form, Unwritten, written_members};
use crate::profile::Profile;
use crate::vars::{Scope, as_text, object};

/// A call with all its values.
pub(super) struct Request<'a> {
    pub(super) client: Client,
    pub(super) options: CallOptions,
    pub(super) kind: Kind<'a>,
    /// What its deployment costs.
    pub(super) price: Option<Price>,
}

/// How it goes out.
pub(super) enum Kind<'a> {
    Typed {
        endpoint: &'a Endpoint,
        written: String,
        streams: bool,
    },
    Raw(Box<WireRequest>),
}

impl<'a> Request<'a> {
    /// The call that a step makes; `None` where it makes none.
    pub(super) fn new(
        cell: &Cell<'_>,
        step: &'a Step,
        settings: &Settings,
        scope: &Scope,
    ) -> Result<Option<Self>, String> {
        let undefined = |path: String| format!("`{path}` has no value");
        let profile = &cell.target.profile;
        let kind = match &step.verb {
            Verb::Emulator | Verb::Enter(_) | Verb::Leave => return Ok(None),
            Verb::Call(endpoint) if settings.via != Some(Via::Raw) => {
                let deployment = deployment(profile, step, scope)?;
                Kind::Typed {
                    endpoint,
                    written: written(step, deployment.as_deref(), scope)
                        .map_err(|why| why.to_string())?,
                    streams: step.streams,
                }
            }
            Verb::Http { .. } | Verb::Call(_) => {
                match as_written(profile, step, settings, scope)? {
                    Some(request) => Kind::Raw(Box::new(request)),
                    None => return Ok(None),
                }
            }
        };
        let endpoint = settings.endpoint.as_deref().unwrap_or_default();
        let credential = settings.credential.as_deref().unwrap_or_default();
        let client = cell.clients.get(endpoint, credential)?;
        let mut options = CallOptions::new();
        if let Some(surface) = settings.api {
            options = options.surface(surface);
        }
        if let Some(retries) = settings.retries {
            options = options.max_retries(retries);
        }
        if let Some(timeout) = settings.timeout {
            let mut timeouts = Timeouts::new();
            timeouts.total = Some(timeout);
            options = options.timeouts(timeouts);
        }
        for (key, value) in &step.headers {
            let text = as_text(&scope.node(value).map_err(undefined)?);
            let name = HeaderName::try_from(&key.name).map_err(|error| error.to_string())?;
            let value = HeaderValue::try_from(&text)
                .map_err(|_| format!("no header can say what `{}` is to say", key.name))?;
            options = options.header(name, value);
        }
        Ok(Some(Self {
            client,
            options,
            kind,
            price: alias(step, scope)?.and_then(|alias| profile.price_of(&alias)),
        }))
    }

    /// The most that it is expected to cost.
    pub(super) fn estimate(&self) -> Estimate {
        let body = match &self.kind {
            Kind::Typed { written, .. } => serde_json::from_str(written).ok(),
            Kind::Raw(request) => match &request.body {
                Body::Json(bytes) => serde_json::from_slice(bytes).ok(),
                _ => None,
            },
        };
        body.map_or_else(Estimate::default, |body| Estimate::of(&body, self.price))
    }
}

/// The request of a step past the wire types, as the spec writes it; `None` where it makes none.
pub(super) fn as_written(
    profile: &Profile,
    step: &Step,
    settings: &Settings,
    scope: &Scope,
) -> Result<Option<WireRequest>, String> {
    let undefined = |path: String| format!("`{path}` has no value");
    match &step.verb {
        Verb::Emulator | Verb::Enter(_) | Verb::Leave => Ok(None),
        Verb::Call(endpoint) => raw_call(profile, step, endpoint, settings, scope).map(Some),
        Verb::Http { method, path } => {
            let path = as_text(&scope.node(path).map_err(undefined)?);
            let query = query(step, &[], scope).map_err(undefined)?;
            let request = WireRequest::new(method.clone(), with_query(path, &query));
            let written = http_body(request, step, scope);
            written.map(Some).map_err(|why| why.to_string())
        }
    }
}

/// The step's alias of a deployment.
fn alias(step: &Step, scope: &Scope) -> Result<Option<String>, String> {
    let alias = step.deployment.as_ref().map(|node| scope.node(node));
    let alias = alias
        .transpose()
        .map_err(|path| format!("`{path}` has no value"))?;
    Ok(alias.map(|alias| as_text(&alias)))
}

/// The name behind the step's alias.
fn deployment(profile: &Profile, step: &Step, scope: &Scope) -> Result<Option<String>, String> {
    let Some(alias) = alias(step, scope)? else {
        return Ok(None);
    };
    if alias == "missing" {
        return Ok(Some(MISSING.to_owned()));
    }
    let found = profile.deployments.get(&alias);
    let name = found.ok_or_else(|| format!("the profile has no deployment `{alias}`"))?;
    Ok(Some(name.clone()))
}

/// The request of an operation.
fn raw_call(
    profile: &Profile,
    step: &Step,
    endpoint: &'static Endpoint,
    settings: &Settings,
    scope: &Scope,
) -> Result<WireRequest, String> {
    let undefined = |path: String| format!("`{path}` has no value");
    let surface = settings.api.unwrap_or_default();
    let deployment = deployment(profile, step, scope)?;
    let names: Vec<&str> = endpoint.path_params().collect();
    let mut args = Vec::new();
    for name in &names {
        let param = step.params.iter().find(|(key, _)| key.name == *name);
        let value = param
            .map(|(_, node)| scope.node(node))
            .transpose()
            .map_err(undefined)?;
        args.push(as_text(&value.unwrap_or_default()));
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let query = query(step, &names, scope).map_err(undefined)?;
    let target = endpoint
        .target(surface, deployment.as_deref(), &args, &query)
        .map_err(|error| error.to_string())?;
    let mut request = WireRequest::new(endpoint.method.clone(), target);
    request.endpoint = Some(endpoint);
    request.surface = Some(surface);
    for (name, value) in endpoint.headers {
        request
            .headers
            .insert(*name, HeaderValue::from_static(value));
    }
    if !endpoint.has_body {
        return Ok(request);
    }
    // The deployment stands in the path of a dated request, and in the body of any other.
    let in_path = !surface.is_v1() && endpoint.scope == aoai_types::Scope::Deployment;
    let model = deployment.as_deref().filter(|_| !in_path);
    let unwritten = |why: Unwritten| why.to_string();
    if let Some(form) = &step.form {
        let mut parts = form_parts(step, form, scope).map_err(unwritten)?;
        parts.extend(model.map(|name| Part::text("model", name)));
        request.body = Body::Multipart(parts);
    } else {
        let members = written_members(step.body.as_ref(), None, scope);
        let mut written = members.map_err(unwritten)?;
        written.extend(model.map(|name| ("model", Value::from(name).to_string())));
        request = request.json(object(written));
    }
    request.deployment = deployment.map(Arc::from);
    Ok(request)
}

fn form_parts(step: &Step, form: &Form, scope: &Scope) -> Result<Vec<Part>, Unwritten> {
    let mut parts = Vec::new();
    let members = step.body.as_ref().and_then(|body| body.as_map());
    for (key, value) in members.unwrap_or_default() {
        form.parts(&key.name, value, scope, &mut parts)?;
    }
    Ok(parts)
}

fn query(step: &Step, except: &[&str], scope: &Scope) -> Result<Query, String> {
    let mut query = Query::new();
    for (key, node) in &step.params {
        if !except.contains(&key.name.as_str()) {
            match scope.node(node)? {
                // As the wire types write a list.
                Value::Array(values) => {
                    for value in &values {
                        query.push(format!("{}[]", key.name), as_text(value));
                    }
                }
                value => query.push(key.name.clone(), as_text(&value)),
            }
        }
    }
    Ok(query)
}

fn with_query(mut path: String, query: &Query) -> String {
    if !query.is_empty() {
        path.push(if path.contains('?') { '&' } else { '?' });
        let pairs = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query.iter())
            .finish();
        path.push_str(&pairs);
    }
    path
}

/// With the body of an `http` step: a form, a text as it is, anything else as JSON.
fn http_body(
    mut request: WireRequest,
    step: &Step,
    scope: &Scope,
) -> Result<WireRequest, Unwritten> {
    if let Some(form) = &step.form {
        request.body = Body::Multipart(form_parts(step, form, scope)?);
        return Ok(request);
    }
    let body = step.body.as_ref();
    let Some(body) = body.filter(|_| request.method != Method::GET) else {
        return Ok(request);
    };
    let written = match body.as_text() {
        Some(text) => scope.text(text).map(|value| as_text(&value)),
        None => scope.json(body),
    };
    Ok(request.json(written.map_err(Unwritten::Undefined)?))
}
