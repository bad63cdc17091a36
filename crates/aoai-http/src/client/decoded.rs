//! From the body of an answer to its value.

use aoai_types::error::ErrorBody;
use aoai_types::operation::DecodeError;
use aoai_types::{Endpoint, Operation};
use bytes::Bytes;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::policies::retry::Seen;
use crate::response::Response;

/// The value that an answer's body is.
pub(crate) fn decoded<O: Operation>(
    client: &Client,
    operation: &O,
    response: Response<Bytes>,
) -> Result<Response<O::Response>> {
    match O::answer(response.body()) {
        Ok(value) => Ok(response.with(value)),
        Err(invalid) => {
            let safe = operation.safe_to_repeat();
            Err(undecoded(client, O::ENDPOINT, safe, response, invalid))
        }
    }
}

/// The error that a body is, or tells of.
#[cold]
fn undecoded(
    client: &Client,
    endpoint: &'static Endpoint,
    safe_to_repeat: bool,
    response: Response<Bytes>,
    invalid: DecodeError,
) -> Error {
    let (head, body, mut attempts) = response.into_parts();
    let Some(api) = ErrorBody::under_success(&body) else {
        return Error::new(ErrorKind::Decode, "the answer is not of the expected form")
            .with_source(invalid)
            .with_answer(head, Some(body))
            .after(attempts, false)
            .in_operation(|| endpoint.id.to_owned());
    };
    let message = api.message.clone();
    let error = Error::under_success(api, body, (endpoint, client.surface()));
    let seen = Seen::InBand {
        headers: &head.headers,
        kind: error.kind(),
        message: &message,
    };
    let safe = safe_to_repeat || client.retry_options().repeat_unsafe;
    let retryable = seen.is_repeatable(safe).is_ok();
    let asked = seen.asked(client.clock().now());
    if let Some(last) = attempts.last_mut() {
        last.error = Some(error.kind());
    }
    error
        .with_note(None, asked)
        .with_answer(head, None)
        .after(attempts, retryable)
        .in_operation(|| endpoint.id.to_owned())
}
