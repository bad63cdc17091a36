//! A YAML document as a tree that knows where each of its nodes stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_yaml::{Location, Spanned};

use crate::diagnostic::Problems;
use crate::source::{Source, Span};

/// A node and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) span: Span,
}

/// What a node holds; the types of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A mapping's key and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Span,
}

impl Node {
    /// Reads all documents of a file; a file that is not YAML leaves a problem and no document.
    pub(crate) fn read_all(problems: &mut Problems) -> Vec<Self> {
        let mut options = serde_yaml::Options::default();
        options.strict_booleans = true;
        options.leading_zero_numbers_as_strings = true;
        options.underscored_numbers_as_strings = true;
        options.reject_unsupported_tags = true;
        options.with_snippet = false;
        let source = std::sync::Arc::clone(&problems.source);
        match serde_yaml::from_multiple_with_options(source.text(), options) {
            Ok(documents) => documents,
            Err(error) => {
                let span = error
                    .location()
                    .map_or(Span::default(), |at| place(&source, at));
                let (message, help) = explain(&source, &error, span);
                problems
                    .error(span, "not valid YAML", message)
                    .maybe_help(help);
                Vec::new()
            }
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_map(&self) -> Option<&[(Key, Self)]> {
        match &self.data {
            Data::Map(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let mut members = self.as_map()?.iter();
        Some(&members.find(|(key, _)| key.name == name)?.1)
    }

    /// What it is, in words: `a list`.
    pub(crate) fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::Text(_) => "text",
            Data::List(_) => "a list",
            Data::Map(_) => "a mapping",
        }
    }

    /// The node as JSON, text as it is written.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(number) => Value::Number(number.clone()),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(members) => members
                .iter()
                .map(|(key, value)| (key.name.clone(), value.to_json()))
                .collect(),
        }
    }

    /// Calls `visit` with every text in it, keys excepted.
    pub(crate) fn each_text<'a>(&'a self, visit: &mut impl FnMut(&'a str, Span)) {
        match &self.data {
            Data::Text(text) => visit(text, self.span),
            Data::List(items) => items.iter().for_each(|item| item.each_text(visit)),
            Data::Map(members) => members.iter().for_each(|(_, value)| value.each_text(visit)),
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Data>::deserialize(deserializer)?;
        Ok(Self {
            data: spanned.value,
            span: span(spanned.referenced),
        })
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyData)
    }
}

struct AnyData;

impl<'de> Visitor<'de> for AnyData {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has, too")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        Ok(Data::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Data, E> {
        let number = Number::from_f64(value);
        number.map(Data::Number).ok_or_else(|| E::custom(NO_NUMBER))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<Data>, Node>()? {
            let name = match key.value {
                Data::Text(text) => text,
                Data::Number(number) => number.to_string(),
                Data::Bool(value) => value.to_string(),
                _ => return Err(A::Error::custom(NO_KEY)),
            };
            let span = span(key.referenced);
            map.push((Key { name, span }, value));
        }
        Ok(Data::Map(map))
    }
}

fn span(location: Location) -> Span {
    let span = location.span();
    let bytes = |number: Option<u64>| number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = bytes(span.byte_offset());
    Span::new(start, start + bytes(span.byte_len()))
}

/// The place of an error, which comes without byte offsets.
fn place(source: &Source, location: Location) -> Span {
    let number = |n: u64| usize::try_from(n).unwrap_or(1);
    let start = source.offset(number(location.line()), number(location.column()));
    Span::new(start, start + 1)
}

fn explain(source: &Source, error: &serde_yaml::Error, span: Span) -> (String, Option<String>) {
    let told = error.to_string();
    let message = told
        .rsplit_once(" at line ")
        .map_or(&*told, |(message, _)| message);
    let message = message
        .split_once(", set DuplicateKeyPolicy")
        .map_or(message, |(message, _)| message);
    if message.starts_with("non-finite float") {
        return (NO_NUMBER.to_owned(), None);
    }
    let (line, _) = source.position(span.start);
    let bare_variable = message.contains("flow") && source.line(line).contains("${");
    let help = if message == NO_KEY && source.line(line).contains("{{") {
        Some("a variable is written \"${x}\"".to_owned())
    } else if bare_variable {
        Some("quote ${…} inside [ ] and { }: [\"${x}\"]".to_owned())
    } else if message.contains("tag") {
        Some("specs have no tags; quote a text that begins with `!`".to_owned())
    } else {
        None
    };
    (message.to_owned(), help)
}

const NO_KEY: &str = "a key is a text";

const NO_NUMBER: &str = "JSON has no such number";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Vec<Node> {
        let mut problems = Problems::new(Source::new("t.yaml", text));
        let nodes = Node::read_all(&mut problems);
        let found = problems.finish();
        assert!(found.is_empty(), "{}", found[0]);
        nodes
    }

    #[test]
    fn yaml_is_read_as_version_1_2() {
        let text = "a: yes\nb: 2024-10-21\nc: 1_000\nd: 0755\ne: 1.0\nf: ~\ng: 12:30:45\nh: 0x10\n\
                    i: off\n404: x\n";
        assert_eq!(
            read(text)[0].to_json(),
            json!({
                "a": "yes", "b": "2024-10-21", "c": "1_000", "d": "0755", "e": 1.0, "f": null,
                "g": "12:30:45", "h": 16, "i": "off", "404": "x",
            })
        );
    }

    #[test]
    fn anchors_and_merge_keys_are_expanded_in_each_document() {
        let nodes = read("a: &a {k: 1}\nb: {<<: *a, z: 2}\n---\na: &a 3\nb: *a\n");
        assert_eq!(
            nodes[0].to_json(),
            json!({"a": {"k": 1}, "b": {"k": 1, "z": 2}})
        );
        assert_eq!(nodes[1].to_json(), json!({"a": 3, "b": 3}));
    }

    #[test]
    fn spans_are_those_of_the_file_and_aliases_point_at_their_use() {
        let text = "a: 'é ${x}'\n---\nb: &b 1\nc: *b\n";
        let nodes = read(text);
        let slice = |node: &Node| &text[node.span.start..node.span.end];
        assert_eq!(slice(nodes[0].get("a").unwrap()), "'é ${x}'");
        assert_eq!(slice(nodes[1].get("b").unwrap()), "1");
        assert_eq!(slice(nodes[1].get("c").unwrap()), "*b");
    }
}
