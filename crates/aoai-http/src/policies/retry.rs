//! Trying again.

use std::time::Duration;

use super::authenticate::{self, Log};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Refusal, Result};
use crate::transport::{Prior, Refused, WireRequest, WireResponse};

pub(crate) use self::budget::Budget;
pub(crate) use self::decision::{Decision, Seen, Situation, Stop, decide, pace};
pub(crate) use self::told::{take_up, told};
pub(crate) use self::wait::asked;

mod budget;
mod decision;
mod told;
mod wait;

/// When a call is tried again, and how long the client waits before.
///
/// Tried again are answers with status 408, 409, 429 and 500 or above, errors of such kinds under a
/// status of success, and connections that failed before anything reached the caller, unless the
/// service says otherwise by `x-should-retry`. A spent quota is not. An operation that must not be done
/// twice is tried again only where the service certainly did nothing, whatever the header says, unless
/// [`repeat_unsafe`](Self::repeat_unsafe) is set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryOptions {
    /// How often at most; 3 unless set. The first attempt does not count.
    pub max_retries: u32,
    /// The wait before the first retry, doubled for each further, where the service asks for none;
    /// 500 ms unless set. Up to a quarter is taken off at random. Where the service asks for less than
    /// this, it is waited for what it asks, 100 ms at least, and counts as one of the client's own
    /// retries, of which there are few while most calls fail.
    pub backoff: Duration,
    /// The longest such wait; 8 s unless set.
    pub max_backoff: Duration,
    /// The longest wait that is granted to the service; 120 s unless set. A longer one fails the
    /// call at once, and [`Error::retry_after`](crate::Error::retry_after) says how long it was.
    pub max_wait: Duration,
    /// Whether to repeat what may be done twice by it, such as creating a batch; `false` unless set.
    pub repeat_unsafe: bool,
}

impl RetryOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            max_retries: 3,
            backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_wait: Duration::from_secs(120),
            repeat_unsafe: false,
        }
    }

    /// No retries.
    pub const fn never() -> Self {
        Self {
            max_retries: 0,
            ..Self::new()
        }
    }
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Sends the request until there is an answer worth returning or no sense in going on.
pub(crate) fn run(
    client: &Client,
    mut request: WireRequest,
) -> impl Future<Output = Result<WireResponse>> + Send + use<'_> {
    let prior = request
        .call
        .prior
        .take()
        .map_or_else(Prior::default, |prior| *prior);
    let mut log = Log {
        attempts: prior.attempts,
        waited: prior.waited,
        note: None,
    };
    let mut retries = prior.retries;
    let mut paid = 0;
    async move {
        loop {
            // In a block of its own, so that a refusal is let go before the wait.
            let wait = {
                let answered = authenticate::run(client, &request, &mut log).await;
                let verdict = match &answered {
                    Ok(response) if response.status.is_success() => {
                        client.budget().refund(paid);
                        None
                    }
                    Ok(response) => Some(judge_answer(client, &request, response, retries)),
                    Err(error) => Some(judge(client, &request, &seen(error), retries)),
                };
                let Some(Verdict {
                    decision: Decision::Again { wait, asked },
                    ..
                }) = verdict
                else {
                    return ended(client, request, log, answered, verdict);
                };
                paid += u32::from(!asked);
                wait
            };
            retries += 1;
            client.clock().sleep(wait).await;
            log.waited = wait;
        }
    }
}

/// What the call came to, with all that is known about it.
fn ended(
    client: &Client,
    request: WireRequest,
    log: Log,
    answered: Result<WireResponse>,
    verdict: Option<Verdict>,
) -> Result<WireResponse> {
    match (answered, verdict) {
        (Ok(mut response), None) => {
            response.attempts = log.attempts;
            Ok(response)
        }
        (Ok(mut response), Some(verdict)) => {
            response.attempts = log.attempts;
            let mut refused = verdict.refused(request, client);
            refused.note = refused.note.or(log.note);
            response.refused = Some(Box::new(refused));
            Ok(response)
        }
        (Err(error), verdict) => {
            // A provider has its own ways of trying again; where they did not help, nothing was sent.
            let unsent = error.kind() == ErrorKind::Credential && error.is_transient();
            let repeatable = verdict.as_ref().is_some_and(|verdict| verdict.repeatable);
            let retryable = repeatable || unsent;
            let note = verdict.and_then(|verdict| verdict.note(client.retry_options()));
            Err(error.with_note(note, None).after(log.attempts, retryable))
        }
    }
}

/// What is to be done about a failure, and what is to be said about it.
pub(crate) struct Verdict {
    pub(crate) decision: Decision,
    pub(crate) repeatable: bool,
    pub(crate) asked: Option<Duration>,
}

/// Decides, and pays for a retry that nobody asked for, or asked for at once.
pub(crate) fn judge(
    client: &Client,
    request: &WireRequest,
    seen: &Seen<'_>,
    retries: u32,
) -> Verdict {
    let options = client.retry_options();
    let clock = client.clock();
    let situation = Situation {
        options,
        retries,
        safe_to_repeat: request.safe_to_repeat(),
        left: request
            .call
            .deadline
            .map(|end| end.saturating_sub(clock.elapsed())),
        now: clock.now(),
        random: fastrand::f64(),
    };
    let mut decision = decide(seen, &situation);
    if matches!(decision, Decision::Again { asked: false, .. }) && !client.budget().spend() {
        decision = Decision::Stop(Stop::NoBudget);
    }
    let safe = situation.safe_to_repeat || options.repeat_unsafe;
    Verdict {
        decision,
        repeatable: seen.is_repeatable(safe).is_ok(),
        asked: seen.asked(situation.now),
    }
}

fn judge_answer(
    client: &Client,
    request: &WireRequest,
    response: &WireResponse,
    retries: u32,
) -> Verdict {
    let said = Refusal::read(response);
    let seen = Seen::Answer {
        status: response.status,
        headers: &response.headers,
        kind: said.classify(request.operation()),
        message: said.message(),
    };
    judge(client, request, &seen, retries)
}

fn seen(error: &Error) -> Seen<'static> {
    use crate::ErrorKind::{Connection, Timeout, Truncated};
    match error.kind() {
        _ if !error.is_transient() => Seen::Hopeless,
        Connection | Timeout if error.was_not_sent() => Seen::NotSent,
        Connection | Timeout | Truncated => Seen::Lost,
        _ => Seen::Hopeless,
    }
}

impl Verdict {
    fn refused(self, request: WireRequest, client: &Client) -> Refused {
        Refused {
            request,
            note: self.note(client.retry_options()),
            retryable: self.repeatable,
            retry_after: self.asked,
        }
    }

    /// What the caller should know about why it was not tried again.
    pub(crate) fn note(&self, options: &RetryOptions) -> Option<String> {
        match self.decision {
            Decision::Stop(stop) => stop.note(options),
            Decision::Again { .. } => None,
        }
    }
}

impl Stop {
    /// What the caller should know about it.
    pub(crate) fn note(self, options: &RetryOptions) -> Option<String> {
        match self {
            Self::Final | Stop::TooOften => None,
            Self::Unsafe => Some(
                "not tried again, because the service may have done it and doing it twice is not \
                 the same"
                    .to_owned(),
            ),
            Self::TooLong(asked) => Some(format!(
                "not tried again, because the service asked to wait {asked:?}, longer than the \
                 {:?} allowed",
                options.max_wait
            )),
            Self::TooLate => {
                Some("not tried again, because the total timeout would be over by then".to_owned())
            }
            Self::NoBudget => {
                Some("not tried again, because too many of this client's calls fail".to_owned())
            }
        }
    }
}
