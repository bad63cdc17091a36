//! Mappings whose keys are closed.

use std::time::Duration;

use crate::diagnostic::{Problems, did_you_mean};
use crate::duration;
use crate::source::Span;
use crate::value::{Data, Key, Node};

/// A mapping whose keys have been checked.
pub(crate) struct Fields<'a> {
    entries: &'a [(Key, Node)],
    pub(crate) span: Span,
}

impl<'a> Fields<'a> {
    /// Reads a mapping that has no keys but `known`; `what` says whose keys they are.
    pub(crate) fn read(
        node: &'a Node,
        what: &str,
        known: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        Self::read_with(node, what, known, |_| None, problems)
    }

    /// The same, where `elsewhere` knows the places of some other keys.
    pub(crate) fn read_with(
        node: &'a Node,
        what: &str,
        known: &[&str],
        elsewhere: impl Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let Some(entries) = node.as_map() else {
            let message = format!("{what} is a mapping, not {}", node.kind());
            problems.error(node.span, message, "");
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                let label = format!("known are: {}", known.join(", "));
                let help =
                    elsewhere(&key.name).or_else(|| did_you_mean(&key.name, known.iter().copied()));
                problems
                    .error(key.span, format!("{what} has no key `{}`", key.name), label)
                    .maybe_help(help);
            }
        }
        let span = entries.first().map_or(node.span, |(key, _)| key.span);
        Some(Self { entries, span })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|(_, value)| value)
    }

    pub(crate) fn key(&self, name: &str) -> Option<&'a Key> {
        self.entry(name).map(|(key, _)| key)
    }

    pub(crate) fn text(&self, name: &str, problems: &mut Problems) -> Option<&'a str> {
        let node = self.get(name)?;
        let text = node.as_text();
        if text.is_none() {
            wrong(node, name, "text", problems);
        }
        text
    }

    /// A name that reports show on a line.
    pub(crate) fn title(&self, name: &str, problems: &mut Problems) -> Option<&'a str> {
        let text = self.text(name, problems)?;
        let span = self.get(name).map_or(self.span, |node| node.span);
        if text.trim().is_empty() {
            problems.error(span, format!("`{name}` is empty"), "");
        } else if text.contains(['\n', '\r']) {
            problems
                .error(span, format!("`{name}` is one line of text"), "")
                .help("`name: >-` makes one line of several");
        }
        Some(text)
    }

    pub(crate) fn duration(&self, name: &str, problems: &mut Problems) -> Option<Duration> {
        let node = self.get(name)?;
        let duration = node.as_text().and_then(duration::parse);
        if duration.is_none() {
            let message = format!("`{name}` is a duration, not {}", shown(node));
            problems
                .error(node.span, message, "a number with its unit")
                .help("for example 300ms, 2s, 5m or 1h");
        }
        duration
    }

    pub(crate) fn whole(&self, name: &str, problems: &mut Problems) -> Option<u64> {
        let node = self.get(name)?;
        let number = match &node.data {
            Data::Number(number) => number.as_u64(),
            _ => None,
        };
        if number.is_none() {
            wrong(node, name, "a whole number", problems);
        }
        number
    }

    pub(crate) fn list(&self, name: &str, problems: &mut Problems) -> &'a [Node] {
        match self.get(name) {
            None => &[],
            Some(Node {
                data: Data::List(items),
                ..
            }) => items,
            Some(node) => {
                wrong(node, name, "a list", problems);
                &[]
            }
        }
    }

    pub(crate) fn map(&self, name: &str, problems: &mut Problems) -> &'a [(Key, Node)] {
        let Some(node) = self.get(name) else {
            return &[];
        };
        node.as_map().unwrap_or_else(|| {
            wrong(node, name, "a mapping", problems);
            &[]
        })
    }

    fn entry(&self, name: &str) -> Option<&'a (Key, Node)> {
        self.entries.iter().find(|(key, _)| key.name == name)
    }
}

pub(crate) fn wrong(node: &Node, name: &str, wanted: &str, problems: &mut Problems) {
    let message = format!("`{name}` is {wanted}, not {}", shown(node));
    problems.error(node.span, message, "");
}

pub(super) fn shown(node: &Node) -> String {
    match &node.data {
        Data::Number(number) => format!("the number {number}"),
        Data::Text(text) if text.len() < 30 => format!("`{text}`"),
        _ => node.kind().to_owned(),
    }
}
