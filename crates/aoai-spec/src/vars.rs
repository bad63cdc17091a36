//! `${name}` in texts, and the values that stand behind the names.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::value::{Data, Node};

/// A part of a text: literal, or a reference to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Reference(Reference<'a>),
}

/// `${path}` or `${path:-default}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    pub(crate) path: &'a str,
    pub(crate) default: Option<&'a str>,
    /// Where `path` stands in the text.
    pub(crate) at: Range<usize>,
}

impl<'a> Reference<'a> {
    /// The name before the first dot.
    pub(crate) fn root(&self) -> &'a str {
        self.path.split('.').next().unwrap_or(self.path)
    }
}

/// Splits a text at its references; `$${` is a literal `${`.
///
/// # Errors
///
/// The byte at which a `${` begins that is never closed or has no name.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, usize> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut search = 0;
    while let Some(at) = text[search..].find("${").map(|at| at + search) {
        if text[..at].ends_with('$') {
            push_text(&mut found, &text[from..at - 1]);
            push_text(&mut found, "${");
            (from, search) = (at + 2, at + 2);
            continue;
        }
        let end = text[at..].find('}').ok_or(at)? + at;
        let inner = &text[at + 2..end];
        let (path, default) = match inner.split_once(":-") {
            Some((path, default)) => (path, Some(default)),
            None => (inner, None),
        };
        if path.is_empty() || path.contains(char::is_whitespace) {
            return Err(at);
        }
        push_text(&mut found, &text[from..at]);
        found.push(Piece::Reference(Reference {
            path,
            default,
            at: at + 2..at + 2 + path.len(),
        }));
        (from, search) = (end + 1, end + 1);
    }
    push_text(&mut found, &text[from..]);
    Ok(found)
}

/// All references of a text; none where it cannot be split.
pub(crate) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    let pieces = pieces(text).unwrap_or_default();
    pieces.into_iter().filter_map(|piece| match piece {
        Piece::Reference(reference) => Some(reference),
        Piece::Text(_) => None,
    })
}

/// The values that texts can refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    values: BTreeMap<String, Value>,
}

impl Scope {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// Takes over the values of another scope.
    pub(crate) fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
    }

    /// Only the values of the language's own.
    pub(crate) fn built_in(&self) -> Self {
        let own = self
            .values
            .iter()
            .filter(|(name, _)| BUILT_IN.contains(&name.as_str()));
        Self {
            values: own
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        let (root, rest) = match path.split_once('.') {
            Some((root, rest)) => (root, Some(rest)),
            None => (path, None),
        };
        let value = self.values.get(root)?;
        rest.map_or(Some(value), |rest| at_path(value, rest))
    }

    /// The text with its values; a text that is nothing but a reference takes the value's type.
    ///
    /// # Errors
    ///
    /// The path of a reference that has no value.
    pub(crate) fn text(&self, text: &str) -> Result<Value, String> {
        if !text.contains("${") {
            return Ok(Value::String(text.to_owned()));
        }
        let pieces = pieces(text).map_err(|at| text[at..].to_owned())?;
        if let [Piece::Reference(reference)] = &*pieces {
            return self.resolve(reference);
        }
        let mut filled = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Reference(reference) => filled.push_str(&as_text(&self.resolve(reference)?)),
            }
        }
        Ok(Value::String(filled))
    }

    /// A node with its values.
    ///
    /// # Errors
    ///
    /// The path of a reference that has no value.
    pub(crate) fn node(&self, node: &Node) -> Result<Value, String> {
        match &node.data {
            Data::Text(text) => self.text(text),
            Data::List(items) => items.iter().map(|item| self.node(item)).collect(),
            Data::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| Ok((key.name.clone(), self.node(value)?)));
                members.collect::<Result<_, String>>().map(Value::Object)
            }
            _ => Ok(node.to_json()),
        }
    }

    /// A node with its values as JSON text, members in the order they are written in.
    ///
    /// # Errors
    ///
    /// The path of a reference that has no value.
    pub(crate) fn json(&self, node: &Node) -> Result<String, String> {
        match &node.data {
            Data::List(items) => {
                let items = items.iter().map(|item| self.json(item));
                let items: Vec<_> = items.collect::<Result<_, _>>()?;
                Ok(format!("[{}]", items.join(",")))
            }
            Data::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| Ok((key.name.as_str(), self.json(value)?)));
                let members: Vec<_> = members.collect::<Result<_, String>>()?;
                Ok(object(members))
            }
            _ => Ok(self.node(node)?.to_string()),
        }
    }

    fn resolve(&self, reference: &Reference<'_>) -> Result<Value, String> {
        match (self.get(reference.path), reference.default) {
            (Some(Value::String(empty)), Some(default)) if empty.is_empty() => {
                Ok(Value::String(default.to_owned()))
            }
            (Some(value), _) => Ok(value.clone()),
            (None, Some(default)) => Ok(Value::String(default.to_owned())),
            (None, None) => Err(reference.path.to_owned()),
        }
    }
}

