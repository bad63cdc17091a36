//! The smallest value that fits a JSON schema.

use serde_json::{Map, Value, json};

/// A value that `schema` accepts, as far as the keywords of structured outputs go.
///
/// Where a schema contains itself and leaves another way, the other way is taken; no value fits one
/// that leaves none, nor one that asks for more than there is room for, and what comes of these is
/// cut.
pub(super) fn instance(schema: &Value) -> Value {
    let mut fitting = Fitting::new(schema, false);
    let fits = fitting.fit(schema, 0);
    if fitting.cut {
        return Fitting::new(schema, true).fit(schema, 0);
    }
    fits
}

/// A value on its way.
struct Fitting<'a> {
    root: &'a Value,
    /// The references that are being followed.
    open: Vec<&'a str>,
    /// Whether these may be followed again.
    repeats: bool,
    /// How many more values, and characters of them, there may be.
    room: usize,
    /// Whether something that the schema asks for is missing.
    cut: bool,
}

impl<'a> Fitting<'a> {
    fn new(root: &'a Value, repeats: bool) -> Self {
        Self {
            root,
            open: vec!["#"],
            repeats,
            room: ROOM,
            cut: false,
        }
    }

    fn fit(&mut self, schema: &'a Value, depth: usize) -> Value {
        // What is too deep takes room, too: there may be any number of it.
        if !self.takes(1) || depth > DEEPEST {
            self.cut = true;
            return Value::Null;
        }
        if let Some(constant) = schema.get("const") {
            return self.copy(constant);
        }
        if let Some(first) = schema["enum"].get(0) {
            return self.copy(first);
        }
        if let Some(target) = schema["$ref"].as_str() {
            return self.follow(target, depth);
        }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            if let Some(alternatives @ [_, ..]) = schema[keyword].as_array().map(Vec::as_slice) {
                return self.choose(alternatives, depth);
            }
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "string" => self.string(schema),
            "integer" => json!(whole(least(schema, true))),
            "number" => json!(least(schema, false)),
            "boolean" => json!(true),
            _ => Value::Null,
        }
    }

    fn follow(&mut self, target: &'a str, depth: usize) -> Value {
        let pointer = target.strip_prefix('#');
        let Some(found) = pointer.and_then(|pointer| self.root.pointer(pointer)) else {
            return Value::Null;
        };
        if !self.repeats && self.open.contains(&target) {
            self.cut = true;
            return Value::Null;
        }
        self.open.push(target);
        let value = self.fit(found, depth + 1);
        self.open.pop();
        value
    }

    /// The first of several that can be had whole.
    fn choose(&mut self, alternatives: &'a [Value], depth: usize) -> Value {
        let before = self.cut;
        let mut first = None;
        for alternative in alternatives {
            self.cut = false;
            let value = self.fit(alternative, depth + 1);
            if !self.cut {
                self.cut = before;
                return value;
            }
            first.get_or_insert(value);
        }
        first.unwrap_or_default()
    }

    fn object(&mut self, schema: &'a Value, depth: usize) -> Value {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let mut members = Map::new();
        for name in required.iter().filter_map(Value::as_str) {
            if !self.takes(name.len()) {
                break;
            }
            let value = self.fit(&schema["properties"][name], depth + 1);
            members.insert(name.to_owned(), value);
        }
        members.into()
    }

    fn array(&mut self, schema: &'a Value, depth: usize) -> Value {
        let length = size(&schema["minItems"]);
        let mut items = Vec::new();
        while items.len() < length && self.room > 0 {
            items.push(self.fit(&schema["items"], depth + 1));
        }
        self.cut |= items.len() < length;
        items.into()
    }

    fn string(&mut self, schema: &Value) -> Value {
        let mut text = example(schema).to_owned();
        // One of a format is not shortened: what is left would have none.
        if schema["format"].is_null() && schema["maxLength"].is_u64() {
            text.truncate(size(&schema["maxLength"]));
        }
        let missing = size(&schema["minLength"]).saturating_sub(text.len());
        if self.takes(missing) {
            text.extend(std::iter::repeat_n('.', missing));
        }
        text.into()
    }

    fn copy(&mut self, value: &Value) -> Value {
        if self.takes(value.to_string().len()) {
            value.clone()
        } else {
            Value::Null
        }
    }

    /// Takes so much of the room, if it is there.
    fn takes(&mut self, length: usize) -> bool {
        let left = self.room.checked_sub(length);
        self.cut |= left.is_none();
        self.room = left.unwrap_or(0);
        left.is_some()
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

fn example(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
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
    }
}

fn size(bound: &Value) -> usize {
    let bound = bound.as_u64().unwrap_or(0);
    usize::try_from(bound).unwrap_or(usize::MAX)
}

