//! Who may call: the two keys, in the headers that the service reads them from.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::refusal::Refusal;
use crate::state::State;

/// Lets a request pass that carries a valid credential.
///
/// Both keys are valid at any time. `v1` tells the surface: only there a key may come as a bearer
/// token, too.
pub(crate) fn check(state: &State, headers: &HeaderMap, v1: bool) -> Result<(), Refusal> {
    match presented(headers, v1) {
        None | Some(Presented::Token) => Err(Refusal::no_token()),
        Some(Presented::Key(key)) if state.opens(key) => Ok(()),
        Some(Presented::Key(_)) => Err(Refusal::wrong_key()),
    }
}

/// What a request shows at the door.
enum Presented<'a> {
    Key(&'a str),
    Token,
}

fn presented(headers: &HeaderMap, v1: bool) -> Option<Presented<'_>> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let key = text("api-key").or_else(|| text("ocp-apim-subscription-key"));
    if let Some(key) = key {
        return Some(Presented::Key(key));
    }
    let (scheme, value) = text(AUTHORIZATION.as_str())?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let is_jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    if v1 && !is_jwt {
        return Some(Presented::Key(value));
    }
    Some(Presented::Token)
}
