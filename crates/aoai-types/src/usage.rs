//! What an answer cost, as the wire says it.

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::outcome::{TokenUsage, count};

/// Tokens that one call used.
///
/// [`TokenUsage`] says the same in the words of every operation, with zero for what is missing.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the input.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<i64>,
    /// Tokens of the answer, reasoning included; embeddings have none.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<i64>,
    /// Both together.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<i64>,
    /// What kinds of tokens the input was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<PromptTokensDetails>,
    /// What the tokens of the answer were spent on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<CompletionTokensDetails>,
    /// Reasoning tokens, where a model that is not OpenAI's counts them here.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<i64>,
    /// Audio tokens of the input, where a model that is not OpenAI's counts them here.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_prompt_tokens: Option<i64>,
    /// Timings of the call in milliseconds, which the service adds undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_checkpoint: Option<serde_json::Value>,
}

/// What kinds of tokens an input was made of.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptTokensDetails {
    /// Audio.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<i64>,
    /// Taken from the prompt cache, at a lower price.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<i64>,
}

/// What the tokens of an answer were spent on.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionTokensDetails {
    /// Predicted by the caller, and right.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_prediction_tokens: Option<i64>,
    /// Audio.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<i64>,
    /// Thought, not shown.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<i64>,
    /// Predicted by the caller, and wrong; paid for all the same.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_prediction_tokens: Option<i64>,
}

impl From<&Usage> for TokenUsage {
    fn from(usage: &Usage) -> Self {
        let prompt = count(usage.prompt_tokens).unwrap_or_default();
        let completion = count(usage.completion_tokens).unwrap_or_default();
        let cached = usage
            .prompt_tokens_details
            .as_ref()
            .and_then(|details| details.cached_tokens);
        let reasoning = usage
            .completion_tokens_details
            .as_ref()
            .and_then(|details| details.reasoning_tokens)
            .or(usage.reasoning_tokens);
        Self {
            prompt,
            completion,
            total: count(usage.total_tokens).unwrap_or(prompt.saturating_add(completion)),
            cached: count(cached).unwrap_or_default(),
            reasoning: count(reasoning).unwrap_or_default(),
        }
    }
}
