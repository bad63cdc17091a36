//! What the head of an answer says.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};

/// Status and headers of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

impl Head {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The same in memory of its own.
    ///
    /// Header values are slices of the buffer that the network was read into; whoever keeps them
    /// while a stream goes on keeps all of it.
    pub(crate) fn detach(self) -> Self {
        let own = |value: &HeaderValue| {
            let mut own = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            own.set_sensitive(value.is_sensitive());
            Some(own)
        };
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            if let Some(value) = own(value) {
                headers.append(name, value);
            }
        }
        Self { headers, ..self }
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
