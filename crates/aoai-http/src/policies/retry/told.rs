//! Errors that answers tell although their status says success.

use super::{Decision, Seen, judge};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Prior, WireRequest};

/// What there is to be seen of such an error, and of an answer that broke off.
pub(crate) fn told(error: &Error) -> Seen<'_> {
    let kind = error.kind();
    let message = match error.api() {
        Some(api) => &api.message,
        // It gave up and did not say why.
        None if kind == ErrorKind::Server => "",
        None => return without_words(kind),
    };
    error
        .headers()
        .map_or(Seen::Hopeless, |headers| Seen::InBand {
            headers,
            kind,
            message,
        })
}

fn without_words(kind: ErrorKind) -> Seen<'static> {
    use ErrorKind::{Connection, Timeout, Truncated};
    match kind {
        Truncated | Timeout | Connection => Seen::Lost,
        _ => Seen::Hopeless,
    }
}

/// The history that the call's next attempt takes up after such an error.
///
/// # Errors
///
/// There is none: the call ends with the error.
pub(crate) fn take_up(client: &Client, request: &WireRequest, mut error: Error) -> Result<Prior> {
    // What was sent again with another credential counts, too: the limit is never passed.
    let again = error.attempts().len().saturating_sub(1);
    let retries = u32::try_from(again).unwrap_or(u32::MAX);
    let verdict = judge(client, request, &told(&error), retries);
    let attempts = error.take_attempts();
    match verdict.decision {
        Decision::Again { wait, .. } => Ok(Prior {
            attempts,
            retries: retries.saturating_add(1),
            waited: wait,
        }),
        Decision::Stop(_) => {
            let note = verdict.note(client.retry_options());
            let error = error.with_note(note, verdict.asked);
            Err(error.after(attempts, verdict.repeatable))
        }
    }
}
