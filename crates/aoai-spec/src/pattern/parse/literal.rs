//! Arguments that are compared as they are written, where a pattern was meant.
//!
//! `$ne: $nonempty` would be true of every text but `$nonempty`, and so check nothing.

use super::{MATCHERS, Parser, TYPES, is_word, status_class};
use crate::result::shape::Shape;
use crate::value::{Data, Key, Node};

impl Parser<'_> {
    /// Refuses an argument that says something as a pattern, and next to nothing as text.
    pub(super) fn takes_for_text(&mut self, key: &Key, node: &Node, shape: Shape) -> bool {
        let matcher = key.name.as_str();
        let text = node.as_text().unwrap_or_default();
        if COMPARING.contains(&matcher) && status_class(text, shape).is_some() {
            let help = match matcher {
                "$eq" => format!("write the class as the value: status: {text}"),
                "$ne" => format!("write {{$not: {text}}}"),
                _ => format!("write a number: {{{matcher}: {}}}", text.replace('x', "0")),
            };
            let message =
                format!("`{matcher}` compares with one status, and `{text}` is a hundred");
            self.problems.error(node.span, message, "").help(help);
            return true;
        }
        let found = match matcher {
            "$ne" => pattern_in(node),
            "$gt" | "$gte" | "$lt" | "$lte" | "$contains" | "$starts" | "$ends" | "$regex" => {
                let name = text.strip_prefix('$').unwrap_or_default();
                let is_known = TYPES.iter().any(|(known, _)| *known == name);
                (is_known || MATCHERS.contains(&name)).then_some((node, text))
            }
            _ => None,
        };
        let Some((at, found)) = found else {
            return false;
        };
        let is_matcher = TYPES
            .iter()
            .any(|(known, _)| found.strip_prefix('$') == Some(*known));
        let help = match matcher {
            "$ne" if at.as_text().is_none() => "write {$not: …}, which takes a pattern".to_owned(),
            "$ne" if !is_matcher => {
                format!("for the text itself write {{$not: {{$eq: \"{found}\"}}}}")
            }
            "$ne" => format!(
                "write {{$not: {found}}}, or for the text itself {{$not: {{$eq: \"{found}\"}}}}"
            ),
            "$gt" | "$gte" | "$lt" | "$lte" => "it takes a number, a duration or a text".to_owned(),
            _ => format!("for the text itself write {{$regex: '\\{found}'}}"),
        };
        let message = format!("`{matcher}` takes no pattern, and `{found}` reads as one");
        self.problems.error(at.span, message, "").help(help);
        true
    }
}

/// The first part that would say something in a pattern, and how it is written.
fn pattern_in(node: &Node) -> Option<(&Node, &str)> {
    match &node.data {
        Data::Text(text) => {
            let name = text.strip_prefix('$')?;
            is_word(name).then_some((node, text))
        }
        Data::List(items) => items.iter().find_map(pattern_in),
        Data::Map(members) => members.iter().find_map(|(key, value)| {
            let name = key.name.strip_prefix('$');
            match name.filter(|name| MATCHERS.contains(name)) {
                Some(_) => Some((node, key.name.as_str())),
                None => pattern_in(value),
            }
        }),
        _ => None,
    }
}

/// Matchers whose argument is one value.
const COMPARING: &[&str] = &["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"];
