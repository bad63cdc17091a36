//! Strict tables of arguments, and the refusals of requests that do not fit them.
//!
//! The tables are written by hand from the service's documents, not taken from the wire types:
//! client and emulator must not agree on a mistake.

use aoai_types::ApiVersion;
use serde_json::{Map, Value};

use self::place::{Place, joined, quoted};
use crate::refusal::Refusal;

pub(crate) mod audio;
pub(crate) mod batches;
pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod containers;
pub(crate) mod conversations;
pub(crate) mod embeddings;
pub(crate) mod evals;
pub(crate) mod files;
pub(crate) mod fine_tuning;
pub(crate) mod graders;
pub(crate) mod images;
mod place;
pub(crate) mod realtime;
pub(crate) mod responses;
pub(crate) mod strict;
mod texts;
pub(crate) mod uploads;
pub(crate) mod vector_stores;

pub(crate) use self::texts::{form, query};

/// An argument, or a member of an object among them.
pub(crate) struct Field {
    name: &'static str,
    rule: &'static Rule,
    required: bool,
    nullable: bool,
    since: Option<ApiVersion>,
}

impl Field {
    /// May be left out or null.
    pub(crate) const fn optional(name: &'static str, rule: &'static Rule) -> Self {
        Self {
            name,
            rule,
            required: false,
            nullable: true,
            since: None,
        }
    }

    /// May be left out, but is not null.
    pub(crate) const fn not_null(name: &'static str, rule: &'static Rule) -> Self {
        Self {
            nullable: false,
            ..Self::optional(name, rule)
        }
    }

    /// Must be there, not null.
    pub(crate) const fn required(name: &'static str, rule: &'static Rule) -> Self {
        Self {
            required: true,
            ..Self::not_null(name, rule)
        }
    }

    /// Unknown to dated api-versions before this one.
    pub(crate) const fn since(mut self, version: ApiVersion) -> Self {
        self.since = Some(version);
        self
    }
}

/// What a value must be.
pub(crate) enum Rule {
    Any,
    Bool,
    Text,
    /// A text of so many characters at most.
    TextUpTo(usize),
    /// The name of a function or a schema.
    Name,
    Words(&'static [&'static str]),
    Integer(i64, i64),
    Number(f64, f64),
    List {
        of: &'static Rule,
        min: usize,
        max: usize,
    },
    Map(&'static Rule),
    /// An object of so many members at most, of any names.
    MapUpTo(usize, &'static Rule),
    Object(&'static [Field]),
    /// An object whose member `tag` says which members it has.
    Tagged {
        tag: &'static str,
        variants: &'static [(&'static str, &'static [Field])],
    },
    /// An object that may lack the member `tag`: it then has these fields.
    Untagged {
        tag: &'static str,
        fields: &'static [Field],
        tagged: &'static Rule,
    },
    /// The first that takes this type of JSON.
    OneOf(&'static [&'static Rule]),
    /// A file of a form; whether it is there has been looked at before.
    File,
}

/// Which of the service's front ends checks a body; it shows in what is said of unknown arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrontEnd {
    /// That of chat, completions and embeddings.
    Inference,
    /// That of responses and of all that came after them.
    Resources,
}

/// Checks a whole body; `version` is the dated api-version, if it is one.
pub(crate) fn body(
    fields: &[Field],
    body: &Map<String, Value>,
    front_end: FrontEnd,
    version: Option<ApiVersion>,
) -> Result<(), Refusal> {
    let place = Place::root(front_end, version);
    place.only(fields, body)?;
    members(fields, body, &place)
}

fn members(fields: &[Field], object: &Map<String, Value>, place: &Place) -> Result<(), Refusal> {
    for field in fields {
        let place = place.member(field.name);
        match object.get(field.name) {
            None if field.required => return Err(place.missing()),
            None => {}
            Some(Value::Null) if field.nullable => {}
            Some(value) => field.rule.check(value, &place)?,
        }
    }
    Ok(())
}

fn known<'a>(fields: &'a [Field], name: &str, version: Option<ApiVersion>) -> Option<&'a Field> {
    let field = fields.iter().find(|field| field.name == name)?;
    match (field.since, version) {
        (Some(since), Some(version)) if version < since => None,
        _ => Some(field),
    }
}

