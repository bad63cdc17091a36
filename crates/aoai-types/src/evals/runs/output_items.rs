//! What a run said about each example.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::EvalError;
use super::ModelUsage;
use crate::timestamp::Timestamp;

pub use self::get::GetOutputItem;
pub use self::list::ListOutputItems;

mod get;
mod list;

/// What a run said about one example.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputItem {
    /// Its id.
    pub id: String,
    /// Always `eval.run.output_item`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The run's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The eval's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_id: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// `pass` or `fail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The example's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasource_item_id: Option<Value>,
    /// The example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasource_item: Option<Map<String, Value>>,
    /// What each grader said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<Map<String, Value>>>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
}

/// The answer to one example.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sample {
    /// What was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<SampleMessage>>,
    /// What was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Vec<SampleMessage>>,
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ModelUsage>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<EvalError>,
    /// How freely tokens were chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of the likeliest tokens that were chosen among.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The most tokens it could have.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_completion_tokens: Option<i64>,
    /// The number that makes it repeatable.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<i64>,
}

/// A message.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SampleMessage {
    /// Who says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<crate::graders::GraderContent>,
}
