//! Strict tables of arguments, and the refusals of requests that do not fit them.
//!
//! The tables are written by hand from the service's documents, not taken from the wire types:
//! client and emulator must not agree on a mistake.

use aoai_types::ApiVersion;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod embeddings;

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
    Words(&'static [&'static str]),
    Integer(i64, i64),
    Number(f64, f64),
    List {
        of: &'static Rule,
        min: usize,
        max: usize,
    },
    Map(&'static Rule),
    Object(&'static [Field]),
    /// An object whose member `tag` says which members it has.
    Tagged {
        tag: &'static str,
        variants: &'static [(&'static str, &'static [Field])],
    },
    /// The first that takes this type of JSON.
    OneOf(&'static [&'static Rule]),
}

/// Checks a whole body; `version` is the dated api-version, if it is one.
pub(crate) fn body(
    fields: &[Field],
    body: &Map<String, Value>,
    version: Option<ApiVersion>,
) -> Result<(), Refusal> {
    let unknown: Vec<&str> = body
        .keys()
        .map(String::as_str)
        .filter(|name| known(fields, name, version).is_none())
        .collect();
    if !unknown.is_empty() {
        let plural = if unknown.len() == 1 { "" } else { "s" };
        let message = format!(
            "Unrecognized request argument{plural} supplied: {}",
            unknown.join(", ")
        );
        return Err(Refusal::invalid(message, None, Some("")));
    }
    members(fields, body, &Place::root(version))
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
            (Self::Any, _) | (Self::Bool, Value::Bool(_)) | (Self::Text, Value::String(_)) => {
                Ok(())
            }
            (Self::Words(words), Value::String(word)) => place.word(word, words),
            (Self::Integer(min, max), Value::Number(_)) => {
                let Some(number) = integer(value) else {
                    return Err(place.wrong_type(self, value));
                };
                place.integer(number, *min, *max)
            }
            (Self::Number(min, max), Value::Number(number)) => {
                place.number(number.as_f64().unwrap_or_default(), *min, *max)
            }
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
            (Self::Object(fields), Value::Object(object)) => {
                place.only(fields, object)?;
                members(fields, object, place)
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
            | (Self::Text | Self::Words(_), Value::String(_))
            | (Self::Number(..), Value::Number(_))
            | (Self::Map(_) | Self::Object(_) | Self::Tagged { .. }, Value::Object(_)) => true,
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
            Self::Text => "a string".to_owned(),
            Self::Words(words) => format!("one of {}", quoted(words, "or")),
            Self::Integer(..) => "an integer".to_owned(),
            Self::Number(..) => "a decimal".to_owned(),
            Self::List { of, .. } => format!("an array of {}", of.plural()),
            Self::Map(_) | Self::Object(_) | Self::Tagged { .. } => "an object".to_owned(),
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
            Self::Text | Self::Words(_) => "strings".to_owned(),
            Self::Integer(..) => "integers".to_owned(),
            Self::Number(..) => "decimals".to_owned(),
            Self::List { of, .. } => format!("arrays of {}", of.plural()),
            Self::Map(_) | Self::Object(_) | Self::Tagged { .. } => "objects".to_owned(),
        }
    }
}

/// Where in the body a value stands.
struct Place {
    path: String,
    version: Option<ApiVersion>,
}

impl Place {
    fn root(version: Option<ApiVersion>) -> Self {
        Self {
            path: String::new(),
            version,
        }
    }

    fn member(&self, name: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        Self {
            path: format!("{}{separator}{name}", self.path),
            version: self.version,
        }
    }

    fn item(&self, index: usize) -> Self {
        Self {
            path: format!("{}[{index}]", self.path),
            version: self.version,
        }
    }

    fn refuse(&self, message: impl AsRef<str>, code: &str) -> Refusal {
        Refusal::invalid(message, Some(&self.path), Some(code))
    }

    fn missing(&self) -> Refusal {
        let message = format!("Missing required parameter: '{}'.", self.path);
        self.refuse(message, "missing_required_parameter")
    }

    fn wrong_type(&self, rule: &Rule, found: &Value) -> Refusal {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a decimal",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        let message = format!(
            "Invalid type for '{}': expected {}, but got {found} instead.",
            self.path,
            rule.expected()
        );
        self.refuse(message, "invalid_type")
    }

    /// Members that an object must not have; the wording is that of the service's chat front end.
    fn only(&self, fields: &[Field], object: &Map<String, Value>) -> Result<(), Refusal> {
        let unknown: Vec<&str> = object
            .keys()
            .map(String::as_str)
            .filter(|name| known(fields, name, self.version).is_none())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let verb = if unknown.len() == 1 { "was" } else { "were" };
        let unknown: Vec<String> = unknown.iter().map(|name| format!("'{name}'")).collect();
        let message = format!(
            "Additional properties are not allowed ({} {verb} unexpected) - '{}'",
            unknown.join(", "),
            self.path.replace('[', ".").replace(']', "")
        );
        Err(Refusal::invalid(message, None, None))
    }

    fn word(&self, word: &str, words: &[&str]) -> Result<(), Refusal> {
        if words.contains(&word) {
            return Ok(());
        }
        Err(self.not_supported(word, words))
    }

    fn not_supported(&self, word: &str, words: &[&str]) -> Refusal {
        let message = format!(
            "Invalid value: '{word}'. Supported values are: {}.",
            quoted(words, "and")
        );
        self.refuse(message, "invalid_value")
    }

    fn integer(&self, number: i64, min: i64, max: i64) -> Result<(), Refusal> {
        if number < min {
            return Err(self.out_of_range(
                "integer below minimum",
                ">=",
                min,
                number,
                "integer_below_min_value",
            ));
        }
        if number > max {
            return Err(self.out_of_range(
                "integer above maximum",
                "<=",
                max,
                number,
                "integer_above_max_value",
            ));
        }
        Ok(())
    }

    fn number(&self, number: f64, min: f64, max: f64) -> Result<(), Refusal> {
        if number < min {
            return Err(self.out_of_range(
                "decimal below minimum",
                ">=",
                min,
                number,
                "decimal_below_min_value",
            ));
        }
        if number > max {
            return Err(self.out_of_range(
                "decimal above maximum",
                "<=",
                max,
                number,
                "decimal_above_max_value",
            ));
        }
        Ok(())
    }

    fn out_of_range<N: std::fmt::Display>(
        &self,
        what: &str,
        sign: &str,
        bound: N,
        found: N,
        code: &str,
    ) -> Refusal {
        let message = format!(
            "Invalid '{}': {what} value. Expected a value {sign} {bound}, but got {found} instead.",
            self.path
        );
        self.refuse(message, code)
    }

    fn length(&self, length: usize, min: usize, max: usize) -> Result<(), Refusal> {
        let path = &self.path;
        if length > max {
            let message = format!(
                "Invalid '{path}': array too long. Expected an array with maximum length {max}, \
                 but got an array with length {length} instead."
            );
            return Err(self.refuse(message, "array_above_max_length"));
        }
        if length < min {
            let message = format!(
                "Invalid '{path}': empty array. Expected an array with minimum length {min}, but \
                 got an empty array instead."
            );
            return Err(self.refuse(message, "empty_array"));
        }
        Ok(())
    }
}

/// An integer, however it is written: the service takes `1.0` for one.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked: it has no fraction"
        )]
        let whole = number as i64;
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(whole)
    })
}

fn quoted(words: &[&str], last: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    joined(&words, last)
}

/// `a, b, and c`.
fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} {last} {second}"),
        [front @ .., end] => format!("{}, {last} {end}", front.join(", ")),
    }
}