/// Names that no spec may give to anything.
pub(crate) const BUILT_IN: &[&str] = &["env", "run", "deployment"];

/// The value at a dotted path: `data.0.id`.
pub(crate) fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// A value inside other text.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A JSON object of members that are JSON already.
pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members = members
        .into_iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// Reads a text from outside as the type of the default it replaces.
///
/// # Errors
///
/// The type that the text cannot be read as.
pub(crate) fn read_as(text: &str, like: Option<&Value>) -> Result<Value, &'static str> {
    match like {
        None | Some(Value::Null | Value::String(_)) => Ok(Value::String(text.to_owned())),
        Some(like) => serde_json::from_str(text)
            .ok()
            .filter(|value: &Value| std::mem::discriminant(value) == std::mem::discriminant(like))
            .ok_or(match like {
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                Value::Array(_) => "a list in JSON",
                _ => "an object in JSON",
            }),
    }
}

fn push_text<'a>(found: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.set("x", json!(5));
        scope.set("s", json!("text"));
        scope.set("case", json!({"told": {"a": 1}, "list": ["p", "q"]}));
        scope.set("env", json!({"EMPTY": ""}));
        scope
    }

    #[test]
    fn values_are_filled_in() {
        for (text, value) in [
            ("${x}", json!(5)),
            ("is ${x}!", json!("is 5!")),
            ("${s}${x}", json!("text5")),
            ("${case.told}", json!({"a": 1})),
            ("${case.list.1}", json!("q")),
            ("<${case.told}>", json!("<{\"a\":1}>")),
            ("costs $5", json!("costs $5")),
            ("$${x}", json!("${x}")),
            ("a $${x} ${x}", json!("a ${x} 5")),
            ("$any", json!("$any")),
            ("${env.NOT:-there}", json!("there")),
            ("${env.EMPTY:-full}", json!("full")),
            ("${env.NOT:-}", json!("")),
            ("", json!("")),
        ] {
            assert_eq!(scope().text(text).unwrap(), value, "{text}");
        }
        assert_eq!(
            scope().text("a ${case.nothing}").unwrap_err(),
            "case.nothing"
        );
    }

    #[test]
    fn an_open_reference_is_found_where_it_begins() {
        assert_eq!(pieces("ab ${x"), Err(3));
        assert_eq!(pieces("${}"), Err(0));
        assert_eq!(pieces("${a b}"), Err(0));
    }

    #[test]
    fn text_from_outside_takes_the_type_of_the_default() {
        assert_eq!(read_as("5", Some(&json!(1))), Ok(json!(5)));
        assert_eq!(read_as("5", Some(&json!("a"))), Ok(json!("5")));
        assert_eq!(read_as("5", None), Ok(json!("5")));
        assert_eq!(read_as("[1]", Some(&json!([]))), Ok(json!([1])));
        assert_eq!(read_as("x", Some(&json!(1))), Err("a number"));
        assert_eq!(read_as("1", Some(&json!(true))), Err("a boolean"));
    }
}
