//! An `OpenAPI` document: its operations, and what each of them takes and answers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aoai_types::Endpoint;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::normal::Normaliser;
use crate::reference::{DOCUMENT, find, name_in};

/// A document that has been read.
pub struct Document {
    /// What it calls itself, `Azure OpenAI Service API 2024-10-21`.
    pub name: String,
    /// The version of `OpenAPI` that it follows.
    pub dialect: String,
    /// Its operations, in the order of the document.
    pub operations: Vec<Operation>,
    pub(crate) components: Value,
}

/// One operation of a document, its schemas as JSON Schema.
pub struct Operation {
    /// The method in capitals.
    pub method: String,
    /// The path as the document writes it.
    pub path: String,
    /// The schema of the request's body.
    pub(crate) body: Option<Body>,
    /// The schema of an object that has the query's parameters as members.
    pub(crate) query: Value,
    /// The schemas of JSON answers with a 2xx status.
    pub(crate) responses: Vec<Value>,
    /// The schemas of the events of a stream.
    pub(crate) events: Vec<Value>,
    /// The schemas of JSON answers without a 2xx status.
    pub(crate) errors: Vec<Value>,
}

/// The body of a request.
pub(crate) struct Body {
    pub(crate) schema: Value,
    pub(crate) is_form: bool,
}

impl Document {
    /// Reads the file at `path`, JSON or YAML.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no `OpenAPI` 3 document.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read it: {error}"))?;
        Self::parse(&text)
    }

    /// Reads a document from its text, JSON or YAML.
    ///
    /// # Errors
    ///
    /// `text` is no `OpenAPI` 3 document.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let source: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?
        } else {
            from_yaml(text)?
        };
        let dialect = match &source["openapi"] {
            Value::String(version) => version.clone(),
            other => other.to_string(),
        };
        if !dialect.starts_with("3.") {
            return Err("it is no OpenAPI 3 document: `openapi: 3.x` is missing".to_owned());
        }
        let said = |what: &str| match &source["info"][what] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let normaliser = Normaliser::new(&source);
        let reader = Reader {
            source: &source,
            normaliser: &normaliser,
        };
        Ok(Self {
            name: format!("{} {}", said("title"), said("version")),
            dialect,
            operations: reader.operations(),
            components: json!({"$defs": normaliser.components(&source)}),
        })
    }

    /// The named schemas, an object.
    pub(crate) fn schemas(&self) -> &Value {
        &self.components["$defs"]
    }

    /// A schema that `operation` refers to, and that the document does not have.
    pub(crate) fn missing(&self, operation: &Operation) -> Option<String> {
        let mut found = BTreeSet::new();
        for schema in operation.roots() {
            reachable(self.schemas(), schema, &mut found);
        }
        let mut found = found.into_iter();
        found.find(|name| self.schemas().get(name).is_none())
    }

    /// How many schemas `roots` lead to, themselves included.
    pub(crate) fn count_schemas(&self, roots: &[&Value]) -> usize {
        let mut found = BTreeSet::new();
        for schema in roots {
            reachable(self.schemas(), schema, &mut found);
        }
        let in_place = roots.iter().filter(|root| root.get("$ref").is_none());
        found.len() + in_place.count()
    }

    /// What validators look named schemas up in.
    pub(crate) fn registry(&self) -> Result<Registry<'_>, String> {
        Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, &self.components)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| format!("its schemas cannot be read: {error}"))
    }
}

/// A validator of a schema that refers to those in `registry`.
pub(crate) fn validator(registry: &Registry<'_>, schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_registry(registry)
        .build(schema)
        .map_err(|error| format!("a schema of it makes no sense: {error}"))
}

impl Operation {
    /// Whether this is the operation that `endpoint` describes.
    ///
    /// Documents differ in the names of parameters, in what stands before the path that the
    /// surfaces have in common, and in slashes at the end.
    pub fn is(&self, endpoint: &Endpoint) -> bool {
        self.method == endpoint.method.as_str()
            && shape_of(&self.path).eq(endpoint.path.split('/').skip(1).map(without_name))
    }

    /// Whether the document puts the deployment into the path.
    pub(crate) fn names_deployment(&self) -> bool {
        self.path.split('/').any(|segment| segment == "deployments")
    }

    /// How many schemas it uses, named ones and those that stand in place.
    pub(crate) fn schemas(&self, document: &Document) -> usize {
        let body = self.body.iter().map(|body| &body.schema);
        let roots = body.chain(&self.responses).chain(&self.events);
        document.count_schemas(&roots.collect::<Vec<_>>())
    }

    /// All of its schemas.
    fn roots(&self) -> impl Iterator<Item = &Value> {
        let body = self.body.iter().map(|body| &body.schema);
        let answers = self
            .responses
            .iter()
            .chain(&self.events)
            .chain(&self.errors);
        body.chain([&self.query]).chain(answers)
    }
}

