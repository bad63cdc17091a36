//! What a request lets the model do.

use serde_json::{Map, Value};

use super::super::arguments;
use super::super::say::{Choice, Form, Offer, Tool, Wish};

/// Reads it from a body that has passed its checks.
pub(super) fn read(body: &Map<String, Value>) -> Wish<'_> {
    let format = body
        .get("text")
        .map_or(&Value::Null, |text| &text["format"]);
    Wish {
        offer: offer(body),
        form: Form::of(&format["type"], &format["schema"]),
        stops: Vec::new(),
    }
}

/// How much the model shall think, where the request says so.
pub(super) fn effort(body: &Map<String, Value>) -> Option<&str> {
    body.get("reasoning")?["effort"].as_str()
}

/// Tools that the service runs itself are offered too, and the emulator's model uses none of them.
fn offer(body: &Map<String, Value>) -> Offer<'_> {
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    let allowed = choice["tools"].as_array();
    let is_allowed = |tool: &&Value| {
        allowed.is_none_or(|allowed| allowed.iter().any(|it| it["name"] == tool["name"]))
    };
    let own = |tool: &&Value| matches!(tool["type"].as_str(), Some("function" | "custom"));
    let tools = body.get("tools").and_then(Value::as_array);
    let tools = tools.into_iter().flatten().filter(own).filter(is_allowed);
    Offer {
        tools: tools
            .map(|tool| Tool {
                name: tool["name"].as_str().unwrap_or_default(),
                parameters: &tool["parameters"],
            })
            .collect(),
        legacy: false,
        choice: match (choice.as_str(), &choice["name"], choice["mode"].as_str()) {
            (Some(word), _, _) | (_, _, Some(word)) => Choice::of_word(word),
            (_, Value::String(name), _) => Choice::Named(name),
            _ => Choice::Auto,
        },
        parallel: arguments::flag_unless_off(body, "parallel_tool_calls"),
    }
}
