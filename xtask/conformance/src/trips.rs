//! Instances on their way through the types.

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::compare::{Difference, Step, differences, with_null, written};
use crate::document::{Document, validator};
use crate::faults::Fault;
use crate::generate::{Instance, instances_of};
use crate::report::{Key, Kind, Row, Side};
use crate::subject::{Refusal, Trip};

/// Sends instances through types, operation by operation, and notes what happens.
pub(crate) struct Trips<'a> {
    document: &'a Document,
    registry: &'a Registry<'a>,
    faults: &'a [Fault],
    /// Whether each of `faults` has mattered.
    occurred: &'a mut [bool],
    row: Row,
}

impl<'a> Trips<'a> {
    pub(crate) fn new(
        document: &'a Document,
        registry: &'a Registry<'a>,
        faults: &'a [Fault],
        occurred: &'a mut [bool],
    ) -> Self {
        Self {
            document,
            registry,
            faults,
            occurred,
            row: Row::default(),
        }
    }

    pub(crate) fn begin(&mut self, operation: &str, schemas: usize) {
        self.row = Row {
            operation: operation.to_owned(),
            schemas,
            ..Row::default()
        };
    }

    pub(crate) fn end(&mut self) -> Row {
        std::mem::take(&mut self.row)
    }

    pub(crate) fn validator(&self, schema: &Value) -> Result<Validator, String> {
        validator(self.registry, schema)
    }

    /// Sends all instances of `schema` there and back.
    pub(crate) fn answer(&mut self, side: Side, schema: &Value, trip: Trip) -> Result<(), String> {
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
            let nulls = nulls.iter().map(|place| written(place));
            found.extend(nulls.map(|path| Found::lost(&path, "null has appeared")));
            found
        });
        Ok(())
    }

    /// Instances of `schema`; one that is not valid is reported as a fault of this program.
    pub(crate) fn cases(&mut self, side: Side, schema: &Value, validator: &Validator) -> Vec<Case> {
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
    pub(crate) fn run(&mut self, side: Side, cases: Vec<Case>, trip: impl Fn(&Case) -> Vec<Found>) {
        // What is wrong in one document is wrong in its earlier and later versions, too.
        let is_listed = |fault: &Fault| fault.operation == self.row.operation && fault.side == side;
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
                let (suspect, _) = case.without(others.map(|(_, fault)| *fault));
                if suspect.value == bare.value {
                    continue;
                }
                if trip(&suspect).iter().any(|new| !found.contains(new)) {
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

    pub(crate) fn found(&mut self, side: Side, found: Found, trying: &str) {
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
    pub(crate) fn nothing() -> Self {
        Self {
            value: json!({}),
            trying: String::new(),
            is_valid: true,
        }
    }

    /// How many members it has.
    pub(crate) fn members(&self) -> usize {
        self.value.as_object().map_or(0, serde_json::Map::len)
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
    pub(crate) fn and(&self, query: &Self) -> Self {
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
