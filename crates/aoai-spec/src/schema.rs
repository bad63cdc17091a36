//! The language as a JSON Schema, for editors.
//!
//! It is made of the tables that the parser goes by: the result document, the matchers, the
//! operations, and what the decoders of the wire types say they take. What only the parser can
//! know, such as variables and whether a body fits its type in every part, it leaves alone.

use aoai_types::{ENDPOINTS, Endpoint, Operation, Scope, Streaming, Visitor, visit};
use serde_json::{Map, Value, json};

use crate::reference::{Topic, WORDS};
use crate::snapshot::Detail;
use crate::wire::{self, Wire};

mod pattern;

/// The schema of a spec file's documents, as JSON Schema draft 7.
///
/// ```
/// let schema = aoai_spec::schema();
/// assert!(schema["definitions"]["step"]["properties"]["expect"].is_object());
/// ```
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("template".to_owned(), template());
    for kind in ["boolean", "integer", "number", "string"] {
        let value = or_template(&json!({"type": [kind, "null"]}));
        definitions.insert(kind.to_owned(), value);
    }
    definitions.insert("step".to_owned(), step(true));
    definitions.insert("raw_step".to_owned(), step(false));
    definitions.extend(pattern::definitions());
    for endpoint in ENDPOINTS {
        if let Some(body) = visit(endpoint.id, Body) {
            definitions.insert(body_name(endpoint), body);
        }
    }
    let each = |step: &str| {
        let items = json!({"items": {"$ref": format!("#/definitions/{step}")}});
        json!({"properties": {"steps": items, "finally": items}})
    };
    let properties = described(
        Topic::Spec,
        json!({
            "name": title(),
            "about": text(),
            "tags": {"type": "array", "items": {"type": "string"}},
            "vars": {"type": "object"},
            "matrix": {
                "type": "object",
                "additionalProperties": {"type": "array", "minItems": 1},
            },
            "use": settings(),
            "budget": budget(),
            "only": {"enum": ["emulator", "live"]},
            "steps": {"type": "array", "minItems": 1},
            "finally": {"type": "array"},
        }),
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Azure OpenAI request specs",
        "type": "object",
        "properties": properties,
        "required": ["name", "steps"],
        "additionalProperties": false,
        "if": raw(),
        "then": each("raw_step"),
        "else": each("step"),
        "definitions": definitions,
    })
}

/// The schema of a file for `run`: it lies beside that of specs, `spec.schema.json`, and refers to it.
///
/// ```
/// let schema = aoai_spec::fragment_schema();
/// assert!(schema["properties"]["vars"].is_object());
/// ```
pub fn fragment_schema() -> Value {
    // Whether bodies are held to the wire types is up to whoever runs the file.
    let step = json!({"$ref": "spec.schema.json#/definitions/raw_step"});
    let properties = described(
        Topic::Spec,
        json!({
            "about": text(),
            "vars": {"type": "object"},
            "steps": {"type": "array", "minItems": 1, "items": step},
        }),
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Steps that Azure OpenAI request specs share",
        "type": "object",
        "properties": properties,
        "required": ["steps"],
        "additionalProperties": false,
    })
}

/// A step; one whose spec goes past the wire types sends any body.
fn step(is_typed: bool) -> Value {
    let operations: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.id).collect();
    let poll = json!({
        "until": {"allOf": [{"$ref": "#/definitions/result"}]},
        "abort": {"allOf": [{"$ref": "#/definitions/result"}]},
        "every": duration(),
        "within": duration(),
    });
    let properties = described(
        Topic::Step,
        json!({
            "name": title(),
            "call": {"enum": operations},
            "http": {"type": "string", "pattern": "^[A-Z]+ +/"},
            "run": {"type": "string", "pattern": "(^|/)_[^/]*$"},
            "vars": {"type": "object"},
            "emulator": {"type": "object"},
            "deployment": text(),
            "params": {"type": "object"},
            "headers": {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean"]},
            },
            "body": {},
            "form": {"type": "object"},
            "use": settings(),
            "poll": {
                "type": "object",
                "properties": described(Topic::Poll, poll),
                "required": ["until", "within"],
                "additionalProperties": false,
            },
            "expect": {"allOf": [{"$ref": "#/definitions/result"}]},
            "save": {"type": "object", "additionalProperties": {"type": "string"}},
            "snapshot": {"enum": Detail::NAMES},
        }),
    );
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "anyOf": [
            {"required": ["call"]},
            {"required": ["http"]},
            {"required": ["run"]},
            {"required": ["emulator"]},
        ],
        "not": {"anyOf": [
            {"required": ["call", "http"]},
            {"required": ["run", "call"]},
            {"required": ["run", "http"]},
            {"required": ["body", "form"]},
        ]},
        "dependencies": {"vars": ["run"]},
        "allOf": ENDPOINTS
            .iter()
            .map(|endpoint| called(endpoint, is_typed))
            .collect::<Vec<_>>(),
    })
}

