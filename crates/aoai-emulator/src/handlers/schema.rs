//! The smallest value that fits a JSON schema.

use serde_json::{Map, Value, json};

/// A value that `schema` accepts, as far as the keywords of structured outputs go.
pub(super) fn instance(schema: &Value) -> Value {
    fit(schema, schema, 0)
}

fn fit(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(target) = schema["$ref"].as_str() {
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        return found.map_or(Value::Null, |found| fit(found, root, depth + 1));
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[keyword].get(0) {
            return fit(first, root, depth + 1);
        }
    }
    match kind(schema) {
        "object" => object(schema, root, depth),
        "array" => {
            let length = schema["minItems"].as_u64().unwrap_or(0);
            (0..length)
                .map(|_| fit(&schema["items"], root, depth + 1))
                .collect()
        }
        "string" => string(schema),
        "integer" => json!(whole(least(schema))),
        "number" => json!(least(schema)),
        "boolean" => json!(true),
        _ => Value::Null,
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().find_map(Value::as_str).unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    }
}

fn object(schema: &Value, root: &Value, depth: usize) -> Value {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let required = required.iter().filter_map(Value::as_str);
    required
        .map(|name| {
            let schema = properties.get(name).unwrap_or(&Value::Null);
            (name.to_owned(), fit(schema, root, depth + 1))
        })
        .collect::<Map<_, _>>()
        .into()
}

fn string(schema: &Value) -> Value {
    let text = match schema["format"].as_str() {
        Some("date") => "2025-01-31",
        Some("date-time") => "2025-01-31T12:00:00Z",
        Some("time") => "12:00:00Z",
        Some("duration") => "PT1H",
        Some("email") => "someone@example.com",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("hostname") => "example.com",
        _ => "text",
    };
    let length = schema["minLength"].as_u64().unwrap_or(0);
    let length = usize::try_from(length).unwrap_or(0).min(1 << 16);
    json!(format!("{text:.<length$}"))
}

/// The least number, near zero, that the bounds allow.
fn least(schema: &Value) -> f64 {
    let bound = |name: &str| schema[name].as_f64();
    let floor = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
    let ceiling = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
    let mut number: f64 = 0.0;
    if let Some(ceiling) = ceiling {
        number = number.min(ceiling);
    }
    if let Some(floor) = floor {
        number = number.max(floor);
    }
    number
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a bound past 64 bits gives the nearest number within"
)]
fn whole(number: f64) -> i64 {
    number.ceil() as i64
}

/// Schemas may contain themselves; structured outputs nest ten levels at most.
const DEEPEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_what_is_required() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "kelvin"]},
                "days": {"type": "integer", "minimum": 1},
                "place": {"$ref": "#/$defs/place"},
                "tags": {"type": "array", "items": {"const": "x"}, "minItems": 2},
                "note": {"type": ["null", "string"]},
                "code": {"type": "string", "minLength": 6},
                "left": {"type": "string"},
            },
            "required": ["city", "unit", "days", "place", "tags", "note", "code"],
            "$defs": {
                "place": {
                    "type": "object",
                    "properties": {"lat": {"type": "number", "maximum": -1.5}, "on": {"type": "boolean"}},
                    "required": ["lat", "on"],
                },
            },
        });
        let expected = json!({
            "city": "text",
            "unit": "celsius",
            "days": 1,
            "place": {"lat": -1.5, "on": true},
            "tags": ["x", "x"],
            "note": null,
            "code": "text..",
        });
        assert_eq!(instance(&schema), expected);
    }

    #[test]
    fn a_schema_that_contains_itself_comes_to_an_end() {
        let schema = json!({
            "type": "object",
            "properties": {"next": {"$ref": "#"}},
            "required": ["next"],
        });
        assert!(instance(&schema)["next"]["next"].is_object());
    }
}
