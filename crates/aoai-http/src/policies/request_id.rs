//! A name for each call, so that client and service can talk about the same one.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that names a call to the service.
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");

/// Names the call, unless the caller has.
pub(crate) fn ensure(headers: &mut HeaderMap) {
    if !headers.contains_key(&CLIENT_REQUEST_ID) {
        headers.insert(CLIENT_REQUEST_ID, random());
    }
}

/// A random UUID, version 4.
fn random() -> HeaderValue {
    let bits = fastrand::u128(..);
    let bits = bits & !(0xF << 76) | (4 << 76);
    let bits = bits & !(0b11 << 62) | (0b10 << 62);
    let mut text = String::with_capacity(36);
    let groups = [(96, 8), (80, 4), (64, 4), (48, 4), (0, 12)];
    for (at, (shift, width)) in groups.into_iter().enumerate() {
        if at > 0 {
            text.push('-');
        }
        let group = (bits >> shift) & ((1 << (width * 4)) - 1);
        let _ = write!(text, "{group:0width$x}");
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_a_random_name_unless_it_was_given_one() {
        let mut headers = HeaderMap::new();
        ensure(&mut headers);
        let name = headers[CLIENT_REQUEST_ID].to_str().unwrap().to_owned();
        let form: String = name
            .chars()
            .map(|c| if c.is_ascii_hexdigit() { 'h' } else { c })
            .collect();
        assert_eq!(form, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
        assert_eq!(&name[14..15], "4");
        assert!("89ab".contains(&name[19..20]));

        ensure(&mut headers);
        assert_eq!(headers[CLIENT_REQUEST_ID], name);
        let mut others = HeaderMap::new();
        ensure(&mut others);
        assert_ne!(others[CLIENT_REQUEST_ID], name);
    }
}
