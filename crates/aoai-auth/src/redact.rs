//! Secrets in texts that others wrote.

use std::cmp::Reverse;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

/// The text without these secrets, in whatever form they are spelled, and without anything that
/// looks like a token of Entra ID.
///
/// Services and gateways echo what they were sent. Whoever passes their words on, in an error or a
/// log, looks through them first. A secret of fewer than four bytes is not looked for: it cannot be
/// told from ordinary words.
///
/// ```
/// let said = "Access denied for key not%2Da%2Dreal%2Dkey";
/// assert_eq!(
///     aoai_auth::scrub(said, ["not-a-real-key"]),
///     "Access denied for key [redacted]"
/// );
/// ```
pub fn scrub<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    // The longest first: one secret may begin as another does.
    let mut forms: Vec<_> = secrets.into_iter().flat_map(forms).collect();
    forms.sort_by_key(|form| Reverse(form.len()));
    let text = without_tokens(text);
    forms
        .iter()
        .fold(text, |text, form| text.replace(form, REDACTED))
}

/// The ways in which a secret may be spelled in a text, the longest first: as it is, escaped for
/// JSON, percent-encoded, and in base64 wherever in the encoded text it may begin.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let strict = percent_encode(secret.as_bytes(), NON_ALPHANUMERIC).to_string();
    // Unreserved letters and, in forms, blanks are spelled in other ways by some.
    let loose = ["-", ".", "_", "~"]
        .iter()
        .fold(strict.clone(), |loose, mark| {
            let mut escape = String::new();
            for byte in mark.bytes() {
                let _ = write!(escape, "%{byte:02X}");
            }
            loose.replace(&escape, mark)
        });
    let form = loose
        .replace("%20", "+")
        .replace("%2A", "*")
        .replace('~', "%7E");
    // `Debug` and JSON escape the same letters, as far as they can stand in a header.
    let quoted = format!("{secret:?}");
    let mut forms = vec![
        secret.to_owned(),
        quoted[1..quoted.len() - 1].to_owned(),
        strict.to_ascii_lowercase(),
        loose.to_ascii_lowercase(),
        form.to_ascii_lowercase(),
        strict,
        loose,
        form,
    ];
    for shift in 0..3 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(secret.as_bytes());
        // The first and last letters depend on what stands around the secret, too.
        let whole = (shift * 8).div_ceil(6)..shifted.len() * 8 / 6;
        for encoded in [
            STANDARD_NO_PAD.encode(&shifted),
            URL_SAFE_NO_PAD.encode(&shifted),
        ] {
            forms.push(encoded[whole.clone()].to_owned());
        }
    }
    forms.sort_unstable_by_key(|form| Reverse(form.len()));
    forms.dedup();
    forms
}

/// Drops what begins as a JSON Web Token does.
fn without_tokens(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(TOKEN_START) {
        kept.push_str(&rest[..start]);
        let token = &rest[start..];
        let end = token
            .find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.=".contains(letter))
            .unwrap_or(token.len());
        kept.push_str(REDACTED);
        rest = &token[end..];
    }
    kept.push_str(rest);
    kept
}

/// Below this a secret cannot be told from ordinary words.
const SHORTEST: usize = 4;
const REDACTED: &str = "[redacted]";
/// `{"` in base64: the first letters of every token's header.
const TOKEN_START: &str = "eyJ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_secret_is_known() {
        let secret = "fake~key.with/all+its \"marks\"?";
        let forms = forms(secret);
        let serialized = serde_json::to_string(secret).unwrap();
        let mut spelled = vec![
            secret.to_owned(),
            serialized.trim_matches('"').to_owned(),
            "fake%7Ekey.with%2Fall%2Bits+%22marks%22%3F".to_owned(),
            "fake~key.with%2Fall%2Bits%20%22marks%22%3F".to_owned(),
            "fake~key.with%2fall%2bits%20%22marks%22%3f".to_owned(),
            "fake%7Ekey%2Ewith%2Fall%2Bits%20%22marks%22%3F".to_owned(),
        ];
        for around in ["", "a", "ab", "abc"] {
            let text = format!("{around}{secret}{around}");
            spelled.push(STANDARD_NO_PAD.encode(&text));
            spelled.push(URL_SAFE_NO_PAD.encode(&text));
        }
        for text in spelled {
            assert!(forms.iter().any(|form| text.contains(form)), "{text}");
        }
    }

    #[test]
    fn a_short_secret_is_not_searched_for() {
        let secrets = ["abc", "1234"];
        assert_eq!(scrub("abc, not 1234", secrets), "abc, not [redacted]");
    }

    #[test]
    fn nothing_is_left_of_a_secret_that_begins_with_another() {
        for secrets in [["fake-key", "fake-key-2"], ["fake-key-2", "fake-key"]] {
            assert_eq!(scrub("no fake-key-2!", secrets), "no [redacted]!");
        }
    }

    #[test]
    fn tokens_and_secrets_are_cut_out_of_a_text() {
        for (text, scrubbed) in [
            ("nothing to see", "nothing to see"),
            ("secret fake-key!", "secret [redacted]!"),
            (
                "token 'eyJhbGciOi.eyJzdWIi.c2ln-x_=' refused",
                "token '[redacted]' refused",
            ),
            ("eyJ", "[redacted]"),
        ] {
            assert_eq!(scrub(text, ["fake-key"]), scrubbed);
        }
    }
}
