//! What an answer says, by paths into its JSON.

use serde_json::{Map, Value};

use super::super::record::decode;
use super::{items, kind};
use crate::result::{Filter, Finding, StepResult, ToolCall, Usage};

/// Reads a whole answer, or the events of one.
pub(super) fn answer(result: &mut StepResult, answers: &[Value], part: &str) {
    let mut text = None::<String>;
    let mut refusal = None::<String>;
    let mut tools: Vec<ToolCall> = Vec::new();
    let mut arguments: Vec<String> = Vec::new();
    for answer in answers {
        if let Some(usage) = usage(answer) {
            result.usage = Some(usage);
        }
        prompt_filter(&mut result.filter, answer);
        images_filter(&mut result.filter, answer);
        append(&mut text, transcript(answer));
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
    if items::read(result, answers) {
        return;
    }
    for (tool, written) in tools.iter_mut().zip(&arguments) {
        tool.arguments = decode(written.as_bytes());
    }
    result.text = text;
    result.refusal = refusal;
    result.tools = tools;
}

/// The text that an event adds to the answer.
pub(in super::super) fn delta_text(event: &Value) -> Option<&str> {
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

pub(super) fn usage(answer: &Value) -> Option<Usage> {
    let usage = answer["usage"].as_object()?;
    // Recordings may be counted in seconds.
    if !["total_tokens", "prompt_tokens", "input_tokens"]
        .iter()
        .any(|it| usage.contains_key(*it))
    {
        return None;
    }
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

/// Images have what was found in each of them, and in its prompt.
fn images_filter(filter: &mut Filter, answer: &Value) {
    for image in answer["data"].as_array().into_iter().flatten() {
        add(&mut filter.prompt, &image["prompt_filter_results"]);
        add(&mut filter.answer, &image["content_filter_results"]);
    }
}

/// What was said in a recording: a whole answer's text, or a piece of it.
fn transcript(answer: &Value) -> Option<&str> {
    match kind(answer) {
        "transcript.text.delta" => answer["delta"].as_str(),
        "" => answer["text"].as_str(),
        _ => None,
    }
}

/// Lists what a map of categories says; a category stands once, at its gravest.
pub(super) fn add(findings: &mut Vec<Finding>, results: &Value) {
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
    // A word that nobody knows may mean anything, so that it comes before those that are known.
    let grade = |name: &str| {
        SEVERITIES
            .iter()
            .take_while(|known| **known != name)
            .count()
    };
    let graded = severity.map(grade);
    (finding.filtered, finding.detected, graded)
}

pub(super) fn append(text: &mut Option<String>, more: Option<&str>) {
    if let Some(more) = more {
        text.get_or_insert_default().push_str(more);
    }
}

const SEVERITIES: &[&str] = &["safe", "low", "medium", "high"];