/// The segments of a document's path below the surface's root, without the names of parameters.
fn shape_of(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split('?').next().unwrap_or_default();
    let path = path.trim_matches('/');
    let path = path.strip_prefix("openai/").unwrap_or(path);
    let path = path.strip_prefix("v1/").unwrap_or(path);
    let path = match path.strip_prefix("deployments/{") {
        Some(rest) => rest.split_once("}/").map_or(path, |(_, rest)| rest),
        None => path,
    };
    path.split('/').map(without_name)
}

fn without_name(segment: &str) -> &str {
    if segment.starts_with('{') {
        "{}"
    } else {
        segment
    }
}

/// Adds the names of all schemas that `schema` can lead to, whether there are such or not.
fn reachable(components: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = reference.map(name_in)
                && found.insert(name.clone())
                && let Some(target) = components.get(&name)
            {
                reachable(components, target, found);
            }
            for member in members.values() {
                reachable(components, member, found);
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                reachable(components, entry, found);
            }
        }
        _ => {}
    }
}

fn from_yaml(text: &str) -> Result<Value, String> {
    let options = serde_yaml::options! {
        // Documents larger than a configuration file are the rule here.
        budget: None,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|error| format!("not YAML: {error}"))
}

struct Reader<'a> {
    source: &'a Value,
    normaliser: &'a Normaliser,
}

impl Reader<'_> {
    fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.source["paths"].as_object().into_iter().flatten() {
            let item = self.resolve(item);
            for method in METHODS {
                if let Some(operation) = item.get(method.to_lowercase()) {
                    operations.push(self.operation(method, path, item, operation));
                }
            }
        }
        operations
    }

    fn operation(&self, method: &str, path: &str, item: &Value, operation: &Value) -> Operation {
        let mut responses = Vec::new();
        let mut events = Vec::new();
        let mut errors = Vec::new();
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            for (media, content) in contents(self.resolve(answer)) {
                if !status.starts_with('2') {
                    let schema = content.get("schema").filter(|_| is_json(media));
                    errors.extend(schema.map(|schema| self.normaliser.schema(schema)));
                } else if is_json(media) {
                    self.split(&content["schema"], &mut responses, &mut events);
                } else if media == "text/event-stream" {
                    events.push(self.normaliser.schema(&content["schema"]));
                }
            }
        }
        Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            body: self.body(self.resolve(&operation["requestBody"])),
            query: self.query(item, operation),
            responses,
            events,
            errors,
        }
    }

    fn body(&self, body: &Value) -> Option<Body> {
        let wanted = |(media, content): (&str, &Value)| {
            let is_form = media == "multipart/form-data";
            let schema = content.get("schema")?;
            (is_form || is_json(media)).then(|| Body {
                schema: self.normaliser.schema(schema),
                is_form,
            })
        };
        contents(body).find_map(wanted)
    }

    /// Some documents give the answer and the event of a stream as alternatives of one schema.
    fn split(&self, schema: &Value, responses: &mut Vec<Value>, events: &mut Vec<Value>) {
        let is_event = |branch: &&Value| {
            let name = branch["$ref"].as_str().unwrap_or_default();
            name.contains("Stream") || name.contains("Chunk")
        };
        let branches = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        match branches {
            Some(branches) if branches.iter().any(|branch| is_event(&branch)) => {
                for branch in branches {
                    let into = if is_event(&branch) {
                        &mut *events
                    } else {
                        &mut *responses
                    };
                    into.push(self.normaliser.schema(branch));
                }
            }
            _ if schema.is_null() => {}
            _ => responses.push(self.normaliser.schema(schema)),
        }
    }

    fn query(&self, item: &Value, operation: &Value) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let lists = [&item["parameters"], &operation["parameters"]];
        for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
            let parameter = self.resolve(parameter);
            let Some(name) = parameter["name"].as_str() else {
                continue;
            };
            // The surface writes the version, and no type of ours is a nested query.
            let skipped = name == "api-version" || parameter["style"] == "deepObject";
            if parameter["in"] != "query" || skipped {
                continue;
            }
            let name = name.trim_end_matches("[]");
            if parameter["required"] == true {
                required.push(name);
            }
            let mut contents = contents(parameter).map(|(_, content)| &content["schema"]);
            let schema = parameter.get("schema").or_else(|| contents.next());
            let schema = self.normaliser.schema(schema.unwrap_or_default());
            properties.insert(name.to_owned(), schema);
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    /// What `value` refers to within the document, or itself.
    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        let mut value = value;
        for _ in 0..REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                break;
            };
            value = find(self.source, reference).unwrap_or(&Value::Null);
        }
        value
    }
}

fn contents(holder: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let contents = holder["content"].as_object().into_iter().flatten();
    contents.map(|(media, content)| {
        let media = media.split(';').next().unwrap_or_default();
        (media.trim(), content)
    })
}

fn is_json(media: &str) -> bool {
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// How long a chain of references may be; a longer one is a circle.
const REFERENCES: usize = 16;
