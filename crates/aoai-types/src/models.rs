//! The catalogue of models that a resource could deploy.
//!
//! It lists what the region offers, not what is deployed: a deployment's name cannot be checked
//! against it. Azure's entries differ from OpenAI's: `created_at` instead of `created`, no
//! `owned_by`, and what the model can do and how long it will be served.

use serde::{Deserialize, Serialize};

use crate::open::string_enum;

pub use self::get::GetModel;
pub use self::list::{ListModels, ModelList};

mod get;
mod list;

/// A base model, or a fine-tuned one.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Model {
    /// Its name, `gpt-4o-2024-11-20`.
    pub id: String,
    /// Always `model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far its training has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ModelStatus>,
}

string_enum! {
    /// How far a model's training has come.
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
    }
}
