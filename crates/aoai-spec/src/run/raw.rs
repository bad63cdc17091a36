//! Calls that go out as they are written, and their answers read without the wire types.
//!
//! What the typed way learns from aoai-types is found here by paths into the JSON, so that running
//! a spec both ways shows whether the types drop or invent anything.

use aoai_http::sse::Decoder;
use aoai_http::{ByteStream, Client, Error, ErrorKind, WireBody, WireRequest};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};

use super::answer;
use super::record::{decode, is_stream};
use super::stream::Watch;
use crate::result::{Filter, Finding, StepResult, ToolCall, Usage};

/// Sends a request and reads whatever comes.
pub(super) async fn send(client: &Client, request: WireRequest) -> StepResult {
    let mut result = StepResult::default();
    let response = match client.execute(request).await {
        Ok(response) => response,
        Err(error) => {
            answer::failure(&mut result, &error);
            return result;
        }
    };
    answer::head(&mut result, response.status, &response.headers);
    answer::attempts(&mut result, response.attempts());
    let is_stream = is_stream(&response.headers);
    let mut response = match response.accepted() {
        Ok(response) => response,
        Err(error) => {
            answer::failure(&mut result, &error);
            return result;
        }
    };
    if is_stream {
        let body = std::mem::replace(&mut response.body, WireBody::Whole(bytes::Bytes::new()));
        match body {
            WireBody::Stream(body) => read_stream(&mut result, body).await,
            WireBody::Whole(bytes) => {
                let body = futures_util::stream::iter([Ok(bytes)]);
                read_stream(&mut result, ByteStream::new(body)).await;
            }
            _ => {}
        }
        return result;
    }
    match response.bytes(LONGEST).await {
        Ok(bytes) => {
            answer::body(&mut result, &bytes);
            let answers = result.body.clone().into_iter().collect::<Vec<_>>();
            read_answer(&mut result, &answers, "message");
        }
        Err(error) => answer::failure(&mut result, &error),
    }
    result
}

async fn read_stream(result: &mut StepResult, mut body: ByteStream) {
    let mut watch = Watch::default();
    let mut decoder = Decoder::new();
    let mut done = false;
    let mut failed = None;
    'stream: while let Some(chunk) = body.next().await {
        match chunk {
            Ok(bytes) => decoder.push(bytes),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) if frame.bytes().trim_ascii() == b"[DONE]" => {
                    done = true;
                    break 'stream;
                }
                Ok(Some(frame)) => watch.saw(&frame),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(Error::new(ErrorKind::TooLarge, error.to_string()));
                    break 'stream;
                }
            }
        }
    }
    let ended = watch
        .events()
        .last()
        .is_some_and(|event| ENDS.contains(&kind(event)));
    let done = done || ended;
    if !done && failed.is_none() {
        let message = "the stream stopped before its end: what came is not all there is";
        failed = Some(Error::new(ErrorKind::Truncated, message));
    }
    let events = watch.events().to_vec();
    watch.finish(result, done);
    read_answer(result, &events, "delta");
    if let Some(error) = failed {
        let attempts = std::mem::take(&mut result.attempts);
        answer::failure(result, &error);
        result.attempts = attempts;
        result.auth = result
            .attempts
            .last()
            .and_then(|attempt| attempt.auth.clone());
    }
}

/// Reads a whole answer, or the events of one.
fn read_answer(result: &mut StepResult, answers: &[Value], part: &str) {
    let mut text = None::<String>;
    let mut refusal = None::<String>;
    let mut tools: Vec<ToolCall> = Vec::new();
    let mut arguments: Vec<String> = Vec::new();
    for answer in answers {
        if let Some(usage) = usage(answer) {
            result.usage = Some(usage);
        }
        prompt_filter(&mut result.filter, answer);
        let choices = answer["choices"].as_array().map_or(&[][..], Vec::as_slice);
        for choice in choices {
            add(&mut result.filter.answer, &choice["content_filter_results"]);
            if choice["index"].as_u64().unwrap_or(0) != 0 {
                continue;
            }
            if let Some(reason) = choice["finish_reason"].as_str() {
                result.finish = Some(reason.to_owned());
            }
            append(
                &mut text,
                choice[part]["content"].as_str().or(choice["text"].as_str()),
            );
            append(&mut refusal, choice[part]["refusal"].as_str());
            let calls = choice[part]["tool_calls"].as_array();
            for (at, call) in calls.into_iter().flatten().enumerate() {
                let at = call["index"]
                    .as_u64()
                    .and_then(|at| at.try_into().ok())
                    .unwrap_or(at);
                if at < 128 && tools.len() <= at {
                    tools.resize_with(at + 1, ToolCall::default);
                    arguments.resize_with(at + 1, String::new);
                }
                let (Some(tool), Some(written)) = (tools.get_mut(at), arguments.get_mut(at)) else {
                    continue;
                };
                tool.id.push_str(call["id"].as_str().unwrap_or_default());
                tool.name
                    .push_str(call["function"]["name"].as_str().unwrap_or_default());
                written.push_str(call["function"]["arguments"].as_str().unwrap_or_default());
            }
        }
    }
    for (tool, written) in tools.iter_mut().zip(&arguments) {
        tool.arguments = decode(written.as_bytes());
    }
    result.text = text;
    result.refusal = refusal;
    result.tools = tools;
}

