//! A credential for every attempt.

use std::time::Duration;

use aoai_auth::{Audience, Credential, CredentialProvider, Issued, Source};
use futures_util::FutureExt as _;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::exchange::{late, within};
use crate::attempt::{Attempt, CredentialUse};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, kind_of};
use crate::options::Timeouts;
use crate::policy;
use crate::transport::{WireRequest, WireResponse};

/// What was sent so far, and when.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) attempts: Vec<Attempt>,
    /// The wait before the next attempt.
    pub(crate) waited: Duration,
    /// What came of looking for another credential after the last refusal.
    pub(crate) note: Option<String>,
}

/// Sends the request with a credential. Where the service refuses that, the provider is told, and
/// the request goes out once more if the provider then has another.
pub(crate) async fn run(
    client: &Client,
    request: &WireRequest,
    log: &mut Log,
) -> Result<WireResponse> {
    let Some(provider) = client.credential().filter(|_| !has_own(&request.headers)) else {
        return attempt(client, request, None, log).await;
    };
    log.note = None;
    let audience = client.audience();
    let issued = issue(client, provider, &audience, request).await?;
    let response = attempt(client, request, Some((&issued, &audience)), log).await?;
    let refused = response.status == StatusCode::UNAUTHORIZED
        && kind_of(&response, request) == ErrorKind::Authentication;
    if !refused {
        return Ok(response);
    }
    // Seldom, so that other calls need no room for it.
    Box::pin(refresh(client, request, log, provider, issued, response)).await
}

/// What becomes of a request whose credential was refused.
async fn refresh(
    client: &Client,
    request: &WireRequest,
    log: &mut Log,
    provider: &dyn CredentialProvider,
    issued: Issued,
    refusal: WireResponse,
) -> Result<WireResponse> {
    let audience = client.audience();
    provider.invalidate(&issued.credential);
    match issue(client, provider, &audience, request).await {
        Ok(fresh) if fresh.credential != issued.credential => {
            return attempt(client, request, Some((&fresh, &audience)), log).await;
        }
        Ok(fresh) if fresh.source == Source::Network => {
            log.note = Some(
                "its source was asked again and still has the one that was refused: if it was \
                 replaced, write the new one there"
                    .to_owned(),
            );
        }
        Ok(_) => {}
        // The refusal says more than a failure to find something better.
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let cause = cause.unwrap_or_else(|| error.to_string());
            log.note = Some(format!("its source was asked for another: {cause}"));
        }
    }
    Ok(refusal)
}

async fn issue(
    client: &Client,
    provider: &dyn CredentialProvider,
    audience: &Audience,
    request: &WireRequest,
) -> Result<Issued> {
    let mut found = provider.credential(audience);
    // Most have it at hand, and need no timer.
    if let Some(issued) = (&mut found).now_or_never() {
        return issued.map_err(Error::credential);
    }
    let clock = client.clock();
    let Timeouts {
        credential: own,
        total,
        ..
    } = *client.timeouts();
    let left = request
        .call
        .deadline
        .map(|end| end.saturating_sub(clock.elapsed()));
    let limit = own.into_iter().chain(left).min();
    match within(clock, limit, found).await {
        Some(issued) => issued.map_err(Error::credential),
        None if left == limit => Err(late("no credential was found", "total timeout", total)),
        None => Err(Error::credential(silent(own.unwrap_or_default()))),
    }
}

fn silent(limit: Duration) -> aoai_auth::Error {
    let message = format!("the provider had none after {limit:?}, the timeout for a credential");
    aoai_auth::Error::new(aoai_auth::ErrorKind::Unavailable, message)
}

async fn attempt(
    client: &Client,
    request: &WireRequest,
    credential: Option<(&Issued, &Audience)>,
    log: &mut Log,
) -> Result<WireResponse> {
    let outgoing = outgoing(request, credential.map(|(issued, _)| &issued.credential))?;
    let clock = client.clock();
    let began = clock.elapsed();
    let mut answered = policy::attempt(client, client.per_attempt(), outgoing).await;
    if let (Ok(response), Some((issued, _))) = (&mut answered, credential) {
        response.sent.learn(&issued.credential);
    }
    let (status, error) = match &answered {
        Ok(response) if response.status.is_success() => (Some(response.status), None),
        Ok(response) => (Some(response.status), Some(kind_of(response, request))),
        Err(error) => (error.status(), Some(error.kind())),
    };
    // Most calls have one.
    log.attempts.reserve_exact(1);
    log.attempts.push(Attempt {
        status,
        error,
        waited: std::mem::take(&mut log.waited),
        started: began.saturating_sub(request.call.began.unwrap_or(began)),
        elapsed: clock.elapsed().saturating_sub(began),
        credential: credential.map(|(issued, audience)| CredentialUse::of(issued, audience)),
        backend: request.call.backend.clone(),
    });
    answered
}

/// The request as it is sent.
fn outgoing(request: &WireRequest, credential: Option<&Credential>) -> Result<WireRequest> {
    let mut outgoing = request.again();
    if let Some(credential) = credential {
        let (name, value) = header(credential)?;
        outgoing.headers.insert(name, value);
    }
    Ok(outgoing)
}

/// Whether the caller has brought a credential of its own for this request.
pub(crate) fn has_own(headers: &HeaderMap) -> bool {
    headers.contains_key(API_KEY) || headers.contains_key(AUTHORIZATION)
}

fn header(credential: &Credential) -> Result<(HeaderName, HeaderValue)> {
    match credential {
        Credential::ApiKey(key) => Ok((API_KEY, value(key.expose())?)),
        Credential::Bearer(token) => {
            let bearer = format!("Bearer {}", token.token.expose());
            Ok((AUTHORIZATION, value(&bearer)?))
        }
        _ => Err(Error::new(
            ErrorKind::Credential,
            "the provider yielded a credential of a kind that cannot be sent",
        )),
    }
}

fn value(secret: &str) -> Result<HeaderValue> {
    // The error of the conversion is dropped: nothing that has seen the secret is passed on.
    let mut value = HeaderValue::from_str(secret).map_err(|_| {
        Error::new(
            ErrorKind::Credential,
            "the credential has characters that no header can carry, such as a line break",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

const API_KEY: HeaderName = HeaderName::from_static("api-key");
