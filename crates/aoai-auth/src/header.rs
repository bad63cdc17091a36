//! What may stand in a header.

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};

/// The secret without the blanks around it, if it can be the value of a header.
///
/// Keys are pasted: a line break at the end is forgiven, one in the middle is not. `what` names the
/// secret in the error, which tells the place of the offending character and nothing else.
pub(crate) fn sendable(secret: &Secret, what: &str) -> Result<Secret> {
    let text = secret.expose().trim();
    if text.is_empty() {
        return Err(Error::new(
            ErrorKind::NotConfigured,
            format!("{what} is empty"),
        ));
    }
    let offending = text
        .chars()
        .enumerate()
        .find(|(_, letter)| !letter.is_ascii_graphic());
    match offending {
        None => Ok(Secret::from(text)),
        Some((place, letter)) => Err(Error::new(
            ErrorKind::Misconfigured,
            format!(
                "{what} cannot be sent in a header: its character {} is {}; copy it again",
                place + 1,
                describe(letter),
            ),
        )),
    }
}

fn describe(letter: char) -> &'static str {
    match letter {
        ' ' => "a space",
        '\n' | '\r' => "a line break",
        '\t' => "a tab",
        _ if letter.is_ascii() => "a control character",
        _ => "outside ASCII",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_a_key_are_forgiven() {
        let secret = sendable(&Secret::from(" \tfake-key\r\n"), "the key").unwrap();
        assert_eq!(secret.expose(), "fake-key");
    }

    #[test]
    fn a_key_that_cannot_be_a_header_is_refused_without_showing_it() {
        for (key, told) in [
            ("fake key", "its character 5 is a space"),
            ("fake\nkey", "its character 5 is a line break"),
            ("fake\tkey", "its character 5 is a tab"),
            ("fake\u{7f}key", "its character 5 is a control character"),
            ("fakékey", "its character 4 is outside ASCII"),
        ] {
            let error = sendable(&Secret::from(key), "the key").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misconfigured);
            assert_eq!(
                error.to_string(),
                format!("the key cannot be sent in a header: {told}; copy it again")
            );
        }
    }

    #[test]
    fn an_empty_key_is_none_at_all() {
        let error = sendable(&Secret::from(" \n"), "the key").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConfigured);
        assert_eq!(error.to_string(), "the key is empty");
    }
}
