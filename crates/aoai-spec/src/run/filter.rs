//! Which cells of which specs run.

use std::str::FromStr;

use crate::cells::Cell;
use crate::model::{Settings, Spec, Step, Verb};

/// A condition on cells: text, `tag:smoke`, `op:chat`, `api:v1`, `not tag:slow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// In the spec's id.
    Text(String),
    Tag(String),
    Operation(String),
    /// A setting or an axis and its value.
    Axis(String, String),
}

impl Filter {
    pub(crate) fn matches(&self, spec: &Spec, cell: &Cell, settings: &Settings) -> bool {
        let matched = match &self.test {
            Test::Text(text) => spec.id().contains(text.as_str()),
            Test::Tag(tag) => spec.tags.contains(tag),
            Test::Operation(id) => spec.steps.iter().any(|step| calls(step, id)),
            Test::Axis(axis, value) => {
                let own = cell.text(axis).or_else(|| setting(settings, axis));
                own.as_deref() == Some(value)
            }
        };
        matched != self.negated
    }
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(expression: &str) -> Result<Self, String> {
        let (negated, condition) = match expression.trim().strip_prefix("not ") {
            Some(rest) => (true, rest.trim()),
            None => (false, expression.trim()),
        };
        if condition.is_empty() {
            return Err("an empty filter; for example tag:smoke, op:chat, not tag:slow".to_owned());
        }
        let test = match condition.split_once(':') {
            Some(("tag", tag)) => Test::Tag(tag.to_owned()),
            Some(("op", id)) => Test::Operation(id.to_owned()),
            Some((axis, value)) if !axis.contains([' ', '/']) && !value.starts_with(':') => {
                Test::Axis(axis.to_owned(), value.to_owned())
            }
            _ => Test::Text(condition.to_owned()),
        };
        Ok(Self { negated, test })
    }
}

fn calls(step: &Step, id: &str) -> bool {
    matches!(&step.verb, Verb::Call(endpoint) if endpoint.id == id)
}

fn setting(settings: &Settings, name: &str) -> Option<String> {
    match name {
        "api" => settings.api.map(|api| api.to_string()),
        "credential" => settings.credential.clone(),
        "endpoint" => settings.endpoint.clone(),
        "via" => settings.via.map(|via| via.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_told_apart_by_their_prefix() {
        let parse = |text: &str| text.parse::<Filter>().unwrap();
        assert_eq!(parse("tag:smoke").test, Test::Tag("smoke".into()));
        assert_eq!(
            parse("op:models.list").test,
            Test::Operation("models.list".into())
        );
        assert_eq!(parse("api:v1").test, Test::Axis("api".into(), "v1".into()));
        assert_eq!(
            parse("chat/basics::one-word").test,
            Test::Text("chat/basics::one-word".into())
        );
        assert!(parse("not tag:slow").negated);
        assert!("".parse::<Filter>().is_err());
        assert!(
            "not "
                .parse::<Filter>()
                .is_ok_and(|filter| filter.test == Test::Text("not".into()))
        );
    }
}
