//! JSON kept as text.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::operation::{DecodeError, EncodeError};

/// A JSON value kept as text, so that the members of its objects stay in the order they were
/// written in.
///
/// A model fills in a JSON schema's properties in the order the schema names them, and
/// [`serde_json::Value`] sorts them by default; whoever wants the reasoning before the verdict
/// takes care of the order with [`Json::new`] or [`Json::parse`].
///
/// ```
/// use aoai_types::Json;
///
/// let schema = Json::parse(r#"{"why": {"type": "string"}, "answer": {"type": "string"}}"#)?;
/// assert_eq!(serde_json::to_string(&schema)?, schema.as_str());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON of anything that has one, the members of structs in the structs' order.
    ///
    /// # Errors
    ///
    /// `value` has no JSON form.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        serde_json::value::to_raw_value(value)
            .map(Self)
            .map_err(EncodeError::new)
    }

    /// JSON that is written already.
    ///
    /// # Errors
    ///
    /// `text` is not JSON.
    pub fn parse(text: &str) -> Result<Self, DecodeError> {
        DecodeError::read(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The value, the order of its members no longer kept.
    ///
    /// # Panics
    ///
    /// Never: the text is JSON.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.as_str()).expect("the text was checked when it came in")
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(serde_json::value::to_raw_value(&value).expect("a `Value` is JSON"))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.to_value() == other.to_value()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
