//! A value that is not as a pattern says.

use serde_json::Value;

use super::diff::unified;
use super::shorten;
use crate::redact::Redactor;
use crate::source::Span;

/// A value that is not as a pattern says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// Where in the result, in the form that `save` takes: `body.choices.0.text`.
    pub path: String,
    /// Where in the spec.
    pub span: Span,
    /// What the spec says.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// What helps to understand it.
    pub note: Option<String>,
    /// For long texts, lists and mappings that are known in full: what differs, line by line.
    pub diff: Option<String>,
    /// The item of the list at `path` before which a part of the pattern was looked for.
    pub(crate) after: Option<usize>,
    /// The whole of what was expected and what came, until it is masked.
    pub(crate) compared: Option<Box<(Value, Value)>>,
}

impl Mismatch {
    pub(crate) fn new(path: impl Into<String>, span: Span) -> Self {
        Self {
            path: path.into(),
            span,
            ..Self::default()
        }
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    pub(crate) fn actual(mut self, actual: impl Into<String>) -> Self {
        self.actual = actual.into();
        self
    }

    pub(crate) fn note(mut self, note: Option<String>) -> Self {
        self.note = note;
        self
    }

    /// Will show what differs, where that is easier to read than two blobs.
    pub(crate) fn compared(mut self, expected: &Value, actual: &Value) -> Self {
        let is_long = |value: &Value| match value {
            Value::String(text) => text.chars().count() > LONG,
            Value::Array(_) | Value::Object(_) => true,
            _ => false,
        };
        let same_kind = std::mem::discriminant(expected) == std::mem::discriminant(actual);
        if same_kind && (is_long(expected) || is_long(actual)) {
            self.compared = Some(Box::new((expected.clone(), actual.clone())));
        }
        self
    }

    /// Masks secrets and cuts what is long; in this order, or half a secret could be left.
    pub(crate) fn mask(&mut self, redactor: &Redactor) {
        if let Some(compared) = self.compared.take() {
            let (expected, actual) = &*compared;
            self.diff = unified(
                &redactor.redact_value(expected),
                &redactor.redact_value(actual),
            );
        }
        let note = self.note.iter_mut();
        for text in [&mut self.expected, &mut self.actual]
            .into_iter()
            .chain(note)
        {
            *text = shorten(&redactor.redact(text));
        }
    }
}

/// Texts up to this length are compared at a glance, in characters.
const LONG: usize = 60;
