//! From what the service said to a kind of error: one pure function.

use aoai_types::{Endpoint, Surface};
use http::StatusCode;

use super::ErrorKind;

/// What is known about a refusal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The status; `None` where the error came inside an event stream.
    pub(crate) status: Option<StatusCode>,
    /// The status that the error itself names: the one it had elsewhere.
    pub(crate) told: Option<StatusCode>,
    /// The error's code, numbers as text; empty where there is none.
    pub(crate) code: &'a str,
    /// The inner error's code; empty where there is none.
    pub(crate) inner_code: &'a str,
    /// The error's type, `invalid_request_error`; empty where there is none.
    pub(crate) kind: &'a str,
    /// For people; empty where nobody said anything.
    pub(crate) message: &'a str,
    /// Whether the body was of any family that the service or API Management writes.
    pub(crate) understood: bool,
    /// The operation, and the surface it was asked for on.
    pub(crate) operation: Option<(&'static Endpoint, Surface)>,
}

impl Facts<'_> {
    /// What the refusal means for the caller.
    pub(crate) fn classify(&self) -> ErrorKind {
        let Some(status) = self.status else {
            return self.in_band();
        };
        match status.as_u16() {
            401 if self.lacks_role() => ErrorKind::Permission,
            401 => ErrorKind::Authentication,
            // A firewall or a proxy on the way: the service and API Management write their reasons.
            403 | 407 if !self.understood => ErrorKind::Gateway,
            403 => self.forbidden(),
            404 => self.not_found(),
            408 => ErrorKind::Timeout,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            429 => self.too_many(),
            400..=499 => self.bad_request(),
            500 | 501 | 505..=599 if self.understood => self.server(),
            503 if self.understood => ErrorKind::Capacity,
            _ => ErrorKind::Gateway,
        }
    }

    fn bad_request(&self) -> ErrorKind {
        self.by_code().unwrap_or_else(|| {
            if self.says("API version not supported") {
                ErrorKind::UnsupportedApiVersion
            } else if self.says("custom subdomain for token authentication") {
                ErrorKind::Authentication
            } else if self.hides_too_many() {
                ErrorKind::RateLimit
            } else {
                ErrorKind::InvalidRequest
            }
        })
    }

    fn forbidden(&self) -> ErrorKind {
        if self.is_code("AuthenticationTypeDisabled") {
            ErrorKind::LocalAuthDisabled
        } else if NETWORK_WORDS.iter().any(|words| self.says(words)) {
            ErrorKind::NetworkRule
        } else if self.says("temporarily blocked") {
            ErrorKind::AccountBlocked
        } else if self.says("quota") {
            // API Management answers a spent quota with 403.
            ErrorKind::Quota
        } else {
            ErrorKind::Permission
        }
    }

    fn not_found(&self) -> ErrorKind {
        if self.lacks_deployment() {
            return ErrorKind::DeploymentNotFound;
        }
        // The service says the same words about a path and about an api-version it does not know.
        let unserved = self.operation.is_some_and(|(endpoint, surface)| {
            !surface.is_known() || !endpoint.is_served_by(surface)
        });
        if unserved && !self.is_code("NotFound") {
            ErrorKind::UnsupportedApiVersion
        } else {
            ErrorKind::NotFound
        }
    }

    fn too_many(&self) -> ErrorKind {
        if self.is_code("insufficient_quota") || self.says("call volume quota") {
            ErrorKind::Quota
        } else if CAPACITY_WORDS.iter().any(|words| self.says(words)) {
            ErrorKind::Capacity
        } else {
            ErrorKind::RateLimit
        }
    }

    fn server(&self) -> ErrorKind {
        if CAPACITY_WORDS.iter().any(|words| self.says(words)) {
            ErrorKind::Capacity
        } else {
            ErrorKind::Server
        }
    }

    /// An error in place of an event: there is no status to go by.
    fn in_band(&self) -> ErrorKind {
        if let Some(kind) = self.by_code() {
            return kind;
        }
        if self.lacks_deployment() {
            return ErrorKind::DeploymentNotFound;
        }
        for word in [self.code, self.kind] {
            if let Ok(status) = word.parse::<StatusCode>() {
                let status = Some(status);
                return Facts { status, ..*self }.classify();
            }
            if TOO_MANY_CODES
                .iter()
                .any(|code| code.eq_ignore_ascii_case(word))
            {
                return self.too_many();
            }
            match word {
                "invalid_request_error" | "invalid_prompt" | "BadRequest" => {
                    return ErrorKind::InvalidRequest;
                }
                "authentication_error" | "invalid_api_key" => return ErrorKind::Authentication,
                "permission_error" | "PermissionDenied" => return ErrorKind::Permission,
                "Forbidden" => return self.forbidden(),
                // What there was too much of.
                "tokens" | "requests" => return self.too_many(),
                "not_found" | "NotFound" | "not_found_error" => return ErrorKind::NotFound,
                "timeout" | "Timeout" => return ErrorKind::Timeout,
                _ => {}
            }
        }
        let failed = |status: &StatusCode| status.is_client_error() || status.is_server_error();
        if let Some(status) = self.told.filter(failed) {
            let status = Some(status);
            return Facts { status, ..*self }.classify();
        }
        if CAPACITY_WORDS.iter().any(|words| self.says(words)) {
            return ErrorKind::Capacity;
        }
        if self.says("rate limit") || self.says("throughput limit") {
            return ErrorKind::RateLimit;
        }
        ErrorKind::Server
    }

    /// Codes that mean the same wherever they stand.
    fn by_code(&self) -> Option<ErrorKind> {
        let filtered = self.inner_code == "ResponsibleAIPolicyViolation"
            || FILTER_CODES.iter().any(|code| self.is_code(code));
        if filtered {
            return Some(ErrorKind::ContentFilter);
        }
        let too_long = self.is_code("context_length_exceeded")
            || self.says("maximum context length")
            || self.says("exceeds the context window");
        if too_long {
            return Some(ErrorKind::ContextLength);
        }
        match self.code {
            "DeploymentNotFound" => Some(ErrorKind::DeploymentNotFound),
            "AuthenticationTypeDisabled" => Some(ErrorKind::LocalAuthDisabled),
            "insufficient_quota" => Some(ErrorKind::Quota),
            // Batches that wait: room comes as they are done.
            "token_limit_exceeded" => Some(ErrorKind::RateLimit),
            _ => None,
        }
    }

    /// Whether the data path wrapped another service's 429 into its own 400.
    fn hides_too_many(&self) -> bool {
        self.says("responded with status 429")
    }

    fn lacks_role(&self) -> bool {
        self.is_code("PermissionDenied")
            || self.says("lacks the required data action")
            || self.says("does not have access to API/Operation")
    }

    fn lacks_deployment(&self) -> bool {
        self.is_code("DeploymentNotFound")
            || self.says("API deployment for this resource does not exist")
            || self.says("Could not find an existing deployment")
    }

    fn is_code(&self, code: &str) -> bool {
        self.code.eq_ignore_ascii_case(code)
    }

    fn says(&self, words: &str) -> bool {
        let (message, words) = (self.message.as_bytes(), words.as_bytes());
        message
            .windows(words.len())
            .any(|window| window.eq_ignore_ascii_case(words))
    }
}

