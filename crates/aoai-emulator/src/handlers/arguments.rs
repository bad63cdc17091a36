//! A request's arguments, as the tables let them pass.

use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::text;

/// A whole number.
pub(super) fn number(body: &Map<String, Value>, name: &str) -> Option<u64> {
    body.get(name).and_then(whole)
}

/// A value that is a whole number, however it is written: `3.0` is one, too.
pub(super) fn whole(value: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the tables let whole numbers in range pass only"
    )]
    let truncated = |number: f64| number as u64;
    value.as_u64().or_else(|| value.as_f64().map(truncated))
}

/// A number that is an index or a length here.
pub(crate) fn size(body: &Map<String, Value>, name: &str) -> Option<usize> {
    number(body, name).and_then(|number| usize::try_from(number).ok())
}

/// A switch.
pub(super) fn flag(body: &Map<String, Value>, name: &str) -> bool {
    body.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// A switch that is on unless it is put off.
pub(super) fn flag_unless_off(body: &Map<String, Value>, name: &str) -> bool {
    body.get(name) != Some(&Value::Bool(false))
}

/// The stop sequences.
pub(super) fn stops(body: &Map<String, Value>) -> Vec<&str> {
    let stops: Vec<&str> = match body.get("stop") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    stops.into_iter().filter(|stop| !stop.is_empty()).collect()
}

/// Whether a stream shall tell its usage at the end.
pub(super) fn include_usage(body: &Map<String, Value>) -> bool {
    body.get("stream_options")
        .is_some_and(|options| options["include_usage"] == true)
}

/// Options of a stream without a stream are refused.
pub(super) fn check_stream_options(body: &Map<String, Value>) -> Result<(), Refusal> {
    let options = body
        .get("stream_options")
        .is_some_and(|options| !options.is_null());
    if options && !flag(body, "stream") {
        return Err(Refusal::invalid(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            Some("stream_options"),
            None,
        ));
    }
    Ok(())
}

/// More pictures than a request may have, among the parts of its messages or items, are refused.
pub(super) fn check_pictures(body: &Map<String, Value>, name: &str) -> Result<(), Refusal> {
    let all = body.get(name).and_then(Value::as_array);
    let parts = all.into_iter().flatten().flat_map(|one| {
        let parts = ["content", "output"].map(|name| one[name].as_array());
        parts.into_iter().flatten().flatten()
    });
    let is_picture = |part: &&Value| part["type"] == "image_url" || part["type"] == "input_image";
    if parts.filter(is_picture).count() > MOST_PICTURES {
        let message =
            format!("Exceeded maximum number of images ({MOST_PICTURES}) allowed in the request.");
        return Err(Refusal::invalid(message, Some(name), None));
    }
    Ok(())
}

/// One of the texts that a request asks something of.
pub(super) struct Input {
    pub(super) text: String,
    pub(super) tokens: u64,
}

impl Input {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            tokens: text::count(text),
        }
    }

    /// Tokens that the caller counted, each a word of its own.
    fn counted(tokens: &[Value]) -> Self {
        let words: Vec<String> = tokens.iter().map(Value::to_string).collect();
        Self {
            text: words.join(" "),
            tokens: tokens.len() as u64,
        }
    }
}

/// A text, several texts, tokens, or several lists of tokens.
pub(super) fn inputs(value: &Value) -> Vec<Input> {
    let one = |value: &Value| match value {
        Value::Array(tokens) => Input::counted(tokens),
        text => Input::new(text.as_str().unwrap_or_default()),
    };
    match value {
        Value::Array(tokens) if tokens.first().is_some_and(Value::is_number) => {
            vec![Input::counted(tokens)]
        }
        Value::Array(several) => several.iter().map(one).collect(),
        text => vec![one(text)],
    }
}

/// The most pictures that a request may have.
const MOST_PICTURES: usize = 50;
