//! What a request may name as its target.

use crate::error::{Error, ErrorKind, Result};
use crate::transport::WireRequest;

/// A target is path and query. Anything else could lead to another host, or not where it seems to.
pub(super) fn check(request: &WireRequest) -> Result<()> {
    let odd = |byte: u8| matches!(byte, b'#' | b'\\' | 0x7F) || byte <= b' ';
    let target = &request.target;
    // Operations write their own paths, and no dots into them.
    let is_astray = || request.endpoint.is_none() && climbs(target);
    if target.starts_with('/')
        && !target.starts_with("//")
        && !target.bytes().any(odd)
        && !is_astray()
    {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Request,
        "the request's target is not a path with an optional query, percent-encoded and without \
         `.` or `..`, such as /openai/v1/models",
    ))
}

/// Whether a path has segments by which it ends elsewhere than it seems to.
fn climbs(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or(target);
    path.split('/').any(|segment| {
        let plain = segment.replace("%2e", ".").replace("%2E", ".");
        matches!(plain.as_str(), "." | "..")
    })
}
