//! How a model is trained.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::graders::Grader;
use crate::open::tagged_union;
use crate::shape::shape_union;

/// How a model is trained.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TuningMethod {
    /// `supervised`, `dpo` or `reinforcement`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The settings of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervised: Option<SupervisedMethod>,
    /// The settings of the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpo: Option<PreferenceMethod>,
    /// The settings of the third.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reinforcement: Option<ReinforcementMethod>,
}

impl TuningMethod {
    /// The method of this name, as the service thinks best.
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            supervised: None,
            dpo: None,
            reinforcement: None,
        }
    }
}

/// Training on examples.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupervisedMethod {
    /// How it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperparameters: Option<Hyperparameters>,
}

/// Training on better and worse answers.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PreferenceMethod {
    /// How it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperparameters: Option<Hyperparameters>,
}

/// Training by grading answers.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReinforcementMethod {
    /// How answers are judged.
    pub grader: Grader,
    /// The form of the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Value>,
    /// How it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperparameters: Option<Hyperparameters>,
}

impl ReinforcementMethod {
    /// Training by this grader.
    pub fn new(grader: impl Into<Grader>) -> Self {
        Self {
            grader: grader.into(),
            response_format: None,
            hyperparameters: None,
        }
    }
}

/// How a training goes. Which of them count depends on the method.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hyperparameters {
    /// How often it goes through the examples; -1 is `auto` on the dated surface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_epochs: Option<AutoOrCount>,
    /// How many examples make a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<AutoOrCount>,
    /// How fast it learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning_rate_multiplier: Option<AutoOr>,
    /// How close to the former model it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<AutoOr>,
    /// How many answers it tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_multiplier: Option<AutoOr>,
    /// After how many steps it is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_interval: Option<AutoOrCount>,
    /// How many answers are judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_samples: Option<AutoOrCount>,
    /// How much it thinks: `default`, `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
}

shape_union! {
    /// A number, or `auto`.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
    pub enum AutoOr {
        /// `auto`.
        Word(String) = string,
        /// The number.
        Number(f64) = number,
    }
}

shape_union! {
    /// A count, or `auto`.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
    pub enum AutoOrCount {
        /// `auto`.
        Word(String) = string,
        /// The count.
        Count(i64) = integer,
    }
}

tagged_union! {
    /// Another service that is told how training goes.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
    pub enum Integration by "type" {
        /// Weights & Biases.
        Wandb(WandbIntegration) = "wandb",
    }
}

/// Weights & Biases.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WandbIntegration {
    /// Where to.
    pub wandb: WandbSettings,
}

impl WandbIntegration {
    /// Weights & Biases with these settings.
    pub const fn new(wandb: WandbSettings) -> Self {
        Self { wandb }
    }
}

/// Where Weights & Biases shows a training.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/fine-tuning/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WandbSettings {
    /// The project.
    pub project: String,
    /// The run's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The team or user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Tags of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

impl WandbSettings {
    /// This project.
    pub fn new(project: impl Into<String>) -> Self {
        Self {
            project: project.into(),
            name: None,
            entity: None,
            tags: None,
        }
    }
}