/// The number nearest to zero, or near to it, that the bounds allow.
fn least(schema: &Value, is_whole: bool) -> f64 {
    let bound = |name: &str| schema[name].as_f64();
    let (floor, ceiling) = (bound("minimum"), bound("maximum"));
    // Of two bounds the narrower one counts.
    let above = bound("exclusiveMinimum").filter(|above| floor.is_none_or(|floor| *above >= floor));
    let below = bound("exclusiveMaximum").filter(|below| ceiling.is_none_or(|most| *below <= most));
    let (low, high) = (above.or(floor), below.or(ceiling));
    // How far from what is excluded: there may be little room between two bounds.
    let room = low
        .zip(high)
        .map_or(f64::INFINITY, |(low, high)| high - low);
    let step = (room / 2.0).min(1.0);
    let (floor, ceiling) = if is_whole {
        (
            above
                .map(|above| above.floor() + 1.0)
                .or(floor.map(f64::ceil)),
            below
                .map(|below| below.ceil() - 1.0)
                .or(ceiling.map(f64::floor)),
        )
    } else {
        (
            above.map(|above| above + step).or(floor),
            below.map(|below| below - step).or(ceiling),
        )
    };
    let number = ceiling.unwrap_or(0.0).min(0.0);
    let number = floor.unwrap_or(number).max(number);
    match bound("multipleOf") {
        Some(of) if of > 0.0 && number > 0.0 => (number / of).ceil() * of,
        Some(of) if of > 0.0 => (number / of).floor() * of,
        _ => number,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a bound past 64 bits gives the nearest number within"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

/// Structured outputs nest ten levels at most, each a few steps of a schema.
const DEEPEST: usize = 64;

/// More than any model says in one answer.
const ROOM: usize = 1 << 19;

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
    fn a_value_fits_its_format_its_type_and_its_bounds() {
        for (schema, expected) in [
            (
                json!({"type": "string", "format": "date"}),
                json!("2025-01-31"),
            ),
            (
                json!({"type": "string", "format": "date-time"}),
                json!("2025-01-31T12:00:00Z"),
            ),
            (
                json!({"type": "string", "format": "time"}),
                json!("12:00:00Z"),
            ),
            (
                json!({"type": "string", "format": "duration"}),
                json!("PT1H"),
            ),
            (
                json!({"type": "string", "format": "email"}),
                json!("someone@example.com"),
            ),
            (
                json!({"type": "string", "format": "uuid"}),
                json!("00000000-0000-4000-8000-000000000000"),
            ),
            (
                json!({"type": "string", "format": "ipv4"}),
                json!("192.0.2.1"),
            ),
            (
                json!({"type": "string", "format": "ipv6"}),
                json!("2001:db8::1"),
            ),
            (
                json!({"type": "string", "format": "hostname"}),
                json!("example.com"),
            ),
            (json!({"type": ["string", "null"]}), json!("text")),
            (
                json!({"properties": {"a": {"type": "boolean"}}, "required": ["a"]}),
                json!({"a": true}),
            ),
            (json!({"type": "integer", "exclusiveMinimum": 3}), json!(4)),
            (
                json!({"type": "integer", "exclusiveMaximum": -3}),
                json!(-4),
            ),
            (
                json!({"type": "integer", "minimum": 2, "maximum": 3}),
                json!(2),
            ),
            (json!({"type": "integer", "maximum": 3}), json!(0)),
        ] {
            assert_eq!(instance(&schema), expected, "{schema}");
        }
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

    #[test]
    fn a_schema_that_contains_itself_is_left_where_it_can_be() {
        let list = json!({
            "type": "object",
            "properties": {
                "value": {"type": "number"},
                "next": {"anyOf": [{"$ref": "#/$defs/list"}, {"type": "null"}]},
            },
            "required": ["value", "next"],
        });
        let held = json!({
            "type": "object",
            "properties": {"head": {"$ref": "#/$defs/list"}},
            "required": ["head"],
            "$defs": {"list": list},
        });
        assert_eq!(
            instance(&held),
            json!({"head": {"value": 0.0, "next": null}})
        );
        let either = json!({"anyOf": [{"$ref": "#"}, {"type": "null"}]});
        let tree = json!({
            "type": "object",
            "properties": {"left": either, "right": either},
            "required": ["left", "right"],
        });
        assert_eq!(instance(&tree), json!({"left": null, "right": null}));
    }

    #[test]
    fn whatever_a_schema_asks_for_an_instance_has_its_bounds() {
        let itself = json!({"$ref": "#"});
        let endless = json!({
            "type": "object",
            "properties": {"a": itself, "b": itself, "c": itself},
            "required": ["a", "b", "c"],
        });
        let wide = json!({"type": "array", "minItems": u64::MAX, "items": {"const": "a constant"}});
        let long = json!({"type": "string", "minLength": u64::MAX});
        let deep = json!({"type": "array", "minItems": u64::MAX, "items": itself});
        for schema in [
            &endless,
            &wide,
            &deep,
            &json!({"type": "array", "minItems": 9, "items": long}),
        ] {
            let length = instance(schema).to_string().len();
            assert!(length < 16 * ROOM, "{length}: {schema}");
        }
        let text = instance(&json!({"type": "string", "minLength": 100_000}));
        assert_eq!(text.as_str().map(str::len), Some(100_000));
    }
}
