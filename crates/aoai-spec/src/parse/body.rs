//! Bodies against wire types, before anything is sent.

use aoai_types::operation::DecodeError;
use aoai_types::{Operation, Streaming, Visitor, visit};
use serde_json::Value;

use super::introspect;
use super::is_raw;
use crate::cells;
use crate::diagnostic::{Problems, did_you_mean};
use crate::model::{Spec, Step, Verb};
use crate::pattern::compare::equal;
use crate::source::Span;
use crate::value::{Data, Node};
use crate::vars::{Scope, object};

/// Checks the body and the parameters of every typed call, in every cell of the matrix.
pub(crate) fn check(spec: &Spec, problems: &mut Problems) {
    let scopes: Vec<Scope> = cells::all(spec).map(|cell| sample(spec, &cell)).collect();
    for step in spec.steps.iter().chain(&spec.finally) {
        let Verb::Call(endpoint) = &step.verb else {
            continue;
        };
        if is_raw(spec, step) || !step.is_consistent {
            continue;
        }
        for scope in &scopes {
            check_step(step, endpoint.id, scope, problems);
        }
    }
}

/// The operation's JSON as a step writes it: body, parameters, and `model` from `deployment`.
///
/// # Errors
///
/// The path of a reference that has no value.
pub(crate) fn written(
    step: &Step,
    deployment: Option<&str>,
    scope: &Scope,
) -> Result<String, String> {
    let mut members = Vec::new();
    for (key, value) in step
        .body
        .as_ref()
        .and_then(Node::as_map)
        .unwrap_or_default()
    {
        // Read by the runner to choose the method; no field of the type.
        if key.name != "stream" {
            members.push((key.name.as_str(), scope.json(value)?));
        }
    }
    for (key, value) in &step.params {
        members.push((key.name.as_str(), scope.json(value)?));
    }
    if let Some(deployment) = deployment {
        members.push(("model", Value::from(deployment).to_string()));
    }
    Ok(object(members))
}

fn check_step(step: &Step, id: &str, scope: &Scope, problems: &mut Problems) {
    if let Some(body) = &step.body
        && !matches!(body.data, Data::Map(_))
    {
        let certain = !body.as_text().is_some_and(|text| text.contains("${"));
        if certain {
            problems
                .error(
                    body.span,
                    format!("the body of `{id}` is a mapping, not {}", body.kind()),
                    "",
                )
                .help("to send it anyway use `http:` or `use: {via: raw}`");
        }
        return;
    }
    let deployment = step.deployment.as_ref().map(|_| "deployment");
    // What only a run can know is checked again before it is sent.
    let Ok(written) = written(step, deployment, scope) else {
        return;
    };
    let Some(trip) = visit(id, RoundTrip { written: &written }) else {
        return;
    };
    if step.streams && !trip.streams {
        let at = step.body.as_ref().and_then(|body| body.get("stream"));
        let span = at.map_or(step.span, |node| node.span);
        problems.error(span, format!("`{id}` does not stream"), "");
    }
    match trip.result {
        Ok(differences) => {
            for difference in differences {
                report(step, id, &difference, trip.fields, problems);
            }
        }
        Err((path, message)) => {
            let message = message
                .strip_prefix(&format!("{path}: "))
                .unwrap_or(&message);
            let span = span_of(step, &steps_of(&path));
            let message = message.split(" at line ").next().unwrap_or(message);
            problems
                .error(span, format!("`{id}` does not take this"), message)
                .help("to send it anyway use `http:` or `use: {via: raw}`");
        }
    }
}

/// What a type makes of a request that is written down.
pub(crate) struct RoundTrip<'a> {
    pub(crate) written: &'a str,
}

pub(crate) struct Trip {
    /// Where the type differs from what is written; or where it cannot read it, and why.
    pub(crate) result: Result<Vec<Difference>, (String, String)>,
    fields: &'static [&'static str],
    streams: bool,
}

/// A place where a type says something else than what is written.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) path: Vec<String>,
    pub(crate) kind: DifferenceKind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum DifferenceKind {
    Dropped,
    Changed(Value),
    Added(Value),
}

impl RoundTrip<'_> {
    fn trip<O: Operation>(self, streams: bool) -> Trip {
        let result = match DecodeError::read::<O>(self.written) {
            Err(error) => Err((error.path().to_owned(), error.to_string())),
            Ok(operation) => lost(self.written, &operation),
        };
        Trip {
            result,
            fields: introspect::fields::<O>(),
            streams,
        }
    }
}

impl Visitor for RoundTrip<'_> {
    type Out = Trip;

    fn unary<O: Operation>(self) -> Trip {
        self.trip::<O>(false)
    }

    fn streaming<O: Streaming>(self) -> Trip {
        self.trip::<O>(true)
    }
}

