//! Graders: how evals and reinforcement fine-tuning judge what a model says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::open::tagged_union;

pub use self::message::{
    GraderContent, GraderInputAudio, GraderInputImage, GraderInputText, GraderMessage,
    GraderOutputText, GraderPart,
};

mod message;

tagged_union! {
    /// A way to judge what a model says.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
    pub enum Grader by "type" {
        /// By comparing texts.
        StringCheck(StringCheckGrader) = "string_check",
        /// By how alike texts are.
        TextSimilarity(TextSimilarityGrader) = "text_similarity",
        /// By asking a model for a score.
        ScoreModel(ScoreModelGrader) = "score_model",
        /// By asking a model for a label.
        LabelModel(LabelModelGrader) = "label_model",
        /// By running Python.
        Python(PythonGrader) = "python",
        /// By several graders together.
        Multi(MultiGrader) = "multi",
    }
}

/// Compares texts.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StringCheckGrader {
    /// Its id, which the service adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The text to judge; `{{…}}` stands for members of item and sample.
    pub input: String,
    /// The text it should be.
    pub reference: String,
    /// How they are compared: `eq`, `ne`, `like`, `ilike`.
    pub operation: String,
}

impl StringCheckGrader {
    /// The grader `name`, comparing `input` with `reference`.
    pub fn new(
        name: impl Into<String>,
        input: impl Into<String>,
        reference: impl Into<String>,
        operation: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            input: input.into(),
            reference: reference.into(),
            operation: operation.into(),
            id: None,
        }
    }
}

/// Judges how alike texts are.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextSimilarityGrader {
    /// Its id, which the service adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text to judge.
    pub input: String,
    /// The text it should be like.
    pub reference: String,
    /// The measure: `fuzzy_match`, `bleu`, `rouge_l`, ….
    pub evaluation_metric: String,
    /// The score from which on it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_threshold: Option<f64>,
}

impl TextSimilarityGrader {
    /// Judges how alike `input` and `reference` are.
    pub fn new(
        input: impl Into<String>,
        reference: impl Into<String>,
        evaluation_metric: impl Into<String>,
    ) -> Self {
        Self {
            input: input.into(),
            reference: reference.into(),
            evaluation_metric: evaluation_metric.into(),
            id: None,
            name: None,
            pass_threshold: None,
        }
    }
}

/// Asks a model for a score.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreModelGrader {
    /// Its id, which the service adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The deployment that judges.
    pub model: String,
    /// What it is asked.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub input: Vec<GraderMessage>,
    /// The lowest and the highest score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Vec<f64>>,
    /// How it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_params: Option<Value>,
    /// The score from which on it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_threshold: Option<f64>,
}

impl ScoreModelGrader {
    /// The grader `name`, asking the deployment `model`.
    pub fn new(
        name: impl Into<String>,
        model: impl Into<String>,
        input: impl IntoIterator<Item = impl Into<GraderMessage>>,
    ) -> Self {
        Self {
            name: name.into(),
            model: model.into(),
            input: input.into_iter().map(Into::into).collect(),
            id: None,
            range: None,
            sampling_params: None,
            pass_threshold: None,
        }
    }
}

/// Asks a model for a label.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LabelModelGrader {
    /// Its id, which the service adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The deployment that judges.
    pub model: String,
    /// What it is asked.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub input: Vec<GraderMessage>,
    /// The labels it may give.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub labels: Vec<String>,
    /// Those with which it passes.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub passing_labels: Vec<String>,
}

impl LabelModelGrader {
    /// The grader `name`, asking the deployment `model`.
    pub fn new(
        name: impl Into<String>,
        model: impl Into<String>,
        input: impl IntoIterator<Item = impl Into<GraderMessage>>,
        labels: impl IntoIterator<Item = impl Into<String>>,
        passing_labels: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: name.into(),
            model: model.into(),
            input: input.into_iter().map(Into::into).collect(),
            labels: labels.into_iter().map(Into::into).collect(),
            passing_labels: passing_labels.into_iter().map(Into::into).collect(),
            id: None,
        }
    }
}

/// Runs Python.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PythonGrader {
    /// Its id, which the service adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The code, with a function `grade`.
    pub source: String,
    /// The image it runs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tag: Option<String>,
    /// The score from which on it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_threshold: Option<f64>,
}

impl PythonGrader {
    /// The grader `name` with this code.
    pub fn new(name: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
            id: None,
            image_tag: None,
            pass_threshold: None,
        }
    }
}

/// Several graders together.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MultiGrader {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The graders by their names.
    pub graders: BTreeMap<String, Grader>,
    /// The formula of the score.
    pub calculate_output: String,
}

impl MultiGrader {
    /// The grader `name` of these graders, and the formula that makes one score of theirs.
    pub fn new(
        name: impl Into<String>,
        graders: impl IntoIterator<Item = (String, Grader)>,
        calculate_output: impl Into<String>,
    ) -> Self {
        Self {
            graders: graders.into_iter().collect(),
            name: Some(name.into()),
            calculate_output: calculate_output.into(),
        }
    }
}
