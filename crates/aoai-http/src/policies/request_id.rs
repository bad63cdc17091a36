//! A name for each call, so that client and service can talk about the same one.

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
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
    for (digit, place) in places.enumerate() {
        let value = (bits >> (124 - 4 * digit)) & 0xF;
        text[place] = b"0123456789abcdef"[value as usize];
    }
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("none"))
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
