//! Names of the world outside, and what stands for them in a cassette.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Request;

/// What a cassette does not repeat: hosts, resources, deployments, values from outside.
///
/// Each is replaced by a name that means the same in every recording, so that cassettes can be
/// shown to anybody, and that a replay sends the same as was recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Texts and what stands for them, the longest first.
    texts: Vec<(String, String)>,
    /// Deployments by their real names.
    deployments: BTreeMap<String, String>,
}

impl Names {
    /// Replaces a text wherever it stands. Short ones stand in too many places.
    pub(crate) fn text(&mut self, text: &str, stands_for_it: impl Into<String>) {
        if text.len() >= SHORTEST {
            self.texts.push((text.to_owned(), stands_for_it.into()));
            self.texts.sort_by_key(|(text, _)| usize::MAX - text.len());
        }
    }

    /// Replaces the host of an endpoint, and the resource that its first part names.
    pub(crate) fn endpoint(&mut self, name: &str, url: &str) {
        let Some(host) = url::Url::parse(url).ok().and_then(|url| {
            let host = url.host_str()?;
            Some(
                url.port()
                    .map_or(host.to_owned(), |port| format!("{host}:{port}")),
            )
        }) else {
            return;
        };
        // The first part of a gateway's host may be a word that stands everywhere: `openai`.
        let resource = host.split('.').next().unwrap_or_default();
        if resource.parse::<u8>().is_err() && !is_word_of_the_api(resource) {
            self.text(resource, format!("<resource:{name}>"));
        }
        self.text(&host, format!("<endpoint:{name}>"));
    }

    /// Replaces the name of a deployment where one stands.
    pub(crate) fn deployment(&mut self, alias: &str, name: &str) {
        self.deployments.insert(name.to_owned(), alias.to_owned());
    }

    pub(crate) fn in_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut told = Cow::Borrowed(text);
        for (name, stands_for_it) in &self.texts {
            if told.contains(name.as_str()) {
                told = Cow::Owned(told.replace(name, stands_for_it));
            }
        }
        told
    }

    pub(crate) fn in_request(&self, request: &mut Request) {
        let parts = request.path.split('/').collect::<Vec<_>>();
        let mut after_deployments = false;
        let parts = parts.into_iter().map(|part| {
            let is_name = std::mem::replace(&mut after_deployments, part == "deployments");
            let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            match self.deployments.get(&*decoded) {
                Some(alias) if is_name => alias.clone(),
                _ if is_word_of_the_api(part) => part.to_owned(),
                _ => self.in_text(part).into_owned(),
            }
        });
        request.path = parts.collect::<Vec<_>>().join("/");
        for value in request.query.values_mut() {
            self.in_value(value, false);
        }
        if let Some(body) = &mut request.body {
            self.in_value(body, false);
        }
    }

    fn in_value(&self, value: &mut Value, is_model: bool) {
        match value {
            Value::String(text) => {
                let alias = self.deployments.get(text).filter(|_| is_model);
                *text = match alias {
                    Some(alias) => alias.clone(),
                    None => self.in_lines(text),
                };
            }
            Value::Array(items) => {
                for item in items {
                    self.in_value(item, false);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.in_value(value, name == "model");
                }
            }
            _ => {}
        }
    }

    /// Lines of JSON, such as a batch's, are JSON line by line.
    fn in_lines(&self, text: &str) -> String {
        let told = text.split_inclusive('\n').map(|line| {
            let end = line.len() - line.trim_end().len();
            let (json, end) = line.split_at(line.len() - end);
            match serde_json::from_str::<Value>(json) {
                Ok(mut value) if value.is_object() => {
                    self.in_value(&mut value, false);
                    format!("{value}{end}")
                }
                _ => self.in_text(line).into_owned(),
            }
        });
        told.collect()
    }
}

/// Whether the paths of the API's own have this part, so that it names nobody's resource.
fn is_word_of_the_api(part: &str) -> bool {
    let mut parts = aoai_types::ENDPOINTS
        .iter()
        .flat_map(|endpoint| endpoint.path.split('/'));
    ["openai", "deployments"].contains(&part) || parts.any(|own| own == part && !own.is_empty())
}

/// Shorter texts are words that stand in many places.
const SHORTEST: usize = 6;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.endpoint("main", "https://contoso-east.openai.azure.com/");
        names.endpoint("gateway", "http://127.0.0.1:8080/base");
        names.deployment("chat", "gpt-4o");
        names.text("1926aa-01", "recorded-run");
        names.text("ok", "never");
        names
    }

    #[test]
    fn hosts_and_resources_are_not_told() {
        let names = names();
        for (text, told) in [
            (
                "see https://contoso-east.openai.azure.com/x",
                "see https://<endpoint:main>/x",
            ),
            ("resource contoso-east is", "resource <resource:main> is"),
            ("http://127.0.0.1:8080/x", "http://<endpoint:gateway>/x"),
            ("task-1926aa-01", "task-recorded-run"),
            ("it is ok, 127 gpt-4o", "it is ok, 127 gpt-4o"),
        ] {
            assert_eq!(names.in_text(text), told);
        }
    }

    #[test]
    fn a_path_keeps_the_words_of_the_api_whatever_a_resource_is_called() {
        for (url, text, told) in [
            (
                "https://openai.contoso.com",
                "openai at openai.contoso.com",
                "openai at <endpoint:main>",
            ),
            (
                "https://completions.contoso.com",
                "completions",
                "completions",
            ),
            (
                "https://completio.contoso.com",
                "completio",
                "<resource:main>",
            ),
        ] {
            let mut names = Names::default();
            names.endpoint("main", url);
            let mut request = Request {
                path: "/openai/v1/chat/completions/completio-1".to_owned(),
                ..Request::default()
            };
            names.in_request(&mut request);
            let id = if url.contains("//completio.") {
                "<resource:main>-1"
            } else {
                "completio-1"
            };
            assert_eq!(
                request.path,
                format!("/openai/v1/chat/completions/{id}"),
                "{url}"
            );
            assert_eq!(names.in_text(text), told, "{url}");
        }
    }

    #[test]
    fn a_deployment_is_told_by_its_alias_where_one_is_named() {
        let mut request = Request {
            path: "/openai/deployments/gpt-4o/files/gpt-4o".to_owned(),
            query: BTreeMap::from([("after".to_owned(), json!("task-1926aa-01"))]),
            body: Some(json!({
                "model": "gpt-4o",
                "user": "gpt-4o",
                "file": {"text": "{\"body\":{\"model\":\"gpt-4o\"}}\r\ngpt-4o\n"},
            })),
            ..Request::default()
        };
        names().in_request(&mut request);
        assert_eq!(request.path, "/openai/deployments/chat/files/gpt-4o");
        assert_eq!(request.query["after"], json!("task-recorded-run"));
        let expected = json!({
            "model": "chat",
            "user": "gpt-4o",
            "file": {"text": "{\"body\":{\"model\":\"chat\"}}\r\ngpt-4o\n"},
        });
        assert_eq!(request.body, Some(expected));
    }
}
