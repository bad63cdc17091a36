//! `OpenAPI` schemas as plain JSON Schema.
//!
//! `OpenAPI` 3.0 says "nullable" and "exclusive" in its own way, and 3.0 and 3.1 both have the
//! discriminator, which JSON Schema ignores. Here all of it becomes JSON Schema 2020-12, so that
//! the generator and the validator read the same rules.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use serde_json::{Map, Value, json};

use crate::reference::{find, refer_to, stands_elsewhere, target};

/// Marks the schema that children inherit from, where the name itself means "any of the children".
const BASE: &str = "!base";

/// Keywords whose meaning and form JSON Schema shares with both `OpenAPI` versions.
const SHARED: &[&str] = &[
    "type",
    "enum",
    "const",
    "format",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "multipleOf",
    "readOnly",
    "writeOnly",
];

/// Turns the schemas of one document into JSON Schema.
pub(crate) struct Normaliser {
    /// Schemas with a discriminator but no list of alternatives: children inherit from them.
    bases: BTreeMap<String, Union>,
    /// What forms consist of, by where it stands in memory: only there are bytes a file.
    forms: BTreeSet<*const Value>,
}

struct Union {
    tag: String,
    /// Value of the tag, and the name of the child.
    members: Vec<(String, String)>,
}

impl Normaliser {
    pub(crate) fn new(document: &Value) -> Self {
        let none = Map::new();
        let schemas = document["components"]["schemas"]
            .as_object()
            .unwrap_or(&none);
        let bases = schemas
            .iter()
            .filter(|(_, schema)| schema.get("oneOf").or(schema.get("anyOf")).is_none())
            .filter_map(|(name, schema)| {
                let tag = schema["discriminator"]["propertyName"].as_str()?.to_owned();
                let mut members = mapping(schema);
                if members.is_empty() {
                    members = children(schemas, name);
                }
                Some((name.clone(), Union { tag, members }))
            })
            .filter(|(_, union)| !union.members.is_empty())
            .collect();
        let mut forms = BTreeSet::new();
        form_bodies(document, document, &mut forms);
        Self { bases, forms }
    }

    /// All named schemas of the document, those with a discriminator twice: under their name any
    /// of their children, under [`BASE`] what children have in common.
    pub(crate) fn components(&self, document: &Value) -> Map<String, Value> {
        let mut normal = Map::new();
        for (name, schema) in document["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let own = self.component(schema, name);
            match self.bases.get(name) {
                None => normal.insert(name.clone(), own),
                Some(union) => {
                    normal.insert(name.clone(), union.any_of(name));
                    normal.insert(format!("{name}{BASE}"), own)
                }
            };
        }
        let mut elsewhere = BTreeSet::new();
        references(document, &mut elsewhere);
        for name in elsewhere {
            if let Some(schema) = find(document, &name) {
                let schema = self.schema(schema);
                normal.insert(name, schema);
            }
        }
        normal
    }

    /// A schema that stands anywhere but at the top of the components.
    pub(crate) fn schema(&self, schema: &Value) -> Value {
        self.convert(schema, None)
    }

    fn component(&self, schema: &Value, name: &str) -> Value {
        self.convert(schema, Some(name))
    }

