//! JSON schemas of Rust types, in the dialect that structured outputs take.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::Json;

impl Json {
    /// The JSON schema of `T`, in the dialect that strict outputs and tools take.
    ///
    /// Every property is required and no other is allowed, as the service demands; an `Option` is
    /// a property that may be `null`. Bounds, patterns and formats, which the service refuses in
    /// strict schemas, are left out: the type checks them when it is read. Descriptions come from
    /// doc comments, and properties keep the order of the fields, in which the model fills them in.
    ///
    /// ```
    /// use aoai_types::Json;
    ///
    /// /// What came of it.
    /// #[derive(schemars::JsonSchema)]
    /// struct Verdict {
    ///     /// The reasoning.
    ///     why: String,
    ///     score: Option<u8>,
    /// }
    ///
    /// let expected = serde_json::json!({
    ///     "title": "Verdict",
    ///     "description": "What came of it.",
    ///     "type": "object",
    ///     "properties": {
    ///         "why": {"description": "The reasoning.", "type": "string"},
    ///         "score": {"type": ["integer", "null"]},
    ///     },
    ///     "required": ["why", "score"],
    ///     "additionalProperties": false,
    /// });
    /// assert_eq!(Json::schema_of::<Verdict>().to_value(), expected);
    /// ```
    pub fn schema_of<T: JsonSchema>() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        RecursiveTransform(strict).transform(&mut schema);
        schema.to_value().into()
    }
}

/// The name of `T`, of the characters that the service allows.
pub(crate) fn name_of<T: JsonSchema>() -> String {
    let name = T::schema_name();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name = name.chars().map(|c| if allowed(c) { c } else { '_' });
    name.take(LONGEST_NAME).collect()
}

/// What the doc comment of `T` says.
pub(crate) fn description_of<T: JsonSchema>() -> Option<String> {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
    schema.get("description")?.as_str().map(str::to_owned)
}

fn strict(schema: &mut Schema) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    for keyword in REFUSED {
        members.shift_remove(*keyword);
    }
    // Alternatives of an enum never overlap, so that any of them is one of them.
    if let Some(alternatives) = members.shift_remove("oneOf") {
        members.insert("anyOf".to_owned(), alternatives);
    }
    flatten(members);
    if let Some(Value::Object(properties)) = members.get("properties") {
        let names = properties.keys().cloned().map(Value::from).collect();
        members.insert("required".to_owned(), Value::Array(names));
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// Beside a reference nothing may stand; schemars writes the description of the field there.
fn flatten(members: &mut Map<String, Value>) {
    if let Some(reference) = members.shift_remove("$ref") {
        members.clear();
        members.insert("$ref".to_owned(), reference);
    }
}

/// Keywords that the service refuses in strict schemas.
const REFUSED: &[&str] = &[
    "$schema",
    "default",
    "examples",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "readOnly",
    "writeOnly",
    "deprecated",
];

/// The longest name that the service takes.
const LONGEST_NAME: usize = 64;
