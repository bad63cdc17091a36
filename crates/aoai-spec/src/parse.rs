//! From files to specs, with every mistake told at its place.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::budget::Budget;
use crate::diagnostic::{Diagnostic, Problems, did_you_mean};
use crate::model::{Axis, Only, Settings, Spec, Step, Var, Via};
use crate::source::{Source, Span};
use crate::value::{Data, Key, Node};
use crate::vars::{self, Piece};

use self::fields::{Fields, wrong};
use self::fragment::Place;
use self::names::Names;

pub(crate) mod body;
pub(crate) mod elsewhere;
mod emulator;
pub(crate) mod fields;
pub(crate) mod form;
pub(crate) mod fragment;
mod lint;
mod matrix;
mod names;
mod poll;
pub(crate) mod step;

/// Reads the specs of one file; `file` is the name that specs are known by, `chat/basics`.
///
/// The specs are those that have no errors; the diagnostics hold errors and warnings.
pub(crate) fn specs(
    source: &Arc<Source>,
    file: &str,
    directory: Option<&Path>,
) -> (Vec<Spec>, Vec<Diagnostic>) {
    let mut problems = Problems::new(Arc::clone(source));
    lint::secrets(&mut problems);
    let documents = Node::read_all(&mut problems);
    if documents.is_empty() && !problems.has_errors() {
        problems
            .warning(Span::default(), "no spec is in this file", "")
            .help("`name` and `steps` make one; `new` writes one to begin with");
    }
    let mut names = BTreeSet::new();
    let mut specs = Vec::new();
    for document in documents {
        let context = Context {
            file,
            directory,
            source,
        };
        let Some(spec) = spec(&document, &context, &mut problems) else {
            continue;
        };
        if !names.insert(spec.name.clone()) {
            let at = document.get("name").map_or(document.span, |name| name.span);
            let message = format!("this file has two specs named `{}`", spec.name);
            problems.error(at, message, "a spec is known by file and name");
        }
        specs.push(spec);
    }
    if problems.has_errors() {
        specs.clear();
    }
    (specs, problems.finish())
}

/// What all specs of a file share.
struct Context<'a> {
    file: &'a str,
    directory: Option<&'a Path>,
    source: &'a Arc<Source>,
}

fn spec(document: &Node, context: &Context<'_>, problems: &mut Problems) -> Option<Spec> {
    let elsewhere = elsewhere::key_of_a_spec;
    let fields = Fields::read_with(document, "a spec", SPEC_KEYS, elsewhere, problems)?;
    if fields.get("name").is_none() {
        problems.error(fields.span, "a spec needs a `name`", "");
    }
    let name = fields.title("name", problems).unwrap_or_default();
    let mut names = Names::default();
    let vars = vars(&fields, &mut names, problems);
    let mut matrix = matrix(&fields, &mut names, problems);
    let settings = settings(fields.get("use"), problems);
    matrix::check(fields.get("matrix"), &mut matrix, problems);
    contradictions(&matrix, fields.get("use"), problems);
    let only = match fields.text("only", problems) {
        None => None,
        Some("emulator") => Some(Only::Emulator),
        Some("live") => Some(Only::Live),
        Some(other) => {
            let at = fields.get("only").map_or(fields.span, |node| node.span);
            problems.error(
                at,
                format!("`only` is `emulator` or `live`, not `{other}`"),
                "",
            );
            None
        }
    };
    let parse = |steps: &[Node], names: &mut Names, problems: &mut Problems| -> Vec<Step> {
        let place = Place {
            directory: context.directory,
            within: &[],
        };
        let parse = |node| step::steps(node, names, place, problems);
        steps.iter().flat_map(parse).collect()
    };
    let steps = parse(fields.list("steps", problems), &mut names, problems);
    match fields.get("steps").map(|node| &node.data) {
        None => {
            problems.error(fields.span, "a spec needs `steps`", "");
        }
        Some(Data::List(items)) if items.is_empty() => {
            let at = fields.key("steps").map_or(fields.span, |key| key.span);
            problems.error(at, "a spec needs at least one step", "");
        }
        Some(_) => {}
    }
    let finally = parse(fields.list("finally", problems), &mut names, problems);
    let spec = Spec {
        source: Arc::clone(context.source),
        file: context.file.to_owned(),
        name: name.to_owned(),
        about: fields.text("about", problems).map(str::to_owned),
        tags: tags(&fields, problems),
        vars,
        matrix,
        settings,
        budget: Budget::read(fields.get("budget"), problems),
        only,
        steps,
        finally,
    };
    nowhere(&spec, &fields, problems);
    body::check(&spec, problems);
    // While something is wrong, what else might be is no help.
    if !problems.has_errors() {
        lint::spec(&spec, &names, problems);
    }
    Some(spec)
}

/// Refuses a spec that every target would skip.
fn nowhere(spec: &Spec, fields: &Fields<'_>, problems: &mut Problems) {
    let mut steps = spec.steps.iter().chain(&spec.finally);
    let needs = steps.find_map(|step| step.needs_emulator);
    if let (Some(Only::Live), Some(reason), Some(only)) = (spec.only, needs, fields.get("only")) {
        problems.error(
            only.span,
            "a test for live resources that none can run",
            reason,
        );
    }
}

/// Reads `use`, a spec's or a step's.
pub(crate) fn settings(node: Option<&Node>, problems: &mut Problems) -> Settings {
    let mut settings = Settings::default();
    let Some(node) = node else {
        return settings;
    };
    if Fields::read(node, "`use`", Settings::NAMES, problems).is_none() {
        return settings;
    }
    for (key, value) in node.as_map().unwrap_or_default() {
        set(&mut settings, key, value, problems);
    }
    settings
}

