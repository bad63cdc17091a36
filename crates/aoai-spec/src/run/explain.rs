//! What specs would send, and where the values in it come from.

use std::fmt::Write as _;

use aoai_http::WireRequest;
use aoai_types::operation::Body;
use serde_json::Value;

use super::plan::Planned;
use super::record::decode;
use super::request::as_written;
use super::select::test_id;
use super::{Runner, Target};
use crate::duration;
use crate::error::Error;
use crate::model::{Settings, Spec, Step, Verb};
use crate::parse::form;
use crate::vars::{Scope, as_text};

impl Runner {
    /// The requests of every test as they would be sent, with each variable and its source. What
    /// only an answer can tell stands there by its name, `${file}`. Nothing is sent.
    ///
    /// # Errors
    ///
    /// As [`run_with`](Self::run_with).
    pub async fn explain(&self) -> Result<String, Error> {
        let suite = self.load()?;
        let target = self.target().await?;
        self.register_secrets(&target)?;
        let files: Vec<&[Spec]> = suite.files().collect();
        let planned = self.plan_all(&files, &target.profile, "${run.id}")?;
        let mut told = Vec::new();
        for planned in planned.into_iter().flatten().flatten() {
            told.push(self.explain_test(planned, &target));
        }
        Ok(self.redactor.redact(&told.join("\n")).into_owned())
    }

    fn explain_test(&self, planned: Planned<'_>, target: &Target) -> String {
        let Planned {
            spec,
            cell,
            settings,
            scope,
            ..
        } = planned;
        let mut told = test_id(&spec.id(), &cell.to_string());
        told.push('\n');
        let mut scope = match scope {
            Ok(scope) => scope,
            Err(reason) => {
                let _ = writeln!(told, "  skipped: {reason}");
                return told;
            }
        };
        let vars = spec.vars.iter().map(|var| &var.key.name);
        let axes = spec.matrix.iter().map(|axis| &axis.key.name);
        let axes = axes.filter(|name| !Settings::AXES.contains(&name.as_str()));
        for name in vars.chain(axes) {
            let value = scope.get(name).cloned().unwrap_or_default();
            let source = self.source(name, spec, target);
            let _ = writeln!(told, "  {name} = {value}  ({source})");
        }
        for (part, steps) in [("step", &spec.steps), ("finally", &spec.finally)] {
            let mut outer = Vec::new();
            for step in steps {
                match &step.verb {
                    Verb::Enter(fragment) => {
                        let inner = fragment.scope(&scope, |_| Ok::<_, String>(()));
                        let inner = inner.unwrap_or_default();
                        outer.push((std::mem::replace(&mut scope, inner), &fragment.save));
                    }
                    Verb::Leave => {
                        if let Some((before, saves)) = outer.pop() {
                            scope = before;
                            by_name(&mut scope, saves.iter().map(|save| &save.key.name));
                        }
                    }
                    _ => {
                        let settings = step.settings.clone().over(settings.clone());
                        let _ =
                            writeln!(told, "  {part} {}  {}", step.name, talks(step, &settings));
                        told.push_str(&explain_step(step, &settings, &scope, target));
                        by_name(&mut scope, step.save.iter().map(|save| &save.key.name));
                    }
                }
            }
        }
        told
    }

    /// Where the value of a variable or an axis comes from.
    fn source(&self, name: &str, spec: &Spec, target: &Target) -> String {
        if self.vars.iter().any(|(var, _)| var == name) {
            return "--var".to_owned();
        }
        if spec.matrix.iter().any(|axis| axis.key.name == name) {
            return "matrix".to_owned();
        }
        if self.given(name).is_some() {
            return "environment".to_owned();
        }
        match target.profile.var_of(name) {
            Some(_) => format!("profile {}", target.profile.name),
            None => "the spec".to_owned(),
        }
    }
}

/// Values that only answers have stand for themselves.
fn by_name<'a>(scope: &mut Scope, names: impl Iterator<Item = &'a String>) {
    for name in names {
        scope.set(name.clone(), Value::from(format!("${{{name}}}")));
    }
}

/// How a step's calls talk, where it makes any.
fn talks(step: &Step, settings: &Settings) -> String {
    if matches!(step.verb, Verb::Emulator) {
        return step
            .emulator
            .as_ref()
            .map_or_else(String::new, |node| node.to_json().to_string());
    }
    let credential = settings
        .credential
        .iter()
        .map(|name| format!("credential {name}"));
    let endpoint = settings.endpoint.iter().filter(|name| *name != "main");
    let endpoint = endpoint.map(|name| format!("endpoint {name}"));
    let retries = settings.retries.iter().map(|most| match most {
        1 => "1 retry".to_owned(),
        most => format!("{most} retries"),
    });
    let timeout = settings.timeout.iter();
    let timeout = timeout.map(|timeout| format!("timeout {}", duration::show(*timeout)));
    let polled = step.poll.iter().map(|poll| {
        let [every, within] = [poll.every, poll.within].map(duration::show);
        format!("again every {every} for {within} at most")
    });
    let parts = credential.chain(endpoint).chain(retries).chain(timeout);
    parts.chain(polled).collect::<Vec<_>>().join(", ")
}

fn explain_step(step: &Step, settings: &Settings, scope: &Scope, target: &Target) -> String {
    let mut told = String::new();
    match as_written(&target.profile, step, settings, scope) {
        Ok(Some(request)) => show(step, &request, scope, &mut told),
        Ok(None) => {}
        Err(reason) => {
            let _ = writeln!(told, "    cannot be sent: {reason}");
        }
    }
    told
}

fn show(step: &Step, request: &WireRequest, scope: &Scope, told: &mut String) {
    // A name with its sigil is written as if it were a value of its own.
    let target = ["$%7B", "%24%7B"]
        .iter()
        .fold(request.target.clone(), |target, open| {
            target.replace(open, "${")
        });
    let target = target.replace("%7D", "}");
    let _ = writeln!(told, "    {} {target}", request.method);
    for (key, value) in &step.headers {
        let value = scope.node(value).unwrap_or_default();
        let _ = writeln!(told, "    {}: {}", key.name, as_text(&value));
    }
    let body = match &request.body {
        Body::Json(bytes) => decode(bytes),
        Body::Multipart(parts) => form::shown(parts),
        _ => return,
    };
    let _ = writeln!(told, "    {body}");
}
