//! What a step asks of the emulator.

use super::fields::{Fields, wrong};
use crate::diagnostic::Problems;
#[cfg(feature = "emulator")]
use crate::diagnostic::in_words;
use crate::model::{Step, Verb};
#[cfg(feature = "emulator")]
use crate::value::{Data, Node};

/// Why a step can run against the emulator only, if it can.
pub(super) fn needs_emulator(fields: &Fields<'_>) -> Option<&'static str> {
    let node = fields.get("emulator")?;
    let reasons = [
        ("faults", "faults need the emulator"),
        ("filter", "a scripted filter needs the emulator"),
        ("advance", "moving the clock needs the emulator"),
        ("rotate_key", "replacing a key needs the emulator"),
    ];
    let found = reasons
        .into_iter()
        .find(|(name, _)| node.get(name).is_some());
    found.map(|(_, reason)| reason)
}

/// Refuses what a step cannot ask of the emulator.
pub(super) fn check(step: &Step, problems: &mut Problems) {
    let Some(node) = &step.emulator else {
        return;
    };
    let bare = matches!(step.verb, Verb::Emulator);
    let known = if bare { CONTROLS } else { INSTRUCTIONS };
    #[cfg(feature = "emulator")]
    let found = problems.count();
    let fields = Fields::read(node, "`emulator`", known, problems);
    if bare && node.as_map().is_some_and(<[_]>::is_empty) {
        problems
            .error(node.span, "a step that does nothing", "")
            .help("`advance` lets time pass, `rotate_key` replaces a key");
    }
    if let (true, Some(fields)) = (bare, fields) {
        fields.duration("advance", problems);
        if let Some(node) = fields.get("rotate_key")
            && !node.as_text().is_some_and(|text| ROTATED.contains(&text))
        {
            let wanted = format!("one of {}", ROTATED.join(", "));
            wrong(node, "rotate_key", &wanted, problems);
        }
    }
    #[cfg(feature = "emulator")]
    if !bare && problems.count() == found {
        for (key, value) in node.as_map().unwrap_or_default() {
            let part = Node {
                data: Data::Map(vec![(key.clone(), value.clone())]),
                span: value.span,
            };
            instructions(&part, problems);
        }
        if problems.count() == found {
            instructions(node, problems);
        }
    }
}

/// Refuses what the emulator would, where no value is missing yet.
#[cfg(feature = "emulator")]
fn instructions(node: &Node, problems: &mut Problems) {
    use serde::Deserialize as _;
    if has_references(node) {
        return;
    }
    if let Err(error) = aoai_emulator::Instructions::deserialize(node.to_json()) {
        let message = "the emulator does not take this";
        problems.error(node.span, message, in_words(&error.to_string()));
    }
}

#[cfg(feature = "emulator")]
fn has_references(node: &Node) -> bool {
    let mut found = false;
    node.each_text(&mut |text, _| found |= crate::vars::references(text).next().is_some());
    found
}

/// What a call may ask of the emulator.
pub(super) const INSTRUCTIONS: &[&str] = &[
    "reply", "refusal", "tools", "filter", "latency", "chunks", "faults",
];

/// What can be done to the emulator between calls.
pub(super) const CONTROLS: &[&str] = &["advance", "rotate_key"];

/// Whose key can be replaced: the one that the vault holds, or one of the account's two.
const ROTATED: &[&str] = &["vault", "key1", "key2"];
