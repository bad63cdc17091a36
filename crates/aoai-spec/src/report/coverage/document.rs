//! The operations that an `OpenAPI` document lists.

use std::path::Path;

use serde_json::Value;

use crate::error::Error;
use crate::result::Sent;

/// The operations of an `OpenAPI` document, to measure a run by.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Document {
    /// What it calls itself: title and version.
    pub name: String,
    /// Its version: `2024-10-21`, `v1`.
    pub version: String,
    /// What stands before its paths: `openai/v1`.
    base: Vec<String>,
    operations: Vec<(String, String)>,
}

impl Document {
    /// Reads a file, JSON or YAML.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no `OpenAPI` document.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = crate::suite::read(path).map_err(Error::io)?;
        Self::parse(&text).map_err(|why| Error::usage(format!("{}: {why}", path.display())))
    }

    /// Reads a text, JSON or YAML.
    ///
    /// # Errors
    ///
    /// It is no `OpenAPI` document.
    pub fn parse(text: &str) -> Result<Self, String> {
        let source: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?
        } else {
            let options = serde_yaml::options! {
                // Documents larger than a configuration file are the rule here.
                budget: None,
                strict_booleans: true,
                with_snippet: false,
            };
            serde_yaml::from_str_with_options(text, options)
                .map_err(|error| format!("not YAML: {error}"))?
        };
        let Some(paths) = source["paths"].as_object() else {
            return Err("it is no OpenAPI document: it has no `paths`".to_owned());
        };
        let said = |what: &str| source["info"][what].as_str().unwrap_or_default();
        let server = source["servers"][0]["url"].as_str().unwrap_or_default();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = METHODS.iter().filter(|method| item.get(method).is_some());
            methods.map(|method| (method.to_uppercase(), path.clone()))
        });
        Ok(Self {
            name: format!("{} {}", said("title"), said("version")),
            version: said("version").to_owned(),
            base: segments(after_host(server)),
            operations: operations.collect(),
        })
    }

    /// Method and path of each operation.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let operations = self.operations.iter();
        operations.map(|(method, path)| format!("{method} {path}"))
    }

    /// The place of the operation that a request was; the one with the fewest parameters, where
    /// several paths fit.
    pub(super) fn operation(&self, sent: &Sent) -> Option<usize> {
        let version = sent.query.get("api-version").and_then(Value::as_str);
        let is_dated = self.version.starts_with(|c: char| c.is_ascii_digit());
        if is_dated && version.is_some_and(|version| version != self.version) {
            return None;
        }
        let path = segments(&sent.path);
        let below = path.strip_prefix(self.base.as_slice())?;
        let fits = self.operations.iter().enumerate();
        let fits = fits.filter_map(|(at, (method, template))| {
            let parameters = parameters(below, &segments(template))?;
            (*method == sent.method).then_some((parameters, at))
        });
        fits.min().map(|(_, at)| at)
    }
}

/// How many parameters of a path stand for segments of another; `None` where it does not fit.
fn parameters(path: &[String], template: &[String]) -> Option<usize> {
    if path.len() != template.len() {
        return None;
    }
    let mut parameters = 0;
    for (segment, template) in path.iter().zip(template) {
        if template.starts_with('{') {
            parameters += 1;
        } else if segment != template {
            return None;
        }
    }
    Some(parameters)
}

fn segments(path: &str) -> Vec<String> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(str::to_owned).collect()
}

/// The path of a URL whose host may be a placeholder.
fn after_host(url: &str) -> &str {
    // A placeholder in front may stand for the scheme, too.
    let (has_host, rest) = match url.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (url.starts_with('{'), url),
    };
    match rest.find('/') {
        _ if !has_host => rest,
        Some(at) => &rest[at..],
        None => "",
    }
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options"];

#[cfg(test)]
mod tests {
    use super::*;

    const DATED: &str = "openapi: 3.0.0\ninfo: {title: A, version: '2024-10-21'}\nservers:\n  - url: \
                         https://X/openai\npaths:\n  /deployments/{d}/chat/completions: {post: {}}\n  \
                         /files/import: {post: {}}\n  /files/{id}: {get: {}, post: {}}\n";

    fn place(
        document: &Document,
        method: &str,
        path: &str,
        version: Option<&str>,
    ) -> Option<usize> {
        let mut sent = Sent {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Sent::default()
        };
        if let Some(version) = version {
            sent.query.insert("api-version".to_owned(), version.into());
        }
        document.operation(&sent)
    }

    #[test]
    fn requests_are_found_by_method_path_and_version() {
        let document = Document::parse(DATED).unwrap();
        assert_eq!(document.name, "A 2024-10-21");
        let names: Vec<_> = document.names().collect();
        let at = |name: &str| names.iter().position(|known| known == name);
        let dated = Some("2024-10-21");
        for (method, path, version, name) in [
            (
                "POST",
                "/openai/deployments/my%20dep/chat/completions",
                dated,
                "POST /deployments/{d}/chat/completions",
            ),
            ("POST", "/openai/files/import", dated, "POST /files/import"),
            ("POST", "/openai/files/f-1", dated, "POST /files/{id}"),
            ("GET", "/openai/files/f-1", None, "GET /files/{id}"),
        ] {
            assert_eq!(place(&document, method, path, version), at(name), "{path}");
            assert!(at(name).is_some(), "{name}");
        }
        for (method, path, version) in [
            ("DELETE", "/openai/files/f-1", dated),
            ("GET", "/openai/v1/files/f-1", None),
            ("GET", "/other/files/f-1", dated),
            ("GET", "/openai/files/f-1", Some("2023-05-15")),
            ("GET", "/openai/files", dated),
        ] {
            assert_eq!(place(&document, method, path, version), None, "{path}");
        }
    }

    #[test]
    fn the_base_is_the_servers_path() {
        for (url, base) in [
            ("https://{endpoint}.x.com/openai/v1/", "/openai/v1/"),
            ("{endpoint}/openai/v1", "/openai/v1"),
            ("{endpoint}", ""),
            ("https://X/openai", "/openai"),
            ("https://X", ""),
            ("/openai", "/openai"),
            ("", ""),
        ] {
            assert_eq!(after_host(url), base, "{url}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["{", "a: [", "{\"openapi\": \"3.0.0\"}", "text"] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }
}
