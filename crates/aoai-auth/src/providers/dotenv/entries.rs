//! What a `.env` file sets, and where.

use std::cell::Cell;
use std::io::{self, Read};

use crate::credential::Secret;

/// What a line sets, or lines where the value goes on.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Secret,
    /// The line that it begins in, from 1.
    pub(super) line: usize,
    /// Whether a part of the value stands for another variable's.
    pub(super) expands: bool,
}

/// What sets nothing.
pub(super) struct Malformed {
    pub(super) line: usize,
    /// Whether a `$` in it may be the reason: dotenvy takes a quote after a name for a part of the value.
    pub(super) expands: bool,
}

/// Goes through the entries of a file, in order.
pub(super) fn each<T>(
    text: &str,
    mut wanted: impl FnMut(Entry) -> Option<T>,
) -> Result<Option<T>, Malformed> {
    // dotenvy takes a byte order mark for a part of the first name.
    let text = text.trim_start_matches('\u{feff}');
    let at = Cell::new(0);
    let mut parsed = dotenvy::from_read_iter(Lines { text, at: &at });
    loop {
        let before = at.get();
        let Some(entry) = parsed.next() else {
            return Ok(None);
        };
        let begin = before + skipped(&text[before..at.get()]);
        let line = text[..begin].matches('\n').count() + 1;
        let expands = expands(&text[begin..at.get()]);
        // dotenvy's own error shows the line, which may well be the one with the key.
        let (name, value) = entry.map_err(|_| Malformed { line, expands })?;
        let entry = Entry {
            name,
            value: Secret::from(value),
            line,
            expands,
        };
        if let Some(found) = wanted(entry) {
            return Ok(Some(found));
        }
    }
}

/// Hands out one line at a time, so that it is known how far the reader has come.
struct Lines<'a> {
    text: &'a str,
    at: &'a Cell<usize>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.text.as_bytes()[self.at.get()..];
        let end = rest.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(rest.len(), |end| end + 1).min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at.set(self.at.get() + length);
        Ok(length)
    }
}

/// The length of the blank lines and comments before an entry.
fn skipped(text: &str) -> usize {
    let nothing = |line: &&str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    };
    let lines = text.split_inclusive('\n').take_while(nothing);
    lines.map(str::len).sum()
}

/// Whether dotenvy puts something else in the place of a `$` in the value of an entry: one that no
/// backslash is before, outside of single quotes.
fn expands(entry: &str) -> bool {
    let value = entry.split_once('=').map_or("", |(_, value)| value);
    let (mut strong, mut weak, mut escaped) = (false, false, false);
    for c in value.trim_start().chars() {
        match c {
            _ if escaped => escaped = false,
            '\'' if strong => strong = false,
            _ if strong => {}
            '$' => return true,
            '\\' => escaped = true,
            '"' => weak = !weak,
            _ if weak => {}
            '\'' => strong = true,
            // What comes now is a comment.
            ' ' | '\t' => return false,
            _ => {}
        }
    }
    false
}
