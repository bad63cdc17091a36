//! From the client's answers and errors to result documents.

use std::collections::BTreeMap;
use std::time::Duration;

use aoai_auth::Source;
use aoai_http::{CredentialUse, Error};
use aoai_types::content_filter::{ContentFilterOutcome, Finding as TypedFinding};
use aoai_types::outcome::{Outcome, TokenUsage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::record::decode;
use crate::duration::ms;
use crate::result::{Attempt, Auth, Failure, Filter, Finding, StepResult, ToolCall, Usage};

/// Notes status and headers.
pub(super) fn head(result: &mut StepResult, status: StatusCode, headers: &HeaderMap) {
    result.status = Some(status.as_u16());
    result.headers = joined(headers);
}

/// Headers as a result shows them: one that stands there repeatedly has all its values.
pub(super) fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut read = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        read.entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    read
}

/// Notes a body, once the headers are: JSON, a list of JSON lines, text, or bytes.
pub(super) fn body(result: &mut StepResult, bytes: &[u8]) {
    if bytes.is_empty() {
        result.body = None;
        return;
    }
    let kind = result.headers.get("content-type").map(String::as_str);
    let lines = json_lines(bytes, kind);
    result.body = Some(match std::str::from_utf8(bytes) {
        Ok(_) => lines.unwrap_or_else(|| decode(bytes)),
        Err(_) => json!({"base64": BASE64.encode(bytes), "length": bytes.len()}),
    });
}

/// Notes what the client reported.
pub(super) fn failure(result: &mut StepResult, error: &Error) {
    if let (Some(status), Some(headers)) = (error.status(), error.headers()) {
        head(result, status, headers);
    }
    if let Some(bytes) = error.body()
        && result.stream.is_none()
    {
        body(result, bytes);
    }
    let api = error.api();
    result.error = Some(Failure {
        kind: error.kind().as_str().to_owned(),
        code: api
            .and_then(|api| api.code.as_ref())
            .map(ToString::to_string),
        message: match api {
            Some(api) if !api.message.is_empty() => api.message.clone(),
            _ => super::clients::chain(error),
        },
        param: api.and_then(|api| api.param.clone()),
        retryable: error.is_retryable(),
        retry_after: error.retry_after().map(ms),
        debug: format!("{error:?}"),
    });
    if let Some(found) = error.content_filter() {
        result.filter = filter(&found);
    }
    attempts(result, error.attempts());
}

/// Notes what the wire types make of an answer.
pub(super) fn outcome(result: &mut StepResult, outcome: &Outcome<'_>, usage: Option<TokenUsage>) {
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
    result.text = text(&outcome.text);
    result.finish = text(&outcome.finish);
    result.refusal = text(&outcome.refusal);
    result.tools = outcome
        .tools
        .iter()
        .map(|tool| ToolCall {
            name: tool.name.to_owned(),
            arguments: decode(tool.arguments.as_bytes()),
            id: tool.id.to_owned(),
            valid: None,
        })
        .collect();
    result.filter = filter(&outcome.filter);
    result.usage = outcome.usage.or(usage).map(|usage| Usage {
        prompt: usage.prompt,
        completion: usage.completion,
        total: usage.total,
        cached: usage.cached,
        reasoning: usage.reasoning,
    });
}

/// Notes the HTTP attempts, and what authenticated the last of them.
pub(super) fn attempts(result: &mut StepResult, attempts: &[aoai_http::Attempt]) {
    result.attempts = attempts
        .iter()
        .map(|attempt| Attempt {
            status: attempt.status.map(|status| status.as_u16()),
            waited: ms(attempt.waited),
            error: attempt.error.map(|kind| kind.as_str().to_owned()),
            auth: attempt.credential.as_ref().map(auth),
        })
        .collect();
    result.auth = result
        .attempts
        .last()
        .and_then(|attempt| attempt.auth.clone());
}

/// Judges each tool call by the schema that the request gave for the tool.
pub(super) fn judge_tools(result: &mut StepResult) {
    let sent = result.sent.as_ref().and_then(|sent| sent.body.as_ref());
    let Some(tools) = sent.and_then(|body| body["tools"].as_array()) else {
        return;
    };
    for call in &mut result.tools {
        let function = tools.iter().find_map(|tool| {
            let function = tool.get("function").unwrap_or(tool);
            (function["name"] == call.name.as_str()).then_some(function)
        });
        call.valid = function
            .and_then(|function| function.get("parameters"))
            .and_then(|schema| jsonschema::validator_for(schema).ok())
            .map(|validator| validator.is_valid(&call.arguments));
    }
}

/// Notes how long it took.
pub(super) fn total(result: &mut StepResult, took: Duration) {
    result.time.total = ms(took);
}

fn auth(used: &CredentialUse) -> Auth {
    Auth {
        kind: used.kind.to_owned(),
        source: match used.source {
            Source::Network => "network",
            Source::Cache => "cache",
            _ => "local",
        }
        .to_owned(),
        scope: Some(used.scope.clone().into_owned())
            .filter(|scope| !scope.is_empty() && used.kind != "key"),
        version: used.version.as_deref().map(str::to_owned),
    }
}

fn filter(outcome: &ContentFilterOutcome) -> Filter {
    let findings = |found: &[TypedFinding]| {
        let read = found.iter().map(|finding| Finding {
            category: finding.category.clone(),
            filtered: finding.filtered,
            detected: finding.detected,
            severity: finding.severity.clone(),
        });
        read.collect()
    };
    Filter {
        prompt: findings(&outcome.prompt),
        answer: findings(&outcome.answer),
    }
}

/// Lines that are JSON objects all; a single one is a list where no JSON was announced.
fn json_lines(bytes: &[u8], kind: Option<&str>) -> Option<Value> {
    let announced = |kind: &str| kind.split(';').next() == Some("application/json");
    let least = if kind.is_none_or(announced) { 2 } else { 1 };
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.len() < least || !lines.iter().all(|line| line.starts_with('{')) {
        return None;
    }
    let objects = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).ok());
    objects.collect::<Option<Vec<_>>>().map(Value::Array)
}
