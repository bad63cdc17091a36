//! Answers with a status of success that are no event streams.

use aoai_types::error::ErrorBody;
use aoai_types::{Endpoint, Surface};
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use crate::error::{Error, ErrorKind};
use crate::head::Head;
use crate::redact::Sent;

/// Whether an answer says that it is one document. Gateways drop the media type of event streams,
/// so only this one counts against it.
pub(crate) fn is_document(headers: &HeaderMap) -> bool {
    is_of("application/json", headers)
}

fn is_of(media_type: &str, headers: &HeaderMap) -> bool {
    let named = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let named = named.unwrap_or_default().trim_ascii_start();
    let begin = named.get(..media_type.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(media_type.as_bytes()))
}

/// What came before the first event of an answer that does not say that it has events: the reason
/// may be in it.
#[derive(Debug)]
pub(super) struct Beginning {
    bytes: BytesMut,
    limit: usize,
}

impl Beginning {
    /// None of an answer that says what it is.
    pub(super) fn of(headers: &HeaderMap, limit: usize) -> Option<Box<Self>> {
        let bytes = BytesMut::new();
        let is_stream = is_of("text/event-stream", headers);
        (!is_stream).then(|| Box::new(Self { bytes, limit }))
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = self.limit - self.bytes.len();
        self.bytes
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// The whole body, where it is none of an event stream.
    pub(super) fn into_body(self) -> Option<Bytes> {
        (!is_cut_off(&self.bytes)).then(|| self.bytes.freeze())
    }
}

/// Whether it begins as an event stream does, or not at all.
fn is_cut_off(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = text.trim_ascii_start();
    let name = text.split(|byte| b":\r\n".contains(byte)).next();
    let name = name.unwrap_or_default();
    FIELDS.iter().any(|field| field.starts_with(name))
}

/// The error that a body is, or tells of.
pub(super) fn reason(
    body: Bytes,
    head: &Head,
    operation: Option<(&'static Endpoint, Surface)>,
    sent: &Sent,
) -> Error {
    let error = match ErrorBody::read(body.clone()) {
        ErrorBody::Api(api) => return Error::in_band(api, body, operation, sent),
        ErrorBody::Bytes(_) if !is_document(&head.headers) => Error::foreign("events were"),
        _ => Error::new(
            ErrorKind::Decode,
            "events were asked for, and one document came",
        ),
    };
    error.with_answer(head.clone(), Some(body))
}

const FIELDS: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];
