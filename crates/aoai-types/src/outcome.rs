//! What an answer says, whatever operation it answers.

use std::borrow::Cow;

use crate::content_filter::ContentFilterOutcome;

pub use self::parse::ParseError;

mod parse;

/// The parts of an answer that completions, chat and responses have in common.
///
/// What an operation does not have is empty.
///
/// ```
/// use aoai_types::Operation;
/// use aoai_types::chat::{ChatCompletion, CreateChatCompletion};
///
/// let answer: ChatCompletion = serde_json::from_str(
///     r#"{"choices": [{"index": 0, "finish_reason": "stop",
///         "message": {"role": "assistant", "content": "Paris"}}]}"#,
/// )?;
/// let outcome = CreateChatCompletion::outcome(&answer);
/// assert_eq!(outcome.text.as_deref(), Some("Paris"));
/// assert_eq!(outcome.finish.as_deref(), Some("stop"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// The first choice's text.
    pub text: Option<Cow<'a, str>>,
    /// Why the model stopped.
    pub finish: Option<Cow<'a, str>>,
    /// What it says where it declines to answer.
    pub refusal: Option<Cow<'a, str>>,
    /// The tools it wants called.
    pub tools: Vec<ToolUse<'a>>,
    /// What the content filter found in prompt and answer.
    pub filter: ContentFilterOutcome,
    /// What it cost.
    pub usage: Option<TokenUsage>,
}

/// A tool that the model wants called.
///
/// ```
/// use aoai_types::Operation;
/// use aoai_types::chat::{ChatCompletion, CreateChatCompletion};
/// use aoai_types::outcome::ToolUse;
///
/// let answer: ChatCompletion = serde_json::from_str(
///     r#"{"choices": [{"message": {"tool_calls": [{"id": "call_1", "type": "function",
///         "function": {"name": "departures", "arguments": "{\"from\": \"Ulm\"}"}}]}}]}"#,
/// )?;
/// let outcome = CreateChatCompletion::outcome(&answer);
/// assert_eq!(outcome.tools, [ToolUse::new("call_1", "departures", r#"{"from": "Ulm"}"#)]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolUse<'a> {
    /// The call's id, to be named in the tool's answer.
    pub id: &'a str,
    /// The tool's name.
    pub name: &'a str,
    /// Its arguments: JSON, as text the model wrote, or plain text for a tool that takes such.
    pub arguments: &'a str,
}

impl<'a> ToolUse<'a> {
    /// A call of the tool `name`.
    pub const fn new(id: &'a str, name: &'a str, arguments: &'a str) -> Self {
        Self {
            id,
            name,
            arguments,
        }
    }
}

/// Tokens, in the words of every operation that counts them.
///
/// ```
/// use aoai_types::Operation;
/// use aoai_types::responses::{CreateResponse, Response};
///
/// let answer: Response = serde_json::from_str(
///     r#"{"usage": {"input_tokens": 12, "input_tokens_details": {"cached_tokens": 8},
///         "output_tokens": 9, "total_tokens": 21}}"#,
/// )?;
/// let usage = CreateResponse::usage(&answer).unwrap();
/// assert_eq!((usage.prompt, usage.cached, usage.completion, usage.total), (12, 8, 9, 21));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenUsage {
    /// Tokens of the input.
    pub prompt: u64,
    /// Tokens of the answer, reasoning included.
    pub completion: u64,
    /// Both, as the service added them up.
    pub total: u64,
    /// Those of `prompt` that came from the prompt cache.
    pub cached: u64,
    /// Those of `completion` that the model spent on reasoning.
    pub reasoning: u64,
}

impl TokenUsage {
    /// Counts as the service writes them where it tells of input and output; what is missing or
    /// negative is zero, and a missing total the sum.
    pub(crate) fn counted(input: Option<i64>, output: Option<i64>, total: Option<i64>) -> Self {
        let prompt = count(input).unwrap_or_default();
        let completion = count(output).unwrap_or_default();
        Self {
            prompt,
            completion,
            total: count(total).unwrap_or(prompt.saturating_add(completion)),
            ..Self::default()
        }
    }
}

/// A count as it should be; the wire has some below zero.
pub(crate) fn count(tokens: Option<i64>) -> Option<u64> {
    tokens.and_then(|tokens| u64::try_from(tokens).ok())
}
