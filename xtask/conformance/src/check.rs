//! Runs the instances of a document's schemas through the types.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::compare::differences;
use crate::document::{Document, Operation};
use crate::faults::Fault;
use crate::report::{Report, Side};
use crate::sent::Expected;
use crate::subject::{self, Subject};
use crate::trips::{Case, Found, Trips};

/// Runs every operation that `document` and `subjects` have in common, and the errors that the
/// document describes.
///
/// # Errors
///
/// The document's schemas do not make sense as JSON Schema, one is missing, or no operation is known.
pub fn check(
    document: &Document,
    subjects: &[Subject],
    faults: &[Fault],
) -> Result<Report, String> {
    let registry = document.registry()?;
    let mut report = Report {
        document: document.name.clone(),
        ..Report::default()
    };
    let mut occurred = vec![false; faults.len()];
    let mut trips = Trips::new(document, &registry, faults, &mut occurred);
    let mut errors = Vec::new();
    for operation in &document.operations {
        let is_it = |subject: &&Subject| operation.is(subject.endpoint);
        let Some(subject) = subjects.iter().find(is_it) else {
            let Operation { method, path, .. } = operation;
            report.unknown.push(format!("{method} {path}"));
            continue;
        };
        let at = |error| format!("{} {}: {error}", operation.method, operation.path);
        if let Some(name) = document.missing(operation) {
            return Err(at(format!(
                "it refers to `{name}`, which the document does not have"
            )));
        }
        trips.begin(subject.endpoint.id, operation.schemas(document));
        requests(&mut trips, operation, subject)
            .and_then(|()| answers(&mut trips, operation, subject))
            .map_err(at)?;
        report.rows.push(trips.end());
        errors.extend(&operation.errors);
    }
    if report.rows.is_empty() {
        return Err("it has no operation that our types know".to_owned());
    }
    // One type reads the errors of all operations.
    let mut seen = BTreeSet::new();
    errors.retain(|schema| seen.insert(schema.to_string()));
    if !errors.is_empty() {
        trips.begin("errors", document.count_schemas(&errors));
        for schema in errors {
            trips.answer(Side::Response, schema, subject::error)?;
        }
        report.rows.push(trips.end());
    }
    let stale = faults.iter().zip(occurred);
    let stale = stale.filter(|(fault, occurred)| fault.document == document.name && !occurred);
    report.stale = stale.map(|(fault, _)| fault.clone()).collect();
    Ok(report)
}

fn requests(trips: &mut Trips<'_>, operation: &Operation, subject: &Subject) -> Result<(), String> {
    let body = operation.body.as_ref().map(|body| &body.schema);
    let validator = body.map(|schema| trips.validator(schema)).transpose()?;
    let bodies = match body.zip(validator.as_ref()) {
        Some((schema, validator)) => trips.cases(Side::Request, schema, validator),
        None => vec![Case::nothing()],
    };
    let validator_of_query = trips.validator(&operation.query)?;
    let queries = trips.cases(Side::Request, &operation.query, &validator_of_query);

    // The body with everything meets each query, and the least query meets each body.
    let mut cases = Vec::new();
    let least = queries.iter().min_by_key(|query| query.members());
    if let (Some(body), Some(least)) = (bodies.first(), least) {
        cases.extend(queries.iter().map(|query| body.and(query)));
        cases.extend(bodies.iter().map(|body| body.and(least)));
    }
    let names_model = bodies
        .first()
        .is_some_and(|body| body.value.get("model").is_some());
    let model = names_model || operation.names_deployment();
    for case in &mut cases {
        complete(&mut case.value, subject, model);
    }
    let mut seen = BTreeSet::new();
    cases.retain(|case| seen.insert(case.value.to_string()));

    let expected = Expected {
        operation,
        endpoint: subject.endpoint,
        validator: validator.as_ref(),
        can_stream: subject.event.is_some(),
    };
    let surface = expected.surface();
    trips.run(Side::Request, cases, |case| {
        match (subject.request)(&case.value, surface) {
            Err(refusal) => vec![Found::from(refusal)],
            Ok(request) => {
                let own = differences(&case.value, &request.own, &mut Vec::new());
                let own = own.into_iter().map(Found::from);
                own.chain(expected.compare(case, &request)).collect()
            }
        }
    });
    Ok(())
}

/// Makes the form in which our types take a request: without `stream`, which is the method that is
/// called, and with what stands in the path.
fn complete(value: &mut Value, subject: &Subject, model: bool) {
    let Value::Object(members) = value else {
        return;
    };
    members.remove("stream");
    let in_path = subject.endpoint.path_params();
    let in_path = in_path.map(|name| (name, "from-path"));
    for (name, value) in in_path.chain(model.then_some(("model", "deployment"))) {
        members.entry(name).or_insert_with(|| json!(value));
    }
}

fn answers(trips: &mut Trips<'_>, operation: &Operation, subject: &Subject) -> Result<(), String> {
    for schema in &operation.responses {
        trips.answer(Side::Response, schema, subject.response)?;
    }
    for schema in &operation.events {
        match subject.event {
            Some(event) => trips.answer(Side::Event, schema, event)?,
            None => trips.found(Side::Event, Found::lost("", "there are no events"), ""),
        }
    }
    Ok(())
}
