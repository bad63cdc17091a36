//! What a result must look like.
//!
//! A pattern is parsed once, with every mistake told at its place ([`parse`]), and matched against
//! values any number of times ([`Pattern::check`]).

use serde_json::Value;

use crate::source::Span;
use crate::value::{Data, Key, Node};
use crate::vars::{Scope, as_text};

pub use self::mismatch::Mismatch;
pub(crate) use self::parse::Parser;

mod check;
pub(crate) mod compare;
pub(crate) mod diff;
mod list;
mod mismatch;
pub(crate) mod parse;
mod schema;

/// A pattern and the YAML it was read from.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) node: Node,
    pub(crate) kind: Kind,
}

/// What a pattern says.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Equal to this scalar.
    Literal(Value),
    /// Text with references, which may stand for a value of any type.
    Template(String),
    /// The same where nothing but text ever stands: its values are taken as text.
    TextTemplate(String),
    /// An HTTP status of this hundred.
    StatusClass(u64),
    /// `$int` and the like.
    Is(Type),
    /// These items, in this order, and no others.
    List(Vec<Pattern>),
    /// These members, besides any others, and these conditions.
    Map {
        members: Vec<(Key, Pattern)>,
        matchers: Vec<Matcher>,
    },
}

/// A matcher that stands as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Any,
    String,
    Int,
    Number,
    Bool,
    List,
    Map,
    NonEmpty,
    Absent,
    Safe,
}

/// A matcher with an argument: `$lt: 2s`.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) key: Key,
    pub(crate) argument: Node,
    pub(crate) test: Test,
}

/// What a matcher tests.
#[derive(Debug)]
pub(crate) enum Test {
    Equal,
    NotEqual,
    Order(Order),
    /// The same for a text that writes a number, as headers do.
    NumberIn(Order),
    /// One of these; `None` where the argument is a reference to a list.
    In(Option<Vec<Pattern>>),
    Text(TextTest),
    /// `None` where the expression has references and is compiled when they have values.
    Regex(Option<Box<regex::Regex>>),
    Json(Box<Pattern>),
    Len(Box<Pattern>),
    Each(Box<Pattern>),
    Some(Box<Pattern>),
    None(Box<Pattern>),
    First(Box<Pattern>),
    Last(Box<Pattern>),
    InOrder(Vec<Pattern>),
    AnyOrder(Vec<Pattern>),
    Not(Box<Pattern>),
    AnyOf(Vec<Pattern>),
    Only(Vec<(Key, Pattern)>),
    /// `None` where it has references and is compiled when they have values.
    Schema(Option<Box<jsonschema::Validator>>),
}

/// How two values must be ordered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// Where in a text another must stand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TextTest {
    Contains,
    Starts,
    Ends,
}

impl Pattern {
    /// What any value fits, in place of what could not be read.
    pub(crate) fn any(node: &Node) -> Self {
        Self {
            node: node.clone(),
            kind: Kind::Is(Type::Any),
        }
    }

    /// All differences between a value and the pattern; `None` is a value that is not there.
    pub(crate) fn check(&self, actual: Option<&Value>, path: &str, scope: &Scope) -> Vec<Mismatch> {
        let mut found = Vec::new();
        check::check(self, actual, path, &check::Run { scope }, &mut found);
        found
    }

    /// The same for a whole result, but for some of its members.
    pub(crate) fn check_without(
        &self,
        members: &[&str],
        document: &Value,
        scope: &Scope,
    ) -> Vec<Mismatch> {
        let mut found = self.check(Some(document), "", scope);
        if !members.is_empty() {
            let root = |path: &str| {
                path.split('.')
                    .next()
                    .is_some_and(|root| members.contains(&root))
            };
            found.retain(|mismatch| !root(&mismatch.path));
        }
        found
    }

    /// The places below which it says something about a member: `time.first`, `time.gap`.
    pub(crate) fn places(&self, name: &str) -> Vec<String> {
        let Some(member) = self.member(name) else {
            return Vec::new();
        };
        match &member.kind {
            Kind::Map { members, .. } if !members.is_empty() => {
                let places = members
                    .iter()
                    .map(|(key, _)| format!("{name}.{}", key.name));
                places.collect()
            }
            _ => vec![name.to_owned()],
        }
    }

    pub(crate) fn matches(&self, actual: Option<&Value>, scope: &Scope) -> bool {
        self.check(actual, "", scope).is_empty()
    }

