//! What the filter says about one prompt or answer.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::{Category, ContentFilterError, ContentFilterResult};

/// What the filter says about one prompt or answer: a map from category to result.
///
/// Any category may be missing, and all of them often are.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Default, PartialEq)]
pub struct ContentFilterResults {
    // There are few categories, so that a list is searched faster than a map. It is shared, because
    // the chunks of a stream say mostly the same.
    results: Arc<[(Category, ContentFilterResult)]>,
    error: Option<Box<ContentFilterError>>,
}

impl ContentFilterResults {
    /// No categories.
    pub fn new() -> Self {
        Self::default()
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
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// How many categories are reported.
    pub fn len(&self) -> usize {
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
        self.upsert(category, result, |held, result| *held = result);
    }

    /// Sets what is said in place of results.
    pub fn set_error(&mut self, error: ContentFilterError) {
        self.error = Some(Box::new(error));
    }

    /// Takes later results about the same text in: what was found stays found.
    pub(crate) fn merge(&mut self, later: Self) {
        self.error = later.error.or(self.error.take());
        if self.is_empty() {
            self.results = later.results;
        } else if !Arc::ptr_eq(&self.results, &later.results) {
            for (category, result) in later.results.iter().cloned() {
                self.upsert(category, result, ContentFilterResult::merge);
            }
        }
    }

    fn upsert(
        &mut self,
        category: Category,
        result: ContentFilterResult,
        update: impl FnOnce(&mut ContentFilterResult, ContentFilterResult),
    ) {
        if let Some(place) = self.results.iter().position(|(held, _)| *held == category) {
            update(&mut Arc::make_mut(&mut self.results)[place].1, result);
        } else {
            let held = self.results.iter().cloned();
            self.results = held.chain([(category, result)]).collect();
        }
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
        let mut results = Vec::new();
        let mut error = None;
        while let Some(category) = map.next_key()? {
            if matches!(&category, Category::Unknown(name) if name.as_str() == ERROR) {
                error = map.next_value()?;
            } else if let Some(result) = map.next_value()? {
                if results.is_empty() {
                    results.reserve(MANY);
                }
                results.push((category, result));
            }
        }
        // An empty list is shared already; made from a vector, it would be allocated.
        let results = if results.is_empty() {
            Arc::default()
        } else {
            results.into()
        };
        Ok(ContentFilterResults { results, error })
    }
}

const ERROR: &str = "error";

/// As many categories as are reported at once.
const MANY: usize = 8;
