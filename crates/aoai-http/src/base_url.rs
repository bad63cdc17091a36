//! The endpoint that a client is made for: an origin and the path that stands before `/openai`.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use aoai_types::Surface;
use http::HeaderValue;
use url::{Host, Url};

/// An endpoint, read and checked once.
pub(crate) struct BaseUrl {
    /// `https://host[:port][/path]`, without a slash at its end.
    text: String,
    /// The same, with a slash where there is no path.
    url: Url,
    /// Host and port, as requests name them.
    host_header: Option<HeaderValue>,
    /// The last URL that was written: most calls of a client go to one place.
    last: Mutex<Joined>,
}

/// A target below the endpoint, and its URL.
struct Joined {
    target: String,
    url: Url,
}

impl BaseUrl {
    /// Reads an endpoint: `https://{resource}.openai.azure.com`, or a gateway's URL with a path.
    pub(crate) fn parse(endpoint: &str) -> Result<Self, InvalidEndpoint> {
        let invalid = |reason| InvalidEndpoint::new(endpoint, reason);
        // Some blanks a parser of URLs would leave out, and so call another host.
        if endpoint.trim().contains(char::is_whitespace) {
            return Err(invalid(Reason::Blank));
        }
        let url = Url::parse(endpoint.trim()).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => invalid(Reason::NoScheme),
            error => invalid(Reason::NoUrl(error)),
        })?;
        // Before anything is said about the rest: a password must not stand in an error.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidEndpoint::hidden(Reason::UserInfo));
        }
        let Some(host) = url.host() else {
            return Err(invalid(Reason::Scheme));
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(invalid(Reason::PlainHttp)),
            _ => return Err(invalid(Reason::Scheme)),
        }
        if url.fragment().is_some() {
            return Err(invalid(Reason::Fragment));
        }
        let path = url.path().trim_end_matches('/');
        if let Some(pasted) = Pasted::read(&url, path) {
            return Err(invalid(Reason::Pasted(Box::new(pasted))));
        }
        if url.query().is_some() {
            return Err(invalid(Reason::Query));
        }
        let origin = url.origin().ascii_serialization();
        let host_and_port = origin.split_once("://").map(|(_, rest)| rest);
        Ok(Self {
            text: format!("{origin}{path}"),
            host_header: host_and_port.and_then(|host| HeaderValue::from_str(host).ok()),
            last: Mutex::new(Joined {
                target: String::new(),
                url: url.clone(),
            }),
            url,
        })
    }

    /// The URL of a request target that begins with a slash.
    ///
    /// It is that of both texts together, without reading again what stands before the target, or
    /// anything where the target is that of the call before. It never leaves the endpoint's origin,
    /// whatever a policy has made of the target.
    pub(crate) fn url(&self, target: &str) -> Url {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.target != target {
            *last = Joined {
                target: target.to_owned(),
                url: self.write(target),
            };
        }
        last.url.clone()
    }

    fn write(&self, target: &str) -> Url {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let base = self.url.path().trim_end_matches('/');
        let mut url = self.url.clone();
        url.set_path(&[base, path].concat());
        url.set_query(query);
        url
    }

    /// The host, an IPv6 address without its brackets, and the port.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let default = if self.is_plain() { 80 } else { 443 };
        let (_, rest) = self.text.split_once("://").unwrap_or(("", &self.text));
        let origin = rest.split('/').next().unwrap_or(rest);
        let (host, port) = match origin.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (origin, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        (host, port.unwrap_or(default))
    }

    /// The `host` header of requests: the port only where it is not the scheme's own.
    pub(crate) fn host_header(&self) -> Option<&HeaderValue> {
        self.host_header.as_ref()
    }

    /// Whether it is plain http, to loopback.
    pub(crate) fn is_plain(&self) -> bool {
        self.text.starts_with("http:")
    }

    /// The host's name, which may tell its cloud; of an IPv6 address it is only the beginning.
    pub(crate) fn host(&self) -> &str {
        let authority = self.text.split("://").nth(1).unwrap_or_default();
        authority.split(['/', ':']).next().unwrap_or_default()
    }

    /// The endpoint, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the last URL: its query may carry a key.
        f.debug_tuple("BaseUrl").field(&self.text).finish()
    }
}

