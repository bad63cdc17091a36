//! The steps of a spec.

use std::path::Path;

use aoai_types::{Endpoint, Scope};

use super::fields::{Fields, wrong};
use super::form::Form;
use super::fragment::Place;
use super::names::Names;
use super::{body, elsewhere, emulator, fragment, operation, poll, settings};
use crate::diagnostic::{Problems, did_you_mean};
use crate::model::{Save, Step, Verb};
use crate::pattern::{Parser, Pattern};
use crate::result::shape::{RESULT, Shape};
use crate::snapshot::Detail;
use crate::value::{Data, Key, Node};

/// Parses one step, which may stand for several; `names` are those known before it, and gain those
/// it saves.
pub(super) fn steps(
    node: &Node,
    names: &mut Names,
    place: Place<'_>,
    problems: &mut Problems,
) -> Vec<Step> {
    let elsewhere = |key: &str| elsewhere::key_of_a_step(key, node);
    let fields = Fields::read_with(node, "a step", STEP_KEYS, elsewhere, problems);
    let Some(fields) = fields else {
        return Vec::new();
    };
    match fields.get("run") {
        Some(run) => fragment::steps(run, &fields, names, place, problems),
        None => Vec::from_iter(step(&fields, names, place.directory, problems)),
    }
}

fn step(
    fields: &Fields<'_>,
    names: &mut Names,
    directory: Option<&Path>,
    problems: &mut Problems,
) -> Option<Step> {
    let verb = verb(fields, problems);
    if let Some(key) = fields.key("vars") {
        problems
            .error(key.span, "only a step that runs a file has `vars`", "")
            .help("declare variables of the spec before its `steps`");
    }
    let mut pattern = |node: &Node, problems: &mut Problems| {
        let mut parser = Parser {
            problems,
            directory,
        };
        parser.pattern(node, RESULT, "")
    };
    let expect = fields
        .get("expect")
        .map(|node| expectation(node, problems, &mut pattern));
    let poll = poll::read(fields, problems, &mut pattern);
    let form = fields.get("form");
    if let (Some(_), Some(key)) = (fields.get("body"), fields.key("form")) {
        problems.error(key.span, "a step has one body: `body` or `form`", "");
    }
    let body = form.or_else(|| fields.get("body")).cloned();
    let found = problems.count();
    let form = form.map(|node| Form::read(node, directory, problems));
    let step = Step {
        span: fields.span,
        name: step_name(fields, problems),
        deployment: text_node(fields, "deployment", problems),
        params: fields.map("params", problems).to_vec(),
        headers: headers(fields, problems),
        streams: ["body", "form", "params"]
            .into_iter()
            .filter_map(|name| fields.get(name))
            .any(|node| streams(node, problems)),
        body,
        form,
        settings: settings(fields.get("use"), problems),
        poll,
        expect,
        save: Vec::new(),
        snapshot: Detail::read(fields, problems),
        source: None,
        emulator: fields.get("emulator").cloned(),
        needs_emulator: emulator::needs_emulator(fields),
        is_consistent: false,
        verb: verb?,
    };
    consistent(&step, fields, problems);
    for node in step.nodes() {
        names.check(node, problems);
    }
    let is_consistent = problems.count() == found;
    let save = saves(fields, names, problems);
    Some(Step {
        save,
        is_consistent,
        ..step
    })
}

fn verb(fields: &Fields<'_>, problems: &mut Problems) -> Option<Verb> {
    match (fields.get("call"), fields.get("http")) {
        (Some(_), Some(http)) => {
            let message = "a step has one verb: `call` or `http`";
            problems.error(http.span, message, "the second verb");
            None
        }
        (Some(call), None) => operation(call, problems).map(Verb::Call),
        (None, Some(http)) => http_verb(http, problems),
        (None, None) if fields.get("emulator").is_some() => Some(Verb::Emulator),
        (None, None) => {
            problems
                .error(fields.span, "a step needs a verb", "")
                .help("`call: chat`, `http: POST /openai/…`, `run: _file.yaml` or `emulator: {…}`");
            None
        }
    }
}

fn http_verb(node: &Node, problems: &mut Problems) -> Option<Verb> {
    let text = node.as_text().unwrap_or_default();
    let parts = text
        .split_once(' ')
        .map(|(method, path)| (method, path.trim()));
    if let Some((method, path)) = parts
        && let Ok(method) = method.parse::<http::Method>()
        && method
            .as_str()
            .bytes()
            .all(|byte| byte.is_ascii_uppercase())
        && path.starts_with('/')
    {
        let path = Node {
            data: Data::Text(path.to_owned()),
            span: node.span,
        };
        return Some(Verb::Http { method, path });
    }
    problems
        .error(node.span, "`http` is a method and a path", "")
        .help("for example POST /openai/v1/chat/completions; the host comes from the profile");
    None
}

fn step_name(fields: &Fields<'_>, problems: &mut Problems) -> String {
    let verb = ["name", "call", "http"];
    let named = verb.into_iter().find_map(|name| fields.get(name));
    fields.title("name", problems);
    named
        .and_then(Node::as_text)
        .unwrap_or("emulator")
        .to_owned()
}