fn set(settings: &mut Settings, key: &Key, value: &Node, problems: &mut Problems) {
    let text = match &value.data {
        Data::Text(text) if text.contains("${") => {
            problems
                .error(value.span, format!("`{}` is not a variable", key.name), "")
                .help(format!("an axis named `{}` in `matrix` sets it", key.name));
            return;
        }
        Data::Text(text) => text.clone(),
        Data::Number(number) => number.to_string(),
        _ => return wrong(value, &key.name, "text or a number", problems),
    };
    if let Err(Some(wanted)) = settings.set(&key.name, &text) {
        let message = format!("`{}` cannot be `{text}`", key.name);
        problems.error(value.span, message, wanted);
    }
}

fn vars(fields: &Fields<'_>, names: &mut Names, problems: &mut Problems) -> Vec<Var> {
    let mut vars = Vec::new();
    for (key, value) in fields.map("vars", problems) {
        names.check_inputs(value, problems);
        names.declare(key, problems);
        vars.push(Var {
            key: key.clone(),
            default: (!matches!(value.data, Data::Null)).then(|| value.clone()),
        });
    }
    vars
}

fn matrix(fields: &Fields<'_>, names: &mut Names, problems: &mut Problems) -> Vec<Axis> {
    let mut matrix = Vec::new();
    for (key, value) in fields.map("matrix", problems) {
        let Data::List(items) = &value.data else {
            wrong(value, &key.name, "a list of values", problems);
            continue;
        };
        if items.is_empty() {
            problems.error(
                value.span,
                format!("the axis `{}` has no values", key.name),
                "",
            );
        }
        let is_setting = Settings::AXES.contains(&key.name.as_str());
        for item in items {
            if is_setting {
                set(&mut Settings::default(), key, item, problems);
            } else {
                as_it_stands(key, item, problems);
            }
        }
        let axis = Axis {
            key: key.clone(),
            values: items.iter().map(Node::to_json).collect(),
        };
        names.declare_axis(&axis, problems);
        matrix.push(axis);
    }
    matrix
}

/// The values of an axis name its cells, so that they are the same in every run.
fn as_it_stands(axis: &Key, item: &Node, problems: &mut Problems) {
    item.each_text(&mut |text, span| {
        let is_reference = |piece: &Piece<'_>| matches!(piece, Piece::Reference(_));
        if vars::pieces(text).map_or(true, |pieces| pieces.iter().any(is_reference)) {
            let name = &axis.name;
            problems
                .error(span, "nothing is filled in within `matrix`", "")
                .help(format!(
                    "it stands beside the value where that is used: \"${{{name}}} ${{run.id}}\""
                ));
        }
    });
}

fn contradictions(matrix: &[Axis], settings: Option<&Node>, problems: &mut Problems) {
    for (key, _) in settings.and_then(Node::as_map).unwrap_or_default() {
        if matrix.iter().any(|axis| axis.key.name == key.name) {
            let message = format!("`{}` is both an axis of `matrix` and in `use`", key.name);
            problems
                .error(key.span, message, "one of the two decides nothing")
                .help("a step's own `use` may still differ from the matrix");
        }
    }
}

fn tags(fields: &Fields<'_>, problems: &mut Problems) -> Vec<String> {
    let mut tags = Vec::new();
    for node in fields.list("tags", problems) {
        match node.as_text() {
            Some(tag) => tags.push(tag.to_owned()),
            None => wrong(node, "tags", "a list of words", problems),
        }
    }
    tags
}

/// The operation of this id, or a problem with a suggestion.
fn operation(node: &Node, problems: &mut Problems) -> Option<&'static aoai_types::Endpoint> {
    let id = node.as_text().unwrap_or_default();
    let known = aoai_types::ENDPOINTS;
    let found = known.iter().find(|endpoint| endpoint.id == id).copied();
    if found.is_none() {
        let help = did_you_mean(id, known.iter().map(|endpoint| endpoint.id))
            .or_else(|| Some("`http: POST /openai/…` sends any request".to_owned()));
        problems
            .error(node.span, format!("no operation `{id}`"), "")
            .maybe_help(help);
    }
    found
}

/// The words that the parser knows, by the places where they stand.
#[cfg(test)]
pub(crate) fn vocabulary() -> Vec<(crate::reference::Topic, Vec<&'static str>)> {
    use crate::pattern::parse::{MATCHERS, TYPES};
    use crate::reference::Topic;
    let fields = crate::result::shape::RESULT.field("").err();
    vec![
        (Topic::Spec, SPEC_KEYS.to_vec()),
        (Topic::Step, step::STEP_KEYS.to_vec()),
        (Topic::Use, Settings::NAMES.to_vec()),
        (Topic::Poll, poll::POLL_KEYS.to_vec()),
        (Topic::Budget, crate::budget::BUDGET_KEYS.to_vec()),
        (Topic::Instruction, emulator::INSTRUCTIONS.to_vec()),
        (Topic::Control, emulator::CONTROLS.to_vec()),
        (Topic::Result, fields.unwrap_or_default()),
        (Topic::Value, TYPES.iter().map(|(name, _)| *name).collect()),
        (Topic::Matcher, MATCHERS.to_vec()),
    ]
}

/// Whether all calls of a spec go out as they are written.
fn is_raw(spec: &Spec, step: &Step) -> bool {
    step.settings.via.or(spec.settings.via) == Some(Via::Raw)
}

pub(crate) const SPEC_KEYS: &[&str] = &[
    "name", "about", "tags", "vars", "matrix", "use", "budget", "only", "steps", "finally",
];
