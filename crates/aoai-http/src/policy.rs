//! Code of the caller's own around every call or every attempt.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::client::Client;
use crate::error::Result;
use crate::policies::{request_id, retry, trace};
use crate::transport::{WireRequest, WireResponse};

/// Sees each request before it goes on, and each answer before it goes back.
///
/// An answer of any status is a value here; it becomes an error above the policies.
///
/// ```
/// use aoai_http::{Next, Policy, Result, WireRequest, WireResponse};
/// use async_trait::async_trait;
///
/// /// The subscription key that an API Management gateway asks for.
/// #[derive(Debug)]
/// struct Subscription;
///
/// #[async_trait]
/// impl Policy for Subscription {
///     async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
///         let mut key = http::HeaderValue::from_static("not-a-real-key");
///         key.set_sensitive(true);
///         request.headers.insert("ocp-apim-subscription-key", key);
///         next.run(request).await
///     }
/// }
/// ```
#[async_trait]
pub trait Policy: Debug + Send + Sync + 'static {
    /// Handles a request, as a rule by [`Next::run`] with what it made of it.
    ///
    /// # Errors
    ///
    /// There is no answer.
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse>;
}

#[async_trait]
impl<P: Policy + ?Sized> Policy for Arc<P> {
    async fn handle(&self, request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        (**self).handle(request, next).await
    }
}

/// What comes after a policy.
#[derive(Clone, Copy, Debug)]
pub struct Next<'a> {
    client: &'a Client,
    stage: Stage<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Stage<'a> {
    Call(&'a [Arc<dyn Policy>]),
    Attempt(&'a [Arc<dyn Policy>]),
}

impl Next<'_> {
    /// Sends the request on. It may be run again, with a copy of the request; what tells of attempts
    /// then knows those of the last run only.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub async fn run(self, request: WireRequest) -> Result<WireResponse> {
        match self.stage {
            Stage::Call(rest) => call(self.client, rest, request).await,
            Stage::Attempt(rest) => attempt(self.client, rest, request).await,
        }
    }
}

/// The policies around a call, then those of the client.
pub(crate) fn call<'a>(
    client: &'a Client,
    policies: &'a [Arc<dyn Policy>],
    mut request: WireRequest,
) -> BoxFuture<'a, Result<WireResponse>> {
    let Some((first, rest)) = policies.split_first() else {
        return Box::pin(retry::run(client, request));
    };
    request_id::write(&mut request);
    let stage = Stage::Call(rest);
    first.handle(request, Next { client, stage })
}

/// The policies around an attempt, then the transport.
pub(crate) fn attempt<'a>(
    client: &'a Client,
    policies: &'a [Arc<dyn Policy>],
    request: WireRequest,
) -> BoxFuture<'a, Result<WireResponse>> {
    let Some((first, rest)) = policies.split_first() else {
        return trace::exchange(client, request);
    };
    let stage = Stage::Attempt(rest);
    first.handle(request, Next { client, stage })
}
