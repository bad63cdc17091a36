//! Writes a request as a form.

use serde::Serialize;
use serde_json::Value;

use crate::endpoint::{Scope, Surface};
use crate::operation::{Encode, EncodeError, FilePart, Mode, Operation, Part, Parts};

/// The parts of a form, in the order they are added.
///
/// Extra members of request and call become text parts and replace parts of their name.
pub(crate) struct Form<'a> {
    cx: &'a Encode<'a>,
    parts: Vec<Part>,
}

impl<'a> Form<'a> {
    pub(crate) const fn new(cx: &'a Encode<'a>) -> Self {
        Self {
            cx,
            parts: Vec::new(),
        }
    }

    /// A part that is there if `value` is.
    ///
    /// A text stands as it is, anything else as JSON.
    pub(crate) fn field(
        mut self,
        name: impl Into<String>,
        value: Option<&impl Serialize>,
    ) -> Result<Self, EncodeError> {
        if let Some(value) = value {
            let value = serde_json::to_value(value).map_err(EncodeError::new)?;
            self.parts.push(Part::text(name, text(value)));
        }
        Ok(self)
    }

    /// One part for each entry, all of the name `name[]`.
    pub(crate) fn entries(
        mut self,
        name: &str,
        entries: Option<&[impl Serialize]>,
    ) -> Result<Self, EncodeError> {
        for entry in entries.unwrap_or_default() {
            self = self.field(format!("{name}[]"), Some(entry))?;
        }
        Ok(self)
    }

    /// A file.
    pub(crate) fn file(mut self, name: &str, file: &FilePart) -> Self {
        self.parts.push(Part::file(name, file));
        self
    }

    /// The form of `operation`: with `model` where the surface wants it and the extra members.
    pub(crate) fn finish<O: Operation>(mut self, operation: &O) -> Parts {
        let in_path =
            matches!(self.cx.surface, Surface::Dated(_)) && O::ENDPOINT.scope == Scope::Deployment;
        if let (Some(model), false) = (operation.deployment(), in_path) {
            let model = self.cx.deployment.unwrap_or(model);
            self.parts.push(Part::text("model", model));
        }
        if self.cx.mode == Mode::Streaming {
            self.parts.push(Part::text("stream", "true"));
        }
        for (name, value) in [operation.extra(), self.cx.extra]
            .into_iter()
            .flatten()
            .flatten()
        {
            self.parts.retain(|part| part.name != *name);
            self.parts.push(Part::text(name, text(value.clone())));
        }
        Parts::multipart::<O>(self.parts)
    }
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