    fn convert(&self, schema: &Value, component: Option<&str>) -> Value {
        let is_in_form = self.forms.contains(&ptr::from_ref(schema));
        let schema = match schema {
            Value::Object(schema) => schema,
            // Left open, it says nothing.
            Value::Null => return json!(true),
            // What is no schema is for the validator to refuse.
            other => return other.clone(),
        };
        if is_in_form && is_file(schema) {
            return file();
        }
        let mut normal = Map::new();
        for key in SHARED {
            if let Some(value) = schema.get(*key) {
                normal.insert((*key).to_owned(), value.clone());
            }
        }
        bounds(schema, &mut normal);
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            // A pattern in a dialect that is not ours says nothing here.
            if regex_syntax::parse(pattern).is_ok() {
                normal.insert("pattern".to_owned(), json!(pattern));
            }
        }
        let required: BTreeSet<&str> = list(schema, "required").filter_map(Value::as_str).collect();
        if !required.is_empty() {
            normal.insert("required".to_owned(), json!(required));
        }
        for key in ["properties", "patternProperties"] {
            let members = match schema.get(key) {
                Some(Value::Object(members)) => members
                    .iter()
                    .map(|(name, schema)| (name.clone(), self.schema(schema)))
                    .collect(),
                Some(other) => other.clone(),
                None => continue,
            };
            normal.insert(key.to_owned(), members);
        }
        for key in ["items", "additionalProperties", "not"] {
            if let Some(inner) = schema.get(key) {
                normal.insert(key.to_owned(), self.schema(inner));
            }
        }
        let mut all: Vec<Value> = list(schema, "allOf")
            .map(|member| self.part(member, component, schema))
            .collect();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            all.push(refer_to(&target(reference)));
        }
        for key in ["anyOf", "oneOf"] {
            let branches = self.branches(schema, key);
            if !branches.is_empty() {
                all.push(json!({"anyOf": branches}));
            }
        }
        if let (true, [only]) = (normal.is_empty(), all.as_slice()) {
            normal = only.as_object().cloned().unwrap_or_default();
        } else if !all.is_empty() {
            normal.insert("allOf".to_owned(), json!(all));
        }
        nullable(schema, normal)
    }

    /// A member of `allOf`: what a child inherits, or just a schema.
    fn part(&self, part: &Value, component: Option<&str>, whole: &Map<String, Value>) -> Value {
        let base = part
            .get("$ref")
            .and_then(Value::as_str)
            .map(target)
            .and_then(|name| self.bases.get_key_value(&name));
        let (Some(component), Some((name, union))) = (component, base) else {
            return self.schema(part);
        };
        let is_member = union.members.iter().any(|(_, child)| child == component);
        let adds = whole.contains_key("properties") || list(whole, "allOf").count() > 1;
        if is_member || adds {
            return refer_to(&format!("{name}{BASE}"));
        }
        self.schema(part)
    }

    /// The alternatives of a union, each held to its value of the discriminator.
    ///
    /// `oneOf` is read as `anyOf`: documents use it for "either", and often list alternatives that
    /// overlap, which `oneOf` would make unsatisfiable.
    fn branches(&self, schema: &Map<String, Value>, key: &str) -> Vec<Value> {
        let tag = schema
            .get("discriminator")
            .and_then(|discriminator| discriminator["propertyName"].as_str());
        let members = mapping(&Value::Object(schema.clone()));
        let tagged = |branch: &Value| -> Option<Value> {
            let child = target(branch["$ref"].as_str()?);
            let values = members.iter().filter(|(_, of)| *of == child);
            let values: Vec<&str> = values.map(|(value, _)| value.as_str()).collect();
            (!values.is_empty()).then_some(held(tag?, &values, &child))
        };
        list(schema, key)
            .map(|branch| tagged(branch).unwrap_or_else(|| self.schema(branch)))
            .collect()
    }
}

impl Union {
    fn any_of(&self, name: &str) -> Value {
        let members = self.members.iter();
        let mut branches: Vec<Value> = members
            .map(|(value, child)| held(&self.tag, &[value.as_str()], child))
            .collect();
        let values: Vec<&String> = self.members.iter().map(|(value, _)| value).collect();
        // The document may list tags that it describes no child for.
        let other = Map::from_iter([(self.tag.clone(), json!({"not": {"enum": values}}))]);
        branches.push(json!({
            "allOf": [refer_to(&format!("{name}{BASE}")), {"properties": other}]
        }));
        json!({"anyOf": branches})
    }
}

/// The schema `child` with its tag being one of `values`.
fn held(tag: &str, values: &[&str], child: &str) -> Value {
    let is = match values {
        [only] => json!({"const": only}),
        several => json!({"enum": several}),
    };
    json!({
        "allOf": [
            refer_to(child),
            {"properties": Map::from_iter([(tag.to_owned(), is)]), "required": [tag]},
        ]
    })
}