impl Rule {
    fn check(&self, value: &Value, place: &Place) -> Result<(), Refusal> {
        match (self, value) {
            (Self::Any, _)
            | (Self::Bool | Self::File, Value::Bool(_))
            | (Self::Text, Value::String(_)) => Ok(()),
            (Self::TextUpTo(most), Value::String(text)) => place.characters(text, *most),
            (Self::Name, Value::String(name)) => place.name(name),
            (Self::Words(words), Value::String(word)) => place.word(word, words),
            (Self::Integer(min, max), Value::Number(_)) => {
                let Some(number) = integer(value) else {
                    return Err(place.wrong_type(self, value));
                };
                place.integer(number, (*min).into(), (*max).into())
            }
            (Self::Number(min, max), Value::Number(number)) => {
                place.number(number.as_f64().unwrap_or_default(), *min, *max)
            }
            (Self::List { of, .. }, Value::Bool(_)) if of.is_file() => Ok(()),
            (Self::List { of, min, max }, Value::Array(items)) => {
                place.length(items.len(), *min, *max)?;
                let check = |(index, item)| of.check(item, &place.item(index));
                items.iter().enumerate().try_for_each(check)
            }
            (Self::Map(rule), Value::Object(members)) => {
                let check =
                    |(name, value): (&String, &Value)| rule.check(value, &place.member(name));
                members.iter().try_for_each(check)
            }
            (Self::MapUpTo(most, rule), Value::Object(members)) => {
                place.members(members.len(), *most)?;
                Self::Map(rule).check(value, place)
            }
            (Self::Tagged { tag, variants }, Value::Object(object)) => {
                let place_of_tag = place.member(tag);
                let Some(found) = object.get(*tag) else {
                    return Err(place_of_tag.missing());
                };
                let Value::String(found) = found else {
                    return Err(place_of_tag.wrong_type(&Self::Text, found));
                };
                let Some((_, fields)) = variants.iter().find(|(name, _)| name == found) else {
                    let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
                    return Err(place_of_tag.not_supported(found, &names));
                };
                place.only(fields, object)?;
                members(fields, object, place)
            }
            (Self::Untagged { tag, tagged, .. }, Value::Object(object))
                if object.contains_key(*tag) =>
            {
                tagged.check(value, place)
            }
            (Self::Object(fields) | Self::Untagged { fields, .. }, Value::Object(object)) => {
                place.only(fields, object)?;
                members(fields, object, place)
            }
            (Self::OneOf(rules), _) => match rules.iter().find(|rule| rule.takes(value)) {
                Some(rule) => rule.check(value, place),
                None => Err(place.wrong_type(self, value)),
            },
            _ => Err(place.wrong_type(self, value)),
        }
    }

    /// Whether the type of `value` (of a list: that of its first item) is this rule's.
    fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Text | Self::TextUpTo(_) | Self::Name | Self::Words(_), Value::String(_))
            | (Self::Number(..), Value::Number(_))
            | (
                Self::Map(_)
                | Self::MapUpTo(..)
                | Self::Object(_)
                | Self::Tagged { .. }
                | Self::Untagged { .. },
                Value::Object(_),
            ) => true,
            (Self::Integer(..), value) => integer(value).is_some(),
            (Self::List { of, .. }, Value::Array(items)) => {
                items.first().is_none_or(|first| of.takes(first))
            }
            (Self::OneOf(rules), value) => rules.iter().any(|rule| rule.takes(value)),
            _ => false,
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Any => "a value".to_owned(),
            Self::Bool => "a boolean".to_owned(),
            Self::Text | Self::TextUpTo(_) | Self::Name => "a string".to_owned(),
            Self::Words(words) => format!("one of {}", quoted(words, "or")),
            Self::Integer(..) => "an integer".to_owned(),
            Self::Number(..) => "a decimal".to_owned(),
            Self::List { of, .. } => format!("an array of {}", of.plural()),
            Self::Map(_)
            | Self::MapUpTo(..)
            | Self::Object(_)
            | Self::Tagged { .. }
            | Self::Untagged { .. } => "an object".to_owned(),
            Self::File => "a file".to_owned(),
            Self::OneOf(rules) => {
                let expected: Vec<String> = rules.iter().map(|rule| rule.expected()).collect();
                format!("one of {}", joined(&expected, "or"))
            }
        }
    }

    fn plural(&self) -> String {
        match self {
            Self::Any | Self::OneOf(_) => "values".to_owned(),
            Self::Bool => "booleans".to_owned(),
            Self::Text | Self::TextUpTo(_) | Self::Name | Self::Words(_) => "strings".to_owned(),
            Self::File => "files".to_owned(),
            Self::Integer(..) => "integers".to_owned(),
            Self::Number(..) => "decimals".to_owned(),
            Self::List { of, .. } => format!("arrays of {}", of.plural()),
            Self::Map(_)
            | Self::MapUpTo(..)
            | Self::Object(_)
            | Self::Tagged { .. }
            | Self::Untagged { .. } => "objects".to_owned(),
        }
    }
}

/// Pairs of the caller's own.
const METADATA: Rule = Rule::MapUpTo(16, &Rule::TextUpTo(512));

/// In which order a list comes.
const ORDER: Rule = Rule::Words(&["asc", "desc"]);

/// An integer, however it is written: the service takes `1.0` for one.
fn integer(value: &Value) -> Option<i128> {
    let whole = value.as_i64().map(i128::from);
    whole.or(value.as_u64().map(i128::from)).or_else(|| {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked: it has no fraction"
        )]
        let whole = number as i128;
        (number.fract() == 0.0 && number.abs() < 1e38).then_some(whole)
    })
}
