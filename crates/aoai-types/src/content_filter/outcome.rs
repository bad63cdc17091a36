//! What the filter did in one call, gathered from wherever the service reported it.

use super::{Category, ContentFilterError, ContentFilterResults, PromptFilterResult};

/// The filter's findings about one call, wherever the service reported them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContentFilterOutcome {
    /// About the prompt.
    pub prompt: Vec<Finding>,
    /// About the answer.
    pub answer: Vec<Finding>,
    /// Whether the filter is known to have run: it reported at least one category.
    pub checked: bool,
    /// What the filter said in place of findings, mostly that it could not run and that the answer
    /// is therefore unfiltered.
    pub error: Option<ContentFilterError>,
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

impl ContentFilterOutcome {
    /// Whether the filter acted on prompt or answer.
    pub fn is_filtered(&self) -> bool {
        self.filtered().next().is_some()
    }

    /// The findings that the filter acted on.
    pub fn filtered(&self) -> impl Iterator<Item = &Finding> {
        let all = self.prompt.iter().chain(&self.answer);
        all.filter(|finding| finding.filtered)
    }

    /// Whether the filter said that it could not run.
    pub fn is_unchecked(&self) -> bool {
        self.error.is_some() && !self.checked
    }

    pub(crate) fn add_prompts(&mut self, prompts: &[PromptFilterResult]) {
        for prompt in prompts {
            let results = [
                &prompt.content_filter_results,
                &prompt.content_filter_result,
            ];
            for results in results.into_iter().flatten() {
                self.add_prompt(results);
            }
        }
    }

    pub(crate) fn add_prompt(&mut self, results: &ContentFilterResults) {
        self.note(results);
        add(&mut self.prompt, results);
    }

    pub(crate) fn add_answer(&mut self, results: &ContentFilterResults) {
        self.note(results);
        add(&mut self.answer, results);
    }

    fn note(&mut self, results: &ContentFilterResults) {
        self.checked |= !results.is_empty();
        if self.error.is_none() {
            self.error = results.error().cloned();
        }
    }
}

/// A category that is found in several prompts or choices is listed once, at its gravest.
fn add(findings: &mut Vec<Finding>, results: &ContentFilterResults) {
    for (category, result) in results.iter() {
        let finding = Finding {
            category: category.as_str().to_owned(),
            filtered: result.is_filtered(),
            severity: result.severity.as_ref().map(|s| s.as_str().to_owned()),
            detected: result.detected,
        };
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

fn gravity(finding: &Finding) -> (bool, Option<bool>, Option<usize>) {
    let severity = finding.severity.as_deref().map(|severity| {
        let known = super::Severity::KNOWN.iter();
        known.take_while(|known| **known != severity).count()
    });
    (finding.filtered, finding.detected, severity)
}

impl Category {
    /// Whether findings of this category are graded by severity.
    pub const fn is_graded(&self) -> bool {
        matches!(
            self,
            Self::Hate | Self::SelfHarm | Self::Sexual | Self::Violence
        )
    }
}
