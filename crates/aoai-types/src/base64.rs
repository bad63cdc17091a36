//! Bytes that travel as text.

use std::error::Error;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Reads bytes that are written in base64.
///
/// # Errors
///
/// They are not.
pub(crate) fn decode(text: &str) -> Result<Bytes, InvalidBase64> {
    STANDARD
        .decode(text)
        .map(Bytes::from)
        .map_err(InvalidBase64)
}

/// A text that should be base64, and is not.
///
/// ```
/// use aoai_types::images::Image;
///
/// let image: Image = serde_json::from_str(r#"{"b64_json": "a picture"}"#)?;
/// assert_eq!(image.bytes().unwrap_err().to_string(), "the content is not base64");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct InvalidBase64(base64::DecodeError);

impl fmt::Display for InvalidBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content is not base64")
    }
}

impl Error for InvalidBase64 {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
