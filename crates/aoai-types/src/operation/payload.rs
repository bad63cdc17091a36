//! What a 2xx answer's body can be.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DecodeError, EncodeError};

/// A response body that decodes and encodes.
///
/// Every type that serde reads and writes is one, as JSON; [`Binary`], [`Text`] and [`Empty`] are
/// the others.
///
/// ```
/// use aoai_types::models::Model;
/// use aoai_types::operation::{Binary, Payload};
///
/// let body = bytes::Bytes::from_static(br#"{"id": "gpt-4o-mini", "object": "model"}"#);
/// assert_eq!(Model::decode(&body)?.id, "gpt-4o-mini");
/// assert_eq!(Binary::decode(&body)?.0, body);
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
pub trait Payload: Sized + Send + 'static {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// The body is not of this form; the error names the JSON path.
    fn decode(body: &Bytes) -> Result<Self, DecodeError>;

    /// Writes a body.
    ///
    /// # Errors
    ///
    /// The value has no such form.
    fn encode(&self) -> Result<Bytes, EncodeError>;
}

impl<T: DeserializeOwned + Serialize + Send + 'static> Payload for T {
    fn decode(body: &Bytes) -> Result<Self, DecodeError> {
        // Checked once for the whole body, UTF-8 need not be checked again for every string.
        match std::str::from_utf8(body) {
            Ok(text) => DecodeError::read(text),
            Err(error) => Err(DecodeError::not_utf8(error)),
        }
    }

    fn encode(&self) -> Result<Bytes, EncodeError> {
        serde_json::to_vec(self)
            .map(Bytes::from)
            .map_err(EncodeError::new)
    }
}

/// A body of bytes: a file, speech.
///
/// ```
/// use aoai_types::audio::CreateSpeech;
/// use aoai_types::{Operation, Payload};
///
/// let body = bytes::Bytes::from_static(b"\xff\xfbsound");
/// let speech = <CreateSpeech as Operation>::Response::decode(&body)?;
/// assert_eq!(speech.0, body);
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its bytes")]
pub struct Binary(pub Bytes);

impl Payload for Binary {
    fn decode(body: &Bytes) -> Result<Self, DecodeError> {
        Ok(Self(body.clone()))
    }

    fn encode(&self) -> Result<Bytes, EncodeError> {
        Ok(self.0.clone())
    }
}

/// A body of text: subtitles.
///
/// ```
/// use aoai_types::Payload;
/// use aoai_types::operation::Text;
///
/// let subtitles = Text::decode(&"WEBVTT\n".into())?;
/// assert_eq!(subtitles.0, "WEBVTT\n");
/// assert!(Text::decode(&b"\xff"[..].into()).is_err());
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its text")]
pub struct Text(pub String);

impl Payload for Text {
    fn decode(body: &Bytes) -> Result<Self, DecodeError> {
        match std::str::from_utf8(body) {
            Ok(text) => Ok(Self(text.to_owned())),
            Err(error) => Err(DecodeError::not_utf8(error)),
        }
    }

    fn encode(&self) -> Result<Bytes, EncodeError> {
        Ok(Bytes::from(self.0.clone()))
    }
}

/// No body, or one that says nothing.
///
/// ```
/// use aoai_types::fine_tuning::jobs::DeleteFineTuningJob;
/// use aoai_types::operation::Empty;
/// use aoai_types::{Operation, Payload};
///
/// let answer = <DeleteFineTuningJob as Operation>::Response::decode(&"".into())?;
/// assert_eq!(answer, Empty);
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing in it")]
pub struct Empty;

impl Payload for Empty {
    fn decode(_: &Bytes) -> Result<Self, DecodeError> {
        Ok(Self)
    }

    fn encode(&self) -> Result<Bytes, EncodeError> {
        Ok(Bytes::new())
    }
}
