//! Specs to begin with: the least that an operation takes, and an expectation to make more of.

use std::fmt::Write as _;

use aoai_types::{ENDPOINTS, Endpoint, Scope, Surface, Visitor, visit};
use serde_json::{Map, Value, json};

use crate::diagnostic::did_you_mean;
use crate::parse::body::{DifferenceKind, RoundTrip};

/// The text of a spec that calls an operation: the least that it takes, and something to expect.
///
/// ```
/// let text = aoai_spec::skeleton("models.list")?;
/// assert_eq!(
///     text,
///     "name: models list answers\nsteps:\n  - call: models.list\n    expect:\n      status: 200\n",
/// );
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// There is no such operation.
pub fn skeleton(id: &str) -> Result<String, String> {
    let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.id == id) else {
        let near = did_you_mean(id, ENDPOINTS.iter().map(|endpoint| endpoint.id));
        let near = near.map_or_else(String::new, |near| format!("; {near}"));
        return Err(format!("no operation `{id}`{near}"));
    };
    let (body, is_form) = body(endpoint);
    let params: Vec<&str> = endpoint.path_params().collect();
    let mut text = format!("name: {} answers\n", id.replace(['.', '_'], " "));
    if !params.is_empty() {
        let width = params.iter().map(|name| name.len()).max().unwrap_or(0) + 1;
        text.push_str("vars:\n");
        for name in &params {
            let key = format!("{name}:");
            let _ = writeln!(text, "  {key:<width$} ~  # supply it: --var {name}=…");
        }
    }
    if let Some(surface) = surface(endpoint) {
        let _ = writeln!(text, "use: {{api: {surface}}}");
    }
    let _ = writeln!(text, "steps:\n  - call: {id}");
    if let Some(alias) = alias(endpoint) {
        let _ = writeln!(text, "    deployment: {alias}");
    }
    if !params.is_empty() {
        text.push_str("    params:\n");
        for name in &params {
            let _ = writeln!(text, "      {name}: ${{{name}}}");
        }
    }
    if !body.is_empty() {
        let _ = writeln!(text, "    {}:", if is_form { "form" } else { "body" });
        for (name, value) in &body {
            let _ = writeln!(text, "      {name}: {}", flow(value));
        }
    }
    let expected = if TALKS.contains(&id) {
        "text: $nonempty"
    } else {
        "status: 200"
    };
    let _ = writeln!(text, "    expect:\n      {expected}");
    Ok(text)
}

/// The surface to name, where the usual one does not serve the operation.
fn surface(endpoint: &Endpoint) -> Option<Surface> {
    let known = [Surface::V1, Surface::V1Preview, Surface::LATEST_DATED];
    let first = known
        .into_iter()
        .find(|surface| endpoint.is_served_by(*surface));
    let first = first.or(endpoint.dated.map(Surface::Dated))?;
    (first != Surface::V1).then_some(first)
}

/// The alias of a deployment that can do it.
pub(crate) fn alias(endpoint: &Endpoint) -> Option<&'static str> {
    let group = endpoint.id.split('.').next().unwrap_or_default();
    match (endpoint.id, group) {
        ("completions", _) => Some("instruct"),
        ("embeddings", _) => Some("embeddings"),
        ("responses.create" | "responses.compact", _) => Some("chat"),
        ("audio.speech", _) => Some("speech"),
        (_, "audio") => Some("whisper"),
        (_, "images") => Some("image"),
        _ if endpoint.scope == Scope::Deployment => Some("chat"),
        _ => None,
    }
}

