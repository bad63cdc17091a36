//! One step: its calls, its polls, its expectations.

use std::time::Duration;

use aoai_http::{CallOptions, Client, Timeouts, WireRequest};
use aoai_types::{Endpoint, Query, visit};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::context::Context;
use super::plan::MISSING;
use super::typed::Call;
use super::{Event, answer, raw};
use crate::model::{Poll, Settings, Spec, Step, Verb, Via};
use crate::parse::body::written;
use crate::pattern::{Mismatch, show_value};
use crate::result::StepResult;
use crate::source::Span;
use crate::vars::{Scope, as_text, at_path, object};

/// What came of a step.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StepReport {
    /// Its name.
    pub name: String,
    /// Its number, from 1, and the number of steps in its list.
    pub number: (usize, usize),
    /// Whether it stands under `finally`.
    pub is_finally: bool,
    /// Where it stands in the spec.
    pub span: Span,
    /// What was not as expected.
    pub mismatches: Vec<Mismatch>,
    /// Why it could not be run.
    pub error: Option<String>,
    /// The result of its last call.
    pub result: Option<StepResult>,
    /// How often it polled.
    pub polls: u32,
    /// The name under which its calls went out, `x-ms-client-request-id`.
    pub call: String,
    /// How long it took.
    pub took: Duration,
}

impl StepReport {
    /// Whether it ran and everything was as expected.
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty() && self.error.is_none()
    }
}

/// Runs a step; what it saves goes into `scope`.
pub(super) async fn run(
    context: &Context<'_>,
    spec: &Spec,
    step: &Step,
    settings: &Settings,
    scope: &mut Scope,
    report: &mut StepReport,
) {
    let began = context.clock.elapsed();
    if let Err(error) = act(context, spec, step, settings, scope, report).await {
        report.error = Some(error);
    }
    let redactor = context.recorder.redactor();
    for mismatch in &mut report.mismatches {
        mismatch.mask(&redactor);
    }
    report.took = context.clock.elapsed().saturating_sub(began);
}

async fn act(
    context: &Context<'_>,
    spec: &Spec,
    step: &Step,
    settings: &Settings,
    scope: &mut Scope,
    report: &mut StepReport,
) -> Result<(), String> {
    let Some(request) = Request::new(context, step, settings, scope)? else {
        return context.control(step, scope);
    };
    context.instruct(step, scope, &report.call)?;
    let began = context.clock.elapsed();
    let document = loop {
        let result = call(context, &request, &report.call).await?;
        let document = result.to_json();
        let status = result
            .body
            .as_ref()
            .and_then(|body| body["status"].as_str());
        let state = status.unwrap_or("waiting").to_owned();
        report.result = Some(result);
        let Some(poll) = &step.poll else {
            break document;
        };
        report.polls += 1;
        if poll.until.matches(Some(&document), scope) {
            break document;
        }
        let waited = context.clock.elapsed().saturating_sub(began);
        if let Some(mismatch) = gave_up(poll, &document, waited, scope) {
            report.mismatches.push(mismatch);
            return Ok(());
        }
        context.tell(&Event::Waiting {
            spec,
            step: &step.name,
            state: &state,
            waited,
            next: poll.every,
        });
        context.clock.sleep(poll.every).await;
    };
    report.mismatches = judge(step, &document, scope);
    if report.mismatches.is_empty() {
        save(step, &document, scope, report);
    }
    Ok(())
}

/// A poll that need not go on.
fn gave_up(poll: &Poll, document: &Value, waited: Duration, scope: &Scope) -> Option<Mismatch> {
    let abort = poll.abort.as_ref();
    let aborted = abort.is_some_and(|abort| abort.matches(Some(document), scope));
    let late = waited + poll.every > poll.within;
    if !aborted && !late {
        return None;
    }
    let mut missing = poll.until.check(Some(document), "", scope).into_iter();
    let mut mismatch = missing.next()?;
    mismatch.note = Some(match abort {
        Some(abort) if aborted => format!(
            "gave up: the result is as `abort` says: {}",
            abort.show(scope)
        ),
        _ => format!(
            "gave up: it was not so within {}",
            crate::duration::show(poll.within)
        ),
    });
    Some(mismatch)
}

/// What is not as expected; a wrong status hides what follows from it.
fn judge(step: &Step, document: &Value, scope: &Scope) -> Vec<Mismatch> {
    let expect = step.expect.as_ref();
    let expected = |name: &str| expect.and_then(|expect| expect.member(name));
    if let Some(status) = expected("status") {
        let wrong = status.check(document.get("status"), "status", scope);
        if !wrong.is_empty() {
            return wrong;
        }
    }
    let status = document.get("status").and_then(Value::as_u64);
    let succeeded = status.is_some_and(|status| (200..300).contains(&status));
    let implied = |path: &str, expected: &str, actual: Option<&Value>| Mismatch {
        path: path.to_owned(),
        span: step.span,
        expected: format!("{expected} (a step expects success unless it says otherwise)"),
        actual: show_value(actual),
        note: None,
    };
    if expected("error").is_none() {
        if !succeeded && expected("status").is_none() {
            return vec![match status {
                Some(_) => implied("status", "2xx", document.get("status")),
                None => implied("error", "an answer", document.get("error")),
            }];
        }
        if let (true, Some(error)) = (succeeded || status.is_none(), document.get("error")) {
            let mut found = vec![implied("error", "absent", Some(error))];
            found.extend(
                expect
                    .iter()
                    .flat_map(|expect| expect.check(Some(document), "", scope)),
            );
            return found;
        }
    }
    expect.map_or_else(Vec::new, |expect| expect.check(Some(document), "", scope))
}

