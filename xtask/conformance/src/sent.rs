//! Whether what would be sent says all that the request says, in the form that the document wants.

use aoai_types::{Endpoint, Scope, Surface};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::compare::differences;
use crate::document::Operation;
use crate::report::Kind;
use crate::subject::{Request, Sent, SentBody};
use crate::trips::{Case, Found, pointer};

/// What a document expects of the requests of one operation.
pub(crate) struct Expected<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) endpoint: &'static Endpoint,
    /// Of the body.
    pub(crate) validator: Option<&'a Validator>,
    pub(crate) can_stream: bool,
}

impl Expected<'_> {
    /// The surface that the document describes.
    pub(crate) fn surface(&self) -> Surface {
        if self.operation.names_deployment() {
            Surface::LATEST_DATED
        } else {
            Surface::V1
        }
    }

    pub(crate) fn compare(&self, case: &Case, request: &Request) -> Vec<Found> {
        let mut found = Vec::new();
        let (query, body) = self.places(&case.value);
        compare_query(&query, &request.sent, &mut found);
        let wants_form = self.operation.body.as_ref().map(|body| body.is_form);
        match (wants_form, &request.sent.body) {
            (Some(true), SentBody::Json(_)) => {
                found.push(Found::lost("", "a form is sent as JSON"));
            }
            (Some(false), SentBody::Form(_)) => {
                found.push(Found::lost("", "JSON is sent as a form"));
            }
            _ => {}
        }
        match &request.sent.body {
            SentBody::Json(sent) => {
                let lost = differences(&Value::Object(body), sent, &mut Vec::new());
                found.extend(lost.into_iter().map(Found::from));
                self.validate(case, sent, &mut found);
            }
            SentBody::Form(parts) => compare_form(&body, parts, &mut found),
            SentBody::Empty => {
                let lost = body.keys().filter(|name| !query.contains_key(*name));
                found.extend(lost.map(|name| Found::lost(name, "no body is sent")));
            }
        }
        if let (true, SentBody::Json(streamed)) = (self.can_stream, &request.streamed.body) {
            if streamed["stream"] != json!(true) {
                found.push(Found::lost("stream", "events are not asked for"));
            }
            self.validate(case, streamed, &mut found);
        }
        found
    }

    fn validate(&self, case: &Case, sent: &Value, found: &mut Vec<Found>) {
        let Some(validator) = self.validator.filter(|_| case.is_valid) else {
            return;
        };
        found.extend(validator.iter_errors(sent).map(|error| Found {
            kind: Kind::Invalid,
            path: pointer(error.instance_path().as_str()),
            what: error.to_string(),
        }));
    }

    /// The members that belong into the query, and those that belong into the body.
    fn places(&self, value: &Value) -> (Map<String, Value>, Map<String, Value>) {
        let mut query = Map::new();
        let mut body = Map::new();
        let in_path = |name: &str| {
            let model =
                self.operation.names_deployment() && self.endpoint.scope == Scope::Deployment;
            (model && name == "model") || self.endpoint.path_params().any(|param| param == name)
        };
        for (name, value) in value.as_object().into_iter().flatten() {
            if in_path(name) {
                continue;
            }
            if self.operation.query["properties"].get(name).is_some() {
                query.insert(name.clone(), value.clone());
            } else {
                body.insert(name.clone(), value.clone());
            }
        }
        (query, body)
    }
}

fn compare_query(query: &Map<String, Value>, sent: &Sent, found: &mut Vec<Found>) {
    let values = |name: &str| -> Vec<&str> {
        let list = format!("{name}[]");
        let pairs = sent.query.iter();
        let of_name = pairs.filter(|(key, _)| *key == name || *key == list);
        of_name.map(|(_, value)| value).collect()
    };
    for (name, value) in query {
        let wanted = match value {
            Value::Null => continue,
            Value::Array(entries) => entries.iter().collect(),
            one => vec![one],
        };
        let sent = values(name);
        let same = wanted.len() == sent.len()
            && wanted
                .iter()
                .zip(&sent)
                .all(|(wanted, sent)| is_text_of(wanted, sent));
        if !same {
            found.push(Found::lost(
                name,
                &format!("{value} is {sent:?} in the query"),
            ));
        }
    }
}

fn compare_form(
    body: &Map<String, Value>,
    parts: &[(String, Option<String>)],
    found: &mut Vec<Found>,
) {
    for (name, value) in body {
        let of_name = |(part, _): &&(String, Option<String>)| {
            part.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
        };
        let sent: Vec<_> = parts.iter().filter(of_name).collect();
        let wanted = leaves(value);
        let texts = sent.iter().filter_map(|(_, text)| text.as_deref());
        let texts: Vec<&str> = texts.collect();
        // A file is one part without text, however its JSON form is written.
        let is_file = sent.len() == 1 && texts.is_empty() && value.is_object();
        let same = wanted.len() == texts.len()
            && wanted
                .iter()
                .all(|wanted| texts.iter().any(|text| is_text_of(wanted, text)));
        let files = sent.len() > 1 && texts.is_empty() && value.is_array();
        if !is_file && !files && !same {
            found.push(Found::lost(
                name,
                &format!("{value} is {texts:?} in the form"),
            ));
        }
    }
}

fn leaves(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().flat_map(leaves).collect(),
        Value::Object(members) => members.values().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

fn is_text_of(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value == text,
        Value::Number(_) => serde_json::from_str(text).is_ok_and(|sent: Value| {
            sent.is_number() && differences(value, &sent, &mut Vec::new()).is_empty()
        }),
        Value::Bool(value) => text == if *value { "true" } else { "false" },
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}
