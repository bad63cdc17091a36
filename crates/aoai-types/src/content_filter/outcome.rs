//! What the filter did in one call, gathered from wherever the service reported it.

use super::{
    Category, ContentFilterError, ContentFilterItem, ContentFilterItems, ContentFilterOffsets,
    ContentFilterResult, ContentFilterResults, PromptFilterResult,
};
use crate::chat::FinishReason;
use crate::error::{ApiError, ErrorCode};

/// The filter's findings about one call, wherever the service reported them.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContentFilterOutcome {
    /// About the prompt.
    pub prompt: Vec<Finding>,
    /// About the answer.
    pub answer: Vec<Finding>,
    /// Whether the filter is known to have run: it reported at least one category.
    pub checked: bool,
    /// How far the asynchronous filter has checked, in characters from the start of the prompt.
    pub checked_to: Option<i64>,
    /// Whether the filter refused the prompt or ended the answer, be it without a finding.
    pub stopped: bool,
    /// What the filter said in place of findings, mostly that it could not run and that the answer
    /// is therefore unfiltered.
    pub error: Option<ContentFilterError>,
}

/// What the filter found in one category.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter)
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
    /// Which stretch of the text it is about, where the service says so.
    pub offsets: Option<ContentFilterOffsets>,
    /// The blocklists, topics or places in the answer that it is about.
    pub items: Vec<ContentFilterItem>,
}

impl ContentFilterOutcome {
    /// Whether the filter acted on prompt or answer.
    pub fn is_filtered(&self) -> bool {
        self.stopped || self.filtered().next().is_some()
    }

    /// The findings that the filter acted on.
    pub fn filtered(&self) -> impl Iterator<Item = &Finding> {
        let all = self.prompt.iter().chain(&self.answer);
        all.filter(|finding| finding.filtered)
    }

    /// Whether the filter said that it could not run.
    pub fn is_unchecked(&self) -> bool {
        let blocks = self.error.as_ref().is_some_and(ContentFilterError::blocks);
        self.error.is_some() && !blocks && !self.checked
    }

    pub(crate) fn add_prompts(&mut self, prompts: &[PromptFilterResult]) {
        for prompt in prompts {
            let results = [
                &prompt.content_filter_results,
                &prompt.content_filter_result,
            ];
            for results in results.into_iter().flatten() {
                self.add_prompt(results, None);
            }
        }
    }

    pub(crate) fn add_prompt(
        &mut self,
        results: &ContentFilterResults,
        offsets: Option<&ContentFilterOffsets>,
    ) {
        self.note(results, offsets);
        add(&mut self.prompt, results, offsets);
    }

    pub(crate) fn add_answer(
        &mut self,
        results: &ContentFilterResults,
        offsets: Option<&ContentFilterOffsets>,
    ) {
        self.note(results, offsets);
        add(&mut self.answer, results, offsets);
    }

    /// Takes in what is said of a choice, whole or in a piece of it.
    pub(crate) fn add_choice(
        &mut self,
        [results, result]: [Option<&ContentFilterResults>; 2],
        offsets: Option<&ContentFilterOffsets>,
        finish_reason: Option<&FinishReason>,
    ) {
        self.stopped |= finish_reason == Some(&FinishReason::ContentFilter);
        self.note_offsets(offsets);
        for results in [results, result].into_iter().flatten() {
            self.add_answer(results, offsets);
        }
    }

    /// Takes in an error: with findings it is about a prompt, or about an answer that was ended.
    pub(crate) fn add_error(&mut self, error: &ApiError) {
        let codes = [
            error.code.as_ref().and_then(ErrorCode::as_str),
            error.inner().and_then(|inner| inner.code.as_deref()),
        ];
        self.stopped |= codes.into_iter().flatten().any(is_filter);
        if let Some(results) = error.content_filter() {
            self.add_prompt(results, None);
        }
        for filter in error.content_filters.iter().flatten() {
            filter.add_to(self);
        }
    }

    fn note(&mut self, results: &ContentFilterResults, offsets: Option<&ContentFilterOffsets>) {
        self.checked |= !results.is_empty();
        self.note_offsets(offsets);
        self.stopped |= results.error().is_some_and(ContentFilterError::blocks);
        if self.error.is_none() {
            self.error = results.error().cloned();
        }
    }

    fn note_offsets(&mut self, offsets: Option<&ContentFilterOffsets>) {
        let checked = offsets.and_then(|offsets| offsets.check_offset);
        self.checked_to = self.checked_to.max(checked);
    }
}

impl ContentFilterError {
    /// Whether the filter says by it that it acted; otherwise it could not run.
    fn blocks(&self) -> bool {
        let code = self.code.as_ref().and_then(ErrorCode::as_str);
        code.is_some_and(is_filter)
    }
}

/// Whether an error of this code is the filter's.
fn is_filter(code: &str) -> bool {
    let codes = [
        "content_filter",
        "contentFilter",
        "content_policy_violation",
        "ResponsibleAIPolicyViolation",
    ];
    codes.iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// A category that is found in several prompts or choices is listed once, at its gravest.
fn add(
    findings: &mut Vec<Finding>,
    results: &ContentFilterResults,
    offsets: Option<&ContentFilterOffsets>,
) {
    for (category, result) in results.iter() {
        let finding = finding(category, result, offsets);
        match findings
            .iter_mut()
            .find(|held| held.category == finding.category)
        {
            None => findings.push(finding),
            Some(held) => {
                if gravity(&finding) > gravity(held) {
                    *held = finding;
                }
            }
        }
    }
}

fn finding(
    category: &Category,
    result: &ContentFilterResult,
    offsets: Option<&ContentFilterOffsets>,
) -> Finding {
    let detail = result.detail.as_ref();
    let items = detail.and_then(|detail| detail.details.as_ref());
    Finding {
        category: category.as_str().to_owned(),
        filtered: result.is_filtered(),
        severity: result.severity.as_ref().map(|s| s.as_str().to_owned()),
        detected: result.detected,
        offsets: offsets.copied(),
        items: items.map_or(&[][..], ContentFilterItems::items).to_vec(),
    }
}

fn gravity(finding: &Finding) -> (bool, Option<bool>, Option<usize>) {
    let severity = finding.severity.as_deref().map(|severity| {
        let known = super::Severity::KNOWN.iter();
        known.take_while(|known| **known != severity).count()
    });
    (finding.filtered, finding.detected, severity)
}

impl Category {
    /// Whether findings of this category are graded by severity; the others are detected or not.
    ///
    /// ```
    /// use aoai_types::content_filter::Category;
    ///
    /// assert!(Category::Violence.is_graded());
    /// assert!(!Category::Jailbreak.is_graded());
    /// ```
    pub const fn is_graded(&self) -> bool {
        matches!(
            self,
            Self::Hate | Self::SelfHarm | Self::Sexual | Self::Violence
        )
    }
}
