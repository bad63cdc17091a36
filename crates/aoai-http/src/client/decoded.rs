//! From the body of an answer to its value.

use aoai_types::Operation;
use aoai_types::error::ErrorBody;
use aoai_types::operation::{DecodeError, Mode};
use bytes::Bytes;
use futures_util::future::{Either, ready};
use futures_util::{FutureExt as _, TryFutureExt as _};
use http::header::CONTENT_TYPE;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::event_stream::is_document;
use crate::head::Head;
use crate::policies::request_id;
use crate::policies::retry::take_up;
use crate::redact::Sent;
use crate::response::Response;
use crate::transport::{Call, WireRequest, WireResponse};

/// Makes of an answer's body what the caller wants of it.
pub(crate) type Reader<T> = fn(&Client, WireResponse) -> Result<Response<T>>;

/// Sends the request of `operation` and reads its answer, and does both again as long as that tells
/// of an error that may pass.
pub(crate) fn read<'a, O: Operation, T: Send>(
    client: &'a Client,
    operation: &'a O,
    mut request: WireRequest,
    reader: Reader<T>,
) -> impl Future<Output = Result<Response<T>>> + Send + use<'a, O, T> {
    client.begin(&mut request);
    request_id::ensure(&mut request);
    let (id, began) = (request.call.id, request.call.began);
    let backend = request.call.backend.clone();
    // An async block would have room for each of these side by side.
    let fetched = client.fetch_wire(request);
    let answered = fetched.map(move |answered| reader(client, answered?));
    answered.or_else(move |error| {
        if !is_told_under_success(&error) {
            return Either::Right(ready(Err(error)));
        }
        let call = Call {
            id,
            began,
            backend,
            ..Call::default()
        };
        Either::Left(Box::pin(read_again(client, operation, call, error, reader)))
    })
}

fn is_told_under_success(error: &Error) -> bool {
    error.api().is_some() && error.status().is_some_and(|status| status.is_success())
}

async fn read_again<O: Operation, T>(
    client: &Client,
    operation: &O,
    call: Call,
    mut error: Error,
    reader: Reader<T>,
) -> Result<Response<T>> {
    loop {
        let mut request = client.request(operation, Mode::Unary)?;
        request.call = Call {
            once: request.call.once,
            ..call.clone()
        };
        client.begin(&mut request);
        let prior = take_up(client, &request, error)?;
        client.clock().sleep(prior.waited).await;
        request.call.prior = Some(Box::new(prior));
        error = match reader(client, client.fetch_wire(request).await?) {
            Err(error) if is_told_under_success(&error) => error,
            answered => return answered,
        };
    }
}

/// The value that an answer's body is.
pub(crate) fn decoded<O: Operation>(
    client: &Client,
    mut answer: WireResponse,
) -> Result<Response<O::Response>> {
    let sent = std::mem::take(&mut answer.sent);
    let response = Response::whole(answer);
    match O::answer(response.body()) {
        Ok(value) => Ok(response.with(value)),
        Err(invalid) => undecoded::<O>(client, &sent, response, invalid),
    }
}

/// What a body is that is not of the expected form as it came.
#[cold]
fn undecoded<O: Operation>(
    client: &Client,
    sent: &Sent,
    response: Response<Bytes>,
    invalid: DecodeError,
) -> Result<Response<O::Response>> {
    let invalid = match unmarked::<O>(response.body()) {
        Some(Ok(value)) => return Ok(response.with(value)),
        Some(Err(invalid)) => invalid,
        None => invalid,
    };
    let (head, body, mut attempts) = response.into_parts();
    let error = match ErrorBody::under_success(&body) {
        Some(api) => {
            let operation = (O::ENDPOINT, client.surface());
            let error = Error::under_success(api, body.clone(), operation, sent);
            if let Some(last) = attempts.last_mut() {
                last.error = Some(error.kind());
            }
            error
        }
        None if is_foreign(&head, &body) => Error::foreign("an answer in JSON was"),
        None => Error::new(ErrorKind::Decode, "the answer is not of the expected form")
            .with_source(invalid),
    };
    Err(error
        .with_answer(head, Some(body))
        .after(attempts, false)
        .in_operation(|| O::ENDPOINT.id.to_owned()))
}

/// Whether a body is a page, or said to be something else than JSON, and does not begin as that does.
fn is_foreign(head: &Head, body: &Bytes) -> bool {
    let text = body.strip_prefix(MARK).unwrap_or(body);
    match text.trim_ascii_start().first() {
        None | Some(b'{' | b'[') => false,
        Some(b'<') => true,
        Some(_) => head.headers.contains_key(CONTENT_TYPE) && !is_document(&head.headers),
    }
}

/// What a body is without the byte-order mark that a front door put before it.
fn unmarked<O: Operation>(body: &Bytes) -> Option<Result<O::Response, DecodeError>> {
    let plain = body.strip_prefix(MARK)?;
    Some(O::answer(&body.slice_ref(plain)))
}

/// A byte-order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";
