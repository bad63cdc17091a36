//! What a chat's request lets the assistant do.

use serde_json::{Map, Value};

use super::super::arguments;
use super::super::say::{Choice, Form, Offer, Tool, Wish};

/// Reads it from a body that has passed its checks.
pub(super) fn read(body: &Map<String, Value>) -> Wish<'_> {
    Wish {
        offer: offer(body),
        form: form(body),
        stops: arguments::stops(body),
    }
}

fn offer(body: &Map<String, Value>) -> Offer<'_> {
    let list = |name: &str| body.get(name).and_then(Value::as_array);
    let legacy = list("tools").is_none() && list("functions").is_some();
    let tools = match (list("tools"), list("functions")) {
        (Some(tools), _) => tools
            .iter()
            .map(|tool| tool_of(&tool["function"]))
            .collect(),
        (None, Some(functions)) => functions.iter().map(tool_of).collect(),
        (None, None) => Vec::new(),
    };
    let choice = body.get(if legacy {
        "function_call"
    } else {
        "tool_choice"
    });
    let choice = match choice {
        Some(Value::String(word)) => Choice::of_word(word),
        Some(named @ Value::Object(_)) => {
            let named = if legacy { named } else { &named["function"] };
            Choice::Named(named["name"].as_str().unwrap_or_default())
        }
        _ => Choice::Auto,
    };
    Offer {
        tools,
        legacy,
        choice,
        parallel: arguments::flag_unless_off(body, "parallel_tool_calls") && !legacy,
    }
}

fn tool_of(function: &Value) -> Tool<'_> {
    Tool {
        name: function["name"].as_str().unwrap_or_default(),
        parameters: &function["parameters"],
    }
}

fn form(body: &Map<String, Value>) -> Form<'_> {
    let format = body.get("response_format").unwrap_or(&Value::Null);
    Form::of(&format["type"], &format["json_schema"]["schema"])
}