/// Keys that make no sense together.
fn consistent(step: &Step, fields: &Fields<'_>, problems: &mut Problems) {
    let refuse = |name: &str, message: String, help: &str, problems: &mut Problems| {
        if let Some(key) = fields.key(name) {
            problems.error(key.span, message, "").help(help);
        }
    };
    match &step.verb {
        Verb::Call(endpoint) => called(step, endpoint, fields, problems),
        Verb::Http { method, .. } => {
            body::sendable(method, fields, problems);
            let message = "`http` sends its path as it is written".to_owned();
            let help = "write ${deployment.ALIAS} into the path or the body";
            refuse("deployment", message, help, problems);
        }
        Verb::Emulator => {
            for name in [
                "deployment",
                "params",
                "headers",
                "body",
                "form",
                "use",
                "poll",
                "expect",
                "save",
                "snapshot",
            ] {
                let message = format!("a step without `call` or `http` has no `{name}`");
                refuse(name, message, "nothing is sent in this step", problems);
            }
        }
        Verb::Enter(_) | Verb::Leave => {}
    }
    emulator::check(step, problems);
}

fn called(step: &Step, endpoint: &Endpoint, fields: &Fields<'_>, problems: &mut Problems) {
    let id = endpoint.id;
    for name in ["body", "form"] {
        if let (false, Some(key)) = (endpoint.has_body, fields.key(name)) {
            problems.error(key.span, format!("`{id}` has no body"), "");
        }
    }
    for name in endpoint.path_params() {
        if !step.params.iter().any(|(key, _)| key.name == name) {
            problems
                .error(
                    fields.span,
                    format!("`{id}` needs the parameter `{name}`"),
                    "",
                )
                .help(format!("params: {{{name}: …}}"));
        }
    }
    let model = step.body.as_ref().and_then(|body| body.get("model"));
    match (&step.deployment, model) {
        (Some(_), Some(model)) => {
            problems
                .error(
                    model.span,
                    "`model` is filled in from `deployment`",
                    "written twice",
                )
                .help("leave one of the two out");
        }
        (None, None)
            if endpoint.scope == Scope::Deployment && fields.get("deployment").is_none() =>
        {
            problems
                .error(fields.span, format!("`{id}` needs a `deployment`"), "")
                .help("an alias from the profile, such as `deployment: chat`");
        }
        _ => {}
    }
}

fn headers(fields: &Fields<'_>, problems: &mut Problems) -> Vec<(Key, Node)> {
    let headers = fields.map("headers", problems);
    for (at, (key, value)) in headers.iter().enumerate() {
        let is_same = |(other, _): &(Key, Node)| other.name.eq_ignore_ascii_case(&key.name);
        if headers[..at].iter().any(is_same) {
            let message = format!("the header `{}` is written twice", key.name);
            problems.error(key.span, message, "").help(
                "a header's name is the same in capitals; several values are joined by commas",
            );
        }
        if ["api-key", "authorization", "ocp-apim-subscription-key"]
            .contains(&key.name.to_ascii_lowercase().as_str())
        {
            problems
                .error(
                    key.span,
                    "credentials come from the profile",
                    "never from a spec",
                )
                .help("`use: {credential: …}` chooses one; `wrong-key` and `none` are built in");
        } else if http::HeaderName::try_from(&key.name).is_err() {
            problems.error(key.span, format!("{:?} cannot name a header", key.name), "");
        } else if !matches!(value.data, Data::Text(_) | Data::Number(_) | Data::Bool(_)) {
            wrong(value, &key.name, "text", problems);
        }
    }
    headers.to_vec()
}

fn text_node(fields: &Fields<'_>, name: &str, problems: &mut Problems) -> Option<Node> {
    fields.text(name, problems)?;
    fields.get(name).cloned()
}

fn streams(body: &Node, problems: &mut Problems) -> bool {
    match body.get("stream") {
        None => false,
        Some(Node {
            data: Data::Bool(stream),
            ..
        }) => *stream,
        Some(node) => {
            wrong(node, "stream", "true or false", problems);
            false
        }
    }
}

fn expectation(
    node: &Node,
    problems: &mut Problems,
    pattern: &mut impl FnMut(&Node, &mut Problems) -> Pattern,
) -> Pattern {
    if node.as_map().is_some() {
        return pattern(node, problems);
    }
    wrong(node, "expect", "a mapping over the result", problems);
    Pattern::any(node)
}

fn saves(fields: &Fields<'_>, names: &mut Names, problems: &mut Problems) -> Vec<Save> {
    let mut saves = Vec::new();
    for (key, value) in fields.map("save", problems) {
        names.declare(key, problems);
        let Some(path) = value.as_text() else {
            wrong(value, &key.name, "a path into the result", problems);
            continue;
        };
        if let Some(meant) = elsewhere::json_path(path) {
            problems
                .error(value.span, format!("`{path}` is no path of a result"), "")
                .help(format!("parts are joined by dots: `{meant}`"));
            continue;
        }
        let mut shape = RESULT;
        let mut steps: Vec<String> = Vec::new();
        for step in path.split('.') {
            let owner = steps.join(".");
            steps.push(match shape {
                Shape::Headers => step.to_ascii_lowercase(),
                _ => step.to_owned(),
            });
            match shape.field(step) {
                Ok(field) => shape = field,
                Err(known) => {
                    let label = match &*known {
                        [] => format!("`{owner}` has no parts"),
                        known => format!("known are: {}", known.join(", ")),
                    };
                    let near = did_you_mean(step, known);
                    problems
                        .error(value.span, format!("the result has no `{path}`"), label)
                        .maybe_help(near.or_else(|| elsewhere::in_the_body(&owner, path)));
                    shape = Shape::Open;
                }
            }
        }
        saves.push(Save {
            key: key.clone(),
            path: steps.join("."),
            span: value.span,
        });
    }
    saves
}

pub(crate) const STEP_KEYS: &[&str] = &[
    "name",
    "call",
    "http",
    "run",
    "vars",
    "emulator",
    "deployment",
    "params",
    "headers",
    "body",
    "form",
    "use",
    "poll",
    "expect",
    "save",
    "snapshot",
];
