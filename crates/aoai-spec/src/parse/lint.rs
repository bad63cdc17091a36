//! What is allowed but probably not meant, and what must never stand in a file.

use std::sync::LazyLock;

use regex::Regex;

use super::names::Names;
use crate::diagnostic::Problems;
use crate::model::{Spec, Step, Verb};
use crate::pattern::Pattern;
use crate::source::Span;

/// Refuses a file with something in it that looks like a key or a token.
pub(crate) fn secrets(problems: &mut Problems) {
    let source = std::sync::Arc::clone(&problems.source);
    for found in SECRET.find_iter(source.text()) {
        problems
            .error(
                Span::new(found.start(), found.end()),
                "this looks like a key or a token",
                "secrets never stand in a spec",
            )
            .help("let the profile supply it from the environment");
    }
}

/// Warns of what a spec says without effect.
pub(crate) fn spec(spec: &Spec, names: &Names, problems: &mut Problems) {
    let saved = |name: &str| {
        let steps = spec.steps.iter().chain(&spec.finally);
        steps
            .flat_map(Step::saves)
            .any(|save| save.key.name == name)
    };
    for (name, span) in names.unused() {
        // A saved value need not be used: that it exists is checked.
        if !saved(name) {
            problems.warning(span, format!("`{name}` is never used"), "");
        }
    }
    // A fragment's steps are judged where it is read.
    for step in spec.steps.iter().filter(|step| step.source.is_none()) {
        expectations(step, problems);
    }
}

/// Warns of what a step expects without effect.
pub(super) fn expectations(step: &Step, problems: &mut Problems) {
    if let Some(span) = step.expect.as_ref().and_then(Pattern::idle_part) {
        problems
            .warning(span, "an expectation that cannot fail", "")
            .help("say what must be there, or leave it out");
    }
    let looks_at = |names: &[&str]| {
        let expect = step.expect.as_ref();
        expect.is_some_and(|expect| names.iter().any(|name| expect.speaks_of(name)))
    };
    if step.streams
        && step.snapshot.is_none()
        && !looks_at(&["stream", "text", "time", "error", "status"])
    {
        problems.warning(
            step.span,
            "a stream that no expectation looks at",
            "`stream: true` without `expect: {stream: …}` or `text`",
        );
    }
    // What is saved must be there, and a poll says what it waits for.
    let is_checked = step.expect.is_some()
        || step.snapshot.is_some()
        || step.poll.is_some()
        || !step.save.is_empty();
    if !is_checked && matches!(step.verb, Verb::Call(_) | Verb::Http { .. }) {
        problems
            .warning(step.span, "a step that only expects success", "")
            .help("say with `expect` what the answer must look like");
    }
}

static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    let patterns = [
        r"\b[0-9a-fA-F]{32}\b",
        r"\b[A-Za-z0-9]{84}\b",
        r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.",
    ];
    Regex::new(&patterns.join("|")).unwrap_or_else(|error| unreachable!("{error}"))
});
