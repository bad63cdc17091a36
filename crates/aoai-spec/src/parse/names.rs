//! Which names a step may use, and which it does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::{Problems, did_you_mean};
use crate::model::{Axis, Settings};
use crate::source::Span;
use crate::value::{Key, Node};
use crate::vars::{self, BUILT_IN, Reference, at_path};

/// The names that are known at a point of a spec.
#[derive(Debug, Default)]
pub(crate) struct Names {
    declared: BTreeMap<String, Span>,
    rows: BTreeMap<String, Vec<Value>>,
    used: BTreeSet<String>,
}

impl Names {
    /// A new name: a variable, an axis, a saved value.
    pub(crate) fn declare(&mut self, key: &Key, problems: &mut Problems) {
        if BUILT_IN.contains(&key.name.as_str()) {
            let message = format!("`{}` is a name of the language's own", key.name);
            problems.error(key.span, message, "");
        } else if key.name.contains(['.', ' ', '}', ':']) || key.name.is_empty() {
            let message = format!("`{}` cannot be referred to as ${{…}}", key.name);
            problems.error(key.span, message, "letters, digits, `_` and `-`");
        } else if self.declared.insert(key.name.clone(), key.span).is_some() {
            problems
                .error(
                    key.span,
                    format!("`{}` exists already", key.name),
                    "nothing is ever overwritten",
                )
                .help("choose another name");
        }
    }

    pub(crate) fn declare_axis(&mut self, axis: &Axis, problems: &mut Problems) {
        self.declare(&axis.key, problems);
        self.rows.insert(axis.key.name.clone(), axis.values.clone());
        // These are used by being there.
        if Settings::AXES.contains(&axis.key.name.as_str()) {
            self.used.insert(axis.key.name.clone());
        }
    }

    /// Checks the references of a step's texts.
    pub(crate) fn check(&mut self, node: &Node, problems: &mut Problems) {
        self.check_all(node, false, problems);
    }

    /// Checks the references of a variable's default, which may ask the environment.
    pub(crate) fn check_inputs(&mut self, node: &Node, problems: &mut Problems) {
        self.check_all(node, true, problems);
    }

    /// Whether this is the name of a variable or a saved value.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.declared.contains_key(name)
    }

    /// The names of all variables and saved values.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().map(String::as_str)
    }

    /// Variables and saved values that nothing refers to.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (&str, Span)> {
        let unused = self
            .declared
            .iter()
            .filter(|(name, _)| !self.used.contains(*name));
        unused.map(|(name, span)| (name.as_str(), *span))
    }

    fn check_all(&mut self, node: &Node, inputs: bool, problems: &mut Problems) {
        node.each_text(&mut |text, span| {
            let pieces = match vars::pieces(text) {
                Ok(pieces) => pieces,
                Err(at) => {
                    let place = locate(problems.source.text(), span, &text[at..]);
                    problems
                        .error(place, "a `${` without a name and `}`", "")
                        .help("`$${` is a literal `${`");
                    return;
                }
            };
            for piece in pieces {
                if let vars::Piece::Reference(reference) = piece {
                    let place = locate(
                        problems.source.text(),
                        span,
                        &format!("${{{}", reference.path),
                    );
                    let place = Span::new((place.start + 2).min(place.end), place.end);
                    self.check_one(&reference, place, inputs, problems);
                }
            }
        });
    }

    fn check_one(
        &mut self,
        reference: &Reference<'_>,
        place: Span,
        inputs: bool,
        problems: &mut Problems,
    ) {
        let root = reference.root();
        self.used.insert(root.to_owned());
        let path = reference.path;
        match root {
            "env" if inputs => {}
            "env" => {
                problems
                    .error(
                        place,
                        "`${env.…}` stands in `vars` and in profiles only",
                        "",
                    )
                    .help(format!("declare it: vars: {{x: \"${{{path}}}\"}}"));
            }
            "run" if path == "run.id" => {}
            "deployment" if path.contains('.') => {}
            "run" | "deployment" => {
                problems.error(
                    place,
                    format!("no value `{path}`"),
                    "known are: run.id, deployment.ALIAS",
                );
            }
            _ if !self.declared.contains_key(root) => {
                let known = self.declared.keys().map(String::as_str);
                let help = did_you_mean(root, known.chain(BUILT_IN.iter().copied()));
                problems
                    .error(
                        place,
                        format!("no variable `{root}` at this point"),
                        "undefined",
                    )
                    .maybe_help(help);
            }
            _ => self.check_row(root, path, place, problems),
        }
        if reference.default.is_some() && root != "env" {
            problems.error(place, "only `${env.…}` takes a default", "");
        }
    }

    /// A part of an axis must be there in each of its rows.
    fn check_row(&self, root: &str, path: &str, place: Span, problems: &mut Problems) {
        let (Some(rows), Some((_, part))) = (self.rows.get(root), path.split_once('.')) else {
            return;
        };
        if let Some(row) = rows.iter().find(|row| at_path(row, part).is_none()) {
            let known = row.as_object().into_iter().flatten();
            let help = did_you_mean(part, known.map(|(name, _)| name.as_str()));
            problems
                .error(
                    place,
                    format!("not every `{root}` has a `{part}`"),
                    "undefined",
                )
                .maybe_help(help);
        }
    }
}

/// Where `part` of a text stands in the file; the whole text where escapes hide it.
fn locate(source: &str, span: Span, part: &str) -> Span {
    let slice = source.get(span.start..span.end).unwrap_or_default();
    match slice.find(part) {
        Some(at) => Span::new(span.start + at, span.start + at + part.len()),
        None => span,
    }
}
