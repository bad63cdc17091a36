//! Profiles as their files have them.

use aoai_auth::Secret;
use serde_json::{Value, json};

use super::{Profile, credential};
use crate::budget::{Budget, Price};
use crate::diagnostic::{Problems, did_you_mean};
use crate::parse::fields::{Fields, wrong};
use crate::run::{NONE, WRONG_KEY};
use crate::value::{Key, Node};
use crate::vars::{self, Piece, Scope};

/// The profile of that name; `None` where it is none.
pub(super) fn profile(
    key: &Key,
    node: &Node,
    lookup: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Profile> {
    let fields = Fields::read(node, "a profile", PROFILE_KEYS, problems)?;
    references(node, problems);
    let mut profile = Profile::new(&key.name);
    let scope = environment(node, lookup);
    let blank = |profile: &mut Profile, part: String, node: &Node| {
        profile.unset.insert(part, unset(node, lookup));
    };
    for (name, node) in fields.map("endpoints", problems) {
        match text(name, node, &scope, problems) {
            Some(url) => {
                profile.endpoints.insert(name.name.clone(), url);
            }
            None => blank(&mut profile, format!("endpoint `{}`", name.name), node),
        }
    }
    for (part, taken) in [
        ("deployments", "missing"),
        ("credentials", WRONG_KEY),
        ("credentials", NONE),
    ] {
        let own = fields.map(part, problems).iter();
        for (key, _) in own.filter(|(key, _)| key.name == taken) {
            problems
                .error(
                    key.span,
                    format!("`{taken}` is a name of the language's own"),
                    "",
                )
                .help("it means the same everywhere; choose another one");
        }
    }
    for (alias, node) in fields.map("deployments", problems) {
        match text(alias, node, &scope, problems) {
            Some(name) => {
                profile.deployments.insert(alias.name.clone(), name);
            }
            None => blank(&mut profile, format!("deployment `{}`", alias.name), node),
        }
    }
    for (name, node) in fields.map("credentials", problems) {
        match credential::read(node, &scope, lookup, problems) {
            Some(source) => {
                profile.credentials.insert(name.name.clone(), source);
            }
            None => blank(&mut profile, format!("credential `{}`", name.name), node),
        }
    }
    for (name, node) in fields.map("vars", problems) {
        match resolve(node, &scope) {
            None | Some(Value::Null) => blank(&mut profile, format!("`{}`", name.name), node),
            Some(Value::String(empty)) if empty.is_empty() => {
                blank(&mut profile, format!("`{}`", name.name), node);
            }
            Some(value) => {
                profile.vars.insert(name.name.clone(), value);
            }
        }
    }
    for (name, node) in fields.map("secrets", problems) {
        profile.secret_names.insert(name.name.clone());
        // What stands among `vars` is a secret, too, where the name is that of one.
        let shown = profile.vars.remove(&name.name);
        let secret = text(name, node, &scope, problems);
        match secret.or_else(|| shown.as_ref().map(vars::as_text)) {
            Some(secret) => {
                let secret = Secret::new(secret);
                profile.secret_vars.insert(name.name.clone(), secret);
            }
            None => blank(&mut profile, format!("`{}`", name.name), node),
        }
    }
    if let Some(api) = fields.text("api", problems) {
        match api.parse() {
            Ok(surface) => profile.api = surface,
            Err(error) => {
                let at = fields.get("api").map_or(fields.span, |node| node.span);
                problems.error(at, "not an api", format!("{error}"));
            }
        }
    }
    profile.retries = number(&fields, "retries", 0, problems);
    profile.jobs = number(&fields, "jobs", 1, problems).and_then(|jobs| usize::try_from(jobs).ok());
    profile.timeout = fields.duration("timeout", problems);
    profile.budget = Budget::read(fields.get("budget"), problems);
    let deployments = fields.get("deployments").and_then(Node::as_map);
    for (alias, node) in fields.map("prices", problems) {
        // One whose name is empty here may have a price for elsewhere.
        let known = deployments.into_iter().flatten().map(|(key, _)| &*key.name);
        if !known.clone().any(|known| known == alias.name) {
            let message = format!("there is no deployment `{}` to have a price", alias.name);
            let help = did_you_mean(&alias.name, known);
            problems.error(alias.span, message, "").maybe_help(help);
        }
        if let Some(price) = Price::read(node, problems) {
            profile.prices.insert(alias.name.clone(), price);
        }
    }
    Some(profile)
}

/// Only the environment has values for a profile; any other reference would never have one.
fn references(node: &Node, problems: &mut Problems) {
    node.each_text(&mut |text, span| {
        let Ok(pieces) = vars::pieces(text) else {
            problems
                .error(span, "a `${` without a name and `}`", "")
                .help("`$${` is a literal `${`");
            return;
        };
        for piece in pieces {
            if let Piece::Reference(reference) = piece
                && !reference.path.starts_with("env.")
            {
                let path = reference.path;
                problems
                    .error(span, format!("no value `{path}` in a profile"), "undefined")
                    .help(format!(
                        "a variable of the environment is `${{env.{path}}}`"
                    ));
            }
        }
    });
}

/// A whole number that is not too small or too large.
fn number(fields: &Fields<'_>, name: &str, least: u32, problems: &mut Problems) -> Option<u32> {
    let number = fields.whole(name, problems)?;
    let found = u32::try_from(number).ok().filter(|number| *number >= least);
    if let (None, Some(node)) = (found, fields.get(name)) {
        let wanted = format!("a number from {least} to {}", u32::MAX);
        wrong(node, name, &wanted, problems);
    }
    found
}

/// A text with its values; `None` where it is empty, which means absent.
pub(super) fn text(
    key: &Key,
    node: &Node,
    scope: &Scope,
    problems: &mut Problems,
) -> Option<String> {
    if node.as_text().is_none() {
        wrong(node, &key.name, "text", problems);
        return None;
    }
    let value = resolve(node, scope)?;
    Some(vars::as_text(&value)).filter(|text| !text.is_empty())
}

/// A value whose environment variables are all there.
pub(super) fn resolve(node: &Node, scope: &Scope) -> Option<Value> {
    scope.node(node).ok()
}

/// The environment variables that a node refers to.
pub(crate) fn environment(node: &Node, lookup: &dyn Fn(&str) -> Option<String>) -> Scope {
    let mut found = json!({});
    node.each_text(&mut |text, _| {
        for reference in vars::references(text) {
            if let Some(name) = reference.path.strip_prefix("env.")
                && let Some(value) = lookup(name)
            {
                found[name] = value.into();
            }
        }
    });
    let mut scope = Scope::default();
    scope.set("env", found);
    scope
}

/// The variables of the environment that a node asks for in vain; what has a default does not.
fn unset(node: &Node, lookup: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    node.each_text(&mut |text, _| {
        for reference in vars::references(text) {
            if let Some(name) = reference.path.strip_prefix("env.")
                && reference.default.is_none_or(str::is_empty)
                && lookup(name).is_none_or(|value| value.is_empty())
            {
                found.push(name.to_owned());
            }
        }
    });
    found
}

const PROFILE_KEYS: &[&str] = &[
    "endpoints",
    "deployments",
    "credentials",
    "api",
    "retries",
    "timeout",
    "jobs",
    "budget",
    "prices",
    "vars",
    "secrets",
];
