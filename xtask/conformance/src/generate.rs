//! Instances of a schema: enough of them to meet every part of it.
//!
//! The first has every property. Each of the others has what is required and one thing more: one
//! optional property, one value of a list, one member of a union, one boundary. So their number
//! grows with the size of the schema, and a failure points at its cause.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::document::{Document, validator};
use crate::reference::refer_to;
use crate::report::Side;
use crate::scalar;
use crate::shape::{All, Kind, Shape, shapes};

/// A value that the document does not list where it lists values: types must keep it all the same.
pub const UNLISTED: &str = "a value not in the document";

/// One instance of a schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Instance {
    /// The instance.
    pub value: Value,
    /// Where it differs from the least one, as a path; empty for the one with everything.
    pub at: String,
}

impl Instance {
    /// Whether it goes beyond what the schema lists, as the service may at any time.
    pub fn is_unlisted(&self) -> bool {
        holds_unlisted(&self.value)
    }
}

/// The instances of one named schema of `document`; none where there is no such schema.
pub fn instances(document: &Document, name: &str) -> Vec<Instance> {
    if document.schemas().get(name).is_none() {
        return Vec::new();
    }
    instances_of(document.schemas(), &refer_to(name), Side::Response)
}

/// Those instances of every named schema of `document` that are not valid, with the reason.
///
/// # Errors
///
/// The document's schemas do not make sense as JSON Schema.
pub fn invalid_instances(document: &Document) -> Result<Vec<String>, String> {
    let registry = document.registry()?;
    let mut invalid = Vec::new();
    let schemas = document.schemas().as_object();
    for name in schemas.into_iter().flat_map(Map::keys) {
        let validator = validator(&registry, &refer_to(name))?;
        for instance in instances(document, name) {
            let Err(error) = validator.validate(&instance.value) else {
                continue;
            };
            if !instance.is_unlisted() {
                invalid.push(format!("{name}{}: {error}", instance.at));
            }
        }
    }
    Ok(invalid)
}

/// Instances of `schema`, which refers to `components`, for one side of an operation.
pub(crate) fn instances_of(components: &Value, schema: &Value, side: Side) -> Vec<Instance> {
    let mut generator = Generator {
        components,
        side,
        known: HashMap::new(),
        inside: HashMap::new(),
        varied: HashMap::new(),
        effort: EFFORT,
    };
    let schema = vec![schema];
    let whole = generator.full(&schema).map(Instance::whole);
    let varied = generator.variants(&schema);
    let mut seen = BTreeSet::new();
    let mut instances: Vec<Instance> = whole.into_iter().chain(varied).collect();
    instances.retain(|instance| seen.insert(instance.value.to_string()));
    instances
}

struct Generator<'a> {
    components: &'a Value,
    side: Side,
    /// The ways to satisfy schemas that have been looked at, by where they stand in memory.
    known: HashMap<Vec<*const Value>, Rc<[Shape<'a>]>>,
    /// How often generation is inside each named schema.
    inside: HashMap<&'a str, usize>,
    /// How often objects made from the same named schemas have been varied.
    varied: HashMap<BTreeSet<&'a str>, usize>,
    /// How many more values may be built.
    effort: usize,
}

