//! `POST /fine_tuning/alpha/graders/run`
//!
//! Judges an answer.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::{Endpoint, Scope};
use crate::graders::Grader;
use crate::operation::{Extra, Operation};

/// Judges an answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunGrader {
    /// How.
    pub grader: Grader,
    /// The answer.
    pub model_sample: String,
    /// The example it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Value>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl RunGrader {
    /// Judges an answer by this grader.
    pub fn new(grader: impl Into<Grader>, model_sample: impl Into<String>) -> Self {
        Self {
            grader: grader.into(),
            model_sample: model_sample.into(),
            item: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for RunGrader {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.graders.run",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/alpha/graders/run",
    )
    .v1_only();
    type Response = GraderScore;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

/// How good an answer is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderScore {
    /// The score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<f64>,
    /// How it came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<GraderRunMetadata>,
    /// The scores of a grader's parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_rewards: Option<Value>,
    /// The tokens that models spent on judging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_grader_token_usage_per_model: Option<Value>,
}

/// How a score came about.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraderRunMetadata {
    /// The grader's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What went wrong: flags, and details of those that are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<BTreeMap<String, Value>>,
    /// How long it took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_time: Option<f64>,
    /// The scores of a grader's parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<Value>,
    /// The tokens that a model spent on judging.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub token_usage: Option<i64>,
    /// That model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampled_model_name: Option<String>,
}