fn save(step: &Step, document: &Value, scope: &mut Scope, report: &mut StepReport) {
    for save in &step.save {
        match at_path(document, &save.path) {
            Some(value) => scope.set(save.key.name.clone(), value.clone()),
            None => report.mismatches.push(Mismatch {
                path: save.path.clone(),
                span: save.span,
                expected: format!("a value to save as `{}`", save.key.name),
                actual: "absent".to_owned(),
                note: None,
            }),
        }
    }
}

/// A call with all its values.
struct Request<'a> {
    client: Client,
    options: CallOptions,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Typed {
        endpoint: &'a Endpoint,
        written: String,
        streams: bool,
    },
    Raw(Box<WireRequest>),
}

impl<'a> Request<'a> {
    /// The call that a step makes; `None` where it makes none.
    fn new(
        context: &Context<'_>,
        step: &'a Step,
        settings: &Settings,
        scope: &Scope,
    ) -> Result<Option<Self>, String> {
        let undefined = |path: String| format!("`{path}` has no value");
        let kind = match &step.verb {
            Verb::Emulator => return Ok(None),
            Verb::Http { method, path } => {
                let path = as_text(&scope.node(path).map_err(undefined)?);
                let query = query(step, &[], scope).map_err(undefined)?;
                let request = WireRequest::new(method.clone(), with_query(path, &query));
                {
                    let body = http_body(step, scope).map_err(undefined)?;
                    Kind::Raw(Box::new(with_body(request, body)))
                }
            }
            Verb::Call(endpoint) if settings.via == Some(Via::Raw) => Kind::Raw(Box::new(
                raw_call(context, step, endpoint, settings, scope)?,
            )),
            Verb::Call(endpoint) => {
                let deployment = deployment(context, step, scope)?;
                Kind::Typed {
                    endpoint,
                    written: written(step, deployment.as_deref(), scope).map_err(undefined)?,
                    streams: step.streams,
                }
            }
        };
        let endpoint = settings.endpoint.as_deref().unwrap_or_default();
        let credential = settings.credential.as_deref().unwrap_or_default();
        let client = context
            .clients
            .get(&context.target.profile, endpoint, credential)?;
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
            let value = HeaderValue::try_from(&text).map_err(|error| error.to_string())?;
            options = options.header(name, value);
        }
        Ok(Some(Self {
            client,
            options,
            kind,
        }))
    }
}

async fn call(
    context: &Context<'_>,
    request: &Request<'_>,
    name: &str,
) -> Result<StepResult, String> {
    let began = context.clock.elapsed();
    let id = HeaderValue::try_from(name).map_err(|error| error.to_string())?;
    let client = request.client.with(request.options.clone().request_id(id));
    let mut result = match &request.kind {
        Kind::Raw(raw) => raw::send(&client, context.clock, (**raw).clone()).await,
        Kind::Typed {
            endpoint,
            written,
            streams,
        } => {
            let call = Call {
                client: &client,
                clock: context.clock,
                written,
                streams: *streams,
            };
            let called = visit(endpoint.id, call);
            called
                .ok_or_else(|| format!("no operation `{}`", endpoint.id))?
                .await?
        }
    };
    result.sent = context.recorder.take(name);
    answer::judge_tools(&mut result);
    answer::total(&mut result, context.clock.elapsed().saturating_sub(began));
    Ok(result)
}

/// The name behind the step's alias.
fn deployment(context: &Context<'_>, step: &Step, scope: &Scope) -> Result<Option<String>, String> {
    let Some(node) = &step.deployment else {
        return Ok(None);
    };
    let alias = as_text(
        &scope
            .node(node)
            .map_err(|path| format!("`{path}` has no value"))?,
    );
    if alias == "missing" {
        return Ok(Some(MISSING.to_owned()));
    }
    let found = context.target.profile.deployments.get(&alias);
    let name = found.ok_or_else(|| format!("the profile has no deployment `{alias}`"))?;
    Ok(Some(name.clone()))
}

/// The request of an operation as the spec writes it, past the wire types.
fn raw_call(
    context: &Context<'_>,
    step: &Step,
    endpoint: &'static Endpoint,
    settings: &Settings,
    scope: &Scope,
) -> Result<WireRequest, String> {
    let undefined = |path: String| format!("`{path}` has no value");
    let surface = settings.api.unwrap_or_default();
    let deployment = deployment(context, step, scope)?;
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
    let members = step
        .body
        .as_ref()
        .and_then(|body| body.as_map())
        .unwrap_or_default();
    let mut written = Vec::new();
    for (key, value) in members {
        written.push((key.name.as_str(), scope.json(value).map_err(undefined)?));
    }
    // The deployment stands in the path of a dated request, and in the body of any other.
    let in_path = !surface.is_v1() && endpoint.scope == aoai_types::Scope::Deployment;
    if let (false, Some(name)) = (in_path, &deployment) {
        written.push(("model", Value::from(name.as_str()).to_string()));
    }
    request.deployment = deployment;
    Ok(request.json(object(written)))
}

fn query(step: &Step, except: &[&str], scope: &Scope) -> Result<Query, String> {
    let mut query = Query::new();
    for (key, node) in &step.params {
        if !except.contains(&key.name.as_str()) {
            query.push(key.name.clone(), as_text(&scope.node(node)?));
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

/// The body of an `http` step: text as it is, anything else as JSON.
fn http_body(step: &Step, scope: &Scope) -> Result<Option<String>, String> {
    let Some(body) = &step.body else {
        return Ok(None);
    };
    Ok(Some(match body.as_text() {
        Some(text) => as_text(&scope.text(text)?),
        None => scope.json(body)?,
    }))
}

fn with_body(request: WireRequest, body: Option<String>) -> WireRequest {
    match body {
        Some(body) if request.method != Method::GET => request.json(body),
        _ => request,
    }
}
