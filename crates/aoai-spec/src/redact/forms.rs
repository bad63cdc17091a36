//! The forms that a text takes on its way into files.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every form in which a secret may be written.
pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
    let json = in_json(secret);
    let mut texts = vec![
        secret.to_owned(),
        json.clone(),
        json.replace('/', "\\/"),
        in_json(&json),
        in_xml(secret),
        in_xml(&json),
    ];
    for set in [NON_ALPHANUMERIC, UNRESERVED, FORM] {
        let encoded = utf8_percent_encode(secret, set).to_string();
        texts.push(encoded.replace("%20", "+"));
        texts.push(lower_hex(&encoded));
        texts.push(encoded);
    }
    let mut forms: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    for before in 0..3 {
        forms.extend(in_base64(secret, before));
    }
    forms
}

fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

fn lower_hex(encoded: &str) -> String {
    let mut lower = String::with_capacity(encoded.len());
    let mut hex = 0;
    for c in encoded.chars() {
        lower.push(if hex > 0 { c.to_ascii_lowercase() } else { c });
        hex = if c == '%' {
            2_u8
        } else {
            hex.saturating_sub(1)
        };
    }
    lower
}

/// The characters that the secret alone decides, where so many bytes stand before it.
fn in_base64(secret: &str, before: usize) -> [Vec<u8>; 2] {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    // A character holds six bits; one that shares bits with other bytes is left out.
    let first = (before * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ]
    .map(|encoded| encoded.as_bytes()[first..last].to_vec())
}

/// RFC 3986 lets these stand.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// HTML forms let these stand.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');
