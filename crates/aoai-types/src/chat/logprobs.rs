//! How probable each token of an answer was.

use serde::{Deserialize, Serialize};

use crate::pieces;

/// How probable the tokens of an answer were.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Logprobs {
    /// Those of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<TokenLogprob>>,
    /// Those of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Vec<TokenLogprob>>,
}

/// How probable one token was, and which others could have stood there.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenLogprob {
    /// The token's text; a token may be a part of a character.
    #[serde(default)]
    pub token: String,
    /// The natural logarithm of its probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprob: Option<f64>,
    /// Its bytes in UTF-8.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Vec<u8>>,
    /// The most probable tokens at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<Vec<TopLogprob>>,
}

/// A token that could have stood there.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TopLogprob {
    /// The token's text.
    #[serde(default)]
    pub token: String,
    /// The natural logarithm of its probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprob: Option<f64>,
    /// Its bytes in UTF-8.
    #[serde(default, deserialize_with = "crate::lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Vec<u8>>,
}

impl Logprobs {
    /// Takes those of later tokens in.
    pub(super) fn append(&mut self, later: Self) {
        pieces::extend(&mut self.content, later.content);
        pieces::extend(&mut self.refusal, later.refusal);
    }
}
