//! Runs the instances of a document's schemas through the types.

use std::collections::BTreeSet;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::compare::{Difference, Step, differences, with_null, written};
use crate::document::{Document, Operation, validator};
use crate::faults::Fault;
use crate::generate::{Instance, instances_of};
use crate::report::{Key, Kind, Report, Row, Side};
use crate::sent::Expected;
use crate::subject::{Refusal, Subject, Trip};

/// Runs every operation that `document` and `subjects` have in common.
///
/// # Errors
///
/// The document's schemas do not make sense as JSON Schema.
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
    for operation in &document.operations {
        let subject = subjects
            .iter()
            .find(|subject| operation.is(subject.endpoint));
        let Some(subject) = subject else {
            let Operation { method, path, .. } = operation;
            report.unknown.push(format!("{method} {path}"));
            continue;
        };
        let mut run = Run {
            document,
            registry: &registry,
            operation,
            subject,
            faults,
            occurred: &mut occurred,
            row: Row {
                operation: subject.endpoint.id.to_owned(),
                schemas: operation.schemas(document),
                ..Row::default()
            },
        };
        run.requests()?;
        run.answers()?;
        report.rows.push(run.row);
    }
    let stale = faults.iter().zip(occurred);
    let stale = stale.filter(|(fault, occurred)| fault.document == document.name && !occurred);
    report.stale = stale.map(|(fault, _)| fault.clone()).collect();
    Ok(report)
}

struct Run<'a> {
    document: &'a Document,
    registry: &'a Registry<'a>,
    operation: &'a Operation,
    subject: &'a Subject,
    faults: &'a [Fault],
    occurred: &'a mut [bool],
    row: Row,
}

