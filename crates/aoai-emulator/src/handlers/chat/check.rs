//! What no table can say of a chat: arguments that do not go together, or not with this model.

use aoai_types::ApiVersion;
use serde_json::Value;

use super::super::arguments::{self, flag, number};
use crate::catalog::{Model, Serves};
use crate::check::strict;
use crate::refusal::Refusal;
use crate::route::{Call, Served};

/// Checks arguments against each other, the model and the api-version.
pub(super) fn together(call: &Call<'_>, model: &Model) -> Result<(), Refusal> {
    arguments::check_stream_options(&call.body)?;
    companions(call)?;
    if model.serves == Serves::Reasoning {
        reasoning(call)?;
    } else if given(call, "reasoning_effort") {
        let message = "Unrecognized request argument supplied: reasoning_effort";
        return Err(Refusal::invalid(message, None, Some("")));
    }
    one_limit(call)?;
    conversation(call)?;
    arguments::check_pictures(&call.body, "messages")?;
    tools(call)?;
    response_format(call)
}

/// How many tokens the answer may have.
pub(super) fn limit(call: &Call<'_>, served: &Served<'_>, prompt: u64) -> Result<u64, Refusal> {
    let context = served.context();
    let Some(room) = context.checked_sub(prompt) else {
        return Err(Refusal::messages_too_long(context, prompt, None));
    };
    let named = ["max_completion_tokens", "max_tokens"]
        .into_iter()
        .find_map(|name| Some((name, number(&call.body, name)?)));
    let Some((name, limit)) = named else {
        return Ok(room.min(served.model.output));
    };
    let most = served.model.output;
    if limit > most {
        let message = format!(
            "{name} is too large: {limit}. This model supports at most {most} completion tokens, \
             whereas you provided {limit}."
        );
        return Err(Refusal::invalid(message, Some(name), Some("invalid_value")));
    }
    if limit > room {
        return Err(Refusal::messages_too_long(context, prompt, Some(limit)));
    }
    if served.model.serves == Serves::Reasoning && limit < LEAST_TO_THINK {
        return Err(Refusal::invalid(
            "Could not finish the message because max_tokens or model output limit was reached. \
             Please try again with higher max_tokens.",
            None,
            None,
        ));
    }
    Ok(limit)
}

fn given(call: &Call<'_>, name: &str) -> bool {
    call.body.get(name).is_some_and(|value| !value.is_null())
}

/// Arguments that need another one beside them, or bear none.
fn companions(call: &Call<'_>) -> Result<(), Refusal> {
    if given(call, "data_sources") && given(call, "stream_options") {
        return Err(Refusal::data_sources(
            "Validation error at #/stream_options: Extra inputs are not permitted",
        ));
    }
    for name in ["tool_choice", "parallel_tool_calls"] {
        if given(call, name) && !given(call, "tools") {
            let message = format!(
                "Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
            );
            return Err(Refusal::invalid(message, Some(name), None));
        }
    }
    if given(call, "top_logprobs") && !flag(&call.body, "logprobs") {
        let message = "The 'top_logprobs' parameter requires 'logprobs' to be enabled.";
        return Err(Refusal::invalid(message, Some("top_logprobs"), None));
    }
    Ok(())
}

fn one_limit(call: &Call<'_>) -> Result<(), Refusal> {
    if given(call, "max_tokens") && given(call, "max_completion_tokens") {
        return Err(Refusal::invalid(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            Some("max_tokens"),
            Some("invalid_parameter_combination"),
        ));
    }
    Ok(())
}

/// Models that think take no sampling parameters, and count their thinking.
fn reasoning(call: &Call<'_>) -> Result<(), Refusal> {
    if given(call, "max_tokens") {
        return Err(Refusal::invalid(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
             'max_completion_tokens' instead.",
            Some("max_tokens"),
            Some("unsupported_parameter"),
        ));
    }
    for name in ["temperature", "top_p"] {
        let value = call.body.get(name).and_then(Value::as_f64);
        if let Some(value) = value.filter(|value| (value - 1.0).abs() > f64::EPSILON) {
            let message = format!(
                "Unsupported value: '{name}' does not support {value} with this model. Only the \
                 default (1) value is supported."
            );
            return Err(Refusal::invalid(
                message,
                Some(name),
                Some("unsupported_value"),
            ));
        }
    }
    choosing(call)
}

