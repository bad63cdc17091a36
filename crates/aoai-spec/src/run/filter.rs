//! Which cells of which specs run.

use std::fmt;
use std::str::FromStr;

use aoai_types::ENDPOINTS;
use serde_json::Value;

use crate::cells::Cell;
use crate::diagnostic::did_you_mean;
use crate::model::{Settings, Spec, Step, Verb};
use crate::vars::as_text;

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

impl Filter {
    /// Whether it leaves out what it names.
    pub(super) fn is_negated(&self) -> bool {
        self.negated
    }

    /// The setting or the axis that it names, and its value.
    pub(super) fn axis(&self) -> Option<(&str, &str)> {
        match &self.test {
            Test::Axis(name, value) => Some((name, value)),
            _ => None,
        }
    }

    /// Whether what it names is in a spec. Operations are known without one.
    pub(super) fn is_known_to(&self, spec: &Spec) -> bool {
        match &self.test {
            Test::Text(text) => spec.id().contains(text.as_str()),
            Test::Tag(tag) => spec.tags.contains(tag),
            Test::Operation(_) => true,
            Test::Axis(name, value) => {
                let mut axes = spec.matrix.iter().filter(|axis| axis.key.name == *name);
                let is_value = |own: &Value| as_text(own) == *value;
                axes.any(|axis| axis.values.iter().any(is_value))
                    || setting(&spec.settings, name).as_ref() == Some(value)
            }
        }
    }

    /// What may be meant by a name that no spec has.
    pub(super) fn meant<'a>(&self, specs: impl Iterator<Item = &'a Spec>) -> Option<String> {
        let tags = specs.flat_map(|spec| &spec.tags).map(String::as_str);
        match &self.test {
            Test::Tag(tag) => did_you_mean(tag, tags),
            _ => None,
        }
    }

    /// # Errors
    ///
    /// It asks for something that no test can have; `axes` are those of the specs.
    pub(super) fn check(&self, axes: &[&str]) -> Result<(), String> {
        let Test::Axis(name, value) = &self.test else {
            return Ok(());
        };
        if Settings::AXES.contains(&name.as_str()) {
            return Settings::default().set(name, value).map_err(|wanted| {
                let wanted = wanted.map(|wanted| format!(": {wanted}"));
                let wanted = wanted.unwrap_or_default();
                format!("`{self}` fits no test, as `{name}` cannot be `{value}`{wanted}")
            });
        }
        if axes.contains(&name.as_str()) {
            return Ok(());
        }
        let mut known = [&["tag", "op"], Settings::AXES, axes].concat();
        known.sort_unstable();
        known.dedup();
        let near = did_you_mean(name, known.iter().copied());
        let near = near.unwrap_or_else(|| format!("known are: {}", known.join(", ")));
        Err(format!(
            "no filter begins with `{name}:`, and these specs have no such axis; {near}"
        ))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("not ")?;
        }
        match &self.test {
            Test::Text(text) => f.write_str(text),
            Test::Tag(tag) => write!(f, "tag:{tag}"),
            Test::Operation(id) => write!(f, "op:{id}"),
            Test::Axis(axis, value) => write!(f, "{axis}:{value}"),
        }
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
            Some(("op", id)) => Test::Operation(operation(id)?),
            Some((axis, value)) if !axis.contains([' ', '/']) && !value.starts_with([':', ' ']) => {
                Test::Axis(axis.to_owned(), value.to_owned())
            }
            _ => Test::Text(condition.to_owned()),
        };
        Ok(Self { negated, test })
    }
}

fn operation(id: &str) -> Result<String, String> {
    let known = ENDPOINTS.iter().map(|endpoint| endpoint.id);
    if known.clone().any(|known| known == id) {
        return Ok(id.to_owned());
    }
    let near = did_you_mean(id, known);
    let near = near.unwrap_or_else(|| "`--coverage` lists them all".to_owned());
    Err(format!("no operation `{id}`; {near}"))
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
        assert_eq!(parse("chat: one").test, Test::Text("chat: one".into()));
        assert!("".parse::<Filter>().is_err());
        assert!(
            "not "
                .parse::<Filter>()
                .is_ok_and(|filter| filter.test == Test::Text("not".into()))
        );
    }
}
