//! `run`: the steps of another file, in the place of one step.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::fields::{Fields, wrong};
use super::names::Names;
use super::{lint, settings, step, vars};
use crate::diagnostic::{Diagnostic, Problems, did_you_mean};
use crate::model::{Fragment, Save, Step, Var, Verb};
use crate::source::{Source, Span};
use crate::suite;
use crate::value::{Key, Node};

/// Where the steps of a file are read from.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The directory that other files are looked for in.
    pub(super) directory: Option<&'a Path>,
    /// The fragments that are being read, the innermost last.
    pub(super) within: &'a [PathBuf],
}

/// The steps that a step with `run` stands for, between one that enters the file and one that
/// leaves it.
pub(super) fn steps(
    run: &Node,
    fields: &Fields<'_>,
    names: &mut Names,
    place: Place<'_>,
    problems: &mut Problems,
) -> Vec<Step> {
    for name in NOT_TAKEN {
        if let Some(key) = fields.key(name) {
            problems
                .error(
                    key.span,
                    format!("a step that runs a file has no `{name}`"),
                    "",
                )
                .help("it has `vars` for the file, `use` for its steps, and `save`");
        }
    }
    let given = fields.map("vars", problems).to_vec();
    for (_, node) in &given {
        names.check(node, problems);
    }
    let Some((path, source)) = open(run, place, problems) else {
        return Vec::new();
    };
    let mut within = place.within.to_vec();
    within.push(path);
    let mut inner = Problems::new(Arc::clone(&source));
    let file = read(&within, &mut inner);
    problems.absorb(inner.finish());
    let Some(file) = file else {
        return Vec::new();
    };
    match_up(&file, &given, (run, fields.span), problems);
    let save = saves(fields, &file, names, problems);
    let title = match fields.text("name", problems) {
        Some(name) => name.to_owned(),
        None => run.as_text().unwrap_or_default().to_owned(),
    };
    let settings = settings(fields.get("use"), problems);
    let fragment = Fragment {
        vars: file.vars,
        given,
        save,
    };
    let marker = |verb| Step::marker(fields.span, title.clone(), verb);
    let mut steps = vec![marker(Verb::Enter(Box::new(fragment)))];
    steps.extend(file.steps.into_iter().map(|step| Step {
        name: format!("{title} / {}", step.name),
        settings: step.settings.over(settings.clone()),
        source: step.source.or_else(|| Some(Arc::clone(&source))),
        ..step
    }));
    steps.push(marker(Verb::Leave));
    steps
}

/// What is wrong in a file that is looked at by itself.
pub(crate) fn check(path: &Path, source: &Arc<Source>) -> Vec<Diagnostic> {
    let mut problems = Problems::new(Arc::clone(source));
    read(&[path.to_owned()], &mut problems);
    problems.finish()
}

/// What there is to be said of a file that no spec runs.
pub(crate) fn idle(path: &Path, source: &Arc<Source>) -> Vec<Diagnostic> {
    let mut problems = Problems::new(Arc::clone(source));
    problems
        .warning(Span::default(), "no spec runs this file", "")
        .help("run it with `run` in a spec, or remove it");
    read(&[path.to_owned()], &mut problems);
    problems.finish()
}

/// A file with steps that other files run.
struct File {
    vars: Vec<Var>,
    steps: Vec<Step>,
    names: Names,
}

fn open(run: &Node, place: Place<'_>, problems: &mut Problems) -> Option<(PathBuf, Arc<Source>)> {
    let Some(name) = run.as_text() else {
        wrong(run, "run", "a file", problems);
        return None;
    };
    let path = straight(&place.directory.unwrap_or(Path::new("")).join(name));
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    if !own.starts_with('_') {
        problems
            .error(run.span, format!("`{name}` is no file for `run`"), "")
            .help("its name begins with `_`, so that nobody takes it for a spec");
        return None;
    }
    let is_same = |other: &PathBuf| *other == path || is_one_file(other, &path);
    if place.within.iter().any(is_same) {
        problems.error(run.span, format!("`{name}` runs itself"), "");
        return None;
    }
    match suite::read(&path) {
        Ok(text) => Some((path.clone(), Source::new(path.display().to_string(), text))),
        Err(error) => {
            problems.error(
                run.span,
                format!("`{name}` cannot be read"),
                error.to_string(),
            );
            None
        }
    }
}