/// Finds the forms in a document, and all that they consist of.
fn form_bodies(document: &Value, value: &Value, found: &mut BTreeSet<*const Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "multipart/form-data" => parts(document, member, found),
                    _ => form_bodies(document, member, found),
                }
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                form_bodies(document, entry, found);
            }
        }
        _ => {}
    }
}

/// Adds a schema and all that it consists of.
fn parts(document: &Value, schema: &Value, found: &mut BTreeSet<*const Value>) {
    if !found.insert(ptr::from_ref(schema)) {
        return;
    }
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            if let Some(target) = reference.and_then(|reference| find(document, reference)) {
                parts(document, target, found);
            }
            for member in members.values() {
                parts(document, member, found);
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                parts(document, entry, found);
            }
        }
        _ => {}
    }
}

/// The names of schemas that stand elsewhere than among the components.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(reference.map(target).filter(|name| stands_elsewhere(name)));
            members
                .values()
                .for_each(|member| references(member, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        _ => {}
    }
}

fn mapping(schema: &Value) -> Vec<(String, String)> {
    let mapping = schema["discriminator"]["mapping"].as_object();
    let members = mapping.into_iter().flatten();
    let members =
        members.filter_map(|(value, child)| Some((value.clone(), target(child.as_str()?))));
    members.collect()
}

/// Without a mapping, the children are those that inherit, told apart by their names.
fn children(schemas: &Map<String, Value>, base: &str) -> Vec<(String, String)> {
    let inherits = |schema: &Value| {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let mut parents = parts.filter_map(|part| part["$ref"].as_str());
        parents.any(|reference| target(reference) == base)
    };
    let children = schemas.iter().filter(|(_, schema)| inherits(schema));
    let children = children.map(|(name, schema)| {
        let value = schema["x-ms-discriminator-value"].as_str();
        (value.unwrap_or(name).to_owned(), name.clone())
    });
    children.collect()
}

fn bounds(schema: &Map<String, Value>, normal: &mut Map<String, Value>) {
    for (inclusive, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        let bound = schema.get(inclusive).filter(|bound| bound.is_number());
        match (schema.get(exclusive), bound) {
            (Some(Value::Bool(true)), Some(bound)) => {
                normal.insert(exclusive.to_owned(), bound.clone());
            }
            (other, bound) => {
                if let Some(bound) = bound {
                    normal.insert(inclusive.to_owned(), bound.clone());
                }
                if let Some(bound @ Value::Number(_)) = other {
                    normal.insert(exclusive.to_owned(), bound.clone());
                }
            }
        }
    }
}

fn nullable(schema: &Map<String, Value>, mut normal: Map<String, Value>) -> Value {
    if schema.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(normal);
    }
    match normal.get("type") {
        Some(Value::String(of)) if !normal.contains_key("allOf") => {
            let types = json!([of, "null"]);
            normal.insert("type".to_owned(), types);
            if let Some(Value::Array(values)) = normal.get_mut("enum")
                && !values.contains(&Value::Null)
            {
                values.push(Value::Null);
            }
            Value::Object(normal)
        }
        _ => json!({"anyOf": [normal, {"type": "null"}]}),
    }
}

fn is_file(schema: &Map<String, Value>) -> bool {
    let says = |key: &str, value: &str| schema.get(key).is_some_and(|found| found == value);
    says("format", "binary")
        || (says("contentMediaType", "application/octet-stream")
            && !schema.contains_key("contentEncoding"))
}

/// A file of a form, the way a request that is written down names one.
fn file() -> Value {
    json!({
        "type": "object",
        // One file is as good as another, so there is one.
        "properties": {
            "name": {"type": "string", "pattern": r"^file\.jsonl$"},
            "text": {"type": "string", "pattern": "^content$"},
        },
        "required": ["name", "text"],
    })
}

fn list<'a>(schema: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> {
    schema
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