/// An endpoint that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidEndpoint {
    endpoint: Option<String>,
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Blank,
    NoScheme,
    NoUrl(url::ParseError),
    Scheme,
    PlainHttp,
    UserInfo,
    Query,
    Fragment,
    Pasted(Box<Pasted>),
}

impl InvalidEndpoint {
    /// Tells as much of the endpoint as cannot hold a password or a key.
    fn new(endpoint: &str, reason: Reason) -> Self {
        let shown = endpoint.split(['?', '#']).next().unwrap_or(endpoint);
        if shown.contains('@') {
            return Self::hidden(reason);
        }
        Self {
            endpoint: Some(shown.to_owned()),
            reason,
        }
    }

    fn hidden(reason: Reason) -> Self {
        Self {
            endpoint: None,
            reason,
        }
    }
}

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Pasted(pasted) => return write!(f, "the endpoint {pasted}"),
            _ => match &self.endpoint {
                Some(endpoint) => write!(f, "{endpoint:?} cannot be the endpoint: ")?,
                None => write!(f, "the endpoint cannot be used: ")?,
            },
        }
        match &self.reason {
            Reason::Blank => write!(f, "it has a blank in it"),
            Reason::NoScheme => write!(
                f,
                "it has no scheme; it looks like https://my-resource.openai.azure.com"
            ),
            Reason::NoUrl(error) => write!(f, "{error}"),
            Reason::Scheme => write!(f, "its scheme is not https"),
            Reason::PlainHttp => write!(
                f,
                "plain http would show the credential to the network; use https (http is for \
                 loopback only)"
            ),
            Reason::UserInfo => write!(
                f,
                "it has a user name or password in it; credentials are given by a provider"
            ),
            Reason::Query => write!(
                f,
                "it has a query; queries are set on the client or the call"
            ),
            Reason::Fragment => write!(f, "it has a fragment (`#…`)"),
            Reason::Pasted(_) => Ok(()),
        }
    }
}

impl std::error::Error for InvalidEndpoint {}

/// A URL of one operation, taken for the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pasted {
    base: String,
    surface: Option<Surface>,
    version: Option<String>,
    deployment: Option<String>,
    operation: Option<String>,
}

impl Pasted {
    fn read(url: &Url, path: &str) -> Option<Self> {
        let version = url
            .query_pairs()
            .find(|(name, _)| name == "api-version")
            .map(|(_, version)| version.into_owned());
        let segments: Vec<&str> = path.split('/').collect();
        let Some(openai) = segments.iter().rposition(|segment| *segment == "openai") else {
            version.as_ref()?;
            return Some(Self::new(url, path, version));
        };
        let base = segments[..openai].join("/");
        let mut pasted = Self::new(url, &base, version);
        let mut rest = &segments[openai + 1..];
        match rest {
            ["v1", after @ ..] => {
                pasted.surface = Some(match pasted.version.as_deref() {
                    Some("preview") => Surface::V1Preview,
                    _ => Surface::V1,
                });
                rest = after;
            }
            ["deployments", name, after @ ..] => {
                pasted.deployment = Some((*name).to_owned());
                rest = after;
            }
            _ => {}
        }
        if !rest.is_empty() {
            pasted.operation = Some(format!("/{}", rest.join("/")));
        }
        Some(pasted)
    }

    fn new(url: &Url, base: &str, version: Option<String>) -> Self {
        let surface = version.as_deref().and_then(|text| text.parse().ok());
        Self {
            base: format!("{}{base}", url.origin().ascii_serialization()),
            surface,
            version,
            deployment: None,
            operation: None,
        }
    }
}

