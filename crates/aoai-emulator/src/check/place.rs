//! Where in a body a value stands, and what is said of a value that does not fit there.

use aoai_types::ApiVersion;
use serde_json::{Map, Value};

use super::{Field, FrontEnd, Rule, known};
use crate::refusal::Refusal;

/// Where in the body a value stands.
pub(super) struct Place {
    path: String,
    front_end: FrontEnd,
    /// The dated api-version of the request, if it is one.
    version: Option<ApiVersion>,
}

impl Place {
    pub(super) fn root(front_end: FrontEnd, version: Option<ApiVersion>) -> Self {
        Self {
            path: String::new(),
            front_end,
            version,
        }
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        Self {
            path: format!("{}{separator}{name}", self.path),
            ..*self
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self {
            path: format!("{}[{index}]", self.path),
            ..*self
        }
    }

    fn refuse(&self, message: impl AsRef<str>, code: &str) -> Refusal {
        Refusal::invalid(message, Some(&self.path), Some(code))
    }

    pub(super) fn missing(&self) -> Refusal {
        let message = format!("Missing required parameter: '{}'.", self.path);
        self.refuse(message, "missing_required_parameter")
    }

    pub(super) fn wrong_type(&self, rule: &Rule, found: &Value) -> Refusal {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a decimal",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.wrong_kind(rule, found)
    }

    /// `found` is what it is, in words.
    pub(super) fn wrong_kind(&self, rule: &Rule, found: &str) -> Refusal {
        let message = format!(
            "Invalid type for '{}': expected {}, but got {found} instead.",
            self.path,
            rule.expected()
        );
        self.refuse(message, "invalid_type")
    }

    /// Refuses members that an object must not have.
    pub(super) fn only(
        &self,
        fields: &[Field],
        object: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let unknown: Vec<&str> = object
            .keys()
            .map(String::as_str)
            .filter(|name| known(fields, name, self.version).is_none())
            .collect();
        match (unknown.first(), self.front_end) {
            (None, _) => Ok(()),
            (Some(first), FrontEnd::Resources) => Err(self.member(first).unknown()),
            (Some(_), FrontEnd::Inference) if self.path.is_empty() => {
                let plural = if unknown.len() == 1 { "" } else { "s" };
                let message = format!(
                    "Unrecognized request argument{plural} supplied: {}",
                    unknown.join(", ")
                );
                Err(Refusal::invalid(message, None, Some("")))
            }
            (Some(_), FrontEnd::Inference) => Err(self.additional(&unknown)),
        }
    }

    fn unknown(&self) -> Refusal {
        let message = format!("Unknown parameter: '{}'.", self.path);
        self.refuse(message, "unknown_parameter")
    }

    fn additional(&self, unknown: &[&str]) -> Refusal {
        let verb = if unknown.len() == 1 { "was" } else { "were" };
        let unknown: Vec<String> = unknown.iter().map(|name| format!("'{name}'")).collect();
        let message = format!(
            "Additional properties are not allowed ({} {verb} unexpected) - '{}'",
            unknown.join(", "),
            self.path.replace('[', ".").replace(']', "")
        );
        Refusal::invalid(message, None, None)
    }

    pub(super) fn name(&self, name: &str) -> Result<(), Refusal> {
        let path = &self.path;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            let message = format!(
                "Invalid '{path}': string does not match pattern. Expected a string that matches \
                 the pattern '^[a-zA-Z0-9_-]+$'."
            );
            return Err(self.refuse(message, "invalid_value"));
        }
        self.characters(name, 64)
    }

    pub(super) fn characters(&self, text: &str, most: usize) -> Result<(), Refusal> {
        let length = text.chars().count();
        if length <= most {
            return Ok(());
        }
        let message = format!(
            "Invalid '{}': string too long. Expected a string with maximum length {most}, but got \
             a string with length {length} instead.",
            self.path
        );
        Err(self.refuse(message, "string_above_max_length"))
    }

    pub(super) fn word(&self, word: &str, words: &[&str]) -> Result<(), Refusal> {
        if words.contains(&word) {
            return Ok(());
        }
        Err(self.not_supported(word, words))
    }

    pub(super) fn not_supported(&self, word: &str, words: &[&str]) -> Refusal {
        let message = format!(
            "Invalid value: '{word}'. Supported values are: {}.",
            quoted(words, "and")
        );
        self.refuse(message, "invalid_value")
    }

    pub(super) fn integer(&self, number: i128, min: i128, max: i128) -> Result<(), Refusal> {
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

    pub(super) fn number(&self, number: f64, min: f64, max: f64) -> Result<(), Refusal> {
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

    pub(super) fn members(&self, found: usize, most: usize) -> Result<(), Refusal> {
        if found <= most {
            return Ok(());
        }
        let message = format!(
            "Invalid '{}': too many properties. Expected an object with at most {most} properties, \
             but got an object with {found} properties instead.",
            self.path
        );
        Err(self.refuse(message, "object_above_max_properties"))
    }

    pub(super) fn length(&self, length: usize, min: usize, max: usize) -> Result<(), Refusal> {
        let path = &self.path;
        if length > max {
            let message = format!(
                "Invalid '{path}': array too long. Expected an array with maximum length {max}, \
                 but got an array with length {length} instead."
            );
            return Err(self.refuse(message, "array_above_max_length"));
        }
        if length == 0 && min > 0 {
            let message = format!(
                "Invalid '{path}': empty array. Expected an array with minimum length {min}, but \
                 got an empty array instead."
            );
            return Err(self.refuse(message, "empty_array"));
        }
        if length < min {
            let message = format!(
                "Invalid '{path}': array too short. Expected an array with minimum length {min}, \
                 but got an array with length {length} instead."
            );
            return Err(self.refuse(message, "array_below_min_length"));
        }
        Ok(())
    }
}

pub(super) fn quoted(words: &[&str], last: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    joined(&words, last)
}

/// `a, b, and c`.
pub(super) fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} {last} {second}"),
        [front @ .., end] => format!("{}, {last} {end}", front.join(", ")),
    }
}
