//! Parameters of the query.

use serde_json::{Value, json};

use crate::check::{FrontEnd, Rule, parameter};
use crate::refusal::Refusal;
use crate::route::Call;

/// A switch.
pub(super) fn flag(call: &Call<'_>, name: &str) -> bool {
    call.matched.query.get(name) == Some("true")
}

/// A whole number within bounds.
pub(super) fn integer(
    call: &Call<'_>,
    name: &str,
    min: i64,
    max: i64,
) -> Result<Option<i64>, Refusal> {
    let Some(text) = call.matched.query.get(name) else {
        return Ok(None);
    };
    let number = text.parse::<i64>();
    let value = number
        .as_ref()
        .map_or_else(|_| json!(text), |number| json!(number));
    check(name, &value, &Rule::Integer(min, max))?;
    Ok(number.ok())
}

/// One of these words.
pub(super) fn word<'a>(
    call: &'a Call<'_>,
    name: &str,
    words: &'static [&'static str],
) -> Result<Option<&'a str>, Refusal> {
    let Some(word) = call.matched.query.get(name) else {
        return Ok(None);
    };
    check(name, &json!(word), &Rule::Words(words))?;
    Ok(Some(word))
}

fn check(name: &str, value: &Value, rule: &Rule) -> Result<(), Refusal> {
    parameter(name, value, rule, FrontEnd::Resources)
}
