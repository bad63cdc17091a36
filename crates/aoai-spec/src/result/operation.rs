//! Which operation a request was, told from what left the process.

use aoai_types::endpoint::Matched;
use aoai_types::{ENDPOINTS, Endpoint};

use super::Sent;

impl Sent {
    /// The operation that was called, and how; `None` where it is none of ours.
    pub fn operation(&self) -> Option<(&'static Endpoint, Matched)> {
        let method = self.method.parse().ok()?;
        let query = self.query.iter().filter_map(|(name, value)| {
            let value = value.as_str()?;
            Some((name.as_str(), value))
        });
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let target = format!("{}?{query}", self.path);
        // `/files/{id}` also matches `/files/import`: the fewer parameters, the nearer.
        let matches = ENDPOINTS.iter().filter_map(|endpoint| {
            let matched = endpoint.matches(&method, &target)?;
            Some((*endpoint, matched))
        });
        matches.min_by_key(|(endpoint, _)| endpoint.path_params().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operation_is_read_from_method_and_target() {
        let operation = |method: &str, path: &str, version: Option<&str>| {
            let mut sent = Sent {
                method: method.to_owned(),
                path: path.to_owned(),
                ..Sent::default()
            };
            if let Some(version) = version {
                sent.query.insert("api-version".to_owned(), version.into());
            }
            let (endpoint, matched) = sent.operation()?;
            Some((
                endpoint.id,
                matched.surface().map(|surface| surface.to_string()),
            ))
        };
        let dated = "/openai/deployments/my%20dep/chat/completions";
        assert_eq!(
            operation("POST", dated, Some("2024-10-21")),
            Some(("chat", Some("2024-10-21".to_owned())))
        );
        assert_eq!(operation("POST", dated, None), Some(("chat", None)));
        assert_eq!(
            operation("GET", "/openai/v1/models/m", None),
            Some(("models.get", Some("v1".to_owned())))
        );
        assert_eq!(operation("GET", "/openai/v1/nothing/here", None), None);
        assert_eq!(operation("no method", "/openai/v1/models", None), None);
    }
}
