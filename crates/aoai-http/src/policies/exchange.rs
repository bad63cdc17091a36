//! One request, one answer, in time.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aoai_auth::Clock;
use aoai_types::operation::Body;
use futures_util::future::{Either, select};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::head::Head;
use crate::redact::Sent;
use crate::transport::{Progress, Watch, WireBody, WireRequest, WireResponse};

/// Sends the request and reads as much of the answer as has to be there: the body of a refusal and
/// of an answer that is wanted whole.
pub(crate) fn run(
    client: &Client,
    mut request: WireRequest,
) -> impl Future<Output = Result<WireResponse>> + Send + use<'_> {
    let deadline = request.call.deadline;
    let whole = request.call.whole;
    let progress = match &request.body {
        Body::Multipart(_) => Some(Arc::new(Progress::new(Arc::clone(client.clock())))),
        _ => None,
    };
    request.call.progress.clone_from(&progress);
    let secrets = Sent::of(&request, client.adds_its_own());
    let answer = client.transport().send(request);
    answered(client, answer, secrets, deadline, whole, progress)
}

async fn answered(
    client: &Client,
    answer: impl Future<Output = Result<WireResponse>>,
    sent: Sent,
    deadline: Option<Duration>,
    whole: bool,
    progress: Option<Arc<Progress>>,
) -> Result<WireResponse> {
    let clock = client.clock();
    let timeouts = client.timeouts();
    let mut answer = pin!(answer);
    let mut first_byte = timeouts.first_byte;
    let mut response = loop {
        let left = deadline.map(|end| end.saturating_sub(clock.elapsed()));
        let limit = first_byte.into_iter().chain(left).min();
        if let Some(response) = within(clock, limit, answer.as_mut()).await {
            break response?;
        }
        if left == limit {
            return Err(late("nobody answered", "total timeout", timeouts.total));
        }
        // A form may take as long as its pieces come.
        let still_sent = progress.as_deref().zip(timeouts.first_byte);
        first_byte = still_sent.and_then(|(progress, limit)| progress.left(limit));
        if first_byte.is_none() {
            let limit = timeouts.first_byte;
            return Err(late("nobody answered", "timeout to the first byte", limit));
        }
    };
    response.sent = sent;
    if let WireBody::Stream(stream) = response.body {
        let (mut idle, mut deadline) = (timeouts.idle, deadline);
        if !response.status.is_success() {
            let end = clock.elapsed() + PATIENCE;
            deadline = Some(deadline.map_or(end, |deadline| deadline.min(end)));
            idle = Some(idle.map_or(PATIENCE, |idle| idle.min(PATIENCE)));
        }
        let watch = Watch::new(Arc::clone(clock), idle, deadline);
        response.body = WireBody::Stream(stream.watched(watch));
    }
    let limits = client.limits();
    if !response.status.is_success() {
        // A refusal that breaks off, or whose end does not come, is still a refusal.
        if let WireBody::Stream(stream) = &mut response.body {
            let body = stream.read_some(limits.error_body).await;
            response.body = WireBody::Whole(body);
        }
    } else if let Some(coding) = response.packed() {
        let error = still_packed(coding);
        let head = Head {
            status: response.status,
            headers: response.headers,
        };
        return Err(error.with_answer(head, None));
    } else if whole && let Err(error) = response.bytes(limits.body).await {
        let head = Head {
            status: response.status,
            headers: response.headers,
        };
        return Err(error.with_answer(head, None));
    }
    Ok(response)
}

/// How long the whole reason of a refusal may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the future yields, or `None` where that takes longer than `limit`.
pub(crate) async fn within<F: Future>(
    clock: &Arc<dyn Clock>,
    limit: Option<Duration>,
    future: F,
) -> Option<F::Output> {
    let Some(limit) = limit else {
        return Some(future.await);
    };
    let future = pin!(future);
    match select(future, Arc::clone(clock).expire(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

fn still_packed(coding: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!(
            "the answer came packed (content-encoding: {coding}), which this client does not \
             unpack; have the gateway send it as it is, or, for gzip, build aoai-http with its \
             feature `gzip`"
        ),
    )
}

/// The error of what did not happen in time.
pub(crate) fn late(what: &str, which: &str, limit: Option<Duration>) -> Error {
    let limit = limit.map_or_else(String::new, |limit| format!(" of {limit:?}"));
    Error::new(
        ErrorKind::Timeout,
        format!("{what} within the {which}{limit}"),
    )
}