/// The path without `a/..`, where it leads to the same.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        let is_undone = part == Component::ParentDir
            && matches!(
                straight.components().next_back(),
                Some(Component::Normal(_))
            );
        if is_undone {
            straight.pop();
        } else if part != Component::CurDir {
            straight.push(part);
        }
    }
    if is_one_file(&straight, path) {
        straight
    } else {
        path.to_owned()
    }
}

fn is_one_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(path).ok();
    whole(one).is_some_and(|one| whole(other) == Some(one))
}

/// Reads the innermost of some files.
fn read(within: &[PathBuf], problems: &mut Problems) -> Option<File> {
    lint::secrets(problems);
    let documents = Node::read_all(problems);
    let [document] = &*documents else {
        if !problems.has_errors() {
            let text = "a file for `run` is one document";
            problems.error(Span::default(), text, "");
        }
        return None;
    };
    let fields = Fields::read(document, "a file for `run`", FILE_KEYS, problems)?;
    fields.text("about", problems);
    let mut names = Names::default();
    let vars = vars(&fields, &mut names, problems);
    // Only a spec has inputs from the environment, where they can be listed.
    for default in vars.iter().filter_map(|var| var.default.as_ref()) {
        names.check(default, problems);
    }
    let place = Place {
        directory: within.last().and_then(|path| path.parent()),
        within,
    };
    let mut steps = Vec::new();
    for node in fields.list("steps", problems) {
        steps.extend(step::steps(node, &mut names, place, problems));
    }
    if steps.is_empty() && !problems.has_errors() {
        problems.error(fields.span, "a file for `run` needs `steps`", "");
    }
    for (name, span) in names.unused() {
        // What it saves is for whoever runs it.
        if vars.iter().any(|var| var.key.name == name) {
            problems.warning(span, format!("`{name}` is never used"), "");
        }
    }
    for step in steps.iter().filter(|step| step.source.is_none()) {
        lint::expectations(step, problems);
    }
    Some(File { vars, steps, names })
}

/// What is given must be what is asked for.
fn match_up(file: &File, given: &[(Key, Node)], (run, at): (&Node, Span), problems: &mut Problems) {
    let name = run.as_text().unwrap_or_default();
    let known = || file.vars.iter().map(|var| var.key.name.as_str());
    for (key, _) in given {
        if !known().any(|known| known == key.name) {
            problems
                .error(
                    key.span,
                    format!("`{name}` has no variable `{}`", key.name),
                    "",
                )
                .maybe_help(did_you_mean(&key.name, known()));
        }
    }
    for var in &file.vars {
        let needed = &var.key.name;
        if var.default.is_none() && !given.iter().any(|(key, _)| key.name == *needed) {
            problems
                .error(at, format!("`{name}` needs the variable `{needed}`"), "")
                .help(format!("vars: {{{needed}: …}}"));
        }
    }
}

fn saves(
    fields: &Fields<'_>,
    file: &File,
    names: &mut Names,
    problems: &mut Problems,
) -> Vec<Save> {
    let mut saves = Vec::new();
    for (key, value) in fields.map("save", problems) {
        names.declare(key, problems);
        let Some(path) = value.as_text() else {
            wrong(value, &key.name, "a name that the file saves", problems);
            continue;
        };
        let root = path.split('.').next().unwrap_or(path);
        if !file.names.knows(root) {
            problems
                .error(value.span, format!("the file saves no `{root}`"), "")
                .maybe_help(did_you_mean(root, file.names.all()));
        }
        saves.push(Save {
            key: key.clone(),
            path: path.to_owned(),
            span: value.span,
        });
    }
    saves
}

pub(crate) const FILE_KEYS: &[&str] = &["about", "vars", "steps"];

const NOT_TAKEN: &[&str] = &[
    "call",
    "http",
    "emulator",
    "deployment",
    "params",
    "headers",
    "body",
    "form",
    "poll",
    "expect",
    "snapshot",
];
