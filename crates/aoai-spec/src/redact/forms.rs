//! The forms that a text takes on its way into files.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How a secret is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Json,
    Xml,
    Shell,
    Percent,
    Base64,
    Hex,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "as it is",
            Self::Json => "escaped for JSON",
            Self::Xml => "escaped for XML",
            Self::Shell => "quoted for a shell",
            Self::Percent => "percent-encoded",
            Self::Base64 => "in base64",
            Self::Hex => "in hexadecimal",
        })
    }
}

/// Every form in which a secret may be written, the plainest first.
pub(super) fn of(secret: &str) -> Vec<(Form, Vec<u8>)> {
    let json = in_json(secret);
    let hex = in_hex(secret);
    let mut forms = vec![
        (Form::Plain, secret.to_owned()),
        (Form::Json, json.clone()),
        (Form::Json, json.replace('/', "\\/")),
        (Form::Json, in_json(&json)),
        (Form::Xml, in_xml(secret)),
        (Form::Xml, in_xml(&json)),
        // The commands of `--curl` have a JSON body in quotes.
        (Form::Shell, in_shell(secret)),
        (Form::Shell, in_shell(&json)),
        (Form::Hex, hex.to_uppercase()),
        (Form::Hex, hex),
    ];
    for set in [NON_ALPHANUMERIC, UNRESERVED, FORM] {
        let encoded = utf8_percent_encode(secret, set).to_string();
        forms.push((Form::Percent, encoded.replace("%20", "+")));
        forms.push((Form::Percent, lower_hex(&encoded)));
        forms.push((Form::Percent, encoded));
    }
    let mut forms: Vec<_> = forms
        .into_iter()
        .map(|(form, text)| (form, text.into_bytes()))
        .collect();
    for before in 0..3 {
        forms.extend(in_base64(secret, before).map(|text| (Form::Base64, text)));
    }
    forms
}

fn in_hex(text: &str) -> String {
    let digits = text.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
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

fn in_shell(text: &str) -> String {
    text.replace('\'', "'\\''")
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