/// What a call of one operation takes.
fn called(endpoint: &Endpoint, is_typed: bool) -> Value {
    let mut then = json!({"properties": {}});
    if !endpoint.has_body {
        then["properties"] = json!({"body": false, "form": false});
    } else if is_typed {
        let body = json!({"$ref": format!("#/definitions/{}", body_name(endpoint))});
        let form = json!({"propertyNames": {"enum": fields_of(endpoint)}});
        then["if"] = json!({"not": raw()});
        then["then"] = json!({"properties": {"body": body, "form": form}});
    }
    let params: Vec<&str> = endpoint.path_params().collect();
    if !params.is_empty() {
        then["properties"]["params"] = json!({"required": params});
        then["required"] = json!(["params"]);
    }
    if endpoint.scope == Scope::Deployment {
        let named =
            |part: &str| json!({"properties": {part: {"required": ["model"]}}, "required": [part]});
        then["anyOf"] = json!([{"required": ["deployment"]}, named("body"), named("form")]);
    }
    json!({
        "if": {"properties": {"call": {"const": endpoint.id}}, "required": ["call"]},
        "then": then,
    })
}

/// Whether it says `use: {via: raw}`: past the wire types anything can be sent.
fn raw() -> Value {
    let via = json!({"properties": {"via": {"const": "raw"}}, "required": ["via"]});
    json!({"properties": {"use": via}, "required": ["use"]})
}

fn body_name(endpoint: &Endpoint) -> String {
    format!("body.{}", endpoint.id)
}

/// The names that a body or a form has.
fn fields_of(endpoint: &Endpoint) -> Vec<String> {
    let body = visit(endpoint.id, Body).unwrap_or_default();
    let properties = body["anyOf"][0]["properties"].as_object();
    properties
        .into_iter()
        .flat_map(Map::keys)
        .cloned()
        .collect()
}

/// The body of an operation.
struct Body;

impl Body {
    fn of<O: Operation>(streams: bool) -> Value {
        let mut schema = value(&wire::of::<O>());
        if let Some(properties) = schema["properties"].as_object_mut() {
            for name in O::ENDPOINT.path_params() {
                properties.remove(name);
            }
            if streams {
                let description = "Whether the answer comes event by event.";
                let stream = json!({"description": description, "type": "boolean"});
                properties.insert("stream".to_owned(), stream);
            }
            // What the wire type does not know is an error, unlike further inside.
            schema["additionalProperties"] = json!(false);
        }
        or_template(&schema)
    }
}

impl Visitor for Body {
    type Out = Value;

    fn unary<O: Operation>(self) -> Value {
        Self::of::<O>(false)
    }

    fn streaming<O: Streaming>(self) -> Value {
        Self::of::<O>(true)
    }
}

fn value(wire: &Wire) -> Value {
    let nullable = |kind: &str| json!({"$ref": format!("#/definitions/{kind}")});
    match wire {
        Wire::Open => json!({}),
        Wire::Bool => nullable("boolean"),
        Wire::Integer => nullable("integer"),
        Wire::Number => nullable("number"),
        Wire::Text => nullable("string"),
        Wire::List(item) => or_template(&json!({"type": ["array", "null"], "items": value(item)})),
        Wire::Map(item) => {
            or_template(&json!({"type": ["object", "null"], "additionalProperties": value(item)}))
        }
        Wire::Struct(fields) => {
            let properties = fields
                .iter()
                .map(|(name, wire)| ((*name).to_owned(), value(wire)));
            json!({"type": ["object", "null"], "properties": properties.collect::<Map<_, _>>()})
        }
    }
}

fn or_template(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"$ref": "#/definitions/template"}]})
}

/// A text that stands for another value.
fn template() -> Value {
    json!({"type": "string", "pattern": "\\$\\{[^}]+\\}"})
}

