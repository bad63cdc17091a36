//! Answers made of items.

use serde_json::Value;

use super::super::record::decode;
use super::kind;
use super::read::{add, append, usage};
use crate::result::{StepResult, ToolCall};

/// Reads an answer made of items, or the events of one; whether it was one.
pub(super) fn read(result: &mut StepResult, answers: &[Value]) -> bool {
    let Some(response) = answers.iter().rev().find_map(response) else {
        return false;
    };
    let broken_off = response["incomplete_details"]["reason"].as_str();
    let finish = broken_off.or(response["status"].as_str());
    result.finish = finish.map(str::to_owned);
    result.usage = usage(response);
    for found in response["content_filters"].as_array().into_iter().flatten() {
        let findings = match found["source_type"].as_str() {
            Some("completion") => &mut result.filter.answer,
            _ => &mut result.filter.prompt,
        };
        add(findings, &found["content_filter_results"]);
    }
    let mut output: Vec<&Value> = response["output"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    if output.is_empty() {
        let done = answers
            .iter()
            .filter(|it| kind(it) == "response.output_item.done");
        output = done.map(|event| &event["item"]).collect();
    }
    for item in &output {
        read_item(result, item);
    }
    // A stream that was cut has pieces of what it did not finish.
    if output.is_empty() {
        for event in answers {
            match kind(event) {
                "response.output_text.delta" => append(&mut result.text, event["delta"].as_str()),
                "response.refusal.delta" => append(&mut result.refusal, event["delta"].as_str()),
                _ => {}
            }
        }
    }
    true
}

fn read_item(result: &mut StepResult, item: &Value) {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    if text("type") == "function_call" {
        result.tools.push(ToolCall {
            name: text("name").to_owned(),
            arguments: decode(text("arguments").as_bytes()),
            id: text("call_id").to_owned(),
            valid: None,
        });
    }
    if text("type") != "message" {
        return;
    }
    for part in item["content"].as_array().into_iter().flatten() {
        match kind(part) {
            "output_text" => append(&mut result.text, part["text"].as_str()),
            "refusal" if result.refusal.is_none() => {
                append(&mut result.refusal, part["refusal"].as_str());
            }
            _ => {}
        }
    }
}

/// The answer itself, or the one that an event tells of.
fn response(answer: &Value) -> Option<&Value> {
    match (answer["object"].as_str(), &answer["response"]) {
        (Some("response"), _) => Some(answer),
        (None, response @ Value::Object(_)) => Some(response),
        _ => None,
    }
}
