//! What only some of the filter's categories say.

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient;
use crate::operation::{Extra, take_out};

/// What only some of the filter's categories say.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContentFilterDetail {
    /// Where protected code comes from.
    pub citation: Option<Citation>,
    /// The blocklists, topics or places that the finding is about.
    pub details: Option<ContentFilterItems>,
    /// The text without the personal information.
    pub redacted_text: Option<String>,
    /// The kinds of personal information.
    pub sub_categories: Option<Vec<SubCategory>>,
    /// Members that this version of the crate does not know.
    pub other: Extra,
}

/// Where protected code comes from.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Citation {
    /// The repository.
    #[serde(rename = "URL", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
}

/// The items of a finding, in each form that they come in.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ContentFilterItems {
    /// A list under `details`.
    List(Vec<ContentFilterItem>),
    /// A list in place of the whole result, as older answers have it for blocklists.
    Whole(Vec<ContentFilterItem>),
    /// Something else under `details`, such as the error of a policy that could not be asked.
    Other(Value),
}

/// A blocklist, a topic, or a place in the answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentFilterItem {
    /// The name of the blocklist or topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the filter acted on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered: Option<bool>,
    /// Whether it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<bool>,
    /// Where in the answer it begins, in code points.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_start_offset: Option<i64>,
    /// Where in the answer it ends, in code points.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_end_offset: Option<i64>,
}

/// One kind of personal information.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubCategory {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_category: Option<String>,
    /// Whether the filter acted on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered: Option<bool>,
    /// Whether it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<bool>,
    /// Whether it was struck out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<bool>,
}

impl ContentFilterItems {
    /// The items; none where they are of an unknown form.
    pub fn items(&self) -> &[ContentFilterItem] {
        match self {
            Self::List(items) | Self::Whole(items) => items,
            Self::Other(_) => &[],
        }
    }
}

impl<'de> Deserialize<'de> for ContentFilterItems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(match Vec::deserialize(&value) {
            Ok(items) => Self::List(items),
            Err(_) => Self::Other(value),
        })
    }
}

impl ContentFilterDetail {
    /// Sorts members into fields; one that does not fit its field is kept among the others.
    pub(super) fn from_members(mut members: Extra) -> Self {
        Self {
            citation: take(&mut members, "citation"),
            details: take(&mut members, "details"),
            redacted_text: take(&mut members, "redacted_text"),
            sub_categories: take(&mut members, "sub_categories"),
            other: members,
        }
    }

    pub(super) fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if let Some(citation) = &self.citation {
            map.serialize_entry("citation", citation)?;
        }
        if let Some(details) = &self.details {
            map.serialize_entry("details", details)?;
        }
        if let Some(redacted_text) = &self.redacted_text {
            map.serialize_entry("redacted_text", redacted_text)?;
        }
        if let Some(sub_categories) = &self.sub_categories {
            map.serialize_entry("sub_categories", sub_categories)?;
        }
        for (name, value) in &self.other {
            map.serialize_entry(name, value)?;
        }
        Ok(())
    }

    pub(super) fn any_filtered(&self) -> bool {
        let items = self.details.iter().flat_map(ContentFilterItems::items);
        items.into_iter().any(|item| item.filtered == Some(true))
    }

    /// Takes the details of a later result of the same category in.
    pub(super) fn merge(&mut self, later: Self) {
        self.citation = later.citation.or(self.citation.take());
        self.redacted_text = later.redacted_text.or(self.redacted_text.take());
        self.sub_categories = later.sub_categories.or(self.sub_categories.take());
        self.other.extend(later.other);
        match (&mut self.details, later.details) {
            (_, None) => {}
            (
                Some(ContentFilterItems::List(held) | ContentFilterItems::Whole(held)),
                Some(ContentFilterItems::List(new) | ContentFilterItems::Whole(new)),
            ) => {
                for item in new {
                    if !held.contains(&item) {
                        held.push(item);
                    }
                }
            }
            (held, new) => *held = new,
        }
    }
}

fn take<T: DeserializeOwned>(members: &mut Extra, name: &str) -> Option<T> {
    let taken = T::deserialize(members.get(name)?).ok()?;
    take_out(members, name);
    Some(taken)
}
