//! Specs to begin with, from commands that work: what `curl` sends, as a step.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use self::shell::words;
use crate::diagnostic::Severity;
use crate::report::CREDENTIALS;
use crate::result::Sent;
use crate::skeleton::{alias, flow};
use crate::suite::Suite;

mod shell;

/// The text of a spec that sends what a `curl` command sends.
///
/// Host and credential are left to the profile, and so is the deployment's real name. A request of
/// an operation becomes a `call`, past the wire types where they do not know what is in it; any other
/// an `http`. Headers and parameters that hold credentials are left out.
///
/// ```
/// let command = "curl https://YOUR-RESOURCE.openai.azure.com/openai/v1/models -H 'api-key: KEY'";
/// assert_eq!(
///     aoai_spec::from_curl(command)?,
///     "name: models list answers\nuse: {api: v1}\nsteps:\n  - call: models.list\n    expect:\n      \
///      status: 2xx\n",
/// );
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// It is no such command or more than one, has an option that is not known here, or sends what a spec
/// cannot: a file, or a body that is no JSON.
pub fn from_curl(command: &str) -> Result<String, String> {
    let request = read(command)?;
    if let Some((endpoint, _)) = request.operation()
        && endpoint.has_body
        && request.body.as_ref().is_some_and(|body| !body.is_object())
    {
        let id = endpoint.id;
        return Err(format!(
            "the body of `{id}` is a JSON object: write its members between {{ and }}"
        ));
    }
    if request.method == "GET" && request.body.is_some() {
        return Err("a GET has no body: leave `-d` out, or `-X`".to_owned());
    }
    // What the wire type does not know goes past it.
    let ways = [
        called(&request, ""),
        called(&request, ", via: raw"),
        Some(as_it_is(&request)),
    ];
    let mut wrong = String::new();
    for (mut text, body) in ways.into_iter().flatten() {
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), Value::from(value.as_str())));
        members(&mut text, "headers", headers);
        if let Some(body) = body {
            let _ = writeln!(text, "    body: {}", flow(&literal(body)));
        }
        text.push_str("    expect:\n      status: 2xx\n");
        let suite = Suite::from_text("new.yaml", &text);
        let mut found = suite.diagnostics().iter();
        match found.find(|found| found.severity == Severity::Error) {
            None => return Ok(text),
            Some(found) => wrong = format!("no spec can send it: {}", found.message),
        }
    }
    Err(wrong)
}

/// The spec as far as its headers, and the body, where an operation of ours is called.
fn called(request: &Sent, how: &str) -> Option<(String, Option<Value>)> {
    let (endpoint, matched) = request.operation()?;
    let surface = matched.surface()?;
    let mut body = request.body.clone();
    if body.is_some() && !endpoint.has_body {
        return None;
    }
    let id = endpoint.id;
    let name = id.replace(['.', '_'], " ");
    let mut text =
        format!("name: {name} answers\nuse: {{api: {surface}{how}}}\nsteps:\n  - call: {id}\n");
    if let Some(alias) = alias(endpoint) {
        let _ = writeln!(text, "    deployment: {alias}");
        if let Some(Value::Object(body)) = &mut body {
            body.remove("model");
        }
    }
    let args = endpoint.path_params().zip(&matched.args);
    let args = args.map(|(name, value)| (name, Value::from(value.as_str())));
    let query = matched.query.iter();
    let query = query.map(|(name, value)| (name, typed(value)));
    members(&mut text, "params", args.chain(query));
    Some((text, body))
}

/// The same for any other request.
fn as_it_is(request: &Sent) -> (String, Option<Value>) {
    let target = Value::from(format!("{} {}", request.method, request.path));
    let target = flow(&literal(target));
    let mut text = format!("name: a request\nsteps:\n  - http: {target}\n");
    let query = request.query.iter();
    let query = query.map(|(name, value)| (name.as_str(), value.clone()));
    members(&mut text, "params", query);
    // A text is sent as it is, so that JSON's own needs its quotes.
    let body = match &request.body {
        Some(text @ Value::String(_)) => Some(text.to_string().into()),
        body => body.clone(),
    };
    (text, body)
}

/// The value with `$${` for `${`, which begins a reference in a spec.
fn literal(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").into(),
        Value::Array(items) => items.into_iter().map(literal).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, literal(value)))
            .collect(),
        value => value,
    }
}

