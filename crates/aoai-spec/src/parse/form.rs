//! Forms: fields, and files that are written down in a spec or lie beside it.

use std::fmt;
use std::path::{Path, PathBuf};

use aoai_types::operation::{FilePart, Part};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::{Value, json};

use super::fields::{self, Fields, wrong};
use crate::diagnostic::Problems;
use crate::source::Span;
use crate::value::{Data, Node};
use crate::vars::{Scope, as_text};

/// What the files of a form need to be found.
#[derive(Debug)]
pub(crate) struct Form {
    /// The directory of the spec's file.
    directory: PathBuf,
}

/// Why a value cannot be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// The path of a reference that has no value.
    Undefined(String),
    /// A file that cannot be read.
    File(String),
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined(path) => write!(f, "`{path}` has no value"),
            Self::File(why) => f.write_str(why),
        }
    }
}

impl Form {
    /// The form of a step, its files checked.
    pub(crate) fn read(node: &Node, directory: Option<&Path>, problems: &mut Problems) -> Self {
        let form = Self {
            directory: directory.unwrap_or(Path::new("")).to_owned(),
        };
        if node.as_map().is_none() {
            wrong(node, "form", "a mapping", problems);
        }
        for (_, value) in node.as_map().unwrap_or_default() {
            form.check(value, problems);
        }
        form
    }

    /// A member as the operation's JSON has it; a file becomes that of [`FilePart`].
    pub(crate) fn json(&self, node: &Node, scope: &Scope) -> Result<String, Unwritten> {
        if is_file(node) {
            return Ok(json!(self.file(node, scope)?).to_string());
        }
        match &node.data {
            Data::List(items) => {
                let items = items.iter().map(|item| self.json(item, scope));
                let items: Vec<_> = items.collect::<Result<_, _>>()?;
                Ok(format!("[{}]", items.join(",")))
            }
            _ => scope.json(node).map_err(Unwritten::Undefined),
        }
    }

    /// The parts that a member goes out as, past the wire types.
    pub(crate) fn parts(
        &self,
        name: &str,
        node: &Node,
        scope: &Scope,
        parts: &mut Vec<Part>,
    ) -> Result<(), Unwritten> {
        match &node.data {
            _ if is_file(node) => {
                let file = self.file(node, scope)?;
                let file: FilePart = serde_json::from_value(file)
                    .map_err(|error| Unwritten::File(error.to_string()))?;
                parts.push(Part::file(name, &file));
            }
            Data::List(items) => {
                for item in items {
                    self.parts(&format!("{name}[]"), item, scope, parts)?;
                }
            }
            Data::Map(members) => {
                for (key, value) in members {
                    self.parts(&format!("{name}.{}", key.name), value, scope, parts)?;
                }
            }
            _ => {
                let value = scope.node(node).map_err(Unwritten::Undefined)?;
                parts.push(Part::text(name, as_text(&value)));
            }
        }
        Ok(())
    }

    fn check(&self, node: &Node, problems: &mut Problems) {
        if let Data::List(items) = &node.data {
            for item in items {
                self.check(item, problems);
            }
        }
        if is_file(node) {
            self.check_file(node, "", problems);
        }
    }

    /// Checks what stands where an operation takes a file; `member` names the place.
    pub(super) fn check_file(&self, node: &Node, member: &str, problems: &mut Problems) {
        if node.as_map().is_none() {
            let message = format!("`{member}` is a file, not {}", fields::shown(node));
            problems
                .error(node.span, message, "")
                .help(format!("for example `{member}: {{path: input.jsonl}}`"));
            return;
        }
        let found = problems.count();
        let Some(fields) = Fields::read(node, "a file", FILE_KEYS, problems) else {
            return;
        };
        let is_known = problems.count() == found;
        for name in ["name", "content_type", "text", "base64", "path"] {
            fields.text(name, problems);
        }
        fields.list("jsonl", problems);
        let contents = CONTENTS.iter().filter_map(|name| fields.key(name));
        let mut contents: Vec<Span> = contents.map(|key| key.span).collect();
        contents.sort_by_key(|span| span.start);
        match *contents {
            // What is misspelt may be the content.
            [] if !is_known => return,
            [] => {
                problems
                    .error(fields.span, "a file needs a content", "")
                    .help("one of `jsonl`, `text`, `base64`, `path`");
            }
            [_, second, ..] => {
                problems.error(second, "a file has one content", "the second one");
            }
            _ => {}
        }
        if fields.get("name").is_none() && fields.get("path").is_none() {
            problems
                .error(fields.span, "a file needs a `name`", "")
                .help("the service judges some files by their extension: `name: input.jsonl`");
        }
        let literal = |name: &str| fields.get(name).filter(|node| !refers(node));
        if let Some(node) = literal("path")
            && let Some(path) = node.as_text()
            && let Err(why) = self.open(path)
        {
            problems
                .error(node.span, why, "")
                .help("a path begins at the directory of the spec's file");
        }
        if let Some(node) = literal("base64")
            && let Some(text) = node.as_text()
            && let Err(error) = BASE64.decode(text)
        {
            problems.error(node.span, "`base64` is not base64", error.to_string());
        }
    }