    /// The members that a mapping names, for looking at what an expectation is about.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map { members, .. } => {
                let mut members = members.iter();
                members.find(|(key, _)| key.name == name).map(|(_, p)| p)
            }
            _ => None,
        }
    }

    /// Whether it says anything about a member, be it in one of several patterns.
    pub(crate) fn speaks_of(&self, name: &str) -> bool {
        let Kind::Map { matchers, .. } = &self.kind else {
            return false;
        };
        let within = |matcher: &Matcher| match &matcher.test {
            Test::Not(pattern) => pattern.speaks_of(name),
            Test::AnyOf(patterns) | Test::In(Some(patterns)) => {
                patterns.iter().any(|pattern| pattern.speaks_of(name))
            }
            Test::Only(members) => members.iter().any(|(key, _)| key.name == name),
            _ => false,
        };
        self.member(name).is_some() || matchers.iter().any(within)
    }

    /// The place of a part that no value can fail, if there is one.
    pub(crate) fn idle_part(&self) -> Option<Span> {
        match &self.kind {
            // What was left out because it is wrong has been told already.
            Kind::Map { .. } if self.node.as_map().is_some_and(<[_]>::is_empty) => {
                Some(self.node.span)
            }
            Kind::Map { members, matchers } => members
                .iter()
                .find_map(|(_, pattern)| pattern.idle_part())
                .or_else(|| matchers.iter().find_map(Matcher::idle_part)),
            Kind::List(items) => items.iter().find_map(Self::idle_part),
            _ => None,
        }
    }

    /// The value that alone is as the pattern says; `None` where there are several.
    pub(crate) fn literal(&self, scope: &Scope) -> Option<Value> {
        match &self.kind {
            Kind::Literal(value) => Some(value.clone()),
            Kind::Template(text) => scope.text(text).ok(),
            Kind::TextTemplate(text) => scope.text(text).ok().map(|value| as_text(&value).into()),
            Kind::List(items) => items.iter().map(|item| item.literal(scope)).collect(),
            Kind::Map { members, matchers } if matchers.is_empty() => {
                let members = members.iter();
                let literal = |(key, member): &(Key, Self)| {
                    let value = member.literal(scope)?;
                    Some((key.name.clone(), value))
                };
                members
                    .map(literal)
                    .collect::<Option<_>>()
                    .map(Value::Object)
            }
            _ => None,
        }
    }

    /// The pattern as YAML on one line, with the values of its references.
    pub(crate) fn show(&self, scope: &Scope) -> String {
        flow(&self.node, scope)
    }
}

impl Matcher {
    /// `$lt: 2s`, with the values of its references.
    pub(crate) fn show(&self, scope: &Scope) -> String {
        format!("{}: {}", self.key.name, flow(&self.argument, scope))
    }

    fn idle_part(&self) -> Option<Span> {
        let idle = match &self.test {
            Test::Text(_) => self.argument.as_text() == Some(""),
            Test::Each(pattern) => matches!(pattern.kind, Kind::Is(Type::Any)),
            Test::InOrder(items) | Test::AnyOrder(items) => items.is_empty(),
            Test::Len(pattern) => {
                let at_least = pattern.node.get("$gte").map(Node::to_json);
                at_least == Some(Value::from(0))
                    && pattern.node.as_map().is_some_and(|m| m.len() == 1)
            }
            _ => false,
        };
        idle.then_some(self.key.span)
    }
}

/// A node as YAML on one line.
pub(crate) fn flow(node: &Node, scope: &Scope) -> String {
    match &node.data {
        Data::Text(text) => match scope.text(text) {
            Ok(Value::String(text)) => quote_value(&text),
            Ok(value) => value.to_string(),
            Err(_) => quote_value(text),
        },
        Data::List(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(item, scope)).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", quote(&key.name), flow(value, scope)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        _ => node.to_json().to_string(),
    }
}

/// A value as it stands in reports: JSON on one line.
pub(crate) fn show_value(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}

/// At most [`LONGEST`] characters of a text.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn quote(text: &str) -> String {
    let special = |c: char| c.is_control() || ",[]{}:#\"'".contains(c);
    if text.is_empty() || text.contains(special) || text.trim() != text {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    }
}

/// The same for a value, which without quotes must not be another: `"200"`, `"true"`.
fn quote_value(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Value::from(text).to_string(),
        Err(_) => quote(text),
    }
}

/// Enough to see what is wrong; the whole value stands in the result document.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests;