impl<'a> Generator<'a> {
    /// With every property, the first member of each union and the first value of each list.
    ///
    /// `None` where nothing satisfies the schema in finitely many steps.
    fn full(&mut self, all: &[&'a Value]) -> Option<Value> {
        let shapes = self.usual_first(all);
        shapes.iter().find_map(|shape| self.full_shape(shape))
    }

    /// With what is required only.
    fn least(&mut self, all: &[&'a Value]) -> Option<Value> {
        let shapes = self.usual_first(all);
        shapes.iter().find_map(|shape| self.least_shape(shape))
    }

    /// Every other instance worth trying.
    fn variants(&mut self, all: &[&'a Value]) -> Vec<Instance> {
        let mut found = Vec::new();
        for (index, shape) in self.usual_first(all).iter().enumerate() {
            if index > 0 {
                found.extend(self.full_shape(shape).map(Instance::whole));
            }
            if self.depth(shape) == 0 && self.effort > 0 && self.is_due(shape) {
                self.enter(shape);
                self.vary(shape, &mut found);
                self.leave(shape);
            }
        }
        found
    }

    fn full_shape(&mut self, shape: &Shape<'a>) -> Option<Value> {
        self.effort = self.effort.checked_sub(1)?;
        if self.depth(shape) > 0 {
            return self.least_shape(shape);
        }
        self.enter(shape);
        let value = self.full_inside(shape);
        self.leave(shape);
        value
    }

    fn full_inside(&mut self, shape: &Shape<'a>) -> Option<Value> {
        match shape.kind {
            Some(Kind::Object) if shape.values.is_none() => {
                let Value::Object(mut members) = self.least_object(shape)? else {
                    return None;
                };
                for (name, of) in &shape.properties {
                    if let Some(value) = self.full(of) {
                        members.insert((*name).to_owned(), value);
                    }
                }
                if let Some(value) = further(shape).and_then(|of| self.full(&of)) {
                    members.insert(KEY.to_owned(), value);
                }
                Some(Value::Object(members))
            }
            Some(Kind::Array) if shape.values.is_none() => {
                let entry = self.full(&shape.items);
                array(shape, entry, 1)
            }
            _ => scalar::usual(shape),
        }
    }

    fn least_shape(&mut self, shape: &Shape<'a>) -> Option<Value> {
        self.effort = self.effort.checked_sub(1)?;
        if self.depth(shape) > RECURSION {
            return None;
        }
        self.enter(shape);
        let value = match shape.kind {
            Some(Kind::Object) if shape.values.is_none() => self.least_object(shape),
            Some(Kind::Array) if shape.values.is_none() => match shape.count("minItems") {
                None | Some(0) => Some(json!([])),
                Some(_) => array(shape, self.least(&shape.items), 1),
            },
            _ => scalar::usual(shape),
        };
        self.leave(shape);
        value
    }

    fn least_object(&mut self, shape: &Shape<'a>) -> Option<Value> {
        let mut members = Map::new();
        for name in &shape.required {
            let anything = Vec::new();
            let of = shape.properties.get(name).or(shape.additional.as_ref());
            let value = self.least(of.unwrap_or(&anything))?;
            members.insert((*name).to_owned(), value);
        }
        if members.is_empty() && shape.count("minProperties") > Some(0) {
            let further = further(shape).unwrap_or_default();
            members.insert(KEY.to_owned(), self.least(&further)?);
        }
        Some(Value::Object(members))
    }

    fn vary(&mut self, shape: &Shape<'a>, found: &mut Vec<Instance>) {
        match shape.kind {
            Some(Kind::Object) if shape.values.is_none() => self.vary_object(shape, found),
            Some(Kind::Array) if shape.values.is_none() => {
                let entry = self.full(&shape.items);
                found.extend(array(shape, None, 0).map(Instance::whole));
                let two = array(shape, entry.clone(), 2).filter(|_| !shape.items.is_empty());
                found.extend(two.map(Instance::whole));
                if let Some(most @ 3..=MANY) = shape.count("maxItems") {
                    found.extend(array(shape, entry, most).map(Instance::whole));
                }
                for variant in self.variants(&shape.items) {
                    let at = format!("[]{}", variant.at);
                    let value = array(shape, Some(variant.value), 1);
                    found.extend(value.map(|value| Instance { value, at }));
                }
            }
            _ => found.extend(
                scalar::others(shape, self.side)
                    .into_iter()
                    .map(Instance::whole),
            ),
        }
    }

    fn vary_object(&mut self, shape: &Shape<'a>, found: &mut Vec<Instance>) {
        let Some(Value::Object(least)) = self.least_object(shape) else {
            return;
        };
        found.push(Instance::whole(Value::Object(least.clone())));
        let further = further(shape);
        let properties = shape.properties.iter().map(|(name, of)| (*name, of));
        for (name, of) in properties.chain(further.iter().map(|of| (KEY, of))) {
            let full = self.full(of).map(Instance::whole);
            for variant in full.into_iter().chain(self.variants(of)) {
                let mut members = least.clone();
                members.insert(name.to_owned(), variant.value);
                found.push(Instance {
                    value: Value::Object(members),
                    at: format!(".{name}{}", variant.at),
                });
            }
        }
    }

    /// The ways to satisfy a schema, `null` last.
    fn usual_first(&mut self, all: &[&'a Value]) -> Rc<[Shape<'a>]> {
        let key = all
            .iter()
            .map(|schema| std::ptr::from_ref(*schema))
            .collect();
        let known = self.known.entry(key).or_insert_with(|| {
            let mut shapes = shapes(self.components, all);
            shapes.sort_by_key(|shape| shape.kind == Some(Kind::Null));
            shapes.into()
        });
        Rc::clone(known)
    }

    fn enter(&mut self, shape: &Shape<'a>) {
        for name in &shape.names {
            *self.inside.entry(name).or_default() += 1;
        }
    }

    fn leave(&mut self, shape: &Shape<'a>) {
        for name in &shape.names {
            *self.inside.entry(name).or_default() -= 1;
        }
    }

    /// How often generation is already inside the schemas of `shape`.
    fn depth(&self, shape: &Shape<'_>) -> usize {
        let count = |name: &&str| self.inside.get(name).copied().unwrap_or(0);
        shape.names.iter().map(count).max().unwrap_or(0)
    }

    /// Whether the parts of `shape` are to be varied once more. A named object that has been met
    /// [`ENOUGH`] times has shown what it can: without this bound, numbers multiply where events
    /// repeat the whole answer.
    fn is_due(&mut self, shape: &Shape<'a>) -> bool {
        if shape.names.is_empty() || shape.kind != Some(Kind::Object) {
            return true;
        }
        let times = self.varied.entry(shape.names.clone()).or_default();
        *times += 1;
        *times <= ENOUGH
    }
}

impl Instance {
    fn whole(value: Value) -> Self {
        let at = String::new();
        Self { value, at }
    }
}

/// What a member must be that is not among the properties, where one is to be tried: in a map,
/// and in an object of which nothing is known.
fn further<'a>(shape: &Shape<'a>) -> Option<All<'a>> {
    let additional = match &shape.additional {
        None => shape.properties.is_empty().then(Vec::new)?,
        Some(of) => of.clone(),
    };
    let says_nothing = |schema: &&Value| match schema {
        Value::Bool(allowed) => *allowed,
        Value::Object(keywords) => keywords.is_empty(),
        _ => false,
    };
    let open = additional.iter().all(says_nothing);
    let unknown_beside_known = open && !shape.properties.is_empty();
    let closed = additional.iter().any(|of| **of == Value::Bool(false));
    (!closed && !unknown_beside_known).then_some(additional)
}

/// An array of at least `wanted` entries, within its bounds.
fn array(shape: &Shape<'_>, entry: Option<Value>, wanted: usize) -> Option<Value> {
    let least = shape.count("minItems").unwrap_or(0);
    let most = shape.count("maxItems").unwrap_or(usize::MAX);
    let length = match &entry {
        Some(_) => wanted.max(least).min(most),
        None if least == 0 => 0,
        None => return None,
    };
    if length > LONGEST {
        return None;
    }
    Some(Value::Array(vec![entry.unwrap_or_default(); length]))
}

fn holds_unlisted(value: &Value) -> bool {
    match value {
        Value::String(text) => text == UNLISTED,
        Value::Array(entries) => entries.iter().any(holds_unlisted),
        Value::Object(members) => members.values().any(holds_unlisted),
        _ => false,
    }
}

/// The key of a map's one member.
const KEY: &str = "key";

/// How often a schema may stand inside itself.
const RECURSION: usize = 2;

/// How many values are built for one schema; only a degenerate one needs more, and then goes
/// without some instances.
const EFFORT: usize = 300_000;

/// How often a named object is varied.
const ENOUGH: usize = 2;

/// The longest array that is tried.
const MANY: usize = 16;

/// The longest text or array that is made where a schema insists on it.
pub(crate) const LONGEST: usize = 1 << 16;
