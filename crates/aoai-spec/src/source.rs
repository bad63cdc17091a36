//! A file's text, and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file that specs or profiles were read from.
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A text and the name under which reports show it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
        })
    }

    /// The name under which reports show it, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// A line's text, without its end; lines count from 1.
    pub fn line(&self, number: usize) -> &str {
        self.text
            .lines()
            .nth(number.saturating_sub(1))
            .unwrap_or("")
    }

    /// The byte at a line and column, both from 1.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let lines = self.text.split_inclusive('\n').take(line.saturating_sub(1));
        let start: usize = lines.map(str::len).sum();
        let in_line = self.text[start..].chars().take(column.saturating_sub(1));
        start + in_line.map(char::len_utf8).sum::<usize>()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// A piece of a [`Source`], in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Span {
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The part of it that lies on its first line, never empty unless the text ends there.
    pub(crate) fn on_one_line(self, text: &str) -> Range<usize> {
        let start = self.start.min(text.len());
        let rest = &text[start..];
        let line = rest.find('\n').unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let len = (self.end.saturating_sub(start))
            .min(line)
            .max(first.min(line));
        start..start + len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_come_back() {
        let source = Source::new("a.yaml", "é: 1\nzwei: ä!\n");
        for (offset, position) in [(0, (1, 1)), (2, (1, 2)), (6, (2, 1)), (14, (2, 8))] {
            assert_eq!(source.position(offset), position);
            assert_eq!(source.offset(position.0, position.1), offset);
        }
        assert_eq!(source.line(2), "zwei: ä!");
        assert_eq!(source.line(9), "");
        assert_eq!(source.position(999), (3, 1));
    }

    #[test]
    fn a_span_is_cut_at_the_end_of_its_first_line() {
        let text = "ab\ncd\n";
        assert_eq!(Span::new(0, 5).on_one_line(text), 0..2);
        assert_eq!(Span::new(3, 3).on_one_line(text), 3..4);
        assert_eq!(Span::new(6, 6).on_one_line(text), 6..6);
        assert_eq!(Span::new(99, 100).on_one_line(text), 6..6);
    }
}
