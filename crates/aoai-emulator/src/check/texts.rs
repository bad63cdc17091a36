//! Forms and queries: texts that stand for numbers, switches, lists and objects.

use aoai_types::{ApiVersion, Query};
use serde_json::{Map, Value};

use super::place::Place;
use super::{Field, FrontEnd, Rule, members};
use crate::form::Form;
use crate::refusal::Refusal;

/// Checks a whole form and reads its fields by their rules; a file's field is `true`.
pub(crate) fn form(
    fields: &[Field],
    form: &Form,
    front_end: FrontEnd,
    version: Option<ApiVersion>,
) -> Result<Map<String, Value>, Refusal> {
    let root = Place::root(front_end, version);
    let texts = form.texts.iter();
    let mut body = read(
        fields,
        texts.map(|(name, text)| (name.as_str(), text.as_str())),
    );
    for file in &form.files {
        let name = file.field.strip_suffix("[]").unwrap_or(&file.field);
        let field = fields.iter().find(|field| field.name == name);
        if let Some(field) = field
            && !field.rule.is_file()
        {
            return Err(root.member(name).wrong_kind(field.rule, "a file"));
        }
        if let Some(text) = body.get(name).filter(|value| **value != Value::Bool(true)) {
            return Err(root.member(name).wrong_type(&Rule::File, text));
        }
        body.insert(name.to_owned(), Value::Bool(true));
    }
    root.only(fields, &body)?;
    members(fields, &body, &root)?;
    Ok(body)
}

/// Checks the parameters of a query and reads them by their rules.
pub(crate) fn query(
    fields: &[Field],
    query: &Query,
    front_end: FrontEnd,
    version: Option<ApiVersion>,
) -> Result<Map<String, Value>, Refusal> {
    let read = read(fields, query.iter());
    let root = Place::root(front_end, version);
    root.only(fields, &read)?;
    members(fields, &read, &root)?;
    Ok(read)
}

/// `a=1`, `a[]=1`, `a.b=1` and `a[b]=1` as JSON.
fn read<'a>(
    fields: &[Field],
    texts: impl Iterator<Item = (&'a str, &'a str)>,
) -> Map<String, Value> {
    let mut read = Map::new();
    for (name, text) in texts {
        insert(&mut read, name, text);
    }
    for (name, value) in &mut read {
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            field.rule.read(value);
        }
    }
    read
}

fn insert(read: &mut Map<String, Value>, name: &str, text: &str) {
    if let Some(name) = name.strip_suffix("[]") {
        let list = read.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(text.into());
        }
        return;
    }
    let bracketed = name.strip_suffix(']').and_then(|name| name.split_once('['));
    if let Some((name, member)) = bracketed.or_else(|| name.split_once('.')) {
        let object = read
            .entry(name)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(members) = object {
            members.insert(member.to_owned(), text.into());
        }
        return;
    }
    read.insert(name.to_owned(), text.into());
}

impl Rule {
    /// Whether it is a file, or a list of files.
    pub(super) fn is_file(&self) -> bool {
        match self {
            Self::File => true,
            Self::List { of, .. } => of.is_file(),
            _ => false,
        }
    }

    /// Makes of a text what this rule asks for, where it can be made of it.
    fn read(&self, value: &mut Value) {
        match (self, &mut *value) {
            (Self::Integer(..) | Self::Number(..), Value::String(text)) => {
                if let Ok(number @ Value::Number(_)) = serde_json::from_str(text) {
                    *value = number;
                }
            }
            (Self::Bool, Value::String(text)) => {
                if let Ok(switch) = text.parse::<bool>() {
                    *value = switch.into();
                }
            }
            (
                Self::Object(_) | Self::Map(_) | Self::MapUpTo(..) | Self::Tagged { .. },
                Value::String(text),
            ) => {
                if let Ok(object @ Value::Object(_)) = serde_json::from_str(text) {
                    *value = object;
                }
            }
            (Self::Object(fields), Value::Object(members)) => {
                for (name, value) in members {
                    if let Some(field) = fields.iter().find(|field| field.name == name) {
                        field.rule.read(value);
                    }
                }
            }
            (Self::List { of, .. }, Value::Array(items)) => {
                for item in items {
                    of.read(item);
                }
            }
            (Self::OneOf(rules), _) => {
                for rule in *rules {
                    if !rule.takes(value) {
                        rule.read(value);
                    }
                }
            }
            _ => {}
        }
    }
}
