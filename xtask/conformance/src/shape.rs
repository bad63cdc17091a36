//! A schema without references and combinations at its top: one way to satisfy it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::reference::name_in;

/// Every schema of a list must hold.
pub(crate) type All<'a> = Vec<&'a Value>;

/// One way to satisfy a schema: what its references, `allOf` and one branch of each `anyOf` say
/// together, for one JSON type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape<'a> {
    /// The JSON type; `None` where anything goes.
    pub(crate) kind: Option<Kind>,
    kinds: Option<Vec<Kind>>,
    /// The only values allowed, where there are such.
    pub(crate) values: Option<Vec<&'a Value>>,
    excluded: Vec<&'a Value>,
    pub(crate) properties: BTreeMap<&'a str, All<'a>>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) items: All<'a>,
    /// What further members must satisfy; `None` where the schema does not speak of them.
    pub(crate) additional: Option<All<'a>>,
    /// Bounds of numbers, lengths and counts by keyword.
    pub(crate) bounds: BTreeMap<&'static str, f64>,
    pub(crate) pattern: Option<&'a str>,
    pub(crate) format: Option<&'a str>,
    /// References to the named schemas that it was put together from.
    pub(crate) names: BTreeSet<&'a str>,
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// All ways to satisfy `all` at once; empty where there is none.
pub(crate) fn shapes<'a>(components: &'a Value, all: &[&'a Value]) -> Vec<Shape<'a>> {
    let lists = all
        .iter()
        .map(|schema| ways(components, schema, &mut Vec::new()));
    let shapes = lists.fold(vec![Shape::default()], |left, right| combine(&left, &right));
    shapes.into_iter().flat_map(Shape::split).collect()
}

/// The ways to satisfy one schema. `path` has the references to the schemas that led here without an
/// object or an array between them; one that leads back to itself adds no way.
fn ways<'a>(components: &'a Value, schema: &'a Value, path: &mut Vec<&'a str>) -> Vec<Shape<'a>> {
    if schema == &Value::Bool(false) {
        return Vec::new();
    }
    let mut ways_of_all = vec![Shape::of(schema)];
    if let Some(reference) = schema["$ref"].as_str() {
        if path.contains(&reference) {
            return Vec::new();
        }
        path.push(reference);
        let mut target = match components.get(name_in(reference)) {
            Some(schema) => ways(components, schema, path),
            None => vec![Shape::default()],
        };
        path.pop();
        for way in &mut target {
            way.names.insert(reference);
        }
        ways_of_all = combine(&ways_of_all, &target);
    }
    for member in schema["allOf"].as_array().into_iter().flatten() {
        ways_of_all = combine(&ways_of_all, &ways(components, member, path));
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        let branches = branches.iter();
        let any = branches.flat_map(|branch| ways(components, branch, path));
        ways_of_all = combine(&ways_of_all, &any.collect::<Vec<_>>());
    }
    ways_of_all
}

