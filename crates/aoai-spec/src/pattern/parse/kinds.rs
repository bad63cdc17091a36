//! Patterns that nothing can fit which may stand at their place.
//!
//! `status: "200"` would fail whatever the service answers, and `status: {$not: "200"}` never.

use super::{Parser, Type};
use crate::diagnostic::did_you_mean;
use crate::duration;
use crate::result::shape::Shape;
use crate::value::{Data, Key, Node};
use crate::vars;

impl Parser<'_> {
    /// Refuses a value that is never at a place of `shape`.
    pub(super) fn value_of(&mut self, node: &Node, shape: Shape) {
        let text = node.as_text().unwrap_or_default();
        // What a reference will be, nobody knows before the run.
        if matches!(shape, Shape::Open) || vars::references(text).next().is_some() {
            return;
        }
        let fits = match &node.data {
            Data::Null => false,
            Data::Bool(_) => matches!(shape, Shape::Bool),
            Data::Number(_) => is_number(shape) || matches!(shape, Shape::Header),
            Data::Text(_) if matches!(shape, Shape::Time) => duration::parse(text).is_some(),
            Data::Text(_) => is_text(shape),
            Data::List(_) => matches!(shape, Shape::List(_)),
            Data::Map(_) => is_map(shape),
        };
        match shape {
            _ if !fits => self.never(node, shape),
            Shape::Word(words) if !words.known.contains(&text) => {
                let message = format!("no {} `{text}`", words.what);
                let label = format!("there are: {}", words.known.join(", "));
                self.problems
                    .error(node.span, message, label)
                    .maybe_help(did_you_mean(text, words.known.iter().copied()));
            }
            _ => {}
        }
    }

    /// Refuses a type that is never at a place of `shape`.
    pub(super) fn type_of(&mut self, node: &Node, kind: Type, shape: Shape) {
        let fits = match kind {
            Type::Any | Type::Absent | Type::NonEmpty => true,
            Type::String => is_text(shape),
            Type::Int | Type::Number => is_number(shape),
            Type::Bool => matches!(shape, Shape::Bool),
            Type::List | Type::Safe => matches!(shape, Shape::List(_)),
            Type::Map => is_map(shape),
        };
        if !fits && !matches!(shape, Shape::Open) {
            self.never(node, shape);
        }
    }

    /// Whether a matcher looks at what may stand at a place of `shape`; it is refused where not.
    pub(super) fn looks_at(&mut self, key: &Key, node: &Node, shape: Shape) -> bool {
        let is_list = matches!(shape, Shape::List(_));
        let (fits, wanted) = match &key.name[1..] {
            "eq" | "ne" => {
                // Compared as it is written.
                let shape = match shape {
                    Shape::Header => Shape::Text,
                    shape => shape,
                };
                self.value_of(node, shape);
                return true;
            }
            "gt" | "gte" | "lt" | "lte" => {
                let has_order = !is_list && !is_map(shape) && !matches!(shape, Shape::Bool);
                if has_order && matches!(node.data, Data::Number(_) | Data::Text(_)) {
                    self.value_of(node, shape);
                }
                (has_order, "numbers, durations and text")
            }
            "contains" | "starts" | "ends" | "regex" | "json" => (is_text(shape), "text"),
            "len" => (
                is_text(shape) || is_list || is_map(shape),
                "text, lists and mappings",
            ),
            "each" | "some" | "none" | "first" | "last" | "in_order" | "any_order" => {
                (is_list, "lists")
            }
            "only" => (is_map(shape), "mappings"),
            _ => return true,
        };
        let fits = fits || matches!(shape, Shape::Open);
        if !fits {
            let message = format!("`{}` is for {wanted}; here stands {shape}", key.name);
            self.problems.error(key.span, message, "");
        }
        fits
    }

    /// Refuses a number that is no length.
    pub(super) fn length(&mut self, node: &Node) {
        if let Data::Number(number) = &node.data
            && number.as_f64().is_some_and(|n| n < 0.0 || n.fract() != 0.0)
        {
            let message = format!("nothing has a length of {number}");
            self.problems.error(node.span, message, "");
        }
    }

    fn never(&mut self, node: &Node, shape: Shape) {
        let written = node.as_text().unwrap_or_default();
        let help = match (shape, &node.data) {
            (_, Data::Null) => Some("what is not there is `$absent`".to_owned()),
            (Shape::Fields(fields), _) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
                Some(format!("its parts are: {}", names.join(", ")))
            }
            (Shape::List(_), _) => Some("for one of its items write {$some: …}".to_owned()),
            (Shape::Text | Shape::Header, Data::Number(_) | Data::Bool(_)) => {
                Some(format!("write \"{}\", in quotes", node.to_json()))
            }
            (Shape::Header, Data::Text(_)) if matches!(written, "$int" | "$number") => {
                Some("a number in a header is compared with another: {$gte: 0}".to_owned())
            }
            (Shape::Status | Shape::Number, Data::Text(_)) => {
                let is_number = written.parse::<f64>().is_ok();
                is_number.then(|| format!("write {written}, without quotes"))
            }
            (Shape::Time, Data::Text(_)) => Some("for example 300ms, 2s, 5m or 1h".to_owned()),
            (Shape::Bool, Data::Text(_)) => {
                let is_bool = matches!(written, "true" | "false");
                is_bool.then(|| format!("write {written}, without quotes"))
            }
            _ => None,
        };
        let never = match &node.data {
            Data::Text(text) if text.starts_with('$') => format!("`{text}`"),
            _ => node.kind().to_owned(),
        };
        let message = format!("here stands {shape}, and never {never}");
        self.problems.error(node.span, message, "").maybe_help(help);
    }
}

pub(super) const fn is_text(shape: Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Header | Shape::Word(_))
}

const fn is_number(shape: Shape) -> bool {
    matches!(shape, Shape::Status | Shape::Number | Shape::Time)
}

const fn is_map(shape: Shape) -> bool {
    matches!(shape, Shape::Headers | Shape::Fields(_))
}
