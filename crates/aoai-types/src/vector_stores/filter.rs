//! Conditions on the attributes of files.

use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::{Members, UnknownObject};

/// A condition on the attributes of files.
///
/// ```
/// use aoai_types::vector_stores::Filter;
///
/// let recent = Filter::comparison("year", "gte", 2024);
/// let german = Filter::comparison("language", "eq", "de");
/// let both = Filter::all_of([recent, german]);
/// ```
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Filter {
    /// One attribute compared with a value.
    Comparison(ComparisonFilter),
    /// Several conditions together.
    Compound(CompoundFilter),
    /// A condition that this version of the crate does not know.
    #[doc(hidden)]
    Unknown(UnknownObject),
}

impl Filter {
    /// The attribute `key` compared with `value`: `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`,
    /// `nin`.
    pub fn comparison(
        key: impl Into<String>,
        comparison: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        Self::Comparison(ComparisonFilter {
            kind: comparison.into(),
            key: key.into(),
            value: value.into(),
        })
    }

    /// All of these conditions.
    pub fn all_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::Compound(CompoundFilter {
            kind: "and".to_owned(),
            filters: filters.into_iter().collect(),
        })
    }

    /// Any of these conditions.
    pub fn any_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::Compound(CompoundFilter {
            kind: "or".to_owned(),
            filters: filters.into_iter().collect(),
        })
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Comparison(filter) => filter.serialize(serializer),
            Self::Compound(filter) => filter.serialize(serializer),
            Self::Unknown(filter) => filter.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members::deserialize(deserializer)?;
        match members.tag("type") {
            Some("and" | "or") => members.read("compound filter").map(Self::Compound),
            Some("eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "nin") => {
                members.read("comparison filter").map(Self::Comparison)
            }
            _ => Ok(Self::Unknown(members.keep())),
        }
    }
}

/// One attribute compared with a value.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparisonFilter {
    /// How: `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The attribute.
    pub key: String,
    /// The value; a list for `in` and `nin`.
    pub value: Value,
}

/// Several conditions together.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompoundFilter {
    /// `and` or `or`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The conditions.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub filters: Vec<Filter>,
}
