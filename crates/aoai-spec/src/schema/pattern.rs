//! Patterns over results.

use serde_json::{Map, Value, json};

use crate::pattern::parse::{MATCHERS, TYPES};
use crate::result::shape::{RESULT, Shape};

/// The schemas that others refer to: `pattern`, `pattern_text`, `result`.
pub(super) fn definitions() -> Map<String, Value> {
    let types: Vec<String> = TYPES.iter().map(|(name, _)| format!("${name}")).collect();
    let mut definitions = Map::new();
    let text = json!({
        "type": "string",
        "anyOf": [{"enum": types}, {"not": {"pattern": "^\\$[a-z_]+$"}}],
    });
    definitions.insert("pattern_text".to_owned(), text);
    let mut mapping = matchers();
    mapping["additionalProperties"] = pattern();
    let known: Vec<String> = MATCHERS.iter().map(|name| format!("${name}")).collect();
    mapping["propertyNames"] = json!({"anyOf": [{"enum": known}, {"pattern": "^([^$]|$)"}]});
    let any = json!({"anyOf": [
        {"type": ["null", "boolean", "number"]},
        {"$ref": "#/definitions/pattern_text"},
        {"type": "array", "items": pattern()},
        mapping,
    ]});
    definitions.insert("pattern".to_owned(), any);
    // A result as a whole is looked at by its parts.
    definitions.insert("result".to_owned(), parts(RESULT));
    definitions
}

fn of(shape: Shape) -> Value {
    match shape {
        Shape::Fields(_) => json!({"anyOf": [
            {"$ref": "#/definitions/pattern_text"},
            parts(shape),
        ]}),
        _ => pattern(),
    }
}

/// A mapping over the parts that a result has, and no others.
fn parts(shape: Shape) -> Value {
    let mut mapping = matchers();
    if let (Shape::Fields(fields), Some(properties)) =
        (shape, mapping["properties"].as_object_mut())
    {
        properties.extend(
            fields
                .iter()
                .map(|(name, shape)| ((*name).to_owned(), of(*shape))),
        );
    }
    mapping["additionalProperties"] = json!(false);
    mapping
}

/// A mapping of matchers and what they take.
fn matchers() -> Value {
    let argument = |name: &str| match name {
        // Neither a matcher nor a text can be told from the other there.
        "ne" => json!({"not": {"type": "string", "pattern": "^\\$[a-z_]+$"}}),
        "eq" | "gt" | "gte" | "lt" | "lte" | "in" | "schema" => json!({}),
        "contains" | "starts" | "ends" | "regex" => json!({"type": "string"}),
        "in_order" | "any_order" | "any_of" => json!({"type": "array", "items": pattern()}),
        "only" => json!({"type": "object"}),
        _ => pattern(),
    };
    let properties = MATCHERS
        .iter()
        .map(|name| (format!("${name}"), argument(name)));
    json!({"type": "object", "properties": properties.collect::<Map<_, _>>()})
}

fn pattern() -> Value {
    json!({"$ref": "#/definitions/pattern"})
}
