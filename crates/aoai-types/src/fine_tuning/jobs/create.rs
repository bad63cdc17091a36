//! `POST /fine_tuning/jobs`
//!
//! Begins a training.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/create)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{Hyperparameters, Integration, TuningMethod};
use super::FineTuningJob;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Begins a training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/create)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateFineTuningJob {
    /// The model to begin with; not a deployment.
    pub model: String,
    /// The file with the examples.
    pub training_file: String,
    /// The file with examples to check against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<String>,
    /// The end of the new model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// A number that makes the training repeatable.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<i64>,
    /// How the model is trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<TuningMethod>,
    /// How it goes, where no method says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperparameters: Option<Hyperparameters>,
    /// Other services to tell how it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrations: Option<Vec<Integration>>,
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Where it is trained.
    #[serde(rename = "trainingType", skip_serializing_if = "Option::is_none")]
    pub training_type: Option<Value>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateFineTuningJob {
    /// Trains `model` on the examples in this file.
    pub fn new(model: impl Into<String>, training_file: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            training_file: training_file.into(),
            validation_file: None,
            suffix: None,
            seed: None,
            method: None,
            hyperparameters: None,
            integrations: None,
            metadata: None,
            training_type: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateFineTuningJob {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.jobs.create",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/jobs",
    )
    .since(ApiVersion::preview(2023, 10, 1))
    .not_repeatable()
    .stateful();
    type Response = FineTuningJob;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
