//! Bodies against wire types, before anything is sent.

use std::convert::Infallible;
use std::sync::Arc;

use aoai_types::open::Stranger;
use aoai_types::visit;
use serde_json::Value;

use self::misspelt::Misspelt;
use super::fields::Fields;
use super::form::{Unwritten, written_members};
use super::is_raw;
use crate::cells;
use crate::diagnostic::{Problems, did_you_mean, in_words};
use crate::model::{Spec, Step, Verb};
use crate::source::Span;
use crate::value::{Data, Node};
use crate::vars::{Scope, object};

pub(crate) use self::trip::{Difference, DifferenceKind, RoundTrip, differences, lost};

mod file;
mod misspelt;
mod trip;

/// Checks the body and the parameters of every typed call, in every cell of the matrix.
pub(crate) fn check(spec: &Spec, problems: &mut Problems) {
    let mut scopes: Vec<Scope> = cells::all(spec).map(|cell| sample(spec, &cell)).collect();
    let mut outer = Vec::new();
    for step in spec.steps.iter().chain(&spec.finally) {
        match &step.verb {
            Verb::Enter(fragment) => {
                // What only a run can know has no value here.
                let inner = |scope: &Scope| {
                    let Ok(inner) = fragment.scope(scope, |_| Ok::<_, Infallible>(()));
                    inner
                };
                let inner = scopes.iter().map(inner).collect();
                outer.push(std::mem::replace(&mut scopes, inner));
            }
            Verb::Leave => scopes = outer.pop().unwrap_or_default(),
            Verb::Call(endpoint) if !is_raw(spec, step) && step.is_consistent => {
                let source = step.source.as_ref().unwrap_or(&spec.source);
                let mut found = Problems::new(Arc::clone(source));
                for scope in &scopes {
                    check_step(step, endpoint.id, scope, &mut found);
                }
                problems.absorb(found.finish());
            }
            _ => {}
        }
    }
}

/// Refuses what a GET would carry: what a server does with it is undefined, and many drop the
/// connection.
pub(super) fn sendable(method: &http::Method, fields: &Fields<'_>, problems: &mut Problems) {
    for name in ["body", "form"] {
        if let (true, Some(key)) = (*method == http::Method::GET, fields.key(name)) {
            problems
                .error(key.span, format!("a GET has no `{name}`"), "")
                .help("its values go into `params`, or send it by another method");
        }
    }
}

/// The operation's JSON as a step writes it: body, parameters, and `model` from `deployment`.
///
/// # Errors
///
/// A reference has no value, or a file cannot be read.
pub(crate) fn written(
    step: &Step,
    deployment: Option<&str>,
    scope: &Scope,
) -> Result<String, Unwritten> {
    let mut members = written_members(step.body.as_ref(), step.form.as_ref(), scope)?;
    for (key, value) in &step.params {
        let value = scope.json(value).map_err(Unwritten::Undefined)?;
        members.push((key.name.as_str(), value));
    }
    // Read by the runner to choose the method; no field of the type.
    members.retain(|(name, _)| *name != "stream");
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
    let Ok(mut written) = written(step, deployment, scope) else {
        return;
    };
    let Some(mut trip) = visit(id, RoundTrip { written: &written }) else {
        return;
    };
    if step.streams && !trip.streams {
        let at = step.body.as_ref().and_then(|body| body.get("stream"));
        let span = at.map_or(step.span, |node| node.span);
        problems.error(span, format!("`{id}` does not stream"), "");
    }
    // A field that is missing because its name is misspelt hides what else is wrong.
    let misspelt = Misspelt::find(&written, &trip);
    if let Some(corrected) = misspelt.correct(&written)
        && let Some(again) = visit(
            id,
            RoundTrip {
                written: &corrected,
            },
        )
    {
        (trip, written) = (again, corrected);
    }
    let dropped = misspelt.unknown.iter().map(|name| Difference {
        path: vec![name.clone()],
        kind: DifferenceKind::Dropped,
    });
    for difference in dropped {
        report(step, id, &difference, trip.fields, problems);
    }
    for (path, stranger) in &mut trip.strangers {
        misspelt.as_written(path);
        hint(step, id, path, stranger, problems);
    }
    match trip.result {
        Ok(_)
            if trip
                .is_form
                .is_some_and(|is_form| is_form != step.form.is_some()) =>
        {
            other_form(step, id, problems);
        }
        Ok(differences) => {
            for mut difference in differences {
                misspelt.as_written(&mut difference.path);
                let is_told = |name: &String| misspelt.unknown.contains(name);
                if difference.path.len() != 1 || !difference.path.iter().any(is_told) {
                    report(step, id, &difference, trip.fields, problems);
                }
            }
        }
        Err(_) if step.form.is_none() && file::is_missing(id, &written, trip.fields) => {
            other_form(step, id, problems);
        }
        Err((path, message)) => {
            let message = message
                .strip_prefix(&format!("{path}: "))
                .unwrap_or(&message);
            let mut steps = steps_of(&path);
            let member = steps.first().cloned().unwrap_or_default();
            misspelt.as_written(&mut steps);
            if let Some(form) = &step.form
                && let Some(node) = place_of_file(step, &steps)
                && file::is_taken(id, &written, &member)
            {
                form.check_file(node, &steps[0], problems);
                return;
            }
            let span = span_of(step, &steps);
            let message = message.split(" at line ").next().unwrap_or(message);
            problems
                .error(
                    span,
                    format!("`{id}` does not take this"),
                    in_words(message),
                )
                .help("to send it anyway use `http:` or `use: {via: raw}`");
        }
    }
}

/// The member that a path leads into, or the item of it where it is a list.
fn place_of_file<'a>(step: &'a Step, path: &[String]) -> Option<&'a Node> {
    let (_, member) = child(step.body.as_ref()?, path.first()?)?;
    match (&member.data, path.get(1)) {
        (Data::List(_), Some(index)) => Some(child(member, index)?.1),
        _ => Some(member),
    }
}

/// A value that is nearly a known one. One that is not may be newer than this program.
fn hint(step: &Step, id: &str, path: &[String], stranger: &Stranger, problems: &mut Problems) {
    let value = &stranger.value;
    let Some(near) = did_you_mean(value, stranger.known.iter().copied()) else {
        return;
    };
    let written = step.body.as_ref().and_then(|body| {
        let mut path = path.iter();
        path.try_fold(body, |node, name| Some(child(node, name)?.1))
    });
    let span = written.map_or_else(|| span_of(step, path), |node| node.span);
    let message = format!("`{id}` may not know `{value}`");
    problems.warning(span, message, "sent as it is").help(near);
}

/// A form where the operation takes JSON, or the other way round.
fn other_form(step: &Step, id: &str, problems: &mut Problems) {
    let span = step.body.as_ref().map_or(step.span, |body| body.span);
    let (taken, not, place) = match (&step.form, &step.body) {
        (Some(_), _) => ("body", ", not a `form`", " in its place"),
        (None, Some(_)) => ("form", ", not a `body`", " in its place"),
        (None, None) => ("form", "", ""),
    };
    let anyway = "to send it anyway use `http:` or `use: {via: raw}`";
    problems
        .error(span, format!("`{id}` takes a `{taken}`{not}"), "")
        .help(format!("write `{taken}: {{…}}`{place}; {anyway}"));
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
