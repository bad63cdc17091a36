//! Secrets, masked in whatever form they are about to be written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use self::forms::Form;

pub use self::artefacts::{Artefacts, Copied};
pub use self::scan::Leak;

mod artefacts;
mod forms;
mod scan;

/// Knows secrets, and puts their names in their place.
///
/// A secret is found as it is, escaped for JSON or XML, quoted for a shell, form- and
/// percent-encoded, and inside base64 and base64url at any of their three alignments, and in
/// hexadecimal.
#[derive(Default)]
pub struct Redactor {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    /// Every form of every secret, and what is written in its place.
    masks: BTreeMap<Vec<u8>, (Arc<str>, Form)>,
    finder: Option<Finder>,
}

struct Finder {
    automaton: AhoCorasick,
    labels: Vec<Arc<str>>,
    forms: Vec<Form>,
    needles: Vec<Vec<u8>>,
    longest: usize,
}

/// A secret that is too short to be masked without masking half of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooShort {
    name: String,
}

impl fmt::Display for TooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        write!(
            f,
            "`{name}` has fewer than {SHORTEST} characters: too short to be kept out of reports"
        )
    }
}

impl std::error::Error for TooShort {}

impl Redactor {
    /// Knows no secret yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Learns a secret; `<name>` will stand in its place.
    ///
    /// # Errors
    ///
    /// It has fewer than eight characters.
    pub fn register(&self, name: &str, secret: &str) -> Result<(), TooShort> {
        if secret.chars().count() < SHORTEST {
            let name = name.to_owned();
            return Err(TooShort { name });
        }
        let label: Arc<str> = format!("<{name}>").into();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let before = state.masks.len();
        for (form, text) in forms::of(secret) {
            let mask = || (Arc::clone(&label), form);
            state.masks.entry(text).or_insert_with(mask);
        }
        if state.masks.len() > before {
            state.finder = Finder::new(&state.masks);
        }
        Ok(())
    }