/// A value of a query as the type that it looks like.
fn typed(value: &str) -> Value {
    let read = serde_json::from_str::<Value>(value).ok();
    let read = read.filter(|read| read.is_u64() || read.is_boolean());
    read.unwrap_or_else(|| value.into())
}

fn members<'a>(text: &mut String, key: &str, members: impl Iterator<Item = (&'a str, Value)>) {
    let members = members.map(|(name, value)| (name.to_owned(), value));
    let members: Map<String, Value> = members.collect();
    if !members.is_empty() {
        let _ = writeln!(
            text,
            "    {key}: {}",
            flow(&literal(Value::Object(members)))
        );
    }
}

/// What the command sends, without what a profile knows.
fn read(command: &str) -> Result<Sent, String> {
    let mut words = words(command)?.into_iter();
    if words.next().as_deref() != Some("curl") {
        return Err("a command begins with `curl`".to_owned());
    }
    let mut sent = Sent::default();
    let mut method = None;
    let mut url = None;
    let mut data: Option<String> = None;
    while let Some(word) = words.next() {
        let (option, glued) = option(&word);
        let mut value = || {
            let value = glued.map(str::to_owned).or_else(|| words.next());
            value.ok_or_else(|| format!("`{option}` has no value"))
        };
        match option {
            "-X" | "--request" => method = Some(value()?),
            "-H" | "--header" => header(&mut sent, &value()?),
            "--url" => url = Some(value()?),
            "-d" | "--data" | "--data-raw" | "--data-ascii" | "--data-binary" | "--json" => {
                let value = value()?;
                if value.starts_with('@') && option != "--data-raw" {
                    return Err(format!("`{value}` is a file; write what is in it"));
                }
                if data.replace(value).is_some() {
                    return Err("it has two bodies; write them as one".to_owned());
                }
            }
            "-F" | "--form" => return Err("a form is written by hand, as `form`".to_owned()),
            _ if BESIDE_WITH_VALUE.contains(&option) => drop(value()?),
            _ if is_beside(option) => {}
            _ if option.starts_with('-') => {
                return Err(format!(
                    "`{option}` is not known here; leave it out if the request is the same without"
                ));
            }
            _ if url.is_some() => return Err(format!("it has a second URL, `{option}`")),
            _ => url = Some(word),
        }
    }
    let url = url.ok_or("there is no URL in it")?;
    let after_host = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    let path = after_host.find('/').map_or("/", |at| &after_host[at..]);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    path.clone_into(&mut sent.path);
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.filter(|(name, _)| !KEYS_IN_QUERY.contains(&&*name.to_ascii_lowercase()));
    sent.query = pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value)))
        .collect();
    let usual = if data.is_some() { "POST" } else { "GET" };
    sent.method = method.map_or_else(|| usual.to_owned(), |method| method.to_ascii_uppercase());
    // Nothing is what `-d ''` sends.
    let body = data.filter(|data| !data.trim().is_empty());
    let body = body.map(|data| serde_json::from_str(&data));
    sent.body = body
        .transpose()
        .map_err(|error| format!("the body is no JSON: {error}"))?;
    Ok(sent)
}

/// An option, and the value that is glued to it: `-XPOST`.
fn option(word: &str) -> (&str, Option<&str>) {
    let takes = |option: &str| WITH_VALUE.contains(&option) || BESIDE_WITH_VALUE.contains(&option);
    match word.split_at_checked(2) {
        Some((option, rest)) if !rest.is_empty() && takes(option) => (option, Some(rest)),
        _ => (word, None),
    }
}

/// Whether options without a value change nothing of the request: `--silent`, `-sS`.
fn is_beside(word: &str) -> bool {
    if word.starts_with("--") {
        return BESIDE.contains(&word);
    }
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty()
        && letters
            .chars()
            .all(|letter| "sSifkLNvg#46".contains(letter))
}

/// Short options with a value that says what is sent.
const WITH_VALUE: &[&str] = &["-X", "-H", "-d", "-F"];

/// Options with a value that says something else; a profile knows who calls.
const BESIDE_WITH_VALUE: &[&str] = &[
    "-A",
    "-m",
    "-o",
    "-u",
    "-w",
    "-x",
    "--cacert",
    "--connect-timeout",
    "--max-time",
    "--output",
    "--proxy",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--user",
    "--user-agent",
    "--write-out",
];