const FILTER_CODES: &[&str] = &[
    "content_filter",
    "content_policy_violation",
    "contentFilter",
];

const NETWORK_WORDS: &[&str] = &[
    "Virtual Network",
    "Firewall",
    "Public access is disabled",
    "private endpoint",
];

const CAPACITY_WORDS: &[&str] = &["high demand", "overloaded", "no capacity"];

const TOO_MANY_CODES: &[&str] = &[
    "rate_limit_exceeded",
    "rate_limit_reached",
    "RateLimitReached",
    "rate_limit_error",
    "too_many_requests",
    "TooManyRequests",
];

#[cfg(test)]
mod tests {
    use aoai_types::completions::CreateCompletion;
    use aoai_types::{Operation, Surface};

    use super::*;

    fn check(status: u16, code: &str, message: &str, expected: ErrorKind) {
        let facts = Facts {
            status: (status != 0).then(|| StatusCode::from_u16(status).unwrap()),
            code,
            message,
            understood: true,
            operation: Some((CreateCompletion::ENDPOINT, Surface::V1)),
            ..Facts::default()
        };
        assert_eq!(facts.classify(), expected, "{status} {code:?} {message:?}");
    }

    #[test]
    fn every_known_refusal_has_its_kind() {
        for (status, code, message, expected) in REFUSALS {
            check(*status, code, message, *expected);
        }
    }