    /// The text with names in place of secrets.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.state().finder {
            Some(finder) if finder.automaton.is_match(text) => {
                let masked = finder.mask(text.as_bytes(), text.len()).0;
                Cow::Owned(String::from_utf8_lossy(&masked).into_owned())
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// The value with names in place of secrets in its texts.
    pub(crate) fn redact_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.redact(text).into_owned().into(),
            Value::Array(items) => items.iter().map(|item| self.redact_value(item)).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| {
                    let name = self.redact(name).into_owned();
                    (name, self.redact_value(value))
                });
                Value::Object(members.collect())
            }
            value => value.clone(),
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A writer that lets no secret through, even in pieces.
    pub fn writer<W: Write>(self: &Arc<Self>, inner: W) -> RedactingWriter<W> {
        RedactingWriter {
            redactor: Arc::clone(self),
            held: Vec::new(),
            inner,
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Finder {
    fn new(masks: &BTreeMap<Vec<u8>, (Arc<str>, Form)>) -> Option<Self> {
        let needles: Vec<Vec<u8>> = masks.keys().cloned().collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&needles)
            .ok()?;
        Some(Self {
            automaton,
            labels: masks.values().map(|(label, _)| Arc::clone(label)).collect(),
            forms: masks.values().map(|(_, form)| *form).collect(),
            longest: needles.iter().map(Vec::len).max()?,
            needles,
        })
    }

    /// Masks matches that begin before `until`; also tells how much of the text is dealt with.
    fn mask(&self, text: &[u8], until: usize) -> (Vec<u8>, usize) {
        let mut masked = Vec::with_capacity(text.len());
        let mut done = 0;
        for found in self.automaton.find_iter(text) {
            if found.start() >= until {
                break;
            }
            masked.extend_from_slice(&text[done..found.start()]);
            masked.extend_from_slice(self.labels[found.pattern()].as_bytes());
            done = found.end();
        }
        if done < until {
            masked.extend_from_slice(&text[done..until]);
            done = until;
        }
        (masked, done)
    }

    /// From where on the text may be the beginning of a secret.
    fn undecided(&self, text: &[u8]) -> usize {
        let first = text.len().saturating_sub(self.longest - 1);
        let may_begin = |at: usize| {
            self.needles
                .iter()
                .any(|needle| needle.starts_with(&text[at..]))
        };
        (first..text.len())
            .find(|at| may_begin(*at))
            .unwrap_or(text.len())
    }
}

/// Writes to another writer what is left of the text without secrets.
///
/// The end of what has been written is held back as long as it may be the beginning of a secret;
/// dropping the writer, or [`finish`](Self::finish), writes it.
#[derive(Debug)]
pub struct RedactingWriter<W: Write> {
    redactor: Arc<Redactor>,
    held: Vec<u8>,
    inner: W,
}

impl<W: Write> RedactingWriter<W> {
    /// Writes what is held back.
    ///
    /// # Errors
    ///
    /// The inner writer fails.
    pub fn finish(&mut self) -> io::Result<()> {
        self.pass(true)?;
        self.inner.flush()
    }

    fn pass(&mut self, all: bool) -> io::Result<()> {
        let state = self.redactor.state();
        let (masked, done) = match &state.finder {
            None => (std::mem::take(&mut self.held), 0),
            Some(finder) => {
                let until = if all {
                    self.held.len()
                } else {
                    finder.undecided(&self.held)
                };
                finder.mask(&self.held, until)
            }
        };
        drop(state);
        self.held.drain(..done);
        self.inner.write_all(&masked)
    }
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        self.pass(false)?;
        Ok(bytes.len())
    }

    /// Flushes what has been decided; the beginning of what may be a secret stays.
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Drop for RedactingWriter<W> {
    fn drop(&mut self) {
        // Whoever needs to know calls `finish`.
        let _ = self.finish();
    }
}

/// Shorter secrets occur in ordinary text.
const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    const CANARY: &str = "not~a.real+key/with\"marks";

    fn redactor() -> Arc<Redactor> {
        static REDACTOR: LazyLock<Arc<Redactor>> = LazyLock::new(|| {
            let redactor = Redactor::new();
            redactor.register("key", CANARY).unwrap();
            Arc::new(redactor)
        });
        Arc::clone(&REDACTOR)
    }

    fn masked(text: &str) -> String {
        redactor().redact(text).into_owned()
    }

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let json = serde_json::to_string(CANARY).unwrap();
        for form in [
            CANARY.to_owned(),
            json.trim_matches('"').to_owned(),
            serde_json::to_string(&json).unwrap(),
            "not%7Ea.real%2Bkey%2Fwith%22marks".to_owned(),
            "not~a.real%2Bkey%2Fwith%22marks".to_owned(),
            "not%7ea%2ereal%2bkey%2fwith%22marks".to_owned(),
            "not~a.real+key/with&quot;marks".to_owned(),
        ] {
            let shown = masked(&format!("[{form}]"));
            assert!(shown.contains("<key>"), "{form}: {shown}");
            assert!(!shown.contains("real"), "{form}: {shown}");
        }
    }

    #[test]
    fn short_secrets_are_refused() {
        let error = Redactor::new().register("pin", "1234567").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`pin` has fewer than 8 characters: too short to be kept out of reports"
        );
        assert!(Redactor::new().register("pin", "éèüößä").is_err());
        assert!(Redactor::new().register("pin", "12345678").is_ok());
    }

    #[test]
    fn a_secret_is_masked_as_a_name_of_a_member_too() {
        let value = serde_json::json!({"a": [{(CANARY): CANARY, "n": 1}]});
        let expected = serde_json::json!({"a": [{"<key>": "<key>", "n": 1}]});
        assert_eq!(redactor().redact_value(&value), expected);
    }

    #[test]
    fn ordinary_text_is_not_touched_and_not_held_back() {
        let mut out = Vec::new();
        let mut writer = redactor().writer(&mut out);
        writer.write_all(b"ok chat/basics\n").unwrap();
        assert!(writer.held.is_empty());
        drop(writer);
        assert_eq!(out, b"ok chat/basics\n");
    }

    #[test]
    fn the_beginning_of_a_secret_is_written_once_it_is_none() {
        let mut out = Vec::new();
        let mut writer = redactor().writer(&mut out);
        writer.write_all(b"not~a.").unwrap();
        writer.write_all(b"thing").unwrap();
        writer.write_all(b" not~a").unwrap();
        drop(writer);
        assert_eq!(out, b"not~a.thing not~a");
    }

    #[test]
    fn a_secret_in_two_pieces_is_masked_whatever_it_is_like() {
        for (secret, pieces) in [
            // Its end may be the beginning of another.
            ("secret-secret", &["secret-secret-", "x"][..]),
            // The longest form that there is, all but its last character.
            ("~~~~~~~~", &["%7E%7E%7E%7E%7E%7E%7E%7", "E-x"]),
        ] {
            let redactor = Arc::new(Redactor::new());
            redactor.register("key", secret).unwrap();
            let mut out = Vec::new();
            let mut writer = redactor.writer(&mut out);
            for piece in pieces {
                writer.write_all(piece.as_bytes()).unwrap();
            }
            drop(writer);
            assert_eq!(String::from_utf8(out).unwrap(), "<key>-x", "{secret}");
        }
    }

    proptest! {
        #[test]
        fn base64_hides_nothing(before in "[ -~]{0,7}", after in "[ -~]{0,7}") {
            let text = format!("{before}{CANARY}{after}");
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                prop_assert!(masked(&encoded).contains("<key>"), "{}", encoded);
            }
        }

        #[test]
        fn write_boundaries_hide_nothing(
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
            cuts in prop::collection::vec(0_usize..80, 0..8),
        ) {
            let text = format!("{before}{CANARY}{after}{CANARY}");
            let mut out = Vec::new();
            {
                let mut writer = redactor().writer(&mut out);
                let mut rest = text.as_bytes();
                for cut in cuts {
                    let (now, later) = rest.split_at(cut.min(rest.len()));
                    writer.write_all(now).unwrap();
                    rest = later;
                }
                writer.write_all(rest).unwrap();
            }
            prop_assert_eq!(String::from_utf8(out).unwrap(), masked(&text));
        }

        #[test]
        fn whatever_is_written_comes_out_where_nothing_is_secret(text in ".{0,200}") {
            prop_assume!(!text.contains("real"));
            prop_assert_eq!(masked(&text), text);
        }
    }
}