/// Long options without a value that change nothing of the request.
const BESIDE: &[&str] = &[
    "--compressed",
    "--fail",
    "--fail-with-body",
    "--globoff",
    "--http1.1",
    "--http2",
    "--include",
    "--insecure",
    "--location",
    "--no-buffer",
    "--no-progress-meter",
    "--retry-all-errors",
    "--show-error",
    "--silent",
    "--verbose",
];

/// Parameters that hold credentials: for gateways, functions, storage.
const KEYS_IN_QUERY: &[&str] = &[
    "access_token",
    "api-key",
    "api_key",
    "code",
    "key",
    "sig",
    "subscription-key",
    "token",
];

/// Headers that hold credentials of others than the service.
const KEYS_IN_HEADERS: &[&str] = &["cookie", "proxy-authorization"];

/// How the names of further ones end: `x-api-key`, `x-functions-key`, `x-amz-security-token`.
const ENDS_OF_KEYS: &[&str] = &[
    "access-key",
    "api-key",
    "functions-key",
    "subscription-key",
    "-password",
    "-secret",
    "-token",
];

/// Notes a header, unless a profile or the client has it.
fn header(sent: &mut Sent, line: &str) {
    let Some((name, value)) = line.split_once(':') else {
        return;
    };
    let name = name.trim().to_ascii_lowercase();
    let is_own = ["content-type", "accept", "host", "user-agent"].contains(&name.as_str());
    let is_key = [CREDENTIALS, KEYS_IN_HEADERS]
        .concat()
        .contains(&name.as_str())
        || ENDS_OF_KEYS.iter().any(|end| name.ends_with(end));
    if !is_own && !is_key {
        sent.headers.insert(name, value.trim().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Suite;

    #[test]
    fn a_command_becomes_a_spec_with_nothing_wrong_in_it() {
        let chat = "curl -sS \"$AZURE_OPENAI_ENDPOINT/openai/deployments/my-gpt/chat/completions?api-version=\
                    2024-10-21\" \\\n  -H 'Content-Type: application/json' -H \"api-key: $KEY\" \\\n  -H \
                    'x-mine: 7' -d '{\"max_tokens\": 5, \"messages\": [{\"content\": \"it'\\''s \\\"1, \
                    2\\\"\", \"role\": \"user\"}]}'\n";
        for (command, text) in [
            (
                chat,
                "name: chat answers\nuse: {api: 2024-10-21}\nsteps:\n  - call: chat\n    deployment: \
                 chat\n    headers: {x-mine: \"7\"}\n    body: {max_tokens: 5, messages: [{content: \
                 \"it's \\\"1, 2\\\"\", role: user}]}\n    expect:\n      status: 2xx\n",
            ),
            (
                "# needs KEY\ncurl --json '{\"model\": \"my-embeddings\", \"input\": \"a\"}' \
                 https://x.example/openai/v1/embeddings",
                "name: embeddings answers\nuse: {api: v1}\nsteps:\n  - call: embeddings\n    deployment: \
                 embeddings\n    body: {input: a}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl -X DELETE --url \"https://x.example/openai/v1/files/file-1\" -H 'Authorization: \
                 Bearer t' -o /dev/null",
                "name: files delete answers\nuse: {api: v1}\nsteps:\n  - call: files.delete\n    params: \
                 {file_id: file-1}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl 'https://x.example/openai/v1/files?limit=5&purpose=batch'",
                "name: files list answers\nuse: {api: v1}\nsteps:\n  - call: files.list\n    params: \
                 {limit: 5, purpose: batch}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/own -d '{\"True\": \"NULL\", \"no\": \"False\"}'",
                "name: a request\nsteps:\n  - http: POST /own\n    body: {\"True\": \"NULL\", no: \
                 \"False\"}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl -fL -XPUT -Hx-mine:7 -u me:pass --max-time 5 \
                 'https://x.example/openai/own?subscription-key=not-a-real-key&b=1' -A me",
                "name: a request\nsteps:\n  - http: PUT /openai/own\n    params: {b: \"1\"}\n    \
                 headers: {x-mine: \"7\"}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/openai/own?a=b%20c -d '{\"x-y: z\": [null, \"true\", \" a\"]}'",
                "name: a request\nsteps:\n  - http: POST /openai/own\n    params: {a: b c}\n    body: \
                 {\"x-y: z\": [null, \"true\", \" a\"]}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl -X put 'https://x.example/own: {a}' -H 'x-home: ${HOME}' -d '{\"a\": [\"$${b}\"]}'",
                "name: a request\nsteps:\n  - http: \"PUT /own: {a}\"\n    headers: {x-home: \
                 \"$${HOME}\"}\n    body: {a: [\"$$${b}\"]}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl 'https://x.example/own?code=s1&sig=s2&a=1' -H 'X-Api-Key: s3' -H \
                 'x-functions-key: s4' -H 'Cookie: s5' -H 'Proxy-Authorization: s6' -H \
                 'Idempotency-Key: 7'",
                "name: a request\nsteps:\n  - http: GET /own\n    params: {a: \"1\"}\n    headers: \
                 {idempotency-key: \"7\"}\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/own # what follows is | nothing",
                "name: a request\nsteps:\n  - http: GET /own\n    expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/own -d $'{\"a\": \"it\\'s \\u00fc\\x21\\xc3\\xbc\\\\n\"}'",
                "name: a request\nsteps:\n  - http: POST /own\n    body: {a: \"it's ü!ü\\n\"}\n    \
                 expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/own -d '\"text\"'",
                "name: a request\nsteps:\n  - http: POST /own\n    body: \"\\\"text\\\"\"\n    \
                 expect:\n      status: 2xx\n",
            ),
            (
                "curl https://x.example/openai/v1/embeddings -d '{\"input\": \"a\", \"new\": 1, \
                 \"model\": \"m\"}'",
                "name: embeddings answers\nuse: {api: v1, via: raw}\nsteps:\n  - call: embeddings\n    \
                 deployment: embeddings\n    body: {input: a, new: 1}\n    expect:\n      status: 2xx\n",
            ),
        ] {
            assert_eq!(from_curl(command).unwrap(), text, "{command}");
            let suite = Suite::from_text("new.yaml", text);
            assert_eq!(suite.diagnostics().len(), 0, "{}", suite.diagnostics()[0]);
        }
    }

    #[test]
    fn what_a_spec_cannot_send_is_told() {
        for (command, told) in [
            ("wget x", "a command begins with `curl`"),
            ("curl -sS", "there is no URL in it"),
            ("curl x/y -H", "`-H` has no value"),
            ("curl x/y -X", "`-X` has no value"),
            (
                "curl --upload-file a x/y",
                "`--upload-file` is not known here; leave it out if the request is the same without",
            ),
            (
                "curl -G x/y",
                "`-G` is not known here; leave it out if the request is the same without",
            ),
            ("curl x/y x/z", "it has a second URL, `x/z`"),
            ("curl x/y -d 1 -d 2", "it has two bodies; write them as one"),
            (
                "curl x/y | jq .",
                "`|` is for the shell: leave it out with what follows, or quote it where it belongs \
                 to a value",
            ),
            (
                "curl x/y?a=1&b=2",
                "`&` is for the shell: leave it out with what follows, or quote it where it belongs \
                 to a value",
            ),
            ("curl x/y -d $'a", "a quote is not closed"),
            ("curl x/y -d $'\\u'", "an escape in $'…' has no digits"),
            (
                "curl x/openai/v1/embeddings -d '[1]'",
                "the body of `embeddings` is a JSON object: write its members between { and }",
            ),
            (
                "curl -X GET x/y -d '{}'",
                "a GET has no body: leave `-d` out, or `-X`",
            ),
            (
                "curl x/y -H 'x-mine: 0123456789abcdef0123456789abcdef'",
                "no spec can send it: this looks like a key or a token",
            ),
            ("curl 'x/y", "a quote is not closed"),
            ("curl \"x/y", "a quote is not closed"),
            (
                "curl x/y -d @body.json",
                "`@body.json` is a file; write what is in it",
            ),
            ("curl x/y -F a=b", "a form is written by hand, as `form`"),
            (
                "curl x/y -d a=b",
                "the body is no JSON: expected value at line 1 column 1",
            ),
        ] {
            assert_eq!(from_curl(command).unwrap_err(), told, "{command}");
        }
    }
}