    /// A file in the JSON form of [`FilePart`].
    fn file(&self, node: &Node, scope: &Scope) -> Result<Value, Unwritten> {
        let text = |name: &str| -> Result<Option<String>, Unwritten> {
            let value = node.get(name).map(|node| scope.node(node)).transpose();
            Ok(value.map_err(Unwritten::Undefined)?.as_ref().map(as_text))
        };
        let path = text("path")?;
        let own_name = path.as_deref().and_then(|path| Path::new(path).file_name());
        let own_name = own_name.map(|name| name.to_string_lossy().into_owned());
        let mut file = json!({"name": text("name")?.or(own_name).unwrap_or_default()});
        if let Some(content_type) = text("content_type")? {
            file["content_type"] = content_type.into();
        }
        if let Some(base64) = text("base64")? {
            file["base64"] = base64.into();
        } else if let Some(path) = path {
            let bytes = self.open(&path).map_err(Unwritten::File)?;
            set_content(&mut file, &bytes);
        } else if let Some(lines) = node.get("jsonl") {
            file["text"] = jsonl(lines, scope).map_err(Unwritten::Undefined)?.into();
        } else {
            file["text"] = text("text")?.unwrap_or_default().into();
        }
        Ok(file)
    }

    fn open(&self, path: &str) -> Result<Bytes, String> {
        let path = self.directory.join(path);
        let read = std::fs::read(&path);
        read.map(Bytes::from)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    }
}

/// The operation's members as JSON: those of the body, or those of the form.
pub(crate) fn written_members<'a>(
    content: Option<&'a Node>,
    form: Option<&Form>,
    scope: &Scope,
) -> Result<Vec<(&'a str, String)>, Unwritten> {
    let members = content.and_then(Node::as_map).unwrap_or_default();
    let written = members.iter().map(|(key, value)| {
        let value = match form {
            Some(form) => form.json(value, scope)?,
            None => scope.json(value).map_err(Unwritten::Undefined)?,
        };
        Ok((key.name.as_str(), value))
    });
    written.collect()
}

/// Whether a mapping is a file and not an object: one of its keys says so.
pub(crate) fn is_file(node: &Node) -> bool {
    let members = node.as_map().unwrap_or_default();
    let has = |name: &&str| members.iter().any(|(key, _)| key.name == **name);
    CONTENTS.iter().chain(&["name"]).any(has)
}

/// The parts of a form that was sent, as an object: a name that occurs again becomes a list.
pub(crate) fn shown(parts: &[Part]) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for part in parts {
        if !names.contains(&part.name.as_str()) {
            names.push(&part.name);
        }
    }
    let members = names.into_iter().map(|name| {
        let mut values: Vec<Value> = parts
            .iter()
            .filter(|part| part.name == name)
            .map(shown_part)
            .collect();
        let value = match values.len() {
            1 => values.remove(0),
            _ => Value::Array(values),
        };
        (name.to_owned(), value)
    });
    members.collect()
}

fn shown_part(part: &Part) -> Value {
    use aoai_types::operation::PartBody;

    let mut shown = json!({});
    if let Some(content_type) = &part.content_type {
        shown["content_type"] = content_type.as_str().into();
    }
    if let Some(name) = &part.file_name {
        shown["name"] = name.as_str().into();
    }
    match &part.body {
        PartBody::Bytes(bytes) => set_content(&mut shown, bytes),
        PartBody::Open(file) => shown["length"] = file.len().into(),
        _ => {}
    }
    if part.file_name.is_none() {
        return shown["text"].take();
    }
    shown
}

fn set_content(file: &mut Value, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => file["text"] = text.into(),
        Err(_) => file["base64"] = BASE64.encode(bytes).into(),
    }
}

/// One line for each entry, members in the order they are written in.
fn jsonl(lines: &Node, scope: &Scope) -> Result<String, String> {
    let Data::List(lines) = &lines.data else {
        return Ok(String::new());
    };
    let mut text = String::new();
    for line in lines {
        text.push_str(&scope.json(line)?);
        text.push('\n');
    }
    Ok(text)
}

fn refers(node: &Node) -> bool {
    let text = node.as_text().unwrap_or_default();
    crate::vars::references(text).next().is_some()
}

const FILE_KEYS: &[&str] = &["name", "content_type", "jsonl", "text", "base64", "path"];

const CONTENTS: &[&str] = &["jsonl", "text", "base64", "path"];