impl Run<'_> {
    fn requests(&mut self) -> Result<(), String> {
        let operation = self.operation;
        let body = operation.body.as_ref().map(|body| &body.schema);
        let validator = body.map(|schema| self.validator(schema)).transpose()?;
        let bodies = match body.zip(validator.as_ref()) {
            Some((schema, validator)) => self.cases(Side::Request, schema, validator),
            None => vec![Case::nothing()],
        };
        let validator_of_query = self.validator(&operation.query)?;
        let queries = self.cases(Side::Request, &operation.query, &validator_of_query);

        // The body with everything meets each query, and the least query meets each body.
        let mut cases = Vec::new();
        if let (Some(body), Some(query)) = (bodies.first(), queries.last()) {
            cases.extend(queries.iter().map(|query| body.and(query)));
            cases.extend(bodies.iter().map(|body| body.and(query)));
        }
        let names_model = bodies
            .first()
            .is_some_and(|body| body.value.get("model").is_some());
        let mut seen = BTreeSet::new();
        for case in &mut cases {
            self.complete(&mut case.value, names_model);
        }
        cases.retain(|case| seen.insert(case.value.to_string()));

        let expected = Expected {
            operation,
            endpoint: self.subject.endpoint,
            validator: validator.as_ref(),
            can_stream: self.subject.event.is_some(),
        };
        let (request, surface) = (self.subject.request, expected.surface());
        self.run(Side::Request, cases, |case| {
            match request(&case.value, surface) {
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

    /// The form in which our types take a request: without `stream`, which is the method that is
    /// called, and with what stands in the path.
    fn complete(&self, value: &mut Value, names_model: bool) {
        let Value::Object(members) = value else {
            return;
        };
        members.remove("stream");
        let in_path = self.subject.endpoint.path_params();
        let in_path = in_path.map(|name| (name, "from-path"));
        let model = names_model || self.operation.names_deployment();
        for (name, value) in in_path.chain(model.then_some(("model", "deployment"))) {
            members.entry(name).or_insert_with(|| json!(value));
        }
    }

    fn answers(&mut self) -> Result<(), String> {
        let operation = self.operation;
        for schema in &operation.responses {
            self.answer(Side::Response, schema, self.subject.response)?;
        }
        for schema in &operation.events {
            match self.subject.event {
                Some(event) => self.answer(Side::Event, schema, event)?,
                None => self.found(
                    Side::Event,
                    Found::lost("", "the operation has no events"),
                    "",
                ),
            }
        }
        Ok(())
    }

    fn answer(&mut self, side: Side, schema: &Value, trip: Trip) -> Result<(), String> {
        let validator = self.validator(schema)?;
        let cases = self.cases(side, schema, &validator);
        self.run(side, cases, |case| {
            let after = match trip(&case.value) {
                Ok(after) => after,
                Err(refusal) => return vec![refusal.into()],
            };
            let mut nulls = Vec::new();
            let found = differences(&case.value, &after, &mut nulls);
            let mut found: Vec<Found> = found.into_iter().map(Found::from).collect();
            nulls.retain(|place| {
                case.is_valid && !validator.is_valid(&with_null(&case.value, place))
            });
            found.extend(
                nulls
                    .iter()
                    .map(|place| Found::lost(&written(place), "null has appeared")),
            );
            found
        });
        Ok(())
    }

    fn validator(&self, schema: &Value) -> Result<Validator, String> {
        validator(self.registry, schema).map_err(|error| {
            let Operation { method, path, .. } = self.operation;
            format!("{method} {path}: {error}")
        })
    }

    /// Instances of `schema`; one that is not valid is reported as a fault of this program.
    fn cases(&mut self, side: Side, schema: &Value, validator: &Validator) -> Vec<Case> {
        let mut cases = Vec::new();
        for instance in instances_of(self.document.schemas(), schema, side) {
            let is_unlisted = instance.is_unlisted();
            let Instance { value, at } = instance;
            if let (false, Err(error)) = (is_unlisted, validator.validate(&value)) {
                let found = Found {
                    kind: Kind::Ours,
                    path: pointer(error.instance_path().as_str()),
                    what: error.to_string(),
                };
                self.found(side, found, &at);
                continue;
            }
            cases.push(Case {
                value,
                trying: at,
                is_valid: !is_unlisted,
            });
        }
        cases
    }

    /// Sends each case on its trip, and reports what no listed fault explains.
    fn run(&mut self, side: Side, cases: Vec<Case>, trip: impl Fn(&Case) -> Vec<Found>) {
        let is_listed = |fault: &Fault| {
            fault.document == self.document.name
                && fault.operation == self.row.operation
                && fault.side == side
        };
        let faults = self.faults.iter().enumerate();
        let listed = faults.filter(|(_, fault)| is_listed(fault));
        let (values, places): (Vec<_>, Vec<_>) =
            listed.partition(|(_, fault)| fault.value.is_some());
        for case in cases {
            self.row.instances += 1;
            let (bare, _) = case.without(places.iter().map(|(_, fault)| *fault));
            let found = trip(&bare);

            // A value at fault is all that its instance was made for.
            let concerns = |(_, fault): &&(usize, &Fault)| bare.without([*fault]).1;
            let at_fault: Vec<usize> = values.iter().filter(concerns).map(|(i, _)| *i).collect();
            if !at_fault.is_empty() && !found.is_empty() {
                self.excuse(&at_fault);
                continue;
            }
            // A place at fault may be part of many instances: they go without it, so that it hides
            // nothing else, and with it, to see whether it still matters.
            for (index, _) in &places {
                let others = places.iter().filter(|(other, _)| other != index);
                let (faulty, _) = case.without(others.map(|(_, fault)| *fault));
                if faulty.value == bare.value {
                    continue;
                }
                if trip(&faulty).iter().any(|new| !found.contains(new)) {
                    self.excuse(&[*index]);
                }
            }
            for found in found {
                self.found(side, found, &case.trying);
            }
        }
    }

    fn excuse(&mut self, faults: &[usize]) {
        self.row.excused += 1;
        for index in faults {
            self.occurred[*index] = true;
        }
    }

    fn found(&mut self, side: Side, found: Found, trying: &str) {
        let said = match found.kind {
            Kind::Refused => found.what.clone(),
            _ => String::new(),
        };
        let key = Key {
            side,
            kind: found.kind,
            path: found.path,
            said,
        };
        self.row.found(key, found.what, trying);
    }
}

/// One instance on its way through a type.
pub(crate) struct Case {
    pub(crate) value: Value,
    /// What it was made to try.
    trying: String,
    /// Whether the schema holds for it: not where it goes beyond what the schema lists.
    pub(crate) is_valid: bool,
}

impl Case {
    fn nothing() -> Self {
        Self {
            value: json!({}),
            trying: String::new(),
            is_valid: true,
        }
    }

    /// The case without the places of `faults`, and whether it had any of them.
    fn without<'f>(&self, faults: impl IntoIterator<Item = &'f Fault>) -> (Self, bool) {
        let mut value = self.value.clone();
        let cut = |found, fault: &Fault| fault.cut(&mut value) || found;
        let found = faults.into_iter().fold(false, cut);
        let case = Self {
            value,
            trying: self.trying.clone(),
            is_valid: self.is_valid && !found,
        };
        (case, found)
    }

    /// A body and a query as one object; where both have a member, it is the body's.
    fn and(&self, query: &Self) -> Self {
        let mut value = self.value.clone();
        if let (Value::Object(members), Value::Object(more)) = (&mut value, &query.value) {
            for (name, value) in more {
                members.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        let trying = [&self.trying, &query.trying];
        Self {
            value,
            trying: trying.map(String::as_str).concat(),
            is_valid: self.is_valid && query.is_valid,
        }
    }
}

/// What a trip through a type brought to light.
#[derive(PartialEq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) path: String,
    pub(crate) what: String,
}

impl Found {
    pub(crate) fn lost(path: &str, what: &str) -> Self {
        Self {
            kind: Kind::Lost,
            path: path.to_owned(),
            what: what.to_owned(),
        }
    }
}

impl From<Difference> for Found {
    fn from(difference: Difference) -> Self {
        Self::lost(&difference.path, &difference.what)
    }
}

impl From<Refusal> for Found {
    fn from(refusal: Refusal) -> Self {
        Self {
            kind: Kind::Refused,
            path: refusal.path,
            what: refusal.message,
        }
    }
}

/// `/a/0/b` as `a[].b`.
pub(crate) fn pointer(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| match step.parse() {
        Ok(index) => Step::Entry(index),
        Err(_) => Step::Member(step.to_owned()),
    });
    written(&steps.collect::<Vec<_>>())
}