/// Every pair that goes together, up to a limit that only a degenerate document reaches.
fn combine<'a>(left: &[Shape<'a>], right: &[Shape<'a>]) -> Vec<Shape<'a>> {
    let pairs = left
        .iter()
        .flat_map(|one| right.iter().map(move |other| (one, other)));
    pairs
        .filter_map(|(one, other)| one.clone().and(other))
        .take(MOST)
        .collect()
}

impl<'a> Shape<'a> {
    /// What a schema says itself, its references and combinations aside.
    fn of(schema: &'a Value) -> Self {
        let mut shape = Self::default();
        let Some(schema) = schema.as_object() else {
            return shape;
        };
        shape.kinds = match schema.get("type") {
            Some(Value::String(one)) => Some(Kind::named(one).into_iter().collect()),
            Some(Value::Array(several)) => {
                let names = several.iter().filter_map(Value::as_str);
                Some(names.filter_map(Kind::named).collect())
            }
            _ => None,
        };
        shape.values = match (schema.get("const"), schema.get("enum")) {
            (Some(only), _) => Some(vec![only]),
            (None, Some(Value::Array(values))) => Some(values.iter().collect()),
            _ => None,
        };
        if let Some(Value::Array(values)) = schema.get("not").and_then(|not| not.get("enum")) {
            shape.excluded = values.iter().collect();
        }
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let properties = properties.iter();
            shape.properties = properties.map(|(name, of)| (&**name, vec![of])).collect();
        }
        if let Some(Value::Array(required)) = schema.get("required") {
            shape.required = required.iter().filter_map(Value::as_str).collect();
        }
        shape.items = schema.get("items").into_iter().collect();
        shape.additional = schema.get("additionalProperties").map(|of| vec![of]);
        for name in BOUNDS {
            if let Some(bound) = schema.get(*name).and_then(Value::as_f64) {
                shape.bounds.insert(name, bound);
            }
        }
        shape.pattern = schema.get("pattern").and_then(Value::as_str);
        shape.format = schema.get("format").and_then(Value::as_str);
        shape
    }

    /// Both at once; `None` where they contradict each other.
    fn and(mut self, other: &Self) -> Option<Self> {
        self.kinds = match (self.kinds.take(), &other.kinds) {
            (Some(mine), Some(theirs)) => Some(Kind::both(&mine, theirs)),
            (mine, theirs) => mine.or_else(|| theirs.clone()),
        };
        if let Some(theirs) = &other.values {
            match &mut self.values {
                Some(mine) => mine.retain(|value| theirs.contains(value)),
                none => *none = Some(theirs.clone()),
            }
        }
        self.excluded.extend(&other.excluded);
        // What one side says of members that it does not name, it says of those of the other.
        if let Some(theirs) = &other.additional {
            let unnamed = |name: &&str| !other.properties.contains_key(name);
            let mine = self.properties.iter_mut();
            for (_, schemas) in mine.filter(|(name, _)| unnamed(name)) {
                schemas.extend(theirs);
            }
        }
        for (name, schemas) in &other.properties {
            let unnamed = self.additional.clone().unwrap_or_default();
            let mine = self.properties.entry(name).or_insert(unnamed);
            mine.extend(schemas);
        }
        self.required.extend(&other.required);
        self.items.extend(&other.items);
        if let Some(theirs) = &other.additional {
            self.additional.get_or_insert_default().extend(theirs);
        }
        for (name, theirs) in &other.bounds {
            let mine = self.bounds.entry(name).or_insert(*theirs);
            let lower = name.starts_with("min") || *name == "exclusiveMinimum";
            *mine = if lower {
                mine.max(*theirs)
            } else {
                mine.min(*theirs)
            };
        }
        self.pattern = self.pattern.or(other.pattern);
        self.format = self.format.or(other.format);
        self.names.extend(&other.names);
        let possible = self.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty())
            && self.values.as_ref().is_none_or(|values| !values.is_empty());
        possible.then_some(self)
    }

    /// One shape per JSON type that this one allows.
    fn split(mut self) -> Vec<Self> {
        if let Some(mut values) = self.values.take() {
            values.retain(|value| self.admits(value));
            self.values = Some(values);
        }
        let kinds = self.kinds.take().unwrap_or_else(|| self.guess());
        if kinds.is_empty() && self.values.is_none() {
            return vec![self];
        }
        let of_kind = |kind: Kind| {
            let [least, most] = kind.sizes();
            if self
                .bound(least)
                .zip(self.bound(most))
                .is_some_and(|(least, most)| least > most)
            {
                return None;
            }
            let mut shape = self.clone();
            shape.kind = Some(kind);
            if let Some(values) = &mut shape.values {
                values.retain(|value| kind.holds(value));
                if values.is_empty() {
                    return None;
                }
            }
            Some(shape)
        };
        kinds.into_iter().filter_map(of_kind).collect()
    }

    /// The types that the other keywords speak of, where `type` says nothing.
    fn guess(&self) -> Vec<Kind> {
        if let Some(values) = &self.values {
            let mut kinds = Vec::new();
            for kind in values.iter().map(|value| Kind::of(value)) {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            return kinds;
        }
        let bounds = |keys: &[&str]| keys.iter().any(|key| self.bounds.contains_key(key));
        if !self.properties.is_empty() || !self.required.is_empty() || self.additional.is_some() {
            vec![Kind::Object]
        } else if !self.items.is_empty() || bounds(&["minItems", "maxItems"]) {
            vec![Kind::Array]
        } else if self.pattern.is_some() || bounds(&["minLength", "maxLength"]) {
            vec![Kind::String]
        } else if bounds(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]) {
            vec![Kind::Number]
        } else {
            Vec::new()
        }
    }

    /// Whether a number or a text keeps within the bounds.
    pub(crate) fn admits(&self, value: &Value) -> bool {
        let within = |number: f64, least: &str, most: &str| {
            self.bound(least).is_none_or(|bound| number >= bound)
                && self.bound(most).is_none_or(|bound| number <= bound)
        };
        let keeps = match value {
            Value::String(text) => {
                let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                within(length.into(), "minLength", "maxLength")
            }
            Value::Number(number) => number.as_f64().is_some_and(|number| {
                let above = self.bound("exclusiveMinimum");
                let below = self.bound("exclusiveMaximum");
                within(number, "minimum", "maximum")
                    && above.is_none_or(|bound| number > bound)
                    && below.is_none_or(|bound| number < bound)
                    && self.bound("multipleOf").is_none_or(|of| number % of == 0.0)
            }),
            _ => true,
        };
        keeps && !self.excluded.contains(&value)
    }

    pub(crate) fn bound(&self, name: &str) -> Option<f64> {
        self.bounds.get(name).copied()
    }

    /// A bound that is a length or a count.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "lengths are small whole numbers, and a cast of others saturates"
        )]
        self.bound(name).map(|bound| bound as usize)
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    fn holds(self, value: &Value) -> bool {
        let kind = Self::of(value);
        kind == self || (self == Self::Number && kind == Self::Integer)
    }

    /// The keywords that bound its length.
    fn sizes(self) -> [&'static str; 2] {
        match self {
            Self::String => ["minLength", "maxLength"],
            Self::Array => ["minItems", "maxItems"],
            _ => ["minimum", "maximum"],
        }
    }

    fn both(left: &[Self], right: &[Self]) -> Vec<Self> {
        let narrower = |kind: &Self| match kind {
            kind if right.contains(kind) => Some(*kind),
            Self::Number if right.contains(&Self::Integer) => Some(Self::Integer),
            Self::Integer if right.contains(&Self::Number) => Some(Self::Integer),
            _ => None,
        };
        left.iter().filter_map(narrower).collect()
    }
}

const BOUNDS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "multipleOf",
];

/// How many ways of one schema are looked at.
const MOST: usize = 256;
