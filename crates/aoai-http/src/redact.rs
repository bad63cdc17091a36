//! What may be written down: logs and `Debug` show what is listed here and nothing else.

use std::fmt;

use aoai_auth::Secret;
use http::HeaderMap;

pub(crate) use self::sent::Sent;

mod sent;

/// Headers with the values of those only that are known to be harmless.
pub(crate) struct Headers<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.iter().map(|(name, value)| {
            let shown = HARMLESS_HEADERS.contains(&name.as_str()) && !value.is_sensitive();
            let value = shown.then(|| value.to_str().ok()).flatten();
            (name.as_str(), value.unwrap_or("[redacted]"))
        });
        f.debug_map().entries(entries).finish()
    }
}

/// A URL or request target with the values of those parameters only that are known to be harmless.
pub(crate) struct Target<'a>(pub(crate) &'a str);

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split('#').next().unwrap_or_default();
        let Some((path, query)) = shown.split_once('?') else {
            return f.write_str(shown);
        };
        f.write_str(path)?;
        for (at, pair) in query.split('&').enumerate() {
            f.write_str(if at == 0 { "?" } else { "&" })?;
            match pair.split_once('=') {
                Some((name, _)) if !HARMLESS_PARAMETERS.contains(&name) => {
                    write!(f, "{name}=[redacted]")?;
                }
                Some(_) => f.write_str(pair)?,
                // Without a name there is no telling what it is.
                None => f.write_str("[redacted]")?,
            }
        }
        Ok(())
    }
}

/// The values in headers and query that are secrets by their names.
pub(crate) fn secrets(headers: &HeaderMap, target: &str) -> Vec<Secret> {
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRET_NAMES.iter().any(|part| name.contains(part))
    };
    let in_headers = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str();
        let is_one = value.is_sensitive() || is_secret(name);
        let text = value.to_str().ok().filter(|_| is_one)?;
        match text.split_once(' ') {
            Some((_scheme, credential)) if name.ends_with("authorization") => Some(credential),
            _ => Some(text),
        }
    });
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let in_query = url::form_urlencoded::parse(query.as_bytes());
    let in_query = in_query.filter(|(name, _)| is_secret(name));
    in_headers
        .map(Secret::from)
        .chain(in_query.map(|(_, value)| value.into_owned().into()))
        .collect()
}

/// Parts of the names that secrets go by.
const SECRET_NAMES: &[&str] = &[
    "auth", "code", "cookie", "key", "password", "secret", "sig", "token",
];

const HARMLESS_HEADERS: &[&str] = &[
    "accept",
    "apim-request-id",
    "azure-openai-deployment-utilization",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "retry-after-ms",
    "user-agent",
    "x-ms-client-request-id",
    "x-ms-deployment-name",
    "x-ms-region",
    "x-ms-retry-after-ms",
    "x-ratelimit-limit-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-remaining-tokens",
    "x-request-id",
    "x-should-retry",
];

const HARMLESS_PARAMETERS: &[&str] = &["api-version", "after", "limit", "order", "stream"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_values_are_shown() {
        let mut headers = HeaderMap::new();
        headers.insert("api-key", "not-a-key".parse().unwrap());
        headers.insert("Ocp-Apim-Subscription-Key", "not-a-key".parse().unwrap());
        headers.insert("Content-Type", "application/json".parse().unwrap());
        assert_eq!(
            format!("{:?}", Headers(&headers)),
            r#"{"api-key": "[redacted]", "ocp-apim-subscription-key": "[redacted]", "content-type": "application/json"}"#
        );
        for (target, shown) in [
            ("/a", "/a"),
            (
                "/a?api-version=2024-10-21&api-key=not-a-key",
                "/a?api-version=2024-10-21&api-key=[redacted]",
            ),
            ("/a?sig=x&limit=2", "/a?sig=[redacted]&limit=2"),
            ("/a?not-a-key", "/a?[redacted]"),
            ("/a?limit=2#not-a-key", "/a?limit=2"),
            ("https://h/a#not-a-key", "https://h/a"),
        ] {
            assert_eq!(Target(target).to_string(), shown);
        }
    }
}
