//! What the examples of an eval look like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Json;
use crate::open::tagged_union;

tagged_union! {
    /// What the examples of an eval look like.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum DataSourceConfig by "type" {
        /// As a schema says.
        Custom(CustomConfig) = "custom",
        /// As answers that the service keeps.
        Logs(LogsConfig) = "logs",
        /// As chat completions that the service keeps.
        StoredCompletions(StoredCompletionsConfig) = "stored_completions",
    }
}

/// Examples as a schema says. Requests name it `item_schema`, answers `schema`.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomConfig {
    /// The schema of an example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_schema: Option<Json>,
    /// Whether graders see answers besides examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_sample_schema: Option<bool>,
    /// The schema of examples and answers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
}

impl CustomConfig {
    /// Examples of this schema.
    pub fn new(item_schema: impl Into<Json>) -> Self {
        Self {
            item_schema: Some(item_schema.into()),
            include_sample_schema: None,
            schema: None,
        }
    }
}

/// Answers that the service keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogsConfig {
    /// Only those with these pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// The schema of examples and answers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
}

/// Chat completions that the service keeps.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredCompletionsConfig {
    /// Only those with these pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// The schema of examples and answers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
}
