//! How a stream fails.

use aoai_types::error::{ApiError, ErrorBody};

use crate::error::{Error, ErrorKind};
use crate::sse::Frame;

/// The error that an event is, in whatever form.
pub(super) fn api_error(frame: &Frame) -> Option<Box<ApiError>> {
    match ErrorBody::read(frame.bytes().clone()) {
        ErrorBody::Api(api) => Some(api),
        _ => None,
    }
}

/// The service ended the answer as failed, and the reason that should follow never came.
pub(super) fn gave_up() -> Error {
    Error::new(
        ErrorKind::Server,
        "the service gave the answer up and did not say why",
    )
}

/// The body is over, and nothing said that the answer is.
pub(super) fn stopped() -> Error {
    Error::new(
        ErrorKind::Truncated,
        "the stream stopped before its end: what came is not all there is",
    )
}

/// Something between service and client ended the stream in a way in which such answers do not end.
pub(super) fn done_too_early() -> Error {
    Error::new(
        ErrorKind::Truncated,
        "the stream said [DONE] before the event that ends such an answer: what came is not all \
         there is",
    )
}