    #[rustfmt::skip]
    const REFUSALS: &[(u16, &str, &str, ErrorKind)] = {
        use ErrorKind::*;
        &[
            (400, "", "Unrecognized request argument supplied: X", InvalidRequest),
            (400, "OperationNotSupported", "The operation does not work with …", InvalidRequest),
            (400, "content_filter", "The response was filtered …", ContentFilter),
            (400, "content_policy_violation", "", ContentFilter),
            (400, "contentFilter", "Your task failed as a result of our safety system.", ContentFilter),
            (400, "context_length_exceeded", "This model's maximum context length is …", ContextLength),
            (400, "", "Your input exceeds the context window of this model", ContextLength),
            (400, "BadRequest", "API version not supported", UnsupportedApiVersion),
            (400, "BadRequest", "Please provide a custom subdomain for token authentication, …", Authentication),
            (400, "400", "An error …: Server responded with status 429. Error message: …", RateLimit),
            (400, "DeploymentNotFound", "", DeploymentNotFound),
            (400, "AuthenticationTypeDisabled", "", LocalAuthDisabled),
            (400, "token_limit_exceeded", "The number of enqueued tokens has surpassed …", RateLimit),
            (401, "401", "Access denied due to invalid subscription key or wrong API endpoint.", Authentication),
            (401, "", "Unauthorized. Access token is missing, invalid, …", Authentication),
            (401, "PermissionDenied", "Principal does not have access to API/Operation.", Permission),
            (401, "", "The principal `x` lacks the required data action `y` to perform …", Permission),
            (402, "", "", InvalidRequest),
            (403, "403", "Access denied due to Virtual Network/Firewall rules.", NetworkRule),
            (403, "", "Public access is disabled. Please configure private endpoint.", NetworkRule),
            (403, "AuthenticationTypeDisabled", "Key based authentication is disabled …", LocalAuthDisabled),
            (403, "Forbidden", "Your resource has been temporarily blocked because …", AccountBlocked),
            (403, "", "Quota is exceeded. Try again in 2 hours.", Quota),
            (403, "Forbidden", "Something else", Permission),
            (404, "DeploymentNotFound", "The API deployment …", DeploymentNotFound),
            (404, "404", "Resource not found", NotFound),
            (404, "", "", NotFound),
            (405, "", "", InvalidRequest),
            (408, "", "", Timeout),
            (409, "", "", Conflict),
            (413, "", "413: Maximum content size limit (26214400) exceeded", TooLarge),
            (422, "", "", InvalidRequest),
            (429, "429", "Requests to … have exceeded token rate limit", RateLimit),
            (429, "RateLimitReached", "Your requests to …", RateLimit),
            (429, "insufficient_quota", "You exceeded your current quota", Quota),
            (429, "", "Out of call volume quota. Quota will be replenished in …", Quota),
            (429, "429", "The system is currently experiencing high demand and …", Capacity),
            (429, "", "Requests have exceeded the throughput limit on your Provisioned-Managed …", RateLimit),
            (431, "", "", InvalidRequest),
            (500, "", "The server had an error while processing your request.", Server),
            (500, "", "That model is currently overloaded with other requests", Capacity),
            (502, "", "", Gateway),
            (503, "", "", Capacity),
            (504, "", "", Gateway),
            (529, "", "", Server),
            (307, "", "", Gateway),
        ]
    };