/// Nor do they let their words be chosen for them, or tell how likely these were; what asks for
/// nothing may stand there.
fn choosing(call: &Call<'_>) -> Result<(), Refusal> {
    let asks = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    };
    for name in [
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "presence_penalty",
        "stop",
    ] {
        if call.body.get(name).is_some_and(asks) {
            let message =
                format!("Unsupported parameter: '{name}' is not supported with this model.");
            let code = "unsupported_parameter";
            return Err(Refusal::invalid(message, Some(name), Some(code)));
        }
    }
    Ok(())
}

/// Calls of tools are answered, each by a message right after them, and nothing else is.
fn conversation(call: &Call<'_>) -> Result<(), Refusal> {
    let messages = call.body.get("messages").and_then(Value::as_array);
    let mut open: Vec<&str> = Vec::new();
    let mut called: Vec<&str> = Vec::new();
    for (index, message) in messages.into_iter().flatten().enumerate() {
        if message["role"] == "tool" {
            let id = message["tool_call_id"].as_str().unwrap_or_default();
            if !called.contains(&id) {
                return Err(Refusal::invalid(
                    "Invalid parameter: messages with role 'tool' must be a response to a \
                     preceeding message with 'tool_calls'.",
                    Some(&format!("messages.[{index}].role")),
                    None,
                ));
            }
            open.retain(|waiting| *waiting != id);
            continue;
        }
        unanswered(&open)?;
        let calls = message["tool_calls"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        called = calls
            .iter()
            .filter_map(|call| call["id"].as_str())
            .collect();
        open.clone_from(&called);
    }
    unanswered(&open)
}

fn unanswered(open: &[&str]) -> Result<(), Refusal> {
    if open.is_empty() {
        return Ok(());
    }
    let message = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to \
         each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    Err(Refusal::invalid(message, Some("messages"), None))
}

fn tools(call: &Call<'_>) -> Result<(), Refusal> {
    let tools = call.body.get("tools").and_then(Value::as_array);
    let mut tools = tools.into_iter().flatten().enumerate();
    tools.try_for_each(|(index, tool)| {
        let param = format!("tools[{index}].function.parameters");
        strict::function(&tool["function"], &param)
    })
}

fn response_format(call: &Call<'_>) -> Result<(), Refusal> {
    let Some(format) = call.body.get("response_format") else {
        return Ok(());
    };
    match format["type"].as_str() {
        Some("json_schema") if call.version.is_some_and(|version| version < STRUCTURED) => {
            Err(Refusal::bad_request(
                "response_format value as json_schema is enabled only for api versions \
                 2024-08-01-preview and later",
            ))
        }
        Some("json_schema") if format["json_schema"]["strict"] == true => {
            let schema = &format["json_schema"];
            let Some(complaint) = strict::complaint(&schema["schema"]) else {
                return Ok(());
            };
            let name = schema["name"].as_str().unwrap_or_default();
            let message = format!("Invalid schema for response_format '{name}': {complaint}");
            Err(Refusal::invalid(message, Some("response_format"), None))
        }
        Some("json_object") if !mentions_json(call) => Err(Refusal::invalid(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of \
             type 'json_object'.",
            Some("messages"),
            None,
        )),
        _ => Ok(()),
    }
}

fn mentions_json(call: &Call<'_>) -> bool {
    let messages = call.body.get("messages").map(Value::to_string);
    messages.is_some_and(|messages| messages.to_lowercase().contains("json"))
}

/// With fewer tokens a model that thinks is refused, rather than cut off.
const LEAST_TO_THINK: u64 = 16;

/// The first api-version with structured outputs.
const STRUCTURED: ApiVersion = ApiVersion::preview(2024, 8, 1);