/// The text that an event adds to the answer.
pub(super) fn delta_text(event: &Value) -> Option<&str> {
    let choice = &event["choices"][0];
    choice["delta"]["content"]
        .as_str()
        .or(choice["text"].as_str())
        .or_else(|| {
            event["delta"]
                .as_str()
                .filter(|_| kind(event).ends_with("text.delta"))
        })
}

fn usage(answer: &Value) -> Option<Usage> {
    let usage = answer["usage"].as_object()?;
    let number = |names: [&str; 2]| {
        let mut found = names
            .into_iter()
            .filter_map(|name| usage.get(name)?.as_u64());
        found.next().unwrap_or(0)
    };
    let detail = |names: [&str; 2], part: &str| {
        let mut found = names
            .into_iter()
            .filter_map(|name| usage.get(name)?[part].as_u64());
        found.next().unwrap_or(0)
    };
    Some(Usage {
        prompt: number(["prompt_tokens", "input_tokens"]),
        completion: number(["completion_tokens", "output_tokens"]),
        total: number(["total_tokens", "total_tokens"]),
        cached: detail(
            ["prompt_tokens_details", "input_tokens_details"],
            "cached_tokens",
        ),
        reasoning: detail(
            ["completion_tokens_details", "output_tokens_details"],
            "reasoning_tokens",
        ),
    })
}

fn prompt_filter(filter: &mut Filter, answer: &Value) {
    for name in ["prompt_filter_results", "prompt_annotations"] {
        for prompt in answer[name].as_array().into_iter().flatten() {
            add(&mut filter.prompt, &prompt["content_filter_results"]);
        }
    }
}

/// Lists what a map of categories says; a category stands once, at its gravest.
fn add(findings: &mut Vec<Finding>, results: &Value) {
    let Some(results) = results.as_object() else {
        return;
    };
    for (category, found) in results {
        if category == "error" {
            continue;
        }
        let finding = Finding {
            category: category.clone(),
            filtered: filtered(found),
            detected: found["detected"].as_bool(),
            severity: found["severity"].as_str().map(str::to_owned),
        };
        match findings.iter_mut().find(|held| held.category == *category) {
            None => findings.push(finding),
            Some(held) if gravity(&finding) > gravity(held) => *held = finding,
            Some(_) => {}
        }
    }
}

fn filtered(found: &Value) -> bool {
    let one = |found: &Map<String, Value>| found.get("filtered") == Some(&Value::Bool(true));
    match found {
        Value::Object(found) => one(found),
        Value::Array(items) => items.iter().filter_map(Value::as_object).any(one),
        _ => false,
    }
}

fn gravity(finding: &Finding) -> (bool, Option<bool>, Option<usize>) {
    let severity = finding.severity.as_deref();
    let graded = severity.and_then(|name| SEVERITIES.iter().position(|known| *known == name));
    (finding.filtered, finding.detected, graded)
}

fn append(text: &mut Option<String>, more: Option<&str>) {
    if let Some(more) = more {
        text.get_or_insert_default().push_str(more);
    }
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// Events that end a stream without `[DONE]`.
const ENDS: &[&str] = &[
    "response.completed",
    "response.failed",
    "response.incomplete",
];

const SEVERITIES: &[&str] = &["safe", "low", "medium", "high"];

/// The most that is read of an answer.
const LONGEST: usize = 64 * 1024 * 1024;
