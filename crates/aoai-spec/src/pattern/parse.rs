//! From YAML to patterns.

use std::path::Path;

use serde_json::Value;

use super::{Kind, Matcher, Order, Pattern, Test, TextTest, Type};
use crate::diagnostic::{Problems, did_you_mean};
use crate::duration;
use crate::parse::elsewhere::in_the_body;
use crate::result::shape::Shape;
use crate::value::{Data, Key, Node};
use crate::vars;

mod kinds;
mod literal;

/// Parses the patterns of one file.
pub(crate) struct Parser<'a> {
    pub(crate) problems: &'a mut Problems,
    /// The directory that files named by `$schema` are looked for in.
    pub(crate) directory: Option<&'a Path>,
}

impl Parser<'_> {
    /// Parses a pattern over the part of the result that `shape` describes and `path` names.
    pub(crate) fn pattern(&mut self, node: &Node, shape: Shape, path: &str) -> Pattern {
        let kind = match &node.data {
            Data::Text(text) => self.text(node, text, shape),
            Data::List(items) => {
                self.value_of(node, shape);
                Kind::List(self.items(items, shape.item(), path))
            }
            Data::Map(members) => self.map(node, members, shape, path),
            _ => {
                self.value_of(node, shape);
                Kind::Literal(match (shape, &node.data) {
                    (Shape::Header, Data::Number(number)) => Value::from(number.to_string()),
                    _ => node.to_json(),
                })
            }
        };
        Pattern {
            node: node.clone(),
            kind,
        }
    }

    fn text(&mut self, node: &Node, text: &str, shape: Shape) -> Kind {
        if text.contains("${") {
            let text = text.to_owned();
            return if kinds::is_text(shape) {
                Kind::TextTemplate(text)
            } else {
                Kind::Template(text)
            };
        }
        if let Some(hundred) = status_class(text, shape) {
            return Kind::StatusClass(hundred);
        }
        let name = text.strip_prefix('$').filter(|name| is_word(name));
        if let Some(name) = name {
            if let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == name) {
                self.type_of(node, *kind, shape);
                return Kind::Is(*kind);
            }
            self.unknown_value(node, name);
        } else {
            self.value_of(node, shape);
        }
        match duration::parse_ms(text) {
            Some(ms) if matches!(shape, Shape::Time) => Kind::Literal(Value::from(ms)),
            _ => Kind::Literal(Value::from(text)),
        }
    }

    fn items(&mut self, items: &[Node], shape: Shape, path: &str) -> Vec<Pattern> {
        let parse = |(at, item)| self.pattern(item, shape, &join(path, &format!("{at}")));
        items.iter().enumerate().map(parse).collect()
    }

    fn map(&mut self, node: &Node, entries: &[(Key, Node)], shape: Shape, path: &str) -> Kind {
        let mut members = Vec::new();
        let mut matchers = Vec::new();
        for (key, value) in entries {
            if key.name.starts_with('$') {
                matchers.extend(self.matcher(key, value, shape, path));
            } else if matches!(shape, Shape::List(_)) && shape.field(&key.name).is_err() {
                self.value_of(node, shape);
                break;
            } else {
                members.extend(self.member(key, value, shape, path));
            }
        }
        Kind::Map { members, matchers }
    }

    fn member(
        &mut self,
        key: &Key,
        value: &Node,
        shape: Shape,
        path: &str,
    ) -> Option<(Key, Pattern)> {
        let here = join(path, &key.name);
        match shape.field(&key.name) {
            Ok(field) => {
                let mut key = key.clone();
                if matches!(shape, Shape::Headers) {
                    key.name.make_ascii_lowercase();
                }
                Some((key, self.pattern(value, field, &here)))
            }
            Err(known) => {
                let owner = match path {
                    "" => "the result".to_owned(),
                    path => format!("`{path}`"),
                };
                let label = match &*known {
                    [] => format!("{owner} has no parts"),
                    known => format!("{owner} has: {}", known.join(", ")),
                };
                self.problems
                    .error(key.span, format!("the result has no `{here}`"), label)
                    .maybe_help(
                        did_you_mean(&key.name, known).or_else(|| in_the_body(path, &key.name)),
                    );
                None
            }
        }
    }

    fn matcher(&mut self, key: &Key, node: &Node, shape: Shape, path: &str) -> Option<Matcher> {
        if self.takes_for_text(key, node, shape) || !self.looks_at(key, node, shape) {
            return None;
        }
        let test = match &key.name[1..] {
            "eq" => Test::Equal,
            "ne" => Test::NotEqual,
            "gt" => self.order(node, shape, Order::Greater)?,
            "gte" => self.order(node, shape, Order::GreaterOrEqual)?,
            "lt" => self.order(node, shape, Order::Less)?,
            "lte" => self.order(node, shape, Order::LessOrEqual)?,
            "in" if is_reference(node) => Test::In(None),
            "in" => Test::In(Some(self.choice_of(key, node, shape, path)?)),
            "contains" => self.text_test(key, node, TextTest::Contains)?,
            "starts" => self.text_test(key, node, TextTest::Starts)?,
            "ends" => self.text_test(key, node, TextTest::Ends)?,
            "regex" => self.regex(key, node)?,
            "json" => Test::Json(self.boxed(node, Shape::Open, path)),
            "len" => {
                self.length(node);
                Test::Len(self.boxed(node, Shape::Number, path))
            }
            "each" => Test::Each(self.boxed(node, shape.item(), path)),
            "some" => Test::Some(self.boxed(node, shape.item(), path)),
            "none" => Test::None(self.boxed(node, shape.item(), path)),
            "first" => Test::First(self.boxed(node, shape.item(), path)),
            "last" => Test::Last(self.boxed(node, shape.item(), path)),
            "in_order" => Test::InOrder(self.list_of(key, node, shape.item(), path)?),
            "any_order" => Test::AnyOrder(self.list_of(key, node, shape.item(), path)?),
            "not" => Test::Not(self.boxed(node, shape, path)),
            "any_of" => Test::AnyOf(self.choice_of(key, node, shape, path)?),
            "only" => self.only(key, node, shape, path)?,
            "schema" => self.schema(node)?,
            name => {
                self.unknown_matcher(key, name);
                return None;
            }
        };
        Some(Matcher {
            key: key.clone(),
            argument: node.clone(),
            test,
        })
    }

    fn boxed(&mut self, node: &Node, shape: Shape, path: &str) -> Box<Pattern> {
        Box::new(self.pattern(node, shape, path))
    }

    fn list_of(
        &mut self,
        key: &Key,
        node: &Node,
        shape: Shape,
        path: &str,
    ) -> Option<Vec<Pattern>> {
        let Data::List(items) = &node.data else {
            self.wrong_argument(key, node, "a list");
            return None;
        };
        let parse = |item| self.pattern(item, shape, path);
        Some(items.iter().map(parse).collect())
    }

    /// The same where one of them has to fit.
    fn choice_of(
        &mut self,
        key: &Key,
        node: &Node,
        shape: Shape,
        path: &str,
    ) -> Option<Vec<Pattern>> {
        let list = self.list_of(key, node, shape, path)?;
        if list.is_empty() {
            let message = format!("`{}` has no items, so that nothing fits it", key.name);
            self.problems.error(node.span, message, "");
        }
        Some(list)
    }

    fn only(&mut self, key: &Key, node: &Node, shape: Shape, path: &str) -> Option<Test> {
        let Data::Map(entries) = &node.data else {
            self.wrong_argument(key, node, "a mapping");
            return None;
        };
        let member = |(key, value): &(Key, Node)| self.member(key, value, shape, path);
        Some(Test::Only(entries.iter().filter_map(member).collect()))
    }

    fn order(&mut self, node: &Node, shape: Shape, order: Order) -> Option<Test> {
        match &node.data {
            Data::Number(_) if matches!(shape, Shape::Header) => Some(Test::NumberIn(order)),
            Data::Text(_) if matches!(shape, Shape::Header) && is_reference(node) => {
                Some(Test::NumberIn(order))
            }
            Data::Number(_) | Data::Text(_) => Some(Test::Order(order)),
            _ => {
                let message = format!(
                    "only numbers, durations and text have an order, not {}",
                    node.kind()
                );
                self.problems.error(node.span, message, "");
                None
            }
        }
    }

    fn text_test(&mut self, key: &Key, node: &Node, test: TextTest) -> Option<Test> {
        if node.as_text().is_none() {
            self.wrong_argument(key, node, "text");
            return None;
        }
        Some(Test::Text(test))
    }

    fn regex(&mut self, key: &Key, node: &Node) -> Option<Test> {
        let Some(text) = node.as_text() else {
            self.wrong_argument(key, node, "text");
            return None;
        };
        if is_reference(node) {
            return Some(Test::Regex(None));
        }
        match regex::Regex::new(text) {
            Ok(regex) => Some(Test::Regex(Some(Box::new(regex)))),
            Err(error) => {
                let told = error.to_string();
                let reason = told
                    .lines()
                    .last()
                    .unwrap_or("")
                    .trim_start_matches("error: ");
                self.problems
                    .error(node.span, "not a regular expression", reason);
                None
            }
        }
    }

    fn wrong_argument(&mut self, key: &Key, node: &Node, wanted: &str) {
        let message = format!("`{}` takes {wanted}, not {}", key.name, node.kind());
        self.problems.error(node.span, message, "");
    }

    fn unknown_value(&mut self, node: &Node, name: &str) {
        let help = if MATCHERS.contains(&name) {
            Some(format!("`${name}` takes an argument: {{${name}: …}}"))
        } else {
            let near = did_you_mean(
                &format!("${name}"),
                dollar_types().iter().map(String::as_str),
            );
            near.or_else(|| {
                Some(format!(
                    "to match the text itself write {{$eq: \"${name}\"}}"
                ))
            })
        };
        self.problems
            .error(
                node.span,
                format!("no matcher `${name}`"),
                "unknown matcher",
            )
            .maybe_help(help);
    }

    fn unknown_matcher(&mut self, key: &Key, name: &str) {
        let help = if TYPES.iter().any(|(known, _)| *known == name) {
            Some(format!("`${name}` takes no argument; write it as a value"))
        } else {
            let dollar: Vec<_> = MATCHERS.iter().map(|known| format!("${known}")).collect();
            did_you_mean(&key.name, dollar.iter().map(String::as_str))
        };
        let message = format!("no matcher `{}`", key.name);
        self.problems
            .error(key.span, message, "unknown matcher")
            .maybe_help(help);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The hundred of `2xx` where a status stands.
fn status_class(text: &str, shape: Shape) -> Option<u64> {
    let hundred = text.strip_suffix("xx")?.parse().ok()?;
    (matches!(shape, Shape::Status) && (1..=5).contains(&hundred)).then_some(hundred)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn is_reference(node: &Node) -> bool {
    let text = node.as_text().unwrap_or_default();
    vars::references(text).next().is_some()
}

fn dollar_types() -> Vec<String> {
    TYPES.iter().map(|(name, _)| format!("${name}")).collect()
}

pub(crate) const TYPES: &[(&str, Type)] = &[
    ("any", Type::Any),
    ("string", Type::String),
    ("int", Type::Int),
    ("number", Type::Number),
    ("bool", Type::Bool),
    ("list", Type::List),
    ("map", Type::Map),
    ("nonempty", Type::NonEmpty),
    ("absent", Type::Absent),
    ("safe", Type::Safe),
];

pub(crate) const MATCHERS: &[&str] = &[
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "contains",
    "starts",
    "ends",
    "regex",
    "json",
    "len",
    "each",
    "some",
    "none",
    "first",
    "last",
    "in_order",
    "any_order",
    "not",
    "any_of",
    "only",
    "schema",
];
