//! What Azure's content filter says about prompts and answers.

/// The filter's findings about one call, wherever the service reported them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContentFilterOutcome {
    /// About the prompt.
    pub prompt: Vec<Finding>,
    /// About the answer.
    pub answer: Vec<Finding>,
}

/// What the filter found in one category.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The category: `hate`, `jailbreak`, ….
    pub category: String,
    /// Whether the filter acted on it.
    pub filtered: bool,
    /// How severe it was, for categories that are graded: `safe`, `low`, `medium`, `high`.
    pub severity: Option<String>,
    /// Whether it was there, for categories that are only detected.
    pub detected: Option<bool>,
}
