//! What the filter says about one category.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

use super::Severity;
use super::detail::{ContentFilterDetail, ContentFilterItem, ContentFilterItems};
use crate::operation::Extra;

/// What the filter says about one category.
///
/// Hate, self-harm, sexual content and violence are graded by `severity`; the others are
/// `detected` or not.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContentFilterResult {
    /// Whether the filter acted on it.
    pub filtered: Option<bool>,
    /// How severe it is.
    pub severity: Option<Severity>,
    /// Whether it is there.
    pub detected: Option<bool>,
    /// What only some categories say.
    pub detail: Option<Box<ContentFilterDetail>>,
}

impl ContentFilterResult {
    /// A result of a graded category.
    pub fn graded(severity: Severity, filtered: bool) -> Self {
        Self {
            filtered: Some(filtered),
            severity: Some(severity),
            ..Self::default()
        }
    }

    /// A result of a category that is detected or not.
    pub fn detected(detected: bool, filtered: bool) -> Self {
        Self {
            filtered: Some(filtered),
            detected: Some(detected),
            ..Self::default()
        }
    }

    /// Whether the filter acted on this category.
    pub fn is_filtered(&self) -> bool {
        let listed = || {
            self.detail
                .as_ref()
                .is_some_and(|detail| detail.any_filtered())
        };
        self.filtered.unwrap_or_else(listed)
    }

    /// Takes a later result of the same category in: what was found stays found.
    pub(super) fn merge(&mut self, later: Self) {
        let graver = match (&self.severity, &later.severity) {
            (Some(held), Some(new)) => rank(new) >= rank(held),
            (held, _) => held.is_none(),
        };
        if graver {
            self.severity = later.severity;
        }
        self.filtered = either(self.filtered, later.filtered);
        self.detected = either(self.detected, later.detected);
        match (&mut self.detail, later.detail) {
            (Some(held), Some(new)) => held.merge(*new),
            (held @ None, new) => *held = new,
            (Some(_), None) => {}
        }
    }
}

fn either(held: Option<bool>, new: Option<bool>) -> Option<bool> {
    match (held, new) {
        (Some(held), Some(new)) => Some(held || new),
        (held, new) => held.or(new),
    }
}

/// A severity that is not known may be of any grade, so it is shown rather than hidden.
fn rank(severity: &Severity) -> u8 {
    match severity {
        Severity::Safe => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Unknown(_) => 4,
    }
}

impl Serialize for ContentFilterResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let detail = self.detail.as_deref();
        if let Some(ContentFilterItems::Whole(items)) = detail.and_then(|d| d.details.as_ref()) {
            return items.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(filtered) = self.filtered {
            map.serialize_entry("filtered", &filtered)?;
        }
        if let Some(severity) = &self.severity {
            map.serialize_entry("severity", severity)?;
        }
        if let Some(detected) = self.detected {
            map.serialize_entry("detected", &detected)?;
        }
        if let Some(detail) = detail {
            detail.serialize_into(&mut map)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ContentFilterResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ResultVisitor)
    }
}

struct ResultVisitor;

impl<'de> Visitor<'de> for ResultVisitor {
    type Value = ContentFilterResult;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the content filter says about one category")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut result = ContentFilterResult::default();
        let mut rest = None;
        while let Some(member) = map.next_key()? {
            match member {
                Member::Filtered => result.filtered = map.next_value()?,
                Member::Severity => result.severity = map.next_value()?,
                Member::Detected => result.detected = map.next_value()?,
                Member::Other(name) => {
                    let value = map.next_value()?;
                    rest.get_or_insert_with(Extra::new).insert(name, value);
                }
            }
        }
        let detail = rest.map(ContentFilterDetail::from_members);
        result.detail = detail.map(Box::new);
        Ok(result)
    }

    // Blocklists came as a bare list before they came as an object.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Value>()? {
            items.extend(ContentFilterItem::deserialize(&item));
        }
        Ok(ContentFilterResult {
            detail: Some(Box::new(ContentFilterDetail {
                details: Some(ContentFilterItems::Whole(items)),
                ..ContentFilterDetail::default()
            })),
            ..ContentFilterResult::default()
        })
    }

    // No category is a scalar; should one become so, the answer it stands in is not lost.
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(ContentFilterResult::default())
    }
}

enum Member {
    Filtered,
    Severity,
    Detected,
    Other(String),
}

impl From<&str> for Member {
    fn from(name: &str) -> Self {
        match name {
            "filtered" => Self::Filtered,
            "severity" => Self::Severity,
            "detected" => Self::Detected,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::open::StringVisitor::new("a member"))
    }
}
