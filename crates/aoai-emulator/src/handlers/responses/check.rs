//! What no table can say of a request: arguments that do not go together, or not with this model.

use serde_json::Value;

use super::super::arguments::{check_pictures, flag, flag_unless_off};
use super::context::Context;
use crate::catalog::{Model, Serves};
use crate::check::strict;
use crate::refusal::Refusal;
use crate::route::Call;

/// Checks arguments against each other and the model.
pub(super) fn together(call: &Call<'_>, model: &Model) -> Result<(), Refusal> {
    let given = |name: &str| call.body.get(name).is_some_and(|value| !value.is_null());
    if given("previous_response_id") && given("conversation") {
        let message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. \
                       Ensure you are only providing one of: 'previous_response_id' or \
                       'conversation'.";
        let code = "mutually_exclusive_parameters";
        return Err(Refusal::invalid(message, None, Some(code)));
    }
    if !["input", "previous_response_id", "prompt", "conversation"]
        .iter()
        .any(|it| given(it))
    {
        let message = "One of \"input\" or \"previous_response_id\" or 'prompt' or \
                       'conversation_id' must be provided.";
        let code = "missing_required_parameter";
        return Err(Refusal::invalid(message, None, Some(code)));
    }
    if let Some(id) = call
        .body
        .get("prompt")
        .and_then(|prompt| prompt["id"].as_str())
    {
        // The emulator has no page on which templates could be made.
        return Err(Refusal::not_kept("Prompt", id));
    }
    if flag(&call.body, "background") && !flag_unless_off(&call.body, "store") {
        let message = "Background mode requires 'store' to be true.";
        return Err(Refusal::invalid(message, Some("background"), None));
    }
    match model.serves {
        Serves::Reasoning => sampling(call)?,
        _ => thinking(call)?,
    }
    check_pictures(&call.body, "input")?;
    tools(call)?;
    format(call)
}

/// Checks what the model is given.
pub(super) fn fits(call: &Call<'_>, context: &Context, tokens: u64) -> Result<(), Refusal> {
    speakers(call)?;
    calls(context)?;
    if tokens > call.served()?.context() {
        return Err(Refusal::invalid(
            "Your input exceeds the context window of this model. Please adjust your input and \
             try again.",
            Some("input"),
            Some("context_length_exceeded"),
        ));
    }
    Ok(())
}

/// Models that think take no sampling parameters.
fn sampling(call: &Call<'_>) -> Result<(), Refusal> {
    for name in ["temperature", "top_p"] {
        if call.body.get(name).is_some_and(|value| !value.is_null()) {
            return Err(Refusal::invalid(unsupported(name), Some(name), None));
        }
    }
    Ok(())
}

/// Models that do not think cannot be told how.
fn thinking(call: &Call<'_>) -> Result<(), Refusal> {
    let reasoning = call.body.get("reasoning").and_then(Value::as_object);
    let told = reasoning.and_then(|it| it.iter().find(|(_, value)| !value.is_null()));
    let Some((name, _)) = told else {
        return Ok(());
    };
    let param = format!("reasoning.{name}");
    let code = "unsupported_parameter";
    Err(Refusal::invalid(
        unsupported(&param),
        Some(&param),
        Some(code),
    ))
}

fn unsupported(param: &str) -> String {
    format!("Unsupported parameter: '{param}' is not supported with this model.")
}

/// The model's own words are output, anybody else's are input.
fn speakers(call: &Call<'_>) -> Result<(), Refusal> {
    let items = call.body.get("input").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        let parts = item["content"].as_array().map_or(&[][..], Vec::as_slice);
        if item["role"].is_null() {
            continue;
        }
        for (at, part) in parts.iter().enumerate() {
            let kind = part["type"].as_str().unwrap_or_default();
            let (wrong, right) = if item["role"] == "assistant" {
                (kind.starts_with("input_"), "'output_text' and 'refusal'")
            } else {
                let right = "'input_text', 'input_image', 'input_file', and 'input_audio'";
                (!kind.starts_with("input_"), right)
            };
            if wrong {
                let message = format!("Invalid value: '{kind}'. Supported values are: {right}.");
                let param = format!("input[{index}].content[{at}]");
                return Err(Refusal::invalid(
                    message,
                    Some(&param),
                    Some("invalid_value"),
                ));
            }
        }
    }
    Ok(())
}

/// Calls of the caller's tools are answered, and nothing else is.
fn calls(context: &Context) -> Result<(), Refusal> {
    let mut open: Vec<&str> = Vec::new();
    let refuse = |message: String| Err(Refusal::invalid(message, Some("input"), None));
    for item in context.items() {
        let id = item["call_id"].as_str().unwrap_or_default();
        match item["type"].as_str() {
            Some("function_call" | "custom_tool_call") => open.push(id),
            Some("function_call_output" | "custom_tool_call_output") => {
                let Some(at) = open.iter().position(|waiting| *waiting == id) else {
                    return refuse(format!(
                        "No tool call found for function call output with call_id {id}."
                    ));
                };
                open.remove(at);
            }
            _ => {}
        }
    }
    match open.first() {
        None => Ok(()),
        Some(id) => refuse(format!("No tool output found for function call {id}.")),
    }
}

fn tools(call: &Call<'_>) -> Result<(), Refusal> {
    let tools = call.body.get("tools").and_then(Value::as_array);
    let mut tools = tools.into_iter().flatten().enumerate();
    tools
        .try_for_each(|(index, tool)| strict::function(tool, &format!("tools[{index}].parameters")))
}

fn format(call: &Call<'_>) -> Result<(), Refusal> {
    let Some(format) = call.body.get("text").map(|text| &text["format"]) else {
        return Ok(());
    };
    match format["type"].as_str() {
        Some("json_schema") if format["strict"] == true => {
            let Some(complaint) = strict::complaint(&format["schema"]) else {
                return Ok(());
            };
            let name = format["name"].as_str().unwrap_or_default();
            let message = format!("Invalid schema for response_format '{name}': {complaint}");
            let code = "invalid_json_schema";
            Err(Refusal::invalid(
                message,
                Some("text.format.schema"),
                Some(code),
            ))
        }
        Some("json_object") if !mentions_json(call) => Err(Refusal::invalid(
            "Response input messages must contain the word 'json' in some form to use \
             'text.format' of type 'json_object'.",
            Some("input"),
            None,
        )),
        _ => Ok(()),
    }
}

fn mentions_json(call: &Call<'_>) -> bool {
    let texts = ["input", "instructions"].map(|name| call.body.get(name).map(Value::to_string));
    let mut texts = texts.into_iter().flatten();
    texts.any(|text| text.to_lowercase().contains("json"))
}
