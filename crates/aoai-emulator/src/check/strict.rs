//! What a JSON schema must be like where an answer is promised to fit it (`strict`).

use serde_json::Value;

use crate::refusal::Refusal;

/// Refuses a function that promises to be called strictly with a schema that does not allow for it.
///
/// `function` has a function's members, and `param` is where its schema stands in the request.
pub(crate) fn function(function: &Value, param: &str) -> Result<(), Refusal> {
    if function["strict"] != true {
        return Ok(());
    }
    let Some(complaint) = complaint(&function["parameters"]) else {
        return Ok(());
    };
    let name = function["name"].as_str().unwrap_or_default();
    Err(Refusal::invalid(
        format!("Invalid schema for function '{name}': {complaint}"),
        Some(param),
        Some("invalid_function_parameters"),
    ))
}

/// The first thing about a schema that structured outputs do not take, in the service's words.
pub(crate) fn complaint(schema: &Value) -> Option<String> {
    look(schema, &mut Vec::new())
}

fn look(schema: &Value, context: &mut Vec<String>) -> Option<String> {
    if let Some(properties) = schema["properties"].as_object() {
        if schema["additionalProperties"] != false {
            return Some(format!(
                "In context={}, 'additionalProperties' is required to be supplied and to be false.",
                written(context)
            ));
        }
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let missing = properties
            .keys()
            .find(|name| !required.iter().any(|it| it == *name));
        if let Some(missing) = missing {
            return Some(format!(
                "In context={}, 'required' is required to be supplied and to be an array \
                 including every key in properties. Missing '{missing}'.",
                written(context)
            ));
        }
    }
    for keyword in ["properties", "$defs"] {
        for (name, schema) in schema[keyword].as_object().into_iter().flatten() {
            let found = within(context, &[keyword, name], |context| look(schema, context));
            if found.is_some() {
                return found;
            }
        }
    }
    if schema["items"].is_object() {
        let found = within(context, &["items"], |context| {
            look(&schema["items"], context)
        });
        if found.is_some() {
            return found;
        }
    }
    for (index, schema) in schema["anyOf"].as_array().into_iter().flatten().enumerate() {
        let index = index.to_string();
        let found = within(context, &["anyOf", &index], |context| look(schema, context));
        if found.is_some() {
            return found;
        }
    }
    None
}

fn within<T>(
    context: &mut Vec<String>,
    names: &[&str],
    look: impl FnOnce(&mut Vec<String>) -> T,
) -> T {
    context.extend(names.iter().map(|name| (*name).to_owned()));
    let found = look(context);
    context.truncate(context.len() - names.len());
    found
}

/// The service writes contexts as Python writes tuples.
fn written(context: &[String]) -> String {
    let quote = |name: &String| format!("'{name}'");
    match context {
        [only] => format!("({},)", quote(only)),
        several => format!(
            "({})",
            several.iter().map(quote).collect::<Vec<_>>().join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_object_is_closed_and_requires_all_it_has() {
        let closed = json!({
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "required": ["a"],
            "additionalProperties": false,
        });
        let open = json!({"type": "object", "properties": {}});
        let lax = json!({
            "type": "object",
            "properties": {"a": {}, "b": {}},
            "required": ["a"],
            "additionalProperties": false,
        });
        let around = |keyword: &str, inner: Value| {
            let mut outer = closed.clone();
            outer[keyword] = inner;
            outer
        };
        let complaint_of_open =
            "'additionalProperties' is required to be supplied and to be false.";
        for (schema, expected) in [
            (closed.clone(), None),
            (
                open.clone(),
                Some(format!("In context=(), {complaint_of_open}")),
            ),
            (
                lax,
                Some(
                    "In context=(), 'required' is required to be supplied and to be an array \
                     including every key in properties. Missing 'b'."
                        .to_owned(),
                ),
            ),
            (
                around("properties", json!({"a": open})),
                Some(format!(
                    "In context=('properties', 'a'), {complaint_of_open}"
                )),
            ),
            (
                json!({"type": "array", "items": open}),
                Some(format!("In context=('items',), {complaint_of_open}")),
            ),
            (
                json!({"anyOf": [closed, open]}),
                Some(format!("In context=('anyOf', '1'), {complaint_of_open}")),
            ),
            (
                around("$defs", json!({"d": open})),
                Some(format!("In context=('$defs', 'd'), {complaint_of_open}")),
            ),
        ] {
            assert_eq!(complaint(&schema), expected, "{schema}");
        }
    }
}