    #[test]
    fn an_error_inside_a_stream_is_told_by_its_words() {
        use ErrorKind::*;
        let rows: &[(&str, &str, ErrorKind)] = &[
            ("rate_limit_exceeded", "", RateLimit),
            ("too_many_requests", "", RateLimit),
            ("429", "", RateLimit),
            (
                "",
                "Your requests to x have exceeded token rate limit.",
                RateLimit,
            ),
            ("insufficient_quota", "", Quota),
            ("content_filter", "", ContentFilter),
            ("content_policy_violation", "", ContentFilter),
            ("context_length_exceeded", "", ContextLength),
            (
                "",
                "Could not find an existing deployment to match the model",
                DeploymentNotFound,
            ),
            (
                "",
                "Requests have exceeded the throughput limit on your Provisioned-Managed …",
                RateLimit,
            ),
            ("tokens", "", RateLimit),
            (
                "requests",
                "You exceeded your current quota: call volume quota",
                Quota,
            ),
            (
                "Forbidden",
                "Your resource has been temporarily blocked because …",
                AccountBlocked,
            ),
            ("Forbidden", "", Permission),
            ("invalid_request_error", "", InvalidRequest),
            ("authentication_error", "", Authentication),
            ("invalid_api_key", "", Authentication),
            ("permission_error", "", Permission),
            ("PermissionDenied", "", Permission),
            ("AuthenticationTypeDisabled", "", LocalAuthDisabled),
            ("not_found", "", NotFound),
            ("NotFound", "", NotFound),
            ("not_found_error", "", NotFound),
            ("DeploymentNotFound", "", DeploymentNotFound),
            ("timeout", "", Timeout),
            ("Timeout", "", Timeout),
            ("server_error", "The server had an error", Server),
            ("500", "", Server),
            ("", "The engine is currently overloaded", Capacity),
            ("", "", Server),
        ];
        for (code, message, expected) in rows {
            check(0, code, message, *expected);
        }
        let by_type = Facts {
            kind: "too_many_requests",
            ..Facts::default()
        };
        assert_eq!(by_type.classify(), RateLimit);
        for (code, told, expected) in [
            ("", 429, RateLimit),
            ("Throttled", 429, RateLimit),
            ("Throttled", 401, Authentication),
            ("Throttled", 200, Server),
            // The code says more.
            ("not_found", 429, NotFound),
        ] {
            let by_status = Facts {
                code,
                told: StatusCode::from_u16(told).ok(),
                understood: true,
                ..Facts::default()
            };
            assert_eq!(by_status.classify(), expected, "{code:?} {told}");
        }
    }

    #[test]
    fn who_answered_nothing_readable_is_not_the_service() {
        for (status, expected) in [
            (500, ErrorKind::Gateway),
            (502, ErrorKind::Gateway),
            (503, ErrorKind::Gateway),
            (429, ErrorKind::RateLimit),
            (403, ErrorKind::Gateway),
            (407, ErrorKind::Gateway),
            (401, ErrorKind::Authentication),
            (400, ErrorKind::InvalidRequest),
        ] {
            let status = StatusCode::from_u16(status).ok();
            let facts = Facts {
                status,
                ..Facts::default()
            };
            assert_eq!(facts.classify(), expected, "{status:?}");
        }
    }

    #[test]
    fn one_body_two_kinds_of_404() {
        let kind = |surface: &str, code| {
            let surface: Surface = surface.parse().unwrap();
            Facts {
                status: Some(StatusCode::NOT_FOUND),
                code,
                message: "Resource not found",
                understood: true,
                operation: Some((CreateCompletion::ENDPOINT, surface)),
                ..Facts::default()
            }
            .classify()
        };
        assert_eq!(kind("v1", "404"), ErrorKind::NotFound);
        assert_eq!(kind("2024-10-21", "404"), ErrorKind::NotFound);
        assert_eq!(
            kind("2023-11-01-preview", "404"),
            ErrorKind::UnsupportedApiVersion
        );
        assert_eq!(kind("2099-01-01", "404"), ErrorKind::UnsupportedApiVersion);
        assert_eq!(
            kind("2099-01-01", "DeploymentNotFound"),
            ErrorKind::DeploymentNotFound
        );
    }
}