/// The least body that the operation's type takes, found by asking the type, and whether it is sent
/// as a form.
fn body(endpoint: &Endpoint) -> (Map<String, Value>, bool) {
    let mut written = json!({});
    for name in endpoint.path_params() {
        written[name] = json!("x");
    }
    if alias(endpoint).is_some() {
        written["model"] = json!("deployment");
    }
    let mut is_form = false;
    for _ in 0..MOST_QUESTIONS {
        let Some(answer) = visit(endpoint.id, Ask(&written)) else {
            break;
        };
        match answer {
            Answer::Fine { sends_form } => {
                is_form = sends_form;
                break;
            }
            Answer::Says(path, value) => {
                let name = path.last().map_or("", String::as_str);
                let is_file = FILES.contains(&name) && value == json!([]);
                let value = if is_file { json!([hint(name)]) } else { value };
                put(&mut written, &path, value);
            }
            Answer::Misses(path, name) => {
                let mut path = path;
                path.push(name.clone());
                put(&mut written, &path, hint(&name));
            }
            Answer::Refuses(path, message) => {
                let Some(next) = instead(at(&written, &path), &message) else {
                    break;
                };
                put(&mut written, &path, next);
            }
        }
    }
    let mut body = match written {
        Value::Object(body) if endpoint.has_body => body,
        _ => Map::new(),
    };
    if alias(endpoint).is_some() {
        body.remove("model");
    }
    for name in endpoint.path_params() {
        body.remove(name);
    }
    (body, is_form)
}

/// What a type says to a body.
enum Answer {
    Fine {
        sends_form: bool,
    },
    /// It always says this, too.
    Says(Vec<String>, Value),
    Misses(Vec<String>, String),
    Refuses(Vec<String>, String),
}

struct Ask<'a>(&'a Value);

impl Visitor for Ask<'_> {
    type Out = Answer;

    fn unary<O: aoai_types::Operation>(self) -> Answer {
        let written = self.0.to_string();
        let trip = RoundTrip { written: &written }.unary::<O>();
        match trip.result {
            Ok(differences) => {
                let added = differences
                    .into_iter()
                    .find_map(|difference| match difference.kind {
                        DifferenceKind::Added(value) | DifferenceKind::Changed(value) => {
                            Some((difference.path, value))
                        }
                        DifferenceKind::Dropped => None,
                    });
                match added {
                    Some((path, value)) => Answer::Says(path, value),
                    None => Answer::Fine {
                        sends_form: trip.is_form == Some(true),
                    },
                }
            }
            Err((path, message)) => {
                let path = path
                    .split(['.', '[', ']'])
                    .filter(|step| !step.is_empty() && *step != "?")
                    .map(str::to_owned)
                    .collect();
                let missing = message.split_once("missing field `");
                let missing = missing.and_then(|(_, rest)| rest.split_once('`'));
                match missing {
                    Some((name, _)) => Answer::Misses(path, name.to_owned()),
                    None => Answer::Refuses(path, message),
                }
            }
        }
    }

    fn streaming<O: aoai_types::Streaming>(self) -> Answer {
        self.unary::<O>()
    }
}

/// What a field of this name usually holds.
fn hint(name: &str) -> Value {
    match name {
        "messages" => json!([{"content": "Say hello.", "role": "user"}]),
        "input" => json!("Say hello."),
        "prompt" => json!("A lighthouse at night."),
        "query" => json!("lighthouse"),
        "file" => json!({"name": "lines.jsonl", "text": "{}\n"}),
        "image" => json!({"name": "image.png", "text": "not really an image"}),
        "data" => json!({"name": "part", "text": "{}\n"}),
        "voice" => json!("alloy"),
        "purpose" => json!("batch"),
        "completion_window" => json!("24h"),
        "endpoint" => json!("/chat/completions"),
        "model" => json!("gpt-4o-mini"),
        "name" | "filename" => json!("example"),
        "mime_type" => json!("application/jsonl"),
        "bytes" => json!(3),
        "metadata" => json!({"origin": "specs"}),
        name if name.ends_with("_ids") => json!([format!("{}-1", name.trim_end_matches("_ids"))]),
        name if name.ends_with("_id") => json!(format!("{}-1", name.trim_end_matches("_id"))),
        name => json!(name),
    }
}

