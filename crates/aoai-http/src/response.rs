//! An answer, with all that came with it.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::attempt::Attempt;
use crate::head::{Head, head_methods};
use crate::redact;
use crate::transport::{WireBody, WireResponse};

/// An answer: the value, and everything that the service sent with it.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    head: Head,
    body: Bytes,
    attempts: Vec<Attempt>,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, head: Head, body: Bytes, attempts: Vec<Attempt>) -> Self {
        Self {
            value,
            head,
            body,
            attempts,
        }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without the rest.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The body as it came; empty where it is the value itself and still to come.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    head_methods!();

    /// What was sent before this answer came, and what brought it.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    #[expect(clippy::unnecessary_wraps, reason = "an error may have no head")]
    fn head(&self) -> Option<&Head> {
        Some(&self.head)
    }

    pub(crate) fn with<U>(self, value: U) -> Response<U> {
        Response::new(value, self.head, self.body, self.attempts)
    }

    pub(crate) fn into_parts(self) -> (Head, Bytes, Vec<Attempt>) {
        (self.head, self.body, self.attempts)
    }
}

impl Response<Bytes> {
    /// An answer that was read to its end, as it came.
    pub(crate) fn whole(answer: WireResponse) -> Self {
        let body = match answer.body {
            WireBody::Whole(body) => body,
            WireBody::Stream(_) => Bytes::new(),
        };
        let head = Head {
            status: answer.status,
            headers: answer.headers,
        };
        Self::new(body.clone(), head, body, answer.attempts)
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.head.status)
            .field("headers", &redact::Headers(&self.head.headers))
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
