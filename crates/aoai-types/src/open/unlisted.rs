//! Values that stand in no list.

use std::cell::RefCell;
use std::fmt;

/// A string that the list it stands in does not know.
///
/// Only reading makes one, so that a program cannot name a value that may become known later.
///
/// ```
/// use aoai_types::chat::FinishReason;
///
/// let reason: FinishReason = serde_json::from_str("\"bored\"")?;
/// assert_eq!(reason.as_str(), "bored");
/// assert_eq!(serde_json::to_string(&reason)?, "\"bored\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Rare, so it should not make every value of every list larger: a box of its own is one word.
pub struct Unlisted(Box<Box<str>>);

impl Unlisted {
    pub(crate) fn new(text: &str, known: &'static [&'static str]) -> Self {
        note(text, known);
        Self(Box::new(text.into()))
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A value that was read, and what was known in its place.
///
/// ```
/// use aoai_types::chat::Role;
/// use aoai_types::open::strangers;
///
/// let (_, strangers) = strangers(|| serde_json::from_str::<Role>(r#""jester""#));
/// assert_eq!((&*strangers[0].value, strangers[0].known), ("jester", Role::KNOWN));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stranger {
    /// The value.
    pub value: String,
    /// The values that this version of the crate knows there.
    pub known: &'static [&'static str],
}

/// Reads something, and tells which of its values stand in no list.
///
/// The service may know a value before this crate does, so reading it is no error; but a value that
/// is nearly a known one is probably misspelt. Tools that check what people write can say so.
///
/// ```
/// use aoai_types::chat::CreateChatCompletion;
/// use aoai_types::open::strangers;
///
/// let written = r#"{"model": "gpt", "messages": [], "reasoning_effort": "hihg"}"#;
/// let (request, strangers) = strangers(|| serde_json::from_str::<CreateChatCompletion>(written));
/// assert!(request.is_ok());
/// assert_eq!(strangers[0].value, "hihg");
/// assert!(strangers[0].known.contains(&"high"));
/// ```
pub fn strangers<T>(read: impl FnOnce() -> T) -> (T, Vec<Stranger>) {
    /// Hears of strangers no longer, however the reading ends.
    struct Listening(Option<Vec<Stranger>>);

    impl Drop for Listening {
        fn drop(&mut self) {
            MET.set(self.0.take());
        }
    }

    let _listening = Listening(MET.replace(Some(Vec::new())));
    let value = read();
    (value, MET.take().unwrap_or_default())
}

/// Notes a value that is none of the known, where somebody wants to hear of it.
pub(crate) fn note(value: &str, known: &'static [&'static str]) {
    MET.with_borrow_mut(|met| {
        if let Some(met) = met {
            let value = value.to_owned();
            met.push(Stranger { value, known });
        }
    });
}

thread_local! {
    /// Who was met on this thread, where somebody wants to know.
    static MET: RefCell<Option<Vec<Stranger>>> = const { RefCell::new(None) };
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::chat::Role;

    fn read(text: &str) -> Role {
        Role::from(text)
    }

    #[test]
    fn strangers_are_told_to_whoever_listens_and_to_nobody_else() {
        let ((), outer) = strangers(|| {
            read("before");
            let (_, inner) = strangers(|| read("within"));
            assert_eq!(inner[0].value, "within");
            read("user");
            read("after");
        });
        let outer: Vec<_> = outer.iter().map(|stranger| &*stranger.value).collect();
        assert_eq!(outer, ["before", "after"]);
        read("unheard");
        assert!(catch_unwind(|| strangers(|| panic!("in the middle"))).is_err());
        read("unheard, too");
        assert!(MET.with_borrow(Option::is_none));
    }
}
