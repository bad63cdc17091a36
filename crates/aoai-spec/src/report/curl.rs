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
    let is_form = is_form(sent);
    for (name, value) in &sent.headers {
        // Of a form, curl makes the boundary, and tells it.
        if OWN.contains(&name.as_str()) || (is_form && name == CONTENT_TYPE) {
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
    match &sent.body {
        Some(Value::Object(fields)) if is_form => {
            for (name, values) in fields {
                for value in each(values) {
                    let (option, file) = part(name, value);
                    options.push_str(&option);
                    needed.extend(file);
                }
            }
        }
        Some(body) => {
            let body = match body {
                Value::String(text) => text.clone(),
                body => body.to_string(),
            };
            let _ = write!(options, " \\\n  --data-raw {}", quoted(&body));
        }
        None => {}
    }
    let mut target = sent.path.clone();
    if !sent.query.is_empty() {
        let query = sent.query.iter();
        let pairs = query.flat_map(|(name, values)| {
            let values = each(values).iter();
            values.map(move |value| (name, crate::vars::as_text(value)))
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

fn is_form(sent: &Sent) -> bool {
    let media_type = sent.headers.get(CONTENT_TYPE);
    media_type.is_some_and(|media_type| media_type.starts_with(FORM))
}

/// A name's values: those of a list, or the one that there is.
fn each(values: &Value) -> &[Value] {
    match values {
        Value::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

/// A part of a form as an option, and the file that it needs. Text stands in the command; what is no
/// text is read from a file of the part's name.
fn part(name: &str, value: &Value) -> (String, Option<String>) {
    let Value::Object(file) = value else {
        let text = format!("{name}={}", crate::vars::as_text(value));
        return (format!(" \\\n  --form-string {}", quoted(&text)), None);
    };
    let text = |key: &str| file.get(key).and_then(Value::as_str);
    let file_name = text("name").unwrap_or_default();
    let (mut told, needed) = match text("text") {
        Some(content) => (format!("{name}={}", in_form(content)), None),
        None => (
            format!("{name}=@{}", in_form(file_name)),
            Some(format!("the file {file_name}")),
        ),
    };
    let _ = write!(told, ";filename={}", in_form(file_name));
    if let Some(media_type) = text("content_type") {
        let _ = write!(told, ";type={media_type}");
    }
    (format!(" \\\n  -F {}", quoted(&told)), needed)
}

/// Nothing in it means anything to curl's own reading of a form's part.
fn in_form(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
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

const CONTENT_TYPE: &str = "content-type";

/// The media type of forms.
const FORM: &str = "multipart/form-data";

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

    #[test]
    fn what_is_no_text_in_a_form_is_read_from_a_file() {
        let mut sent = Sent {
            method: "POST".to_owned(),
            path: "/openai/v1/audio/transcriptions".to_owned(),
            body: Some(json!({
                "file": {"content_type": "audio/wav", "name": "hello.wav", "base64": "//8="},
                "include[]": ["a", "b"],
                "model": "it's",
            })),
            ..Sent::default()
        };
        sent.headers
            .insert(CONTENT_TYPE.to_owned(), FORM.to_owned());
        assert_eq!(
            curl(&sent, "main"),
            "# needs AZURE_OPENAI_ENDPOINT, the file hello.wav\ncurl -sS -X POST \
             \"$AZURE_OPENAI_ENDPOINT\"'/openai/v1/audio/transcriptions' \\\n  -F \
             'file=@\"hello.wav\";filename=\"hello.wav\";type=audio/wav' \\\n  --form-string \
             'include[]=a' \\\n  --form-string 'include[]=b' \\\n  --form-string 'model=it'\\''s'\n"
        );
    }
}
