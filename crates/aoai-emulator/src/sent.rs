//! What a request carries, by what its operation takes: JSON, a form, or nothing.

use aoai_types::ApiVersion;
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::check;
use crate::form::{self, FORM, File, Form};
use crate::handlers::{Handler, Takes};
use crate::refusal::Refusal;

/// A body before its arguments are checked.
#[derive(Debug)]
pub(crate) enum Sent {
    Nothing,
    Json(Map<String, Value>),
    Form(Form),
}

impl Sent {
    /// Reads the body of a request to an operation.
    pub(crate) fn read(
        takes: &Takes,
        headers: &HeaderMap,
        body: Result<Bytes, Refusal>,
    ) -> Result<Self, Refusal> {
        let kind = form::content_type(headers);
        let is_form = form::is_form(kind);
        match takes {
            Takes::Nothing => Ok(Self::Nothing),
            Takes::Json(_) if is_form => Err(Refusal::unsupported_content_type(kind, JSON)),
            Takes::Json(_) => Ok(Self::Json(object(&body?)?)),
            Takes::Form(_) if is_form => Ok(Self::Form(Form::read(kind, body?)?)),
            Takes::Form(_) => Err(Refusal::unsupported_content_type(kind, FORM)),
        }
    }

    /// The deployment that the body names.
    pub(crate) fn model(&self) -> Result<&str, Refusal> {
        let model = match self {
            Self::Nothing => None,
            Self::Json(body) => body.get("model").and_then(Value::as_str),
            Self::Form(form) => {
                let mut texts = form.texts.iter();
                texts
                    .find(|(name, _)| name == "model")
                    .map(|(_, model)| &**model)
            }
        };
        model.ok_or_else(|| Refusal::invalid("you must provide a model parameter", None, None))
    }

    /// The arguments and the files, if they fit the operation's table.
    pub(crate) fn checked(
        self,
        handler: &Handler,
        version: Option<ApiVersion>,
    ) -> Result<(Map<String, Value>, Vec<File>), Refusal> {
        let front_end = handler.front_end;
        match (self, &handler.takes) {
            (Self::Json(body), Takes::Json(fields)) => {
                check::body(fields, &body, front_end, version)?;
                Ok((body, Vec::new()))
            }
            (Self::Form(form), Takes::Form(fields)) => {
                let body = check::form(fields, &form, front_end, version)?;
                Ok((body, form.files))
            }
            _ => Ok((Map::new(), Vec::new())),
        }
    }
}

fn object(body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::malformed())
}

const JSON: &str = "application/json";
