//! Who may call: the two keys, and Entra tokens, in the headers that the service reads them from.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::refusal::Refusal;
use crate::state::State;

/// Lets a request pass that carries a valid credential.
///
/// Both keys are valid at any time. `v1` tells the surface: there a key may come as a bearer
/// token, too, and a token may be meant for another audience. `target` is what a refusal calls the
/// operation.
pub(crate) fn check(
    state: &State,
    headers: &HeaderMap,
    v1: bool,
    target: &str,
) -> Result<(), Refusal> {
    match presented(headers, v1) {
        None => Err(Refusal::no_token()),
        Some(Presented::Token) => token(state, headers, v1, target),
        Some(Presented::Key(_)) if !state.config.key_auth => Err(Refusal::key_auth_disabled()),
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

#[cfg(feature = "identity")]
fn token(state: &State, headers: &HeaderMap, v1: bool, target: &str) -> Result<(), Refusal> {
    use crate::config::Role;

    let audiences: &[&str] = if v1 {
        &[COGNITIVE_SERVICES, AI]
    } else {
        &[COGNITIVE_SERVICES]
    };
    let directory = state.directory.as_ref();
    let app = directory.and_then(|it| it.bearer(headers, state.clock.unix_for(headers), audiences));
    let app = app.ok_or_else(Refusal::no_token)?;
    if app.may(&[Role::OpenAiUser]) {
        return Ok(());
    }
    Err(Refusal::role_missing(v1, &app.object_id(), target))
}

#[cfg(not(feature = "identity"))]
fn token(_: &State, _: &HeaderMap, _: bool, _: &str) -> Result<(), Refusal> {
    Err(Refusal::no_token())
}

#[cfg(feature = "identity")]
const COGNITIVE_SERVICES: &str = "https://cognitiveservices.azure.com";

#[cfg(feature = "identity")]
const AI: &str = "https://ai.azure.com";