fn settings() -> Value {
    let settings = json!({
        "api": text(),
        "credential": text(),
        "endpoint": text(),
        "via": {"enum": ["typed", "raw"]},
        "retries": whole(),
        "timeout": duration(),
    });
    closed(&described(Topic::Use, settings))
}

fn budget() -> Value {
    let budget = json!({
        "tokens": whole(),
        "requests": whole(),
        "usd": {"type": "number", "minimum": 0},
        "time": duration(),
    });
    closed(&described(Topic::Budget, budget))
}

fn closed(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// The properties, with what the language's reference says about each.
fn described(topic: Topic, mut properties: Value) -> Value {
    for word in WORDS.iter().filter(|word| word.topic == topic) {
        if let Some(schema) = properties.get_mut(word.name) {
            schema["description"] = word.about.into();
        }
    }
    properties
}

/// A name: one line with something on it.
fn title() -> Value {
    json!({"type": "string", "pattern": "^.*\\S.*$"})
}

fn text() -> Value {
    json!({"type": ["string", "number"]})
}

fn whole() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn duration() -> Value {
    json!({"type": "string", "pattern": "^[0-9.]+(ms|s|m|h)$"})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::budget;
    use crate::diagnostic::{Problems, Severity};
    use crate::model::Settings;
    use crate::parse;
    use crate::source::Source;
    use crate::value::Node;

    /// What the schema and the parser say of a text: whether they take all of its documents.
    fn verdicts(validator: &jsonschema::Validator, text: &str) -> (bool, bool) {
        let source = Source::new("spec.yaml", text);
        let documents = Node::read_all(&mut Problems::new(source.clone()));
        let by_schema = documents
            .iter()
            .all(|node| validator.is_valid(&node.to_json()));
        let (_, diagnostics) = parse::specs(&source, "spec", None);
        let mut errors = diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error);
        (by_schema, errors.next().is_none())
    }

    fn validator() -> jsonschema::Validator {
        let schema = schema();
        jsonschema::meta::validate(&schema).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn the_schema_takes_every_spec_that_ships() {
        let validator = validator();
        let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
        let mut count = 0;
        let mut directories = vec![specs.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    // What stands there are answers.
                    if path != specs.join("snapshots") {
                        directories.push(path);
                    }
                } else if path.extension().is_some_and(|kind| kind == "yaml")
                    && path.parent() != Some(&specs)
                    && !path
                        .file_name()
                        .is_some_and(|name| name.to_string_lossy().starts_with('_'))
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let documents = Node::read_all(&mut Problems::new(Source::new("", &*text)));
                    for document in documents {
                        let wrong: Vec<_> = validator
                            .iter_errors(&document.to_json())
                            .map(|error| format!("{}: {error}", error.instance_path()))
                            .collect();
                        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
                        count += 1;
                    }
                }
            }
        }
        assert!(count > 40, "{count}");
    }

    #[test]
    fn the_schema_of_files_for_run_takes_what_ships_and_refuses_what_the_parser_does() {
        let text = fragment_schema().to_string();
        let mut whole: Value =
            serde_json::from_str(&text.replace("spec.schema.json#/", "#/")).unwrap();
        whole["definitions"] = schema()["definitions"].take();
        let validator = jsonschema::validator_for(&whole).unwrap();
        let keys = whole["properties"].as_object().unwrap().keys();
        let keys: BTreeSet<_> = keys.map(String::as_str).collect();
        let known: BTreeSet<_> = parse::fragment::FILE_KEYS.iter().copied().collect();
        assert_eq!(keys, known);
        let takes = |text: &str| {
            let documents = Node::read_all(&mut Problems::new(Source::new("", text)));
            documents
                .iter()
                .all(|node| validator.is_valid(&node.to_json()))
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/chat/_ask.yaml");
        assert!(takes(&std::fs::read_to_string(path).unwrap()));
        for wrong in [
            "about: nothing",
            "name: a\nsteps: [{call: models.list}]",
            "var: {a: 1}\nsteps: [{call: models.list}]",
            "steps: []",
            "steps: [{cal: models.list}]",
            "steps: [{call: models.list, expect: {staus: 200}}]",
        ] {
            assert!(!takes(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_schema_has_the_keys_of_the_parser() {
        let schema = schema();
        let keys = |part: &Value| {
            let keys = part["properties"].as_object().unwrap().keys().cloned();
            keys.collect::<BTreeSet<_>>()
        };
        let known = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(keys(&schema), known(parse::SPEC_KEYS));
        let step = &schema["definitions"]["step"];
        assert_eq!(keys(step), known(parse::step::STEP_KEYS));
        assert_eq!(keys(&step["properties"]["use"]), known(Settings::NAMES));
        let budget = &schema["properties"]["budget"];
        assert_eq!(keys(budget), known(budget::BUDGET_KEYS));
    }

    #[test]
    fn schema_and_parser_agree_on_what_is_wrong() {
        let validator = validator();
        let call = |step: &str| format!("name: a\nsteps:\n  - {step}\n");
        let right = call("{call: models.list, expect: {status: 2xx}}");
        assert_eq!(verdicts(&validator, &right), (true, true));
        for wrong in [
            "steps: [{call: models.list}]".to_owned(),
            "name: a".to_owned(),
            "name: ''\nsteps: [{call: models.list}]".to_owned(),
            "name: \"a\\nb\"\nsteps: [{call: models.list}]".to_owned(),
            "nam: a\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nonly: never\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nmatrix: {x: []}\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nmatrix: {x: 1}\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nuse: {vai: raw}\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nuse: {via: twice}\nsteps: [{call: models.list}]".to_owned(),
            "name: a\nuse: {retries: -1}\nsteps: [{call: models.list}]".to_owned(),
            call("{call: model.list}"),
            call("{cal: models.list}"),
            call("{call: models.list, name: ' '}"),
            call("{http: get /openai/v1/models}"),
            call("{call: models.list, http: GET /x}"),
            call("{name: nothing to do}"),
            call("{call: models.list, body: {}}"),
            call("{call: files.upload, form: {purpos: batch, file: {name: a, text: b}}}"),
            call("{call: files.upload, body: {}, form: {purpose: batch}}"),
            call("{call: models.get}"),
            call("{call: models.get, params: {name: x}}"),
            call("{call: chat, body: {messages: []}}"),
            call("{call: chat, deployment: c, body: {messages: [], max_token: 5}}"),
            call("{call: chat, deployment: c, body: {messages: 5}}"),
            call("{call: chat, deployment: c, body: {messages: [], stream: 1}}"),
            call("{call: models.list, expect: {staus: 200}}"),
            call("{call: models.list, expect: {usage: {totl: 1}}}"),
            call("{call: models.list, expect: {text: $nonemtpy}}"),
            call("{call: models.list, expect: {text: {$contain: x}}}"),
            call("{call: models.list, expect: {text: {$ne: $nonempty}}}"),
            call("{call: models.list, expect: {attempts: {$each: 1, $lenn: 1}}}"),
            call("{call: models.list, expect: {headers: {x: {$regx: x}}}}"),
            call("{call: models.list, expect: {body: {a: [{$each: 1}, $strin]}}}"),
            call("{call: models.list, poll: {until: {status: 200}}}"),
            call("{call: models.list, poll: {until: {status: 200}, within: 5}}"),
            call("{call: models.list, poll: {until: {status: 200}, within: 5s, evry: 1s}}"),
        ] {
            assert_eq!(verdicts(&validator, &wrong), (false, false), "{wrong}");
        }
    }

    #[test]
    fn schema_and_parser_agree_on_what_is_unusual_but_right() {
        let validator = validator();
        let call = |step: &str| format!("name: a\nvars: {{x: 1}}\nsteps:\n  - {step}\n");
        for right in [
            call("{call: chat, deployment: c, body: {messages: [], max_tokens: \"${x}\"}}"),
            call("{call: chat, body: {model: m, messages: [], tools: null, n: 1}}"),
            call("{call: chat, deployment: c, use: {via: raw}, body: {anything: \"${x}\"}}"),
            call("{http: \"POST /openai/${x}\", body: [1, 2]}"),
            call("{call: models.list, expect: {text: \"${x}\", body: {cost: $5, a: {$eq: $any}}}}"),
            call("{call: models.list, expect: {attempts: {0: {status: \"${x}\"}, $len: 1}}}"),
            "name: a\nuse: {via: raw}\nvars: {x: 1}\nsteps:\n  - {call: chat, deployment: c, \
             body: {any: \"${x}\"}}\n"
                .to_owned(),
        ] {
            assert_eq!(verdicts(&validator, &right), (true, true), "{right}");
        }
    }
}
