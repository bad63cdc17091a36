//! The catalogue of models that a resource could deploy.
//!
//! It lists what the region offers, not what is deployed: a deployment's name cannot be checked
//! against it. Azure's entries differ from OpenAI's: `created_at` instead of `created`, no
//! `owned_by`, and what the model can do and how long it will be served.

use serde::{Deserialize, Serialize};

use crate::open::string_enum;
use crate::timestamp::Timestamp;

pub use self::get::GetModel;
pub use self::list::{ListModels, ModelList};

mod get;
mod list;

/// A base model, or a fine-tuned one.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Model {
    /// Its name, `gpt-4o-2024-11-20`.
    #[serde(default)]
    pub id: String,
    /// Always `model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far its training has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ModelStatus>,
    /// What it can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<ModelCapabilities>,
    /// How settled it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle_status: Option<LifecycleStatus>,
    /// Until when it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<ModelDeprecation>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The fine-tuning job that made it, of a fine-tuned model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tune: Option<String>,
    /// The model that it was tuned from, of a fine-tuned model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// When it was made, where an answer has OpenAI's shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Whose it is, where an answer has OpenAI's shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<String>,
}

/// What a model can do.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelCapabilities {
    /// Answer conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_completion: Option<bool>,
    /// Continue texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<bool>,
    /// Turn texts into vectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embeddings: Option<bool>,
    /// Be tuned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tune: Option<bool>,
    /// Be deployed as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference: Option<bool>,
}

/// Until when a model is served.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelDeprecation {
    /// Until when it can be tuned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_tune: Option<Timestamp>,
    /// Until when its deployments answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference: Option<Timestamp>,
}

string_enum! {
    /// How far a model's training has come.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
    pub enum ModelStatus {
        /// Not begun.
        NotRunning = "notRunning",
        /// Under way.
        Running = "running",
        /// Done; base models are always done.
        Succeeded = "succeeded",
        /// Called off.
        Canceled = "canceled",
        /// Given up.
        Failed = "failed",
        /// Removed.
        Deleted = "deleted",
    }
}

string_enum! {
    /// How settled a model is.
    ///
    /// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
    pub enum LifecycleStatus {
        /// For trying out.
        Preview = "preview",
        /// For use.
        GenerallyAvailable = "generally-available",
        /// Soon to be withdrawn.
        Deprecating = "deprecating",
        /// Withdrawn.
        Deprecated = "deprecated",
    }
}
