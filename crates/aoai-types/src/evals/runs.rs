//! Runs: an eval done once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::EvalError;
use crate::open::string_enum;
use crate::operation::{LongRunning, Pace, Progress};
use crate::timestamp::Timestamp;

pub use self::cancel::CancelEvalRun;
pub use self::create::CreateEvalRun;
pub use self::delete::{DeleteEvalRun, DeletedEvalRun};
pub use self::get::GetEvalRun;
pub use self::list::ListEvalRuns;
pub use self::source::{
    CompletionsSource, ContentSource, EvalContent, FileContentSource, FileIdSource, InputMessages,
    ItemReference, JsonlSource, MessageTemplate, ResponsesContentSource, ResponsesSource,
    RunDataSource, SamplingParams, StoredCompletionsSource,
};

pub mod output_items;

mod cancel;
mod create;
mod delete;
mod get;
mod list;
mod source;

/// An eval done once.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvalRun {
    /// Its id, `evalrun_…`.
    pub id: String,
    /// Always `eval.run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The eval's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<EvalRunStatus>,
    /// The model that is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The examples, and how they are answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source: Option<RunDataSource>,
    /// How many answers passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_counts: Option<ResultCounts>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_model_usage: Option<Vec<ModelUsage>>,
    /// How many answers passed each grader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_testing_criteria_results: Option<Vec<CriterionResults>>,
    /// Where people can read about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_url: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<EvalError>,
    /// Pairs of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

impl LongRunning for EvalRun {
    const PACE: Pace = Pace::seconds(5, 60);

    fn progress(&self) -> Progress {
        match &self.status {
            Some(EvalRunStatus::Completed) => Progress::Succeeded,
            Some(EvalRunStatus::Failed | EvalRunStatus::Canceled | EvalRunStatus::Cancelled) => {
                Progress::Failed
            }
            _ => Progress::Pending,
        }
    }
}

string_enum! {
    /// How far a run has come.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum EvalRunStatus {
        /// Waiting.
        Queued = "queued",
        /// Under way.
        InProgress = "in_progress",
        /// Done.
        Completed = "completed",
        /// Given up.
        Failed = "failed",
        /// Called off.
        Canceled = "canceled",
        /// The same, spelt otherwise.
        Cancelled = "cancelled",
    }
}

/// How many answers passed.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResultCounts {
    /// All of them.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<i64>,
    /// Those that passed.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub passed: Option<i64>,
    /// Those that did not.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub failed: Option<i64>,
    /// Those that could not be judged.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub errored: Option<i64>,
}

/// What a run, or one of its answers, cost with one model.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelUsage {
    /// The model; not told of one answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// The model, as some runs name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_model_name: Option<String>,
    /// How often it was asked; not told of one answer.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub invocation_count: Option<i64>,
    /// Tokens of the input.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub prompt_tokens: Option<i64>,
    /// Tokens of the answers.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub completion_tokens: Option<i64>,
    /// Both.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_tokens: Option<i64>,
    /// Those of the input that came from the prompt cache.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub cached_tokens: Option<i64>,
}

/// How many answers passed one grader.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CriterionResults {
    /// The grader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub testing_criteria: Option<String>,
    /// Those that passed.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub passed: Option<i64>,
    /// Those that did not.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub failed: Option<i64>,
}