impl fmt::Display for Pasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ends before `/openai`: here it is {:?}; ", self.base)?;
        if let Some(name) = &self.deployment {
            write!(
                f,
                "{name:?} is the deployment, named by the request's model; "
            )?;
        }
        match (&self.surface, &self.version) {
            (Some(Surface::Dated(version)), _) => {
                write!(
                    f,
                    "\"{version}\" is the api-version, `Surface::dated(\"{version}\")`; "
                )?;
            }
            (Some(Surface::V1Preview), _) => {
                write!(f, "`api-version=preview` is `Surface::V1Preview`; ")?;
            }
            (Some(_), _) => write!(f, "`/v1` is `Surface::V1`, the default; ")?,
            (None, Some(version)) => write!(f, "{version:?} is no api-version; ")?,
            (None, None) => {}
        }
        match &self.operation {
            Some(path) => write!(f, "{path:?} is the operation, chosen by the request's type"),
            None => write!(f, "the client adds the rest"),
        }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::BaseUrl;

    proptest! {
        #[test]
        fn a_url_is_the_text_of_base_and_target_parsed(
            base in "https://(h|[a-z]{1,9}\\.example:[1-9]{1,3})(/[a-zA-Z0-9.%_-]{0,4}){0,3}/{0,2}",
            target in "(/([a-z0-9.%:@+~|\"<>`{}^'é-]|\\.\\.|%2e|%2E){0,6}){1,4}(\\?[a-z=&/?.%:'\"<>|é-]{0,12})?",
        ) {
            prop_assume!(!target.starts_with("//"));
            let base = BaseUrl::parse(&base).unwrap();
            let parsed = Url::parse(&[base.as_str(), &target].concat()).unwrap();
            prop_assert_eq!(base.url(&target), parsed.clone());
            base.url("/another");
            prop_assert_eq!([base.url(&target), base.url(&target)], [parsed.clone(), parsed]);
        }
    }

    #[test]
    fn endpoints_keep_host_port_and_path() {
        for (endpoint, base) in [
            (
                "https://contoso.openai.azure.com",
                "https://contoso.openai.azure.com",
            ),
            (
                "https://contoso.openai.azure.com/",
                "https://contoso.openai.azure.com",
            ),
            (
                " https://CONTOSO.openai.azure.com// ",
                "https://contoso.openai.azure.com",
            ),
            (
                "https://contoso.cognitiveservices.azure.com",
                "https://contoso.cognitiveservices.azure.com",
            ),
            (
                "https://contoso.services.ai.azure.com",
                "https://contoso.services.ai.azure.com",
            ),
            (
                "https://contoso.openai.azure.us",
                "https://contoso.openai.azure.us",
            ),
            (
                "https://gateway.azure-api.net/team/a/",
                "https://gateway.azure-api.net/team/a",
            ),
            ("https://h:444/x", "https://h:444/x"),
            ("https://h:443", "https://h"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:80/a", "http://localhost/a"),
        ] {
            let parsed = BaseUrl::parse(endpoint).unwrap();
            assert_eq!(parsed.as_str(), base, "{endpoint}");
            assert_eq!(
                parsed.url("/openai/v1/models").as_str(),
                format!("{base}/openai/v1/models")
            );
        }
    }

    #[test]
    fn host_and_port_are_told_apart() {
        for (endpoint, expected) in [
            ("https://h", ("h", 443)),
            ("https://h:444/x:1", ("h", 444)),
            ("http://localhost/a", ("localhost", 80)),
            ("http://[::1]", ("::1", 80)),
            ("http://[::1]:8080/a", ("::1", 8080)),
        ] {
            let parsed = BaseUrl::parse(endpoint).unwrap();
            assert_eq!(parsed.host_and_port(), expected, "{endpoint}");
        }
    }

    #[test]
    fn the_host_header_names_the_port_where_it_is_not_the_schemes() {
        for (endpoint, expected) in [
            (
                "https://Contoso.openai.azure.com:443/a",
                "contoso.openai.azure.com",
            ),
            ("https://h:444/x:1", "h:444"),
            ("http://localhost/a", "localhost"),
            ("http://[::1]:8080/a", "[::1]:8080"),
        ] {
            let parsed = BaseUrl::parse(endpoint).unwrap();
            assert_eq!(parsed.host_header().unwrap(), expected, "{endpoint}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_with_the_reason() {
        for (endpoint, message) in [
            (
                "contoso.openai.azure.com",
                "\"contoso.openai.azure.com\" cannot be the endpoint: it has no scheme; it looks \
                 like https://my-resource.openai.azure.com",
            ),
            (
                "",
                "\"\" cannot be the endpoint: it has no scheme; it looks like https://my-resource.openai.azure.com",
            ),
            (
                " https://my resource.openai.azure.com",
                "\" https://my resource.openai.azure.com\" cannot be the endpoint: it has a blank \
                 in it",
            ),
            (
                "https://contoso\n.openai.azure.com",
                "\"https://contoso\\n.openai.azure.com\" cannot be the endpoint: it has a blank in it",
            ),
            (
                "https://me:not a-secret@h",
                "the endpoint cannot be used: it has a blank in it",
            ),
            (
                "ftp://h",
                "\"ftp://h\" cannot be the endpoint: its scheme is not https",
            ),
            (
                "https://",
                "\"https://\" cannot be the endpoint: empty host",
            ),
            (
                "http://contoso.openai.azure.com",
                "\"http://contoso.openai.azure.com\" cannot be the endpoint: plain http would show \
                 the credential to the network; use https (http is for loopback only)",
            ),
            (
                "http://127.0.0.1.example.com",
                "\"http://127.0.0.1.example.com\" cannot be the endpoint: plain http would show \
                 the credential to the network; use https (http is for loopback only)",
            ),
            (
                "https://me:not-a-secret@h/openai/v1?a=1",
                "the endpoint cannot be used: it has a user name or password in it; credentials \
                 are given by a provider",
            ),
            (
                "https://me@h",
                "the endpoint cannot be used: it has a user name or password in it; credentials \
                 are given by a provider",
            ),
            (
                "https://:not-a-secret@h",
                "the endpoint cannot be used: it has a user name or password in it; credentials \
                 are given by a provider",
            ),
            (
                "https://h/a?api-key=not-a-key",
                "\"https://h/a\" cannot be the endpoint: it has a query; queries are set on the \
                 client or the call",
            ),
            (
                "https://h/#x",
                "\"https://h/\" cannot be the endpoint: it has a fragment (`#…`)",
            ),
        ] {
            let error = BaseUrl::parse(endpoint).unwrap_err().to_string();
            assert_eq!(error, message);
        }
    }

    #[test]
    fn a_pasted_url_is_taken_apart() {
        for (endpoint, message) in [
            (
                "https://contoso.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
                "the endpoint ends before `/openai`: here it is \"https://contoso.openai.azure.com\"; \
                 \"gpt\" is the deployment, named by the request's model; \"2024-10-21\" is the \
                 api-version, `Surface::dated(\"2024-10-21\")`; \"/chat/completions\" is the \
                 operation, chosen by the request's type",
            ),
            (
                "https://h/apim/openai/v1/",
                "the endpoint ends before `/openai`: here it is \"https://h/apim\"; `/v1` is \
                 `Surface::V1`, the default; the client adds the rest",
            ),
            (
                "https://h/openai/v1/responses?api-version=preview",
                "the endpoint ends before `/openai`: here it is \"https://h\"; \
                 `api-version=preview` is `Surface::V1Preview`; \"/responses\" is the operation, \
                 chosen by the request's type",
            ),
            (
                "https://h/openai",
                "the endpoint ends before `/openai`: here it is \"https://h\"; the client adds the \
                 rest",
            ),
            (
                "https://h?api-version=0613",
                "the endpoint ends before `/openai`: here it is \"https://h\"; \"0613\" is no \
                 api-version; the client adds the rest",
            ),
        ] {
            let error = BaseUrl::parse(endpoint).unwrap_err().to_string();
            assert_eq!(error, message);
        }
    }
}
