//! Waiting for work that the service does in its own time.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use aoai_types::Operation;
use aoai_types::operation::{LongRunning, Pace, Progress};
use http::HeaderMap;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::policies::retry::asked;
use crate::response::Response;

/// A wait for work that the service does in its own time: it asks how far the work has come until
/// that is over, well or not.
///
/// It begins when it is awaited. Dropping it ends the waiting, not the work.
///
/// ```no_run
/// use std::time::Duration;
///
/// use aoai_http::{Client, Result};
/// use aoai_types::batches::GetBatch;
/// use aoai_types::operation::{LongRunning, Progress};
///
/// async fn finished(client: &Client, id: &str) -> Result<bool> {
///     let batch = client
///         .wait(GetBatch::new(id))
///         .at_most(Duration::from_secs(24 * 60 * 60))
///         .on_progress(|batch| println!("{:?}", batch.request_counts))
///         .await?;
///     Ok(batch.progress() == Progress::Succeeded)
/// }
/// ```
#[must_use = "it does nothing unless it is awaited"]
pub struct Wait<'a, O: Operation> {
    client: Client,
    question: O,
    pace: Pace,
    limit: Option<Duration>,
    told: Option<Listener<'a, O>>,
}

/// Hears of each answer.
type Listener<'a, O> = Box<dyn FnMut(&Response<<O as Operation>::Response>) + Send + 'a>;

impl<'a, O: Operation> Wait<'a, O>
where
    O::Response: LongRunning,
{
    pub(crate) fn new(client: Client, question: O) -> Self {
        Self {
            client,
            question,
            pace: O::Response::PACE,
            limit: None,
            told: None,
        }
    }

    /// Asks at these intervals, in place of those that suit the work.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Asks once more after this time, and then gives up; without it, the wait is as long as the
    /// work.
    pub fn at_most(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Hears of each answer, the last one included.
    pub fn on_progress(mut self, told: impl FnMut(&Response<O::Response>) + Send + 'a) -> Self {
        self.told = Some(Box::new(told));
        self
    }

    async fn run(mut self) -> Result<Response<O::Response>> {
        let clock = std::sync::Arc::clone(self.client.clock());
        let end = self
            .limit
            .map(|limit| clock.elapsed().saturating_add(limit));
        let mut answers = 0;
        let mut failures = 0;
        loop {
            let answered = self.client.send(&self.question).await;
            let paced = match &answered {
                Ok(answer) => {
                    answers += 1;
                    failures = 0;
                    if let Some(told) = &mut self.told {
                        told(answer);
                    }
                    if answer.progress() != Progress::Pending {
                        return answered;
                    }
                    let wanted = self.wanted(answer.headers());
                    wanted.unwrap_or(self.pace.after(answers))
                }
                // The work goes on whether or not it could be asked about.
                Err(error) if error.is_transient() && failures < FAILURES => {
                    failures += 1;
                    let asked = error.retry_after().unwrap_or_default();
                    let paced = self.pace.after(answers + failures);
                    paced.max(asked.min(self.client.retry_options().max_wait))
                }
                Err(_) => return answered,
            };
            let left = end.map(|end| end.saturating_sub(clock.elapsed()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(self.too_late(answered));
            }
            clock
                .sleep(left.map_or(paced, |left| paced.min(left)))
                .await;
        }
    }

    /// When the service wants to be asked again, where it says so.
    fn wanted(&self, headers: &HeaderMap) -> Option<Duration> {
        let named = headers
            .get("openai-poll-after-ms")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_millis);
        let wanted = named.or_else(|| asked(headers, "", self.client.clock().now()))?;
        let longest = self.client.retry_options().max_wait;
        (!wanted.is_zero()).then(|| wanted.min(longest))
    }

    fn too_late(&self, answered: Result<Response<O::Response>>) -> Error {
        let limit = self.limit.unwrap_or_default();
        let error = Error::new(
            ErrorKind::Timeout,
            format!(
                "the work was not over within {limit:?}; it goes on, and can be waited for again"
            ),
        );
        let error = match answered {
            Ok(answer) => {
                let (head, body, attempts) = answer.into_parts();
                error.with_answer(head, Some(body)).after(attempts, true)
            }
            Err(cause) => error.with_source(cause),
        };
        error.in_operation(|| O::ENDPOINT.id.to_owned())
    }
}

impl<'a, O: Operation> IntoFuture for Wait<'a, O>
where
    O::Response: LongRunning,
{
    type Output = Result<Response<O::Response>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<O: Operation> fmt::Debug for Wait<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("operation", &O::ENDPOINT.id)
            .field("pace", &self.pace)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// So many questions in a row may go unanswered, each of them sent as often as the client does.
const FAILURES: u32 = 4;