/// What a type would rather have.
fn instead(now: Option<&Value>, message: &str) -> Option<Value> {
    let wanted = message
        .split_once("expected ")
        .map_or(message, |(_, wanted)| wanted);
    let variant = wanted
        .split_once('`')
        .and_then(|(_, rest)| rest.split_once('`'));
    let next = if wanted.starts_with("a sequence") || wanted.contains("list") {
        json!([now
            .filter(|now| !now.is_array())
            .cloned()
            .unwrap_or_else(|| json!({}))])
    } else if wanted.starts_with("a map")
        || wanted.starts_with("struct")
        || wanted.contains("object")
    {
        json!({})
    } else if wanted.starts_with("a boolean") {
        json!(true)
    } else if wanted.starts_with(['u', 'i', 'f']) {
        json!(1)
    } else if wanted.starts_with("a string") {
        json!("text")
    } else if let Some((variant, _)) = variant {
        json!(variant)
    } else {
        json!({})
    };
    (now != Some(&next)).then_some(next)
}

fn at<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

/// Puts a value to its place; what is on the way there is an object.
fn put(value: &mut Value, path: &[String], new: Value) {
    let Some((step, rest)) = path.split_first() else {
        *value = new;
        return;
    };
    if let (Value::Array(items), Ok(at)) = (&mut *value, step.parse::<usize>()) {
        if let Some(item) = items.get_mut(at) {
            put(item, rest, new);
        }
        return;
    }
    if !value.is_object() {
        *value = json!({});
    }
    put(&mut value[step], rest, new);
}

/// A value as YAML on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| format!("{}: {}", key(name), flow(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}

fn key(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// Whether YAML takes the text, written without quotes, for just this text.
fn is_plain(text: &str) -> bool {
    // In any case: YAML takes `True` and `NULL` for a value, too.
    let is_value = ["true", "false", "null"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    let begins = |c: char| c.is_ascii_alphabetic() || c == '/';
    let goes_on = |c: char| c.is_ascii_alphanumeric() || " ./_-".contains(c);
    let is_trimmed = text.trim_end() == text;
    text.starts_with(begins) && text.chars().all(goes_on) && is_trimmed && !is_value
}

/// How often a type is asked before its answer is taken as it is.
const MOST_QUESTIONS: usize = 40;

/// Lists of files, which a type takes for empty.
const FILES: &[&str] = &["image"];

/// Operations whose answer is a text.
const TALKS: &[&str] = &["chat", "completions", "responses.create"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Suite;

    #[test]
    fn the_skeleton_of_every_operation_has_nothing_wrong_in_it() {
        let mut wrong = Vec::new();
        for endpoint in ENDPOINTS {
            let text = skeleton(endpoint.id).unwrap();
            let suite = Suite::from_text("new.yaml", &text);
            if !suite.diagnostics().is_empty() || suite.specs().count() != 1 {
                let found = suite.diagnostics().iter().map(ToString::to_string);
                wrong.push(format!("{text}\n{}", found.collect::<Vec<_>>().join("\n")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[test]
    fn every_alias_is_a_deployment_of_the_emulator() {
        let deployments = aoai_emulator::Config::default().deployments;
        for endpoint in ENDPOINTS {
            let alias = alias(endpoint);
            let is_known = alias.is_none_or(|alias| deployments.contains_key(alias));
            assert!(is_known, "{}: {alias:?}", endpoint.id);
        }
        assert_eq!(deployments["speech"].model, "tts");
        assert_eq!(deployments["whisper"].model, "whisper");
    }

    #[test]
    fn a_skeleton_is_short_and_says_what_to_supply() {
        assert_eq!(
            skeleton("chat").unwrap(),
            "name: chat answers\nsteps:\n  - call: chat\n    deployment: chat\n    body:\n      \
             messages: [{content: Say hello., role: user}]\n    expect:\n      text: $nonempty\n"
        );
        assert_eq!(
            skeleton("files.get").unwrap(),
            "name: files get answers\nvars:\n  file_id: ~  # supply it: --var file_id=…\nsteps:\n  - \
             call: files.get\n    params:\n      file_id: ${file_id}\n    expect:\n      status: 200\n"
        );
        assert_eq!(
            skeleton("file.get").unwrap_err(),
            "no operation `file.get`; did you mean `files.get`?"
        );
    }
}
