//! What the head of an answer says.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use memchr::{memchr, memchr_iter};

use crate::redact;

/// Status and headers of an answer.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("status", &self.status)
            .field("headers", &redact::Headers(&self.headers))
            .finish()
    }
}

impl Head {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The same in memory of its own; see [`PackedHead`].
    pub(crate) fn detach(self) -> Self {
        PackedHead::new(&self).unpack()
    }
}

/// A head that is kept while its stream goes on, and becomes a map again where somebody looks.
///
/// Header values are slices of the buffer that the network was read into; whoever keeps them keeps
/// all of it. And a map of the usual two dozen takes four times the memory of their text.
#[derive(Clone)]
pub(crate) struct PackedHead {
    pub(crate) status: StatusCode,
    /// Names and values, line by line; the line of a sensitive value begins with a colon.
    lines: Box<[u8]>,
    unpacked: OnceLock<Box<Head>>,
}

impl PackedHead {
    pub(crate) fn new(head: &Head) -> Self {
        let length = |(name, value): (&HeaderName, &HeaderValue)| {
            name.as_str().len() + value.len() + b"::\n".len()
        };
        let mut lines = Vec::with_capacity(head.headers.iter().map(length).sum());
        for (name, value) in &head.headers {
            if value.is_sensitive() {
                lines.push(b':');
            }
            // Neither a name nor a value may hold a line's end, nor a name a colon.
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        Self {
            status: head.status,
            lines: lines.into(),
            unpacked: OnceLock::new(),
        }
    }

    /// The head itself.
    pub(crate) fn get(&self) -> &Head {
        self.unpacked.get_or_init(|| Box::new(self.unpack()))
    }

    fn unpack(&self) -> Head {
        let mut headers = HeaderMap::with_capacity(memchr_iter(b'\n', &self.lines).count());
        let mut rest = Bytes::copy_from_slice(&self.lines);
        while let Some(end) = memchr(b'\n', &rest) {
            let mut line = rest.split_to(end);
            rest.advance(1);
            let sensitive = line.starts_with(b":");
            line.advance(usize::from(sensitive));
            let Some(colon) = memchr(b':', &line) else {
                continue;
            };
            let name = HeaderName::from_bytes(&line[..colon]);
            let value = HeaderValue::from_maybe_shared(line.slice(colon + 1..));
            if let (Ok(name), Ok(mut value)) = (name, value) {
                value.set_sensitive(sensitive);
                headers.append(name, value);
            }
        }
        Head {
            status: self.status,
            headers,
        }
    }
}

impl fmt::Debug for PackedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Gives a type with a `fn head(&self) -> Option<&Head>` the methods that read it.
macro_rules! head_methods {
    () => {
        /// The model's id of the call, `x-request-id`; a gateway's own answers have none.
        pub fn request_id(&self) -> Option<&str> {
            self.head()?.text("x-request-id")
        }

        /// The service's id of the call, `apim-request-id`: the one that support asks for.
        pub fn apim_request_id(&self) -> Option<&str> {
            self.head()?.text("apim-request-id")
        }

        /// The region that served the call, `x-ms-region`: `East US 2`.
        pub fn region(&self) -> Option<&str> {
            self.head()?.text("x-ms-region")
        }

        /// What is left of the deployment's limits, as far as the service said.
        pub fn rate_limits(&self) -> $crate::RateLimits {
            self.head().map($crate::RateLimits::of).unwrap_or_default()
        }
    };
}
pub(crate) use head_methods;

/// What is left of a deployment's limits.
///
/// Numbers may be negative where the limit was overdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimits {
    /// Calls that the deployment may receive per window.
    pub limit_requests: Option<i64>,
    /// Calls left in this window.
    pub remaining_requests: Option<i64>,
    /// Tokens that the deployment may spend per window.
    pub limit_tokens: Option<i64>,
    /// Tokens left in this window.
    pub remaining_tokens: Option<i64>,
    /// The window of `limit_requests`.
    pub window_requests: Option<Duration>,
    /// The window of `limit_tokens`.
    pub window_tokens: Option<Duration>,
    /// When calls are counted anew, as the service wrote it: the unit is not stable.
    pub reset_requests: Option<String>,
    /// When tokens are counted anew, as the service wrote it: the unit is not stable.
    pub reset_tokens: Option<String>,
    /// Which limit was met: `Tokens` or `Requests`.
    pub met: Option<String>,
    /// How busy a provisioned deployment is: `37.2%`.
    pub utilization: Option<String>,
}

impl RateLimits {
    pub(crate) fn of(head: &Head) -> Self {
        let text = |name: &str| {
            let text = head.text(&format!("x-ratelimit-{name}"))?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let number = |name: &str| text(name)?.parse().ok();
        let window = |name: &str| Some(Duration::from_secs(text(name)?.parse().ok()?));
        let utilization = head.text("azure-openai-deployment-utilization");
        Self {
            limit_requests: number("limit-requests"),
            remaining_requests: number("remaining-requests"),
            limit_tokens: number("limit-tokens"),
            remaining_tokens: number("remaining-tokens"),
            window_requests: window("renewalperiod-requests"),
            window_tokens: window("renewalperiod-tokens"),
            reset_requests: text("reset-requests"),
            reset_tokens: text("reset-tokens"),
            met: text("type"),
            utilization: utilization
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_head_is_the_same_in_memory_of_its_own() {
        let network = Bytes::from_static(b"text/event-stream; charset=utf-8");
        let mut headers = HeaderMap::new();
        let shared = HeaderValue::from_maybe_shared(network.clone()).unwrap();
        headers.append("content-type", shared);
        headers.append("set-cookie", HeaderValue::from_static("one=1"));
        headers.append("set-cookie", HeaderValue::from_static("two: 2"));
        headers.append("x-empty", HeaderValue::from_static(""));
        headers.append("x-tab", HeaderValue::from_static(":a\tb"));
        headers.append(
            "x-odd",
            HeaderValue::from_bytes(b"caf\xC3\xA9 \xFF").unwrap(),
        );
        let mut secret = HeaderValue::from_static("not-a-real-key");
        secret.set_sensitive(true);
        headers.append("api-key", secret);
        let status = StatusCode::IM_A_TEAPOT;
        let head = Head { status, headers };

        let packed = PackedHead::new(&head);
        for same in [packed.get().clone(), head.clone().detach()] {
            assert_eq!(same.status, head.status);
            assert_eq!(same.headers, head.headers);
            assert!(same.headers["api-key"].is_sensitive());
            assert!(!same.headers["content-type"].is_sensitive());
            let text = same.headers["content-type"].as_bytes();
            assert_ne!(text.as_ptr(), network.as_ptr());
        }
        assert!(std::ptr::eq(packed.get(), packed.get()));
    }
}
