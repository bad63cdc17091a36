//! What the events of one stream have in common.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Visitor};

/// What the events of one stream have in common.
///
/// Id and model stand in every event of a stream; remembered, they are shared by the events and
/// not made anew for each. One memory serves one stream.
#[derive(Clone, Debug, Default)]
pub struct StreamMemory {
    shared: [Option<Arc<str>>; 4],
}

/// Which of an event's texts is meant.
#[derive(Clone, Copy)]
pub(crate) enum Repeated {
    Id,
    Object,
    Model,
    Fingerprint,
}

impl StreamMemory {
    /// The text as a shared one: the one remembered, where it is the same.
    pub(crate) fn share(&mut self, which: Repeated, text: Option<Text<'_>>) -> Option<Arc<str>> {
        let text = text?.0;
        // Events of the content filter have empty texts, between events that have others.
        if text.is_empty() {
            return Some(Arc::default());
        }
        let held = &mut self.shared[which as usize];
        match held {
            Some(held) if **held == *text => {}
            _ => *held = Some(Arc::from(text)),
        }
        held.clone()
    }
}

/// A text that is copied only where it has to be.
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}
