//! Problems in files, told as rustc tells them: place, caret, way out.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::source::{Source, Span};

/// A problem at a place in a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file.
    pub source: Arc<Source>,
    /// The place.
    pub span: Span,
    /// What is said right at the place.
    pub label: String,
    /// The way out, where one is known.
    pub help: Option<String>,
}

/// Whether a problem stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "it stops the run or it does not")]
pub enum Severity {
    /// The file can be run, but probably does not say what was meant.
    Warning,
    /// The file cannot be run.
    Error,
}

impl Diagnostic {
    /// Whether it says the same of the same place.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let place = |it: &Self| (it.source.name().to_owned(), it.span);
        self.message == other.message && place(self) == place(other)
    }

    /// Line and column of the place, both from 1.
    pub fn position(&self) -> (usize, usize) {
        self.source.position(self.span.start)
    }

    /// The whole message with the line it is about; `color` adds ANSI colours.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let place = self.span.on_one_line(self.source.text());
        let mut mark = AnnotationKind::Primary.span(place);
        if !self.label.is_empty() {
            mark = mark.label(&self.label);
        }
        let snippet = Snippet::source(self.source.text())
            .path(self.source.name())
            .annotation(mark);
        let mut group = level.primary_title(&self.message).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// Collects the problems of one file, so that all of them are told at once.
#[derive(Debug)]
pub(crate) struct Problems {
    pub(crate) source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Problems {
    pub(crate) const fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            found: Vec::new(),
        }
    }

    /// Notes an error; the result takes a [`help`](Noted::help).
    pub(crate) fn error(
        &mut self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Noted<'_> {
        self.note(Severity::Error, span, message.into(), label.into())
    }

    pub(crate) fn warning(
        &mut self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Noted<'_> {
        self.note(Severity::Warning, span, message.into(), label.into())
    }

    pub(crate) fn has_errors(&self) -> bool {
        let mut found = self.found.iter();
        found.any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Takes over the problems of another file that this one uses.
    pub(crate) fn absorb(&mut self, found: Vec<Diagnostic>) {
        self.found.extend(found);
    }

    /// All problems in the order of their places, each once, those of other files last.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        let own = Arc::clone(&self.source);
        let file = |found: &Diagnostic| match found.source.name() {
            name if name == own.name() => String::new(),
            name => name.to_owned(),
        };
        self.found
            .sort_by_cached_key(|found| (file(found), found.span.start));
        self.found.dedup_by(|a, b| a.is_same(b));
        self.found
    }

    fn note(
        &mut self,
        severity: Severity,
        span: Span,
        message: String,
        label: String,
    ) -> Noted<'_> {
        let at = self.found.len();
        self.found.push(Diagnostic {
            severity,
            message,
            source: Arc::clone(&self.source),
            span,
            label,
            help: None,
        });
        Noted(&mut self.found[at])
    }
}

/// A problem just noted.
pub(crate) struct Noted<'a>(&'a mut Diagnostic);

impl Noted<'_> {
    pub(crate) fn help(self, help: impl Into<String>) {
        self.0.help = Some(help.into());
    }

    pub(crate) fn maybe_help(self, help: Option<String>) {
        self.0.help = help;
    }
}

/// What a decoder says, with a reader's words for numbers in place of Rust's.
pub(crate) fn in_words(message: &str) -> String {
    let message = message.replace(", expected f64", ", expected a number");
    message.replace(", expected usize", ", expected a whole number")
}

/// "did you mean `x`?", where one of `known` is near `word`.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&word, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| {
            *distance <= limit || (word.len() > 3 && name.starts_with(&word))
        })
        .min()
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        let known = ["total", "prompt", "completion"];
        assert_eq!(
            did_you_mean("totl", known).as_deref(),
            Some("did you mean `total`?")
        );
        assert_eq!(
            did_you_mean("compl", known).as_deref(),
            Some("did you mean `completion`?")
        );
        assert_eq!(did_you_mean("banana", known), None);
    }
}
