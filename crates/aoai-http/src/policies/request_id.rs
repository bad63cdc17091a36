//! A name for each call, so that client and service can talk about the same one.

use http::{HeaderName, HeaderValue};
use uuid::Uuid;

use crate::transport::WireRequest;

/// The header that names a call to the service.
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");

/// Names the call, unless it is named already. The name is kept beside the headers, which are copied
/// for each attempt and mostly empty until then.
pub(crate) fn ensure(request: &mut WireRequest) {
    if request.call.id.is_none() && !request.headers.contains_key(&CLIENT_REQUEST_ID) {
        request.call.id = Some(random());
    }
}

/// Puts the call's name among the headers, unless the caller's own is there.
pub(crate) fn write(request: &mut WireRequest) {
    if let Some(id) = &request.call.id {
        let header = request.headers.entry(CLIENT_REQUEST_ID);
        header.or_insert_with(|| value(id));
    }
}

/// A random name.
pub(crate) fn random() -> Uuid {
    let bytes = fastrand::u128(..).to_ne_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn value(id: &Uuid) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let text = id.hyphenated().encode_lower(&mut buffer);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_a_random_name_unless_it_was_given_one() {
        let mut request = WireRequest::new(http::Method::GET, "/");
        ensure(&mut request);
        write(&mut request);
        let name = request.headers[CLIENT_REQUEST_ID]
            .to_str()
            .unwrap()
            .to_owned();
        let form: String = name
            .chars()
            .map(|c| if c.is_ascii_hexdigit() { 'h' } else { c })
            .collect();
        assert_eq!(form, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
        assert_eq!(&name[14..15], "4");
        assert!("89ab".contains(&name[19..20]));

        ensure(&mut request);
        write(&mut request);
        assert_eq!(request.headers[CLIENT_REQUEST_ID], name);
        let mut other = WireRequest::new(http::Method::GET, "/");
        ensure(&mut other);
        write(&mut other);
        assert_ne!(other.headers[CLIENT_REQUEST_ID], name);

        let mut named = WireRequest::new(http::Method::GET, "/");
        named
            .headers
            .insert(CLIENT_REQUEST_ID, HeaderValue::from_static("mine"));
        ensure(&mut named);
        write(&mut named);
        assert_eq!(named.headers[CLIENT_REQUEST_ID], "mine");
    }
}
