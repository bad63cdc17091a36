//! Requests as commands that anyone can run.

use std::fmt::Write as _;

use serde_json::Value;

use crate::result::Sent;

/// A request as a `curl` command for a POSIX shell.
///
/// Endpoint and credential are variables, named in the comment before the command, so that neither
/// stands in it. `endpoint` is the profile's name of the endpoint.
pub fn curl(sent: &Sent, endpoint: &str) -> String {
    let host = match endpoint {
        "" | "main" => "AZURE_OPENAI_ENDPOINT".to_owned(),
        other => format!("AZURE_OPENAI_ENDPOINT_{}", variable(other)),
    };
    let mut needed = vec![host.clone()];
    let mut options = String::new();
    for (name, value) in &sent.headers {
        if OWN.contains(&name.as_str()) {
            continue;
        }
        let masked = value.rsplit_once('<');
        let masked = masked.and_then(|(before, rest)| Some((before, rest.strip_suffix('>')?)));
        match masked {
            Some((scheme, credential)) if CREDENTIALS.contains(&name.as_str()) => {
                let variable = match credential {
                    "key" => "AZURE_OPENAI_API_KEY".to_owned(),
                    other => format!("AOAI_{}", variable(other)),
                };
                let _ = write!(options, " \\\n  -H \"{name}: {scheme}${variable}\"");
                needed.push(variable);
            }
            _ => {
                let _ = write!(options, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
            }
        }
    }
    if let Some(body) = &sent.body {
        let body = match body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let _ = write!(options, " \\\n  --data-raw {}", quoted(&body));
    }
    let mut target = sent.path.clone();
    if !sent.query.is_empty() {
        let query = sent.query.iter();
        let pairs = query.flat_map(|(name, value)| {
            let all = match value {
                Value::Array(all) => &all[..],
                one => std::slice::from_ref(one),
            };
            all.iter()
                .map(move |value| (name, crate::vars::as_text(value)))
        });
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let _ = write!(target, "?{query}");
    }
    let streams = sent
        .body
        .as_ref()
        .is_some_and(|body| body["stream"] == true);
    let flags = if streams { "-sSN" } else { "-sS" };
    format!(
        "# needs {}\ncurl {flags} -X {} \"${host}\"{}{options}\n",
        needed.join(", "),
        sent.method,
        quoted(&target),
    )
}

/// Nothing in it means anything to the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A name as one of the environment.
fn variable(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}

/// Headers that hold credentials.
pub(crate) const CREDENTIALS: &[&str] = &["api-key", "authorization", "ocp-apim-subscription-key"];

/// What curl writes itself, and what only names our own call.
const OWN: &[&str] = &[
    "accept-encoding",
    "content-length",
    "host",
    "user-agent",
    "x-ms-client-request-id",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_command_has_variables_in_place_of_endpoint_and_credential() {
        let mut sent = Sent {
            method: "POST".to_owned(),
            path: "/openai/deployments/a'b/chat/completions".to_owned(),
            body: Some(json!({"stream": true, "x": "it's $HOME `id`"})),
            ..Sent::default()
        };
        sent.query
            .insert("api-version".to_owned(), "2024-10-21".into());
        for (name, value) in [
            ("api-key", "<second-key>"),
            ("content-type", "application/json"),
            ("user-agent", "ours"),
        ] {
            sent.headers.insert(name.to_owned(), value.to_owned());
        }
        assert_eq!(
            curl(&sent, "apim"),
            "# needs AZURE_OPENAI_ENDPOINT_APIM, AOAI_SECOND_KEY\ncurl -sSN -X POST \
             \"$AZURE_OPENAI_ENDPOINT_APIM\"'/openai/deployments/a'\\''b/chat/completions?\
             api-version=2024-10-21' \\\n  -H \"api-key: $AOAI_SECOND_KEY\" \\\n  -H \
             'content-type: application/json' \\\n  --data-raw \
             '{\"stream\":true,\"x\":\"it'\\''s $HOME `id`\"}'\n"
        );
    }

    #[test]
    fn a_token_keeps_its_scheme() {
        let mut sent = Sent {
            method: "GET".to_owned(),
            path: "/openai/v1/models".to_owned(),
            ..Sent::default()
        };
        sent.headers
            .insert("authorization".to_owned(), "Bearer <key>".to_owned());
        assert_eq!(
            curl(&sent, "main"),
            "# needs AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY\ncurl -sS -X GET \
             \"$AZURE_OPENAI_ENDPOINT\"'/openai/v1/models' \\\n  -H \"authorization: Bearer \
             $AZURE_OPENAI_API_KEY\"\n"
        );
    }
}
