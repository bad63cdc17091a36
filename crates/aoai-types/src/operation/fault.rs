//! What can go wrong between a type and its wire form.

use std::error::Error;
use std::fmt;
use std::str::Utf8Error;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use super::Operation;
use crate::buffer::{self, Buffer, Fault};
use crate::reader;

/// A request that has no wire form.
///
/// ```
/// use aoai_types::models::GetModel;
/// use aoai_types::{Encode, Operation, Surface};
///
/// let error = GetModel::new("").to_wire(&Encode::new(Surface::V1)).unwrap_err();
/// assert!(error.to_string().starts_with(r#"models.get: "" cannot be the model"#));
/// ```
#[derive(Debug)]
pub struct EncodeError(Box<dyn Error + Send + Sync>);

impl EncodeError {
    /// Wraps the reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }

    pub(super) fn json<O: Operation>(error: &serde_json::Error) -> Self {
        Self(format!("{}: the request has no JSON form: {error}", O::ENDPOINT.id).into())
    }

    #[cold]
    pub(super) fn nameless(id: &str) -> Self {
        Self(format!("{id}: `model` names the deployment, and it is empty").into())
    }

    pub(super) fn parameter<O: Operation>(name: &str) -> Self {
        Self(
            format!(
                "{}: `{name}` is an object, which no query can carry",
                O::ENDPOINT.id
            )
            .into(),
        )
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// A body or event that is not of the expected form.
///
/// ```
/// use aoai_types::Payload;
/// use aoai_types::chat::ChatCompletion;
///
/// let body = r#"{"choices": [{"message": {"content": 7}}]}"#.into();
/// let error = ChatCompletion::decode(&body).unwrap_err();
/// assert_eq!(error.path(), "choices[0].message.content");
/// ```
#[derive(Debug)]
pub struct DecodeError {
    path: String,
    source: Box<dyn Error + Send + Sync>,
}

impl DecodeError {
    /// Reads JSON; on failure the error knows where in the document it happened.
    ///
    /// # Errors
    ///
    /// `text` is not JSON of `T`'s form.
    pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Self> {
        if let Some(read) = reader::read(text) {
            return Ok(read);
        }
        // Tracking the path costs time, so it is done only for those that need it.
        serde_json::from_str(text)
            .map_err(|error| Self::locate(text, error, |document| T::deserialize(document).err()))
    }

    /// Finds the path of an error by reading once more.
    #[cold]
    fn locate(
        text: &str,
        error: serde_json::Error,
        read_again: fn(Buffer) -> Option<Fault>,
    ) -> Self {
        let read_again = |document| read_again(document).map(|fault| fault.path());
        let path = match buffer::document(text) {
            Ok(document) => read_again(document),
            // A member may be of another form before the text breaks.
            Err(broken) if error.is_data() => broken.read.and_then(read_again),
            Err(broken) => Some(broken.path()),
        };
        Self {
            path: path.unwrap_or_else(|| ".".to_owned()),
            source: Box::new(error),
        }
    }

    pub(super) fn not_utf8(error: Utf8Error) -> Self {
        Self {
            path: ".".to_owned(),
            source: Box::new(error),
        }
    }

    /// The error of a JSON object without this member; what is no object has others.
    #[cold]
    pub(super) fn unless_there(member: &'static str, body: &[u8]) -> Result<(), Self> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) if !members.contains_key(member) => Err(Self {
                path: ".".to_owned(),
                source: Box::new(serde_json::Error::missing_field(member)),
            }),
            _ => Ok(()),
        }
    }

    /// The same, in a line of a file of lines.
    pub(crate) fn in_line(self, number: usize) -> Self {
        let path = match self.path.as_str() {
            "." => format!("line {number}"),
            path => format!("line {number}: {path}"),
        };
        Self { path, ..self }
    }

    /// The JSON path of the place, `choices[0].delta`; `.` is the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "." => self.source.fmt(f),
            path => write!(f, "{path}: {}", self.source),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}
