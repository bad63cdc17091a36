//! What the filter says about one prompt or answer.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::{Category, ContentFilterError, ContentFilterResult};

/// What the filter says about one prompt or answer: a map from category to result.
///
/// Any category may be missing, and all of them often are.
#[derive(Clone, Default, PartialEq)]
pub struct ContentFilterResults {
    // There are few categories, so a list is found in faster than a map, and takes one allocation.
    results: Vec<(Category, ContentFilterResult)>,
    error: Option<Box<ContentFilterError>>,
}

impl ContentFilterResults {
    /// No categories.
    pub const fn new() -> Self {
        Self {
            results: Vec::new(),
            error: None,
        }
    }

    /// The result of a category, where it is reported.
    pub fn get(&self, category: &Category) -> Option<&ContentFilterResult> {
        self.iter()
            .find(|(held, _)| *held == category)
            .map(|(_, result)| result)
    }

    /// The categories and their results, in the order of the wire.
    pub fn iter(&self) -> impl Iterator<Item = (&Category, &ContentFilterResult)> {
        self.results
            .iter()
            .map(|(category, result)| (category, result))
    }

    /// Whether no category is reported.
    pub const fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// How many categories are reported.
    pub const fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether the filter acted on any category.
    pub fn is_filtered(&self) -> bool {
        self.results.iter().any(|(_, result)| result.is_filtered())
    }

    /// What the filter says in place of results: that it could not run, or that it blocks.
    pub fn error(&self) -> Option<&ContentFilterError> {
        self.error.as_deref()
    }

    /// Sets the result of a category.
    pub fn insert(&mut self, category: Category, result: ContentFilterResult) {
        match self.results.iter_mut().find(|(held, _)| *held == category) {
            Some((_, held)) => *held = result,
            None => self.results.push((category, result)),
        }
    }

    /// Sets what is said in place of results.
    pub fn set_error(&mut self, error: ContentFilterError) {
        self.error = Some(Box::new(error));
    }

    /// Takes later results about the same text in: what was found stays found.
    pub(crate) fn merge(&mut self, later: Self) {
        if self.results.is_empty() {
            self.results = later.results;
        } else {
            for (category, result) in later.results {
                match self.results.iter_mut().find(|(held, _)| *held == category) {
                    Some((_, held)) => held.merge(result),
                    None => self.results.push((category, result)),
                }
            }
        }
        self.error = later.error.or(self.error.take());
    }
}

impl fmt::Debug for ContentFilterResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        map.entries(self.iter());
        if let Some(error) = &self.error {
            map.entry(&ERROR, error);
        }
        map.finish()
    }
}

impl FromIterator<(Category, ContentFilterResult)> for ContentFilterResults {
    fn from_iter<I: IntoIterator<Item = (Category, ContentFilterResult)>>(results: I) -> Self {
        let mut all = Self::new();
        for (category, result) in results {
            all.insert(category, result);
        }
        all
    }
}

impl Serialize for ContentFilterResults {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (category, result) in self.iter() {
            map.serialize_entry(category, result)?;
        }
        if let Some(error) = &self.error {
            map.serialize_entry(ERROR, error)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ContentFilterResults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ResultsVisitor)
    }
}

struct ResultsVisitor;

impl<'de> Visitor<'de> for ResultsVisitor {
    type Value = ContentFilterResults;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of content filter categories")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = ContentFilterResults::new();
        while let Some(category) = map.next_key()? {
            if matches!(&category, Category::Unknown(name) if name.as_str() == ERROR) {
                all.error = map.next_value()?;
            } else if let Some(result) = map.next_value()? {
                all.results.push((category, result));
            }
        }
        Ok(all)
    }
}

const ERROR: &str = "error";
