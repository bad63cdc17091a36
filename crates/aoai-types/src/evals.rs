//! Evals: models and prompts judged on examples, again and again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::graders::Grader;
use crate::timestamp::Timestamp;

pub use self::create::CreateEval;
pub use self::delete::{DeleteEval, DeletedEval};
pub use self::get::GetEval;
pub use self::list::ListEvals;
pub use self::source::{CustomConfig, DataSourceConfig, LogsConfig, StoredCompletionsConfig};
pub use self::update::UpdateEval;

pub mod runs;

mod create;
mod delete;
mod get;
mod list;
mod source;
mod update;

/// An eval: what examples look like, and how answers are judged.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Eval {
    /// Its id, `eval_…`.
    pub id: String,
    /// Always `eval`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// What its examples look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source_config: Option<DataSourceConfig>,
    /// How answers are judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub testing_criteria: Option<Vec<Grader>>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// Why something failed.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvalError {
    /// What kind of error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