/// Where an operation says something else than the JSON it was read from.
///
/// # Errors
///
/// The operation has no JSON form.
pub(crate) fn lost<O: Operation>(
    written: &str,
    operation: &O,
) -> Result<Vec<Difference>, (String, String)> {
    let failed = |error: serde_json::Error| (".".to_owned(), error.to_string());
    let written: Value = serde_json::from_str(written).map_err(failed)?;
    let encoded = serde_json::to_value(operation).map_err(failed)?;
    let mut found = Vec::new();
    differences(&written, &encoded, &mut Vec::new(), &mut found);
    Ok(found)
}

fn differences(
    written: &Value,
    encoded: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<Difference>,
) {
    let mut note = |path: &[String], kind| {
        found.push(Difference {
            path: path.to_vec(),
            kind,
        });
    };
    match (written, encoded) {
        (Value::Object(written), Value::Object(encoded)) => {
            for (name, value) in written {
                path.push(name.clone());
                match encoded.get(name) {
                    Some(encoded) => differences(value, encoded, path, found),
                    None => found.push(Difference {
                        path: path.clone(),
                        kind: DifferenceKind::Dropped,
                    }),
                }
                path.pop();
            }
            for (name, value) in encoded {
                if !written.contains_key(name) {
                    path.push(name.clone());
                    found.push(Difference {
                        path: path.clone(),
                        kind: DifferenceKind::Added(value.clone()),
                    });
                    path.pop();
                }
            }
        }
        (Value::Array(written), Value::Array(encoded)) if written.len() == encoded.len() => {
            for (at, (written, encoded)) in written.iter().zip(encoded).enumerate() {
                path.push(at.to_string());
                differences(written, encoded, path, found);
                path.pop();
            }
        }
        _ if equal(written, encoded) => {}
        _ => note(path, DifferenceKind::Changed(encoded.clone())),
    }
}

fn report(
    step: &Step,
    id: &str,
    difference: &Difference,
    fields: &[&str],
    problems: &mut Problems,
) {
    let path = &difference.path;
    let span = span_of(step, path);
    let shown = path.join(".");
    match &difference.kind {
        DifferenceKind::Dropped if path.len() == 1 && shown == "model" => {
            problems.error(span, format!("`{id}` takes no `deployment`"), "");
        }
        DifferenceKind::Dropped => {
            let name = path.last().map_or("", String::as_str);
            let near = (path.len() == 1).then(|| did_you_mean(name, fields.iter().copied()));
            let anyway = "to send it anyway use `http:` or `use: {via: raw}`";
            let help = match near.flatten() {
                Some(near) => format!("{near} T{}", &anyway[1..]),
                None => anyway.to_owned(),
            };
            problems
                .error(
                    span,
                    format!("`{id}` has no field `{shown}`"),
                    "not in the wire type",
                )
                .help(help);
        }
        DifferenceKind::Changed(value) => {
            let label = format!("the wire type makes {value} of it");
            problems.error(span, format!("`{id}` cannot say this `{shown}`"), label);
        }
        DifferenceKind::Added(value) => {
            let label = format!("the wire type adds {value}");
            problems
                .error(span, format!("`{id}` always says `{shown}`"), label)
                .help("write it, or use `use: {via: raw}`");
        }
    }
}

/// The place of a member: its key, or what comes nearest.
fn span_of(step: &Step, path: &[String]) -> Span {
    let whole = step.body.as_ref().map_or(step.span, |body| body.span);
    let Some(first) = path.first() else {
        return whole;
    };
    if let Some((key, _)) = step.params.iter().find(|(key, _)| key.name == *first) {
        return key.span;
    }
    if let (Some(deployment), "model") = (&step.deployment, first.as_str()) {
        return deployment.span;
    }
    let Some(body) = &step.body else {
        return whole;
    };
    let (mut node, mut span) = (body, whole);
    for name in path {
        match child(node, name) {
            Some((at, next)) => (node, span) = (next, at),
            None => break,
        }
    }
    span
}

fn child<'a>(node: &'a Node, name: &str) -> Option<(Span, &'a Node)> {
    match &node.data {
        Data::Map(members) => {
            let (key, value) = members.iter().find(|(key, _)| key.name == name)?;
            Some((key.span, value))
        }
        Data::List(items) => {
            let item = items.get(name.parse::<usize>().ok()?)?;
            Some((item.span, item))
        }
        _ => None,
    }
}

/// `messages[0].role` as its steps.
fn steps_of(path: &str) -> Vec<String> {
    path.split(['.', '[', ']'])
        .filter(|step| !step.is_empty() && *step != "?")
        .map(str::to_owned)
        .collect()
}

/// Values for one cell as far as they are known before a run.
fn sample(spec: &Spec, cell: &cells::Cell) -> Scope {
    let mut scope = Scope::default();
    scope.set("run", serde_json::json!({"id": "run"}));
    for (name, value) in &cell.values {
        scope.set(name.clone(), value.clone());
    }
    for var in &spec.vars {
        if let Some(value) = var.default.as_ref().and_then(|node| scope.node(node).ok()) {
            scope.set(var.key.name.clone(), value);
        }
    }
    scope
}
