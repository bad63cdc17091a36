//! Calls through the wire types.

use std::future::Future;
use std::pin::Pin;

use aoai_http::Client;
use aoai_types::operation::DecodeError;
use aoai_types::{Accumulator as _, Operation, Streaming, Visitor};

use super::answer;
use super::stream::Watch;
use crate::parse::body::lost;
use crate::result::StepResult;

/// A call of an operation that is known by name only.
pub(super) struct Call<'a> {
    pub(super) client: &'a Client,
    /// The operation's JSON.
    pub(super) written: &'a str,
    pub(super) streams: bool,
}

/// The result, or why nothing was sent.
pub(super) type Called<'a> = Pin<Box<dyn Future<Output = Result<StepResult, String>> + Send + 'a>>;

impl<'a> Visitor for Call<'a> {
    type Out = Called<'a>;

    fn unary<O: Operation>(self) -> Called<'a> {
        Box::pin(async move {
            let operation = read::<O>(self.written)?;
            Ok(self.send(&operation).await)
        })
    }

    fn streaming<O: Streaming>(self) -> Called<'a> {
        Box::pin(async move {
            let operation = read::<O>(self.written)?;
            Ok(if self.streams {
                self.stream(&operation).await
            } else {
                self.send(&operation).await
            })
        })
    }
}

impl Call<'_> {
    async fn send<O: Operation>(&self, operation: &O) -> StepResult {
        let mut result = StepResult::default();
        match self.client.send(operation).await {
            Ok(response) => {
                answer::head(&mut result, response.status(), response.headers());
                answer::body(&mut result, response.body());
                answer::attempts(&mut result, response.attempts());
                let value = response.value();
                answer::outcome(&mut result, &O::outcome(value), O::usage(value));
            }
            Err(error) => answer::failure(&mut result, &error),
        }
        result
    }

    async fn stream<O: Streaming>(&self, operation: &O) -> StepResult {
        let mut result = StepResult::default();
        let mut watch = Watch::default();
        let mut events = match self.client.stream(operation).await {
            Ok(events) => events,
            Err(error) => {
                answer::failure(&mut result, &error);
                return result;
            }
        };
        answer::head(&mut result, events.status(), events.headers());
        let mut whole = O::Accumulator::default();
        let mut failed = None;
        while let Some(next) = events.next_frame().await {
            match next {
                Ok((frame, event)) => {
                    watch.saw(&frame);
                    whole.push(event);
                }
                Err(error) => failed = Some(error),
            }
        }
        watch.finish(&mut result, failed.is_none());
        let value = whole.finish();
        answer::outcome(&mut result, &O::outcome(&value), O::usage(&value));
        match failed {
            Some(error) => answer::failure(&mut result, &error),
            None => answer::attempts(&mut result, events.attempts()),
        }
        result
    }
}

/// The operation that the JSON writes, if the type says all of it.
fn read<O: Operation>(written: &str) -> Result<O, String> {
    let id = O::ENDPOINT.id;
    let operation = DecodeError::read::<O>(written)
        .map_err(|error| format!("`{id}` does not take this: {error}"))?;
    let lost = lost(written, &operation).map_err(|(_, message)| message)?;
    match lost.first() {
        None => Ok(operation),
        Some(difference) => Err(format!(
            "the wire type of `{id}` does not carry `{}` as it is written; to send it anyway use \
             `use: {{via: raw}}`",
            difference.path.join(".")
        )),
    }
}
