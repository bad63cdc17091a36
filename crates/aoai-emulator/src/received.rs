//! A request as it comes over a connection, before anybody looks at what it asks for.

use std::error::Error;
use std::io;

use bytes::Bytes;
use http::header::{EXPECT, HOST};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, Version};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};

use crate::form;
use crate::refusal::Refusal;

/// Why a request is not handed on.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It breaks the rules of HTTP.
    Refused(Box<Refusal>),
    /// Half a request is none, and there is nobody to answer to.
    Half,
}

/// Reads a request to its end. The inner error is a body that is too long for anybody.
pub(crate) async fn read(
    request: Request<Incoming>,
) -> Result<(Parts, Result<Bytes, Refusal>), Unread> {
    let (parts, body) = request.into_parts();
    let body = whole(&parts.headers, body).await?;
    if !is_addressed(&parts) {
        let message = "The request needs one Host header, with a host and no more.";
        return Err(Unread::Refused(Box::new(Refusal::bad_request(message))));
    }
    Ok((parts, body))
}

async fn whole(headers: &HeaderMap, mut body: Incoming) -> Result<Result<Bytes, Refusal>, Unread> {
    let most = longest(headers);
    let too_large = Ok(Err(Refusal::too_large(most)));
    if headers.contains_key(EXPECT) && body.size_hint().lower() > most as u64 {
        // Who asks first is told before anything is on its way.
        return too_large;
    }
    match Limited::new(&mut body, most).collect().await {
        Ok(body) => return Ok(Ok(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {}
        Err(error) => return Err(unread(&*error)),
    }
    // Who is still writing does not see an answer, but a connection that is closed.
    while let Some(frame) = body.frame().await {
        frame.map_err(|error| unread(&error))?;
    }
    too_large
}

/// What came of a body that did not come to its end: it was cut, or is written wrongly.
fn unread(error: &(dyn Error + 'static)) -> Unread {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    let kind = causes.find_map(|cause| Some(cause.downcast_ref::<io::Error>()?.kind()));
    match kind {
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            let message = "The chunks of the request's body are not written as they must be.";
            Unread::Refused(Box::new(Refusal::bad_request(message)))
        }
        _ => Unread::Half,
    }
}

/// Whether it says which host it is for, as RFC 9112 wants it: since HTTP/1.1 always, never twice.
fn is_addressed(request: &Parts) -> bool {
    let mut hosts = request.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version < Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

fn is_host(value: &HeaderValue) -> bool {
    let host = value.as_bytes();
    host.is_empty() || (!host.contains(&b'@') && Authority::try_from(host).is_ok())
}

/// How long a body may be that comes with these headers.
fn longest(headers: &HeaderMap) -> usize {
    if form::is_form(form::content_type(headers)) {
        MOST_OF_A_FORM
    } else {
        MOST
    }
}

/// The longest body that is read, where it is no form.
const MOST: usize = 64 << 20;

/// The longest form: the largest file that the service takes, 512 MiB, and room for what is around it.
const MOST_OF_A_FORM: usize = (512 << 20) + (1 << 20);
