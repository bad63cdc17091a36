//! A second look at what was written: masking is not trusted.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use percent_encoding::percent_decode;

use super::{Finder, Redactor};

/// A secret in something that was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Leak {
    /// What was written: `terminal`, a report's path, `log`.
    pub artefact: String,
    /// The line, from 1.
    pub line: usize,
    /// The secret's name: `<key>`.
    pub secret: String,
    /// How it stands there: `percent-encoded`.
    pub form: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (artefact, line, secret, form) = (&self.artefact, self.line, &self.secret, &self.form);
        write!(f, "{artefact}:{line}: {secret} stands there, {form}")
    }
}

impl Redactor {
    /// Every secret in a text, in whatever form, be it encoded more than once.
    ///
    /// Besides the forms that are masked, each line is looked at with its percent-encoding and its
    /// escapes undone, again and again, so that what masking does not know is found all the same.
    pub fn scan(&self, artefact: &str, text: &[u8]) -> Vec<Leak> {
        let state = self.state();
        let Some(finder) = &state.finder else {
            return Vec::new();
        };
        let mut found = BTreeSet::new();
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            for (secret, form) in finder.secrets(line) {
                found.insert(Leak {
                    artefact: artefact.to_owned(),
                    line: at + 1,
                    secret,
                    form,
                });
            }
        }
        found.into_iter().collect()
    }
}

impl Finder {
    /// The secrets of a line and their forms; of one that is found with less decoding only that.
    fn secrets(&self, line: &[u8]) -> Vec<(String, String)> {
        let mut layers = vec![(Cow::Borrowed(line), String::new())];
        for _ in 0..DEPTH {
            let found = layers
                .iter()
                .flat_map(|(text, how)| self.in_layer(text, how));
            let found: Vec<_> = found.collect();
            if !found.is_empty() {
                return found;
            }
            layers = layers.iter().flat_map(decoded).collect();
        }
        Vec::new()
    }

    fn in_layer(&self, text: &[u8], how: &str) -> Vec<(String, String)> {
        let found = self.automaton.find_iter(text);
        let found = found.map(|found| {
            let form = self.forms[found.pattern()];
            (
                self.labels[found.pattern()].to_string(),
                format!("{form}{how}"),
            )
        });
        found.collect()
    }
}

/// The text with one encoding undone, for each encoding that it has any of.
fn decoded<'a>((text, how): &(Cow<'a, [u8]>, String)) -> Vec<(Cow<'a, [u8]>, String)> {
    let mut found = Vec::new();
    if text.contains(&b'%') {
        let bytes = percent_decode(text).collect();
        found.push((
            Cow::Owned(bytes),
            format!(", percent-encoded once more{how}"),
        ));
    }
    if text.contains(&b'\\') {
        found.push((
            Cow::Owned(unescaped(text)),
            format!(", escaped once more{how}"),
        ));
    }
    found
}

/// A text without its backslashes, and with the characters that `\u` writes by their numbers.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            plain.push(*first);
            continue;
        }
        let number = after
            .get(1..5)
            .filter(|_| after[0] == b'u')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        if let Some(character) = number {
            plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &after[5..];
        } else if let Some((escaped, after)) = after.split_first() {
            plain.push(*escaped);
            rest = after;
        }
    }
    plain
}

/// So many times a text may be encoded.
const DEPTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "not~a.real+key/with\"marks";

    #[test]
    fn what_is_masked_and_what_is_not_is_found_with_its_line_and_form() {
        let redactor = Redactor::new();
        redactor.register("key", CANARY).unwrap();
        let cases = [
            (CANARY, "as it is"),
            ("not~a.real+key/with\\\"marks", "escaped for JSON"),
            ("not~a.real+key/with&quot;marks", "escaped for XML"),
            ("not%7Ea.real%2Bkey%2Fwith%22marks", "percent-encoded"),
            ("bm90fmEucmVhbCtrZXkvd2l0aCJtYXJrcw==", "in base64"),
            (
                "6e6f747e612e7265616c2b6b65792f77697468226d61726b73",
                "in hexadecimal",
            ),
            (
                "not%257Ea.real%252Bkey%252Fwith%2522marks",
                "percent-encoded, percent-encoded once more",
            ),
            (
                "not%25257Ea.real%25252Bkey%25252Fwith%252522marks",
                "percent-encoded, percent-encoded once more, percent-encoded once more",
            ),
            (
                "\\u006eot~a.real+key/with\\u0022marks",
                "as it is, escaped once more",
            ),
            (
                "not\\u007ea.real+key/with\\\\\\\"marks",
                "escaped for JSON, escaped once more",
            ),
        ];
        for (written, form) in cases {
            let text = format!("nothing\nhere: [{written}]\nnot~a.real\n");
            let found = redactor.scan("report.html", text.as_bytes());
            let told: Vec<_> = found.iter().map(ToString::to_string).collect();
            let expected = format!("report.html:2: <key> stands there, {form}");
            assert_eq!(told, [expected], "{written}");
        }
    }

    #[test]
    fn what_a_shell_has_in_quotes_is_found() {
        let redactor = Redactor::new();
        redactor.register("key", "not'a \"real\" key").unwrap();
        for (written, form) in [
            (r#"-H 'x: not'\''a "real" key'"#, "quoted for a shell"),
            (
                r#"--data '["not'\''a \"real\" key"]'"#,
                "quoted for a shell",
            ),
        ] {
            let found = redactor.scan("terminal", written.as_bytes());
            let told: Vec<_> = found.iter().map(ToString::to_string).collect();
            let expected = format!("terminal:1: <key> stands there, {form}");
            assert_eq!(told, [expected], "{written}");
            let masked = redactor.redact(written);
            assert!(!masked.contains("real"), "{masked}");
        }
    }

    #[test]
    fn what_is_no_secret_is_no_leak() {
        let redactor = Redactor::new();
        assert_eq!(redactor.scan("a", CANARY.as_bytes()), []);
        redactor.register("key", CANARY).unwrap();
        for text in [
            "",
            "not~a.real+key/with",
            "100%",
            "\\",
            "\\u00",
            "%25 \\u0041",
        ] {
            assert_eq!(redactor.scan("a", text.as_bytes()), [], "{text}");
        }
    }
}
